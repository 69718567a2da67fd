"""torch.autograd.graph: the graph's nodes and edges, and hooks on several tensors at once."""

import abc
import functools
from collections import namedtuple

from .. import _C, _engine, _hooks, _node
from .._errors import check, not_available
from .._tensor import Tensor
from ._mutation import allow_mutation_on_saved_tensors
from ._saving import disable_saved_tensors_hooks, save_on_cpu, saved_tensors_hooks


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


class GradientEdge(namedtuple("GradientEdge", ("node", "output_nr", "ownership_token"), defaults=(None,))):
    """Where the gradient of a tensor goes: a node and the number of its input."""

    __slots__ = ()


def _node_of_tensor(tensor):
    """The node that the gradient of a tensor (or edge) goes to."""
    if isinstance(tensor, GradientEdge):
        return tensor.node
    handle = check(_engine.gradient_node(tensor._h))
    if not handle:
        raise AssertionError("Expected gradient function to be set")
    return _node.node_of(handle)


def get_gradient_edge(tensor):
    """The edge for ``tensor``'s gradient. Raises RuntimeError where it needs none."""
    if not tensor.requires_grad:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    node = _node_of_tensor(tensor)
    token = None
    if isinstance(node, _C._FunctionBase):
        from .grad_mode import _quietly

        # The context of a custom Function does not keep the graph alive: this node behind it does.
        with _quietly(True):
            token = tensor.view_as(tensor).grad_fn
    return GradientEdge(node, tensor.output_nr, ownership_token=token)


def increment_version(tensor):
    """Has autograd believe that ``tensor`` (or each of several) was changed in place."""
    for item in (tensor,) if isinstance(tensor, Tensor) else tensor:
        if not item.is_inference():
            _engine.bump_version(item._h)


class _MultiHandle(_hooks.RemovableHandle):
    """Removes several hooks at once."""

    def __init__(self, handles):
        self.handles = handles

    def remove(self):
        """Takes all the hooks away."""
        for handle in self.handles:
            handle.remove()


def register_multi_grad_hook(tensors, fn, *, mode="all"):
    """Calls ``fn`` with a list of all gradients once they have come ("all"), or with the first one ("any")."""
    modes = ("all", "any")
    if mode not in modes:
        raise ValueError(f"Expects mode to be one of {modes} but got {mode}")
    if mode == "any":
        first = _first_of(fn)
        return _MultiHandle(tuple(t.register_hook(first) for t in tensors if t.requires_grad))
    nodes = [_node_of_tensor(t) for t in tensors]
    # What has come in the passes that run, by their numbers: passes nest, and one that raised never ends.
    coming = {}

    def hook(index, gradient):
        task = _C._current_graph_task_id()
        if task == -1:
            raise AssertionError("expected this hook to be called inside a backward call")
        if task not in coming:
            coming[task] = [sum(map(_C._will_engine_execute_node, nodes)), [None] * len(tensors)]
        now = coming[task]
        now[0] -= 1
        now[1][index] = gradient
        if now[0] == 0:
            fn(coming.pop(task)[1])

    return _MultiHandle(
        tuple(t.register_hook(functools.partial(hook, index)) for index, t in enumerate(tensors))
    )


def _first_of(fn):
    """A hook that calls ``fn`` once in each backward pass."""
    ran = set()

    @functools.wraps(fn)
    def hook(gradient):
        task = _C._current_graph_task_id()
        if task == -1:
            raise AssertionError("expected this hook to be called inside a backward call")
        if task not in ran:
            ran.add(task)
            fn(gradient)

    return hook


def set_warn_on_accumulate_grad_stream_mismatch(enabled):
    """Accepted; there are no streams here."""


def region_activation_memory_budget(budget):
    """Has an effect under ``torch.compile`` alone. Raises RuntimeError outside of it."""
    if isinstance(budget, bool) or not isinstance(budget, (int, float)):
        raise TypeError(
            f"torch.autograd.graph.region_activation_memory_budget: expects a float, got {type(budget).__name__}"
        )
    if not 0.0 <= budget <= 1.0:
        raise ValueError(f"torch.autograd.graph.region_activation_memory_budget: must be in [0, 1], got {budget}")
    raise RuntimeError(
        "torch.autograd.graph.region_activation_memory_budget can only be used inside a torch.compile region; it has no "
        "effect in eager mode."
    )


def __getattr__(name):
    if name == "set_override_stale_capture_stream":
        raise not_available(f"torch.autograd.graph.{name}")
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
