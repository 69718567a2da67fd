"""grad_fn nodes as Python objects: ``<MulBackward0 object at 0x...>``, one class per kind of node."""

import json
import weakref

from . import _engine, _held, _hooks
from ._errors import check
from ._handles import handles, remember, wrap_all, wrap_known
from ._saved import SavedTensor

#: Handle -> node object.
_nodes = weakref.WeakValueDictionary()
_classes = {}


_SLOTS = ("_n", "_links", "_message")


class NodeBase:
    """What every node has."""

    __slots__ = ("_n", "_links", "__weakref__")

    def __del__(self):
        try:
            _engine.node_release(self._n)
        except AttributeError:
            return
        _held.died()

    def name(self):
        """The node's name: ``"MulBackward0"``."""
        return _engine.node_long_name(self._n)

    @property
    def next_functions(self):
        """Where gradients go next: pairs of a node (or None) and the number of its input."""
        pairs = []
        for edge in range(_engine.node_next_count(self._n)):
            handle = _engine.node_next(self._n, edge)
            pairs.append((node_of(handle), _engine.INTS[0] if handle else 0))
        return tuple(pairs)

    @property
    def metadata(self):
        """A dictionary for whatever one wants to note about this node."""
        number = _engine.node_metadata(self._n)
        if not number:
            number = _held.keep({})
            _engine.set_node_metadata(self._n, number)
        return _held.OBJECTS[number]

    @property
    def requires_grad(self):
        """Always True."""
        return True

    def _sequence_nr(self):
        number = _engine.node_sequence(self._n)
        return 18446744073709551615 if number > 2**52 else number

    def _set_sequence_nr(self, number, /):
        _engine.node_set_sequence(self._n, int(number))

    @property
    def _input_metadata(self):
        from ._dtype import BY_CODE

        found = []
        for index in range(_engine.node_outputs(self._n)):
            rank = _engine.node_output(self._n, index)
            code, *sizes = _engine.INTS[: rank + 1]
            found.append(InputMetadata(BY_CODE[code], sizes))
        return found

    def register_hook(self, fn, /):
        """Calls ``fn(grad_inputs, grad_outputs)`` after the node ran; it may return other ``grad_inputs``."""
        return _hooks.on_node(self._n, fn, False)

    def register_prehook(self, fn, /):
        """Calls ``fn(grad_outputs)`` before the node runs; it may return others."""
        return _hooks.on_node(self._n, fn, True)

    def _register_hook_dict(self, tensor, /):
        return None

    def __call__(self, *gradients):
        from ._dispatch import site
        from ._tensor import Tensor

        expected = _engine.node_outputs(self._n)
        if len(gradients) != expected:
            raise TypeError(f"expected {expected} arguments, got {len(gradients)} instead")
        for index, gradient in enumerate(gradients):
            if gradient is not None and not isinstance(gradient, Tensor):
                raise TypeError(f"argument {index} is not a Variable")
        given = [0 if gradient is None else gradient._h for gradient in gradients]
        found = handles(_engine.node_call(site(), self._n, *given))
        return found[0] if len(found) == 1 else tuple(found)

    def __setattr__(self, name, value):
        if name not in _SLOTS:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        object.__setattr__(self, name, value)

    def __getattr__(self, name):
        if name.startswith("_saved_"):
            found = _saved(self._n, name[len("_saved_") :])
            if found is not _MISSING:
                return found
        elif name.startswith("_raw_saved_"):
            found = _raw_saved(self, name[len("_raw_saved_") :])
            if found is not _MISSING:
                return found
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __dir__(self):
        tensors, _, plain = _engine.node_saved_names(self._n).partition("|")
        names = [f"_saved_{name}" for name in (tensors + " " + plain).split()]
        names += [f"_raw_saved_{name}" for name in tensors.split()]
        return sorted({*object.__dir__(self), *names} - {"_n", "_links"})

    def __repr__(self):
        cls = type(self)
        where = "" if cls.__module__ == "builtins" else f"{cls.__module__}."
        return f"<{where}{cls.__qualname__} object at {id(self):#x}>"


class InputMetadata:
    """What a node knows of one of its outputs: its dtype and shape."""

    is_nested_tensor = False
    is_cpp_nested_tensor = False

    def __init__(self, dtype, shape):
        self.dtype = dtype
        self.shape = shape

    @property
    def device(self):
        """Always the CPU."""
        from ._device import CPU

        return CPU


InputMetadata.__name__ = "_InputMetadata"
InputMetadata.__module__ = "torch._C._autograd"

_MISSING = object()


def _saved(handle, name):
    from ._dispatch import site

    count = check(_engine.node_saved(site(), handle, name))
    if count >= 0:
        is_list = _engine.INTS[0] == 1
        found = wrap_all(_engine.INTS[1 : 1 + count].tolist())
        for tensor in found:
            if tensor is not None:
                remember(tensor)
        return tuple(found) if is_list else found[0]
    text = _engine.node_plain(handle, name)
    if text is None:
        return _MISSING
    value = json.loads(text)
    if isinstance(value, str) and value in ("NaN", "Infinity", "-Infinity"):
        return float(value.replace("Infinity", "inf"))
    return tuple(value) if isinstance(value, list) else value


def _raw_saved(node, name):
    count = _engine.node_saved_count(node._n, name)
    if count == -2:
        return _MISSING
    if count == -1:
        return SavedTensor._of(node, name, 0)
    return tuple(SavedTensor._of(node, name, index) for index in range(count))


def _variable(self):
    """The leaf whose ``.grad`` this node adds to."""
    return wrap_known(_engine.node_variable(self._n))


def class_of(name):
    """The class of nodes with this name."""
    cls = _classes.get(name)
    if cls is None:
        body = {"__slots__": (), "__module__": "builtins"}
        if name == "AccumulateGrad":
            body["variable"] = property(_variable)
        cls = _classes[name] = type(name, (NodeBase,), body)
    return cls


def node_of(handle):
    """The Python object for a node's handle; None for 0."""
    if handle == 0:
        return None
    number = _engine.function_number(handle)
    if number:
        return _held.CONTEXTS[number]
    node = _nodes.get(handle)
    if node is None:
        node = object.__new__(class_of(_engine.node_name(handle)))
        node._n = handle
        _nodes[handle] = node
    return node


__all__ = ["NodeBase", "class_of", "node_of"]
