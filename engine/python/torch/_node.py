"""grad_fn nodes as Python objects: ``<MulBackward0 object at 0x...>``, one class per kind of node."""

import json
import weakref

from . import _engine, _hooks
from ._errors import check
from ._handles import handles, wrap, wrap_known
from ._size import Size

#: Handle -> node object; and what `metadata` dictionaries belong to which node.
_nodes = weakref.WeakValueDictionary()
_metadata = {}
_classes = {}

#: Number -> the context object of a custom Function, which is its own node. autograd/function.py fills it.
CONTEXTS = {}


class NodeBase:
    """What every node has."""

    __slots__ = ("_n", "__weakref__")

    def __del__(self):
        try:
            _engine.node_release(self._n)
        except AttributeError:
            pass

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
        return _metadata.setdefault(_engine.node_id(self._n), {})

    def _sequence_nr(self):
        number = _engine.node_sequence(self._n)
        return 18446744073709551615 if number > 2**52 else number

    @property
    def _input_metadata(self):
        from ._dtype import BY_CODE

        found = []
        for index in range(_engine.node_outputs(self._n)):
            rank = _engine.node_output(self._n, index)
            code, *sizes = _engine.INTS[: rank + 1]
            found.append(InputMetadata(BY_CODE[code], Size(sizes)))
        return tuple(found)

    def register_hook(self, fn, /):
        """Calls ``fn(grad_inputs, grad_outputs)`` after the node ran; it may return other ``grad_inputs``."""
        return _hooks.on_node(self._n, fn, False)

    def register_prehook(self, fn, /):
        """Calls ``fn(grad_outputs)`` before the node runs; it may return others."""
        return _hooks.on_node(self._n, fn, True)

    def _register_hook_dict(self, *_):
        return None

    def __call__(self, *gradients):
        given = [0 if gradient is None else gradient._h for gradient in gradients]
        from ._dispatch import site

        found = handles(_engine.node_call(site(), self._n, *given))
        return found[0] if len(found) == 1 else tuple(found)

    def __getattr__(self, name):
        if name.startswith("_saved_"):
            found = _saved(self._n, name[len("_saved_") :])
            if found is not _MISSING:
                return found
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __dir__(self):
        names = _engine.node_saved_names(self._n)
        return sorted({*object.__dir__(self), *(f"_saved_{name}" for name in names.split())} - {"_n"})

    def __repr__(self):
        return f"<{type(self).__name__} object at {id(self):#x}>"


class InputMetadata:
    """What a node knows of one of its outputs: its dtype and shape."""

    def __init__(self, dtype, shape):
        self.dtype = dtype
        self.shape = shape


_MISSING = object()


def _saved(handle, name):
    from ._dispatch import site

    count = check(_engine.node_saved(site(), handle, name))
    if count >= 0:
        is_list = _engine.INTS[0] == 1
        found = [wrap_known(item) for item in _engine.INTS[1 : 1 + count].tolist()]
        return tuple(found) if is_list else found[0]
    text = _engine.node_plain(handle, name)
    if text is None:
        return _MISSING
    value = json.loads(text)
    if isinstance(value, str) and value in ("NaN", "Infinity", "-Infinity"):
        return float(value.replace("Infinity", "inf"))
    return tuple(value) if isinstance(value, list) else value


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
        return CONTEXTS[number]
    node = _nodes.get(handle)
    if node is None:
        node = object.__new__(class_of(_engine.node_name(handle)))
        node._n = handle
        _nodes[handle] = node
    return node


def reset():
    """Forgets notes about nodes."""
    _metadata.clear()


__all__ = ["CONTEXTS", "NodeBase", "class_of", "node_of", "wrap"]
