"""What PyTorch's compiled part offers about saved tensors and version counters."""

from .. import _engine
from .._node import InputMetadata as _InputMetadata
from .._saved import SavedTensor


def _push_saved_tensors_default_hooks(pack_hook, unpack_hook):
    from ..autograd import _saving

    _saving.push(pack_hook, unpack_hook)


def _pop_saved_tensors_default_hooks():
    from ..autograd import _saving

    _saving.pop()


def _saved_tensors_hooks_is_enabled():
    from ..autograd import _saving

    return _saving.is_enabled()


def _saved_tensors_hooks_enable():
    from ..autograd import _saving

    _saving.enable()


def _saved_tensors_hooks_disable(message, fail_if_non_empty=True):
    from ..autograd import _saving

    _saving.disable(message)


def _saved_tensors_hooks_get_disabled_error_message():
    from ..autograd import _saving

    return _saving._disabled[0]


def _unsafe_set_version_counter(tensors, versions):
    """Sets the version counters of tensors. Raises RuntimeError for a negative version."""
    for tensor, version in zip(tensors, versions):
        if version < 0:
            raise RuntimeError(f"Cannot set a version_counter to a value below 0: {version}")
        _engine.set_version(tensor._h, version)


def _get_current_graph_task_keep_graph():
    """Whether the backward pass that runs keeps its graph; True outside of one."""
    return _engine.task_keeps_graph()


def is_view_replay_enabled():
    """Whether stale views are made anew by the operators that made them."""
    return _engine.view_replay()


__all__ = ["SavedTensor", "_InputMetadata"]
