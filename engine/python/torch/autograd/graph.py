"""torch.autograd.graph: the graph's nodes and edges, and hooks on several tensors at once."""

import abc
import functools
import itertools
from collections import namedtuple

from .. import _engine, _hooks, _node
from .._errors import check, not_available
from .._tensor import Tensor


class Node(abc.ABC):
    """What every ``grad_fn`` is an instance of."""

    @abc.abstractmethod
    def name(self):
        """The node's name."""

    @property
    @abc.abstractmethod
    def next_functions(self):
        """Pairs of the next node and the number of its input."""

    @property
    @abc.abstractmethod
    def metadata(self):
        """Notes about the node."""

    @property
    @abc.abstractmethod
    def _input_metadata(self):
        """What is known of its outputs."""

    @abc.abstractmethod
    def register_hook(self, fn):
        """A hook after the node ran."""

    @abc.abstractmethod
    def register_prehook(self, fn):
        """A hook before the node runs."""

    @abc.abstractmethod
    def _register_hook_dict(self, tensor):
        """Unused here."""

    @abc.abstractmethod
    def _sequence_nr(self):
        """The order in which nodes were made."""

    @classmethod
    def __subclasshook__(cls, other):
        if cls is Node and issubclass(other, _node.NodeBase):
            return True
        return NotImplemented


class GradientEdge(namedtuple("GradientEdge", ("node", "output_nr", "ownership_token"))):
    """Where the gradient of a tensor goes: a node and the number of its input."""


GradientEdge.__new__.__defaults__ = (None,)


def get_gradient_edge(tensor):
    """The edge for ``tensor``'s gradient. Raises RuntimeError where it needs none."""
    if not tensor.requires_grad:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    handle = check(_engine.gradient_node(tensor._h))
    return GradientEdge(_node.node_of(handle), tensor.output_nr)


def increment_version(tensor):
    """Has autograd believe that ``tensor`` (or each of several) was changed in place."""
    for item in (tensor,) if isinstance(tensor, Tensor) else tensor:
        _engine.bump_version(item._h)


def register_multi_grad_hook(tensors, fn, *, mode="all"):
    """Calls ``fn`` with a list of all gradients once they have come ("all"), or with the first one ("any")."""
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    nodes = [get_gradient_edge(t).node for t in tensors]
    state = {}

    def current():
        # A pass that ended or raised must leave nothing for the next one.
        pass_number = _engine.backward_pass()
        if state.get("pass") != pass_number:
            state.clear()
            state.update({"pass": pass_number, "count": 0, "gradients": [None] * len(tensors)})
        return state

    def all_hook(index, gradient):
        now = current()
        now["gradients"][index] = gradient
        now["count"] += 1
        if now["count"] == _engine.nodes_in_pass(*[node._n for node in nodes]):
            fn(now["gradients"])

    def any_hook(gradient):
        now = current()
        if not now["count"]:
            now["count"] = 1
            fn(gradient)

    handles = [
        tensor.register_hook(functools.partial(all_hook, index) if mode == "all" else any_hook)
        for index, tensor in enumerate(tensors)
    ]

    def remove():
        for handle in handles:
            handle.remove()

    return _hooks.RemovableHandle(remove)


#: Pairs of hooks around the code that runs, the innermost last; what was packed, by number.
_saving = []
_packed = {}
_numbers = itertools.count(1)
_disabled = []


class saved_tensors_hooks:
    """Inside, ``pack_hook(tensor)`` decides what is kept of a saved tensor, ``unpack_hook`` makes it a tensor again."""

    def __init__(self, pack_hook, unpack_hook):
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self):
        if _disabled:
            raise RuntimeError(_disabled[-1])
        _saving.append((self.pack_hook, self.unpack_hook))
        _engine.set_saved_hooks(len(_saving))

    def __exit__(self, *_):
        _saving.pop()
        _engine.set_saved_hooks(len(_saving))


class disable_saved_tensors_hooks:
    """Inside, entering ``saved_tensors_hooks`` raises RuntimeError with ``error_message``."""

    def __init__(self, error_message):
        self.error_message = error_message

    def __enter__(self):
        if _saving:
            raise RuntimeError(self.error_message)
        _disabled.append(self.error_message)

    def __exit__(self, *_):
        _disabled.pop()


def pack(tensor):
    """What the engine calls when a node saves a tensor: the number that stands for what the hook made of it."""
    pack_hook, unpack_hook = _saving[-1]
    # What the hook computes saves nothing by the hook itself.
    _engine.set_saved_hooks(0)
    try:
        made = pack_hook(tensor)
    finally:
        _engine.set_saved_hooks(len(_saving))
    number = next(_numbers)
    _packed[number] = (made, unpack_hook)
    return number


def unpack(number):
    """What the engine calls when a formula needs it again."""
    made, unpack_hook = _packed[number]
    found = unpack_hook(made)
    if not isinstance(found, Tensor):
        raise TypeError(
            f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type {type(found).__name__}"
        )
    return found


def forget(number):
    """The graph was freed."""
    _packed.pop(number, None)


def reset():
    """No hooks, nothing packed."""
    _saving.clear()
    _packed.clear()
    _disabled.clear()
    _engine.set_saved_hooks(0)


class save_on_cpu:
    """Keeps saved tensors on the CPU, where all of them are anyway."""

    def __init__(self, pin_memory=False, device_type="cuda"):
        pass

    def __enter__(self):
        pass

    def __exit__(self, *_):
        pass


def __getattr__(name):
    if name in ("allow_mutation_on_saved_tensors", "set_warn_on_accumulate_grad_stream_mismatch"):
        raise not_available(f"torch.autograd.graph.{name}")
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
