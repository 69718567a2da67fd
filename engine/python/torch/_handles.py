"""Tensor objects and the engine's handles: made, found again, given back."""

import gc
import sys
import weakref
from array import array

from . import _engine
from ._errors import last

_new = object.__new__

#: The class of new tensors; _tensor.py puts it in.
Tensor = None

#: Handles of tensors that Python has let go, to be sent along together.
_dead = []
told_dead = _dead.append

#: How many are sent at once.
_MOST = 4096

#: Handle -> tensor, for those that the engine has handed out a second time.
_known = weakref.WeakValueDictionary()


def watch(died):
    """Has ``died()`` called after each tensor that Python lets go; None ends that."""
    if died is None:
        Tensor.__del__ = _unwatched[0]
        return

    def __del__(self, told_dead=told_dead):
        told_dead(self._h)
        died()

    if not _unwatched:
        _unwatched.append(Tensor.__del__)
    Tensor.__del__ = __del__


#: The usual `Tensor.__del__`, once it has been replaced.
_unwatched = []


def flush():
    """Gives back the handles of tensors that Python has let go."""
    while _dead:
        some = array("i", _dead[:_MOST])
        del _dead[:_MOST]
        _engine.INTS[: len(some)] = some
        _engine.cross(0, _engine.RELEASE, len(some))


def wrap(handle):
    """The tensor for what the engine answered; None for 0. Raises where the engine failed."""
    if handle > 1:
        tensor = _new(Tensor)
        tensor._h = handle
        if not handle & 255:
            flush()
        return tensor
    if handle < -1:
        return found(-handle)
    if handle == -1:
        raise last()
    return None


def wrap_known(handle):
    """As ``wrap``, for a tensor that the engine is likely to hand out again."""
    return remember(wrap(handle))


def remember(tensor):
    """Notes the object of a tensor that the engine is likely to hand out again. Answers it; None for None."""
    if tensor is not None:
        _known[tensor._h] = tensor
    return tensor


def found(handle):
    """The object that Python holds for a handle; a new one where it has just let go of it."""
    tensor = _known.get(handle)
    if tensor is not None and tensor._h == handle:
        return tensor
    if handle in _dead:
        _dead.remove(handle)
    else:
        tensor = _nearby(handle)
        if tensor is not None:
            return remember(tensor)
        # All that are found are noted: the next tensor that is asked for is likely to be as old as this one.
        for thing in gc.get_objects():
            if issubclass(type(thing), Tensor) and thing._h:
                _known[thing._h] = thing
        tensor = _known.get(handle)
        if tensor is not None:
            return tensor
    tensor = _new(Tensor)
    tensor._h = handle
    _known[handle] = tensor
    return tensor


def _nearby(handle):
    """The tensor among the local variables of the innermost functions, where an operator's arguments are."""
    frame = sys._getframe(2)
    for _ in range(_FRAMES):
        if frame is None:
            return None
        for value in frame.f_locals.values():
            if type(value) is tuple or type(value) is list:
                found_inside = next((item for item in value[:_FRAMES] if _is(item, handle)), None)
                if found_inside is not None:
                    return found_inside
            elif _is(value, handle):
                return value
        frame = frame.f_back
    return None


def _is(value, handle):
    return issubclass(type(value), Tensor) and value._h == handle


#: How many functions, and how many of a list's items, are looked at there.
_FRAMES = 10


def settle(handle, *args):
    """What an operator answered that is not simply a new tensor: its argument, another one, or a failure."""
    if handle == 0:
        return args[0]
    if handle == -1:
        raise last()
    if handle < 0:
        for arg in args:
            if getattr(arg, "_h", 0) == -handle:
                return arg
    return wrap(handle)


def handles(count):
    """The tensors whose handles the engine has left in the shared ints."""
    if count == -1:
        raise last()
    return wrap_all(_engine.INTS[:count].tolist())


def wrap_all(numbers):
    """The tensors for several handles. One that comes twice is new the first time, and known the second."""
    new = {handle for handle in numbers if handle > 1}
    # Those that Python held before come first: nothing may let them go.
    tensors = {-handle: found(-handle) for handle in numbers if handle < -1 and -handle not in new}
    for handle in new:
        tensors[handle] = wrap(handle)
    return [tensors.get(abs(handle)) for handle in numbers]


def adopt(tensor, cls):
    """A new object of the class ``cls`` for the same tensor of the engine; the old one must not be used again."""
    made = _new(cls)
    made._h = tensor._h
    tensor._h = 0
    _known[made._h] = made
    return made
