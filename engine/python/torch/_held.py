"""Python objects that the engine holds by number: hooks, contexts of custom Functions, what pack hooks made, notes
about nodes. They go when nothing that Python itself holds leads to them through the graph any more, at once as far as
that is cheap: Python's reference counts end at the engine's border, so each tensor that goes may be the last one.
"""

import gc
import itertools
import sys

from . import _engine, _handles

#: Number -> object.
OBJECTS = {}
_numbers = itertools.count(1)

#: Those of them that are contexts of custom Functions: nodes of the graph, which others may hold, too.
CONTEXTS = {}

#: A graph of so many tensors and nodes is gone through for each tensor that went; longer ones only now and then, so that
#: a sweep goes through so many of them for each tensor.
_SMALL = 500
_STEP = 20

_plain_collect = gc.collect


class _Sweeps:
    """When the next sweep is due."""

    watching = False
    running = False
    #: Python's collector may start between an answer of the engine's and the look at the shared ints.
    collecting = False
    missed = 0
    patience = 0


def keep(thing):
    """The number under which the engine holds ``thing``."""
    number = next(_numbers)
    OBJECTS[number] = thing
    if not _Sweeps.watching:
        _watch(True)
    return number


def keep_context(ctx):
    """The same for the context of a custom Function."""
    number = keep(ctx)
    CONTEXTS[number] = ctx
    return number


def let_go(number):
    """The engine does not hold it any more."""
    CONTEXTS.pop(number, None)
    return OBJECTS.pop(number, None)


def died():
    """Python has let go of something that may have been the last to lead to one of these."""
    if not OBJECTS or _Sweeps.running or _Sweeps.collecting:
        return
    _Sweeps.missed += 1
    if _Sweeps.missed > _Sweeps.patience:
        sweep()


def sweep():
    """Lets go of everything that nothing leads to any more; what goes may have been the last to lead to more."""
    _Sweeps.running = True
    try:
        # Not while the engine is at work: what goes next asks again. The numbers that a callback leaves in the shared
        # ints must not be overwritten either.
        while _engine.sweep_ready():
            _handles.flush()
            held = held_contexts()
            count = _engine.sweep(*held)
            _Sweeps.missed = 0
            cost = _engine.sweep_cost() + len(CONTEXTS)
            _Sweeps.patience = 0 if cost <= _SMALL else cost // _STEP
            if count == 0:
                break
            for number in _engine.INTS[:count].tolist():
                let_go(number)
    finally:
        _Sweeps.running = False


def _references(contexts):
    return [(number, sys.getrefcount(ctx)) for number, ctx in contexts.items()]


def held_contexts():
    """Numbers of the contexts that somebody else holds."""
    return [number for number, count in _references(CONTEXTS) if count > _OWN_REFERENCES]


def _measured():
    """How many references a context has that nobody else holds."""
    table, other = {0: object()}, {}
    other[0] = table[0]
    return _references(table)[0][1]


_OWN_REFERENCES = _measured()


def _watch(on):
    _Sweeps.watching = on
    _handles.watch(died if on else None)
    gc.collect = _collect if on else _plain_collect
    if on:
        gc.callbacks.append(_note_collection)
    elif _note_collection in gc.callbacks:
        gc.callbacks.remove(_note_collection)


def _note_collection(phase, _):
    _Sweeps.collecting = phase == "start"


def _collect(generation=2):
    """``gc.collect``, beyond the engine's border."""
    from . import _cycles

    return _cycles.collect(_plain_collect, generation)


class paused:
    """Inside, nothing is swept."""

    __slots__ = ("before",)

    def __enter__(self):
        self.before = _Sweeps.running
        _Sweeps.running = True

    def __exit__(self, *_):
        _Sweeps.running = self.before


def reset():
    """Nothing is held."""
    OBJECTS.clear()
    CONTEXTS.clear()
    _Sweeps.missed = _Sweeps.patience = 0
    if _Sweeps.watching:
        _watch(False)
