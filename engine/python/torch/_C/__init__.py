"""The names of PyTorch's compiled part that Python code about autograd reaches for; there is no compiled part here."""

import weakref

from .. import _engine, _held, _node
from .._errors import check
from ._function_base import _FunctionBase
from . import _autograd, _functions


def is_grad_enabled():
    """Whether operators are recorded for backward."""
    return _engine.grad_mode()


def _set_grad_enabled(enabled):
    _engine.set_grad_mode(bool(enabled))


def is_inference_mode_enabled():
    """Whether inference mode is on."""
    return _engine.inference_mode()


def _current_graph_task_id():
    """A number for the backward pass that runs; -1 outside."""
    return _engine.task_id()


def _current_graph_task_execution_order():
    """The nodes of the backward pass that runs, in their order. Raises RuntimeError outside of one."""
    if _engine.task_id() == -1:
        raise RuntimeError("_current_graph_task_execution_order should only be called during the backward pass")
    if _engine.multithreading():
        raise RuntimeError(
            "_current_graph_task_execution_order expects the current backward to be executed with multithreading "
            "disabled, e.g. by running:\n\n>>> with torch.autograd.set_multithreading_enabled(False):\n...     "
            "torch.autograd.grad(...)\n"
        )
    count = check(_engine.task_order())
    return [_node.node_of(handle) for handle in _engine.INTS[:count].tolist()]


def _will_engine_execute_node(node):
    """Whether the backward pass that runs comes to this node. Raises RuntimeError outside of one."""
    if not isinstance(node, _node.NodeBase):
        raise RuntimeError(f"_will_engine_execute_node expects an grad_fn, but got {type(node).__name__}")
    return check(_engine.task_executes(node._n)) == 1


def _current_autograd_node():
    """The node that runs; None outside of a backward pass."""
    return _node.node_of(_engine.task_node())


def _increment_version(tensors):
    from ..autograd.graph import increment_version

    increment_version(tensors)


class _WeakTensorRef:
    """Knows whether a tensor is still there."""

    def __init__(self, tensor):
        self._tensor = weakref.ref(tensor)

    def expired(self):
        """Whether it is gone."""
        return self._tensor() is None


class _EngineBase:
    """The engine that runs backward passes, as an object."""

    def queue_callback(self, callback):
        """Calls ``callback()`` when the backward pass that runs has ended. Raises RuntimeError outside of one."""
        if _engine.task_id() == -1:
            raise RuntimeError("Final callbacks can only be installed during backward pass.")
        _engine.task_final(_held.keep(callback))

    def is_checkpoint_valid(self):
        """Whether the backward pass that runs may run a reentrant checkpoint again."""
        return _engine.task_allows_checkpoint()


class _ImperativeEngine(_EngineBase):
    """The only engine."""


_EngineBase.__module__ = _ImperativeEngine.__module__ = "torch._C"


from .._overrides import DisableTorchFunction, DisableTorchFunctionSubclass, _disabled_torch_function_impl  # noqa: E402, F401

#: Linear algebra is there.
has_lapack = True

_cached_tensors = set()


def _set_cached_tensors_enabled(enabled):
    if not enabled:
        _cached_tensors.clear()


def _add_cached_tensor(tensor):
    _cached_tensors.add(id(tensor))


def _remove_cached_tensor(tensor):
    _cached_tensors.discard(id(tensor))


def _is_cached_tensor(tensor):
    return id(tensor) in _cached_tensors
