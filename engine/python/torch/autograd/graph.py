"""torch.autograd.graph: the graph's nodes and edges, and hooks on several tensors at once."""

import abc
import functools
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


class saved_tensors_hooks:
    """Hooks around saving and unpacking tensors, which this engine does not have."""

    def __init__(self, pack_hook, unpack_hook):
        raise not_available("torch.autograd.graph.saved_tensors_hooks")


class save_on_cpu(saved_tensors_hooks):
    """Keeps saved tensors on the CPU, where all of them are anyway."""

    def __init__(self, pin_memory=False, device_type="cuda"):
        pass

    def __enter__(self):
        pass

    def __exit__(self, *_):
        pass


def __getattr__(name):
    if name in ("disable_saved_tensors_hooks", "allow_mutation_on_saved_tensors", "set_warn_on_accumulate_grad_stream_mismatch"):
        raise not_available(f"torch.autograd.graph.{name}")
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
