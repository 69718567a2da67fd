"""Cycles that lead through the engine: a hook that refers to a tensor whose graph holds the hook. Python's collector
sees no references of the engine's, so for the time of an explicit collection they are made visible to it.
"""

import gc
import weakref

from . import _engine, _held, _node
from ._tensor import Tensor

#: More tensors than this are not looked at one by one.
_MOST = 5000


class _Box:
    """Stands for what the engine holds; unlike a dictionary or a tuple it can be referred to weakly."""

    __slots__ = ("thing", "__weakref__")

    def __init__(self, thing):
        self.thing = thing


def collect(plain, generation=2):
    """What ``gc.collect`` does and answers."""
    _held.sweep()
    if not _held.OBJECTS or not _engine.sweep_ready() or len(_held.OBJECTS) > _MOST:
        return plain(generation)
    with _held.paused():
        found = _with_links(plain, generation)
    _held.sweep()
    return found


def _with_links(plain, generation):
    contexts = {number: weakref.ref(ctx) for number, ctx in _held.CONTEXTS.items()}
    boxes = {number: _Box(thing) for number, thing in _held.OBJECTS.items()}
    linked = _link(boxes)
    if not linked:
        return plain(generation)
    left = {number: weakref.ref(box) for number, box in boxes.items()}
    boxes.clear()
    _held.OBJECTS.clear()
    _held.CONTEXTS.clear()
    try:
        count = plain(generation)
    finally:
        for number, box in left.items():
            _put_back(number, box(), contexts.get(number))
        _unlink()
    return count


def _put_back(number, box, context):
    thing = context() if context is not None else box and box.thing
    if box is None and thing is None:
        _engine.disown(number)
        return
    _held.OBJECTS[number] = thing
    if context is not None:
        _held.CONTEXTS[number] = thing


def _holders():
    """Every tensor and node that Python has an object for."""
    return [thing for thing in gc.get_objects() if issubclass(type(thing), (Tensor, _node.NodeBase))]


def _link(boxes):
    """Gives each of them references to what it leads to through the engine; False where that would be too much."""
    holders = _holders()
    if len(holders) > _MOST:
        return False
    for holder in holders:
        if isinstance(holder, Tensor):
            count = _engine.reach_of_tensor(holder._h) if holder._h else 0
        else:
            count = _engine.reach_of_node(holder._n) if holder._n else 0
        if count < 0:
            _unlink()
            return False
        if count:
            holder._links = [boxes[number] for number in _engine.INTS[:count].tolist() if number in boxes]
    return True


def _unlink():
    for holder in _holders():
        if hasattr(holder, "_links"):
            del holder._links
