"""allow_mutation_on_saved_tensors: what a node has saved is copied just before it is changed in place."""

import contextlib
import weakref

from .. import _engine
from ._saving import saved_tensors_hooks

_OUTSIDE = (
    "Trying to backward outside of the 'allow_mutation_on_saved_tensors' context"
    "in which the graph was originally recorded."
)

#: The context around the code that runs, if any.
_active = []


class _Kept:
    """Stands for one version of one tensor that nodes have saved."""

    __slots__ = ("__weakref__",)


class _AllowMutationOnSavedContext:
    """What was saved as it is, and what of it had to be copied."""

    def __init__(self):
        self.cloned = weakref.WeakKeyDictionary()
        self.original = weakref.WeakKeyDictionary()
        #: Tensor and version -> what stands for it; memory and version -> all of these.
        self.tid_to_weakhandle = weakref.WeakValueDictionary()
        self.sid_to_tid = {}

    def clear(self):
        """Forgets everything: a graph that was recorded inside can no longer be gone through."""
        self.cloned.clear()
        self.original.clear()
        self.tid_to_weakhandle.clear()
        self.sid_to_tid.clear()

    def pack(self, tensor):
        """The pack hook."""
        place = (_engine.storage_identity(tensor._h), tensor._version)
        own = (id(tensor), *place)
        self.sid_to_tid.setdefault(place, set()).add(own)
        kept = self.tid_to_weakhandle.get(own)
        if kept is None:
            kept = self.tid_to_weakhandle[own] = _Kept()
            self.original[kept] = tensor
        return kept

    def unpack(self, kept):
        """The unpack hook. Raises AssertionError outside of the context."""
        found = self.cloned.get(kept)
        if found is None:
            found = self.original.get(kept)
        if not _active or found is None:
            raise AssertionError(_OUTSIDE)
        return found

    def before_write(self, tensor):
        """``tensor`` is about to be changed."""
        place = (_engine.storage_identity(tensor._h), tensor._version)
        for own in self.sid_to_tid.get(place, ()):
            kept = self.tid_to_weakhandle.get(own)
            if kept is not None and kept not in self.cloned:
                self.cloned[kept] = self.original.pop(kept).clone()


def before_write(tensor):
    """What the engine calls before it changes a tensor in place."""
    _engine.watch_writes(False)
    try:
        _active[-1].before_write(tensor)
    finally:
        _engine.watch_writes(True)


@contextlib.contextmanager
def allow_mutation_on_saved_tensors():
    """Inside, tensors that were saved for backward may be changed in place: backward uses what they were."""
    if _active:
        raise RuntimeError("allow_mutation_on_saved_tensors contexts cannot be nested")
    context = _AllowMutationOnSavedContext()
    with saved_tensors_hooks(context.pack, context.unpack):
        _active.append(context)
        _engine.watch_writes(True)
        try:
            yield context
        finally:
            context.clear()
            _active.clear()
            _engine.watch_writes(False)


allow_mutation_on_saved_tensors.__module__ = "torch.autograd.graph"


def reset():
    """No context."""
    _active.clear()
    _engine.watch_writes(False)
