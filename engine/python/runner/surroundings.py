"""What runs around an operator: calls of modules and rounds of loops, outermost first.

It stands in memory that JavaScript reads when an operator is recorded, so that nothing crosses for it:
the depth, then a pair for each level. A loop is its number and its round; a module is its number below zero
and which of its calls this is. Which mode a module is in (train() or eval()) is noted where it changes.
"""

import weakref
from array import array
from sys import _getframe

from . import sites

_DEEPEST = 31
STACK = array("i", bytes(4 * (1 + 2 * _DEEPEST)))

_frames = []  # per level: (number, slot of an outer run of the same loop, or None)
_slots = {}  # loop -> where its round stands; 0: too deep
_rounds = {}  # loop -> rounds of the last time it ran
# id(a generator's frame) -> [where its own loops begin on the stack, rows (loop, round) of those that it suspended].
# Not in the frame itself, where locals() would show it. One that has ended gives its place to the next of its id.
_generators = {}
_numbers = {}  # id(module) -> number
_modules = []  # by number - 1: [weak reference, name in the module around it or "", type, calls, training, changes]
_switches = {}  # id(module) -> [weak reference, rows [calls until then, training, site]]
_MOST_CHANGES = 64


def clear():
    STACK[0] = 0
    _frames.clear()
    for table in (_slots, _rounds, _generators, _numbers, _switches):
        table.clear()
    _modules.clear()


def _push(number, round_):
    depth = len(_frames)
    if depth >= _DEEPEST:
        return 0
    slot = 1 + 2 * depth
    STACK[slot] = number
    STACK[slot + 1] = round_
    STACK[0] = depth + 1
    return slot + 1


# ---- loops: called by code that instrument.py puts around them


def enter_loop(loop):
    slot = _push(loop, 0)
    _frames.append((loop, _slots.get(loop)))
    _slots[loop] = slot


def next_round(loop):
    # None: thrown into while it was suspended, a generator has nothing on the stack.
    slot = _slots.get(loop)
    if slot:
        STACK[slot] += 1


def leave_loop(loop):
    slot = _slots.get(loop)
    if slot is None:
        return
    if slot:
        _rounds[loop] = STACK[slot]
    # What an exception left behind goes as well.
    while _frames:
        number, outer = _frames.pop()
        if number == loop:
            break
    if outer is None:
        _slots.pop(loop, None)
    else:
        _slots[loop] = outer
    STACK[0] = min(len(_frames), _DEEPEST)


# ---- comprehensions: a round stands on the stack while its element is computed, never while somebody else runs


def each_round(loop, iterator, inner):
    """The elements of a clause that has `inner` clauses of the same comprehension around it."""
    # What the outer clauses have put there is taken away with each element, so it is put back with each.
    around = _taken(max(0, len(_frames) - inner)) if inner else ()
    round_ = 0
    mine = None
    base = 0
    try:
        for item in iterator:
            _rounds[loop] = round_ = round_ + 1
            base = len(_frames)
            for number, outer_round in around:
                _put(number, outer_round)
            _put(loop, round_)
            mine = _frames[base]
            yield item
            # An element that a condition left out is still there.
            if len(_frames) > base and _frames[base] is mine:
                _cut(base)
    finally:
        # An exception in the element: it is let go when somebody has dealt with it.
        if mine is not None and len(_frames) == base + len(around) + 1 and _frames[base] is mine:
            _cut(base)


def element_done(loop, value):
    """Takes away what the comprehension whose outermost loop this is has put on the stack."""
    for depth in range(len(_frames) - 1, -1, -1):
        if _frames[depth][0] == loop:
            _cut(depth)
            break
    return value


def _put(number, round_):
    _push(number, round_)
    _frames.append((number, None))


def _cut(depth):
    del _frames[depth:]
    STACK[0] = min(depth, _DEEPEST)


def _taken(depth):
    taken = [(number, _round_at(level)) for level, (number, _) in enumerate(_frames) if level >= depth]
    _cut(depth)
    return taken


def _round_at(level):
    return STACK[2 + 2 * level] if level < _DEEPEST else 0


# ---- generators: their loops leave the stack with every yield, and come back when they go on


def begin_generator():
    _generators[id(_getframe(1))] = [len(_frames), ()]


def suspend_generator(value):
    state = _generators.get(id(_getframe(1)))
    # None: it began in an earlier run.
    if state is None:
        return value
    depth = state[0]
    suspended = []
    for level in range(len(_frames) - 1, depth - 1, -1):
        number, outer = _frames[level]
        suspended.append((number, _round_at(level)))
        if outer is None:
            _slots.pop(number, None)
        else:
            _slots[number] = outer
    suspended.reverse()
    state[1] = suspended
    _cut(min(depth, len(_frames)))
    return value


def resume_generator(value):
    state = _generators.get(id(_getframe(1)))
    if state is None:
        return value
    depth, suspended = len(_frames), state[1]
    for number, round_ in suspended:
        slot = _push(number, round_)
        _frames.append((number, _slots.get(number)))
        if number > 0:
            _slots[number] = slot
    state[:] = depth, ()
    return value


# ---- modules: called by nn.Module.__call__


def enter_module(module):
    number = _numbers.get(id(module))
    if number is None or _modules[number - 1][0]() is not module:
        number = _add(module)
    entry = _modules[number - 1]
    entry[3] += 1
    training = module.training
    if training is not entry[4] and len(entry[5]) < _MOST_CHANGES:
        entry[4] = training
        entry[5].append([entry[3], bool(training)])
    _push(-number, entry[3])
    _frames.append((-number, None))


def leave_module():
    _frames.pop()
    STACK[0] = min(len(_frames), _DEEPEST)


def _add(module):
    name = ""
    for around, _ in reversed(_frames):
        if around < 0:
            outer = _modules[-around - 1][0]()
            name = _path(outer, module) if outer is not None else ""
            break
    _modules.append([weakref.ref(module), name, type(module).__name__, 0, None, []])
    _numbers[id(module)] = len(_modules)
    return len(_modules)


def _path(outer, module):
    """How `outer` calls a module below it: "fc", "layers.0"; "" where it does not hold it."""
    waiting = [("", outer)]
    seen = set()
    while waiting:
        prefix, at = waiting.pop(0)
        if id(at) in seen:
            continue
        seen.add(id(at))
        children = at.__dict__.get("_modules")
        if not isinstance(children, dict):
            continue
        for key, child in children.items():
            path = f"{prefix}.{key}" if prefix else str(key)
            if child is module:
                return path
            if child is not None:
                waiting.append((path, child))
    return ""


def switch_module(module, training):
    """train() or eval() was called: for this module, and for those below it."""
    entry = _switches.get(id(module))
    if entry is None or entry[0]() is not module:
        entry = _switches[id(module)] = [weakref.ref(module), []]
    number = _numbers.get(id(module))
    known = number is not None and _modules[number - 1][0]() is module
    if len(entry[1]) < _MOST_CHANGES:
        entry[1].append([_modules[number - 1][3] if known else 0, training, sites.here(2)])


# ---- at a snippet's end


def modules(namespace, is_module):
    """Rows [number, name, type, changes of the mode, switches of the mode, types that act on it].

    A module that no other one called bears the name of its variable.
    """
    variables = {}
    for name, value in list(namespace.items()):
        if isinstance(name, str) and is_module(value):
            variables.setdefault(id(value), name)
    rows = []
    for index, (reference, name, kind, _, _, changes) in enumerate(_modules):
        module = reference()
        if not name and module is not None:
            name = variables.get(id(module), "")
        switched = _switches.get(id(module))
        own = switched[1] if module is not None and switched is not None and switched[0]() is module else []
        rows.append([index + 1, name, kind, changes, own, _acting(module) if changes else []])
    return rows


def _acting(module):
    """Types of the modules below that do something else in training than in evaluation."""
    found = []
    waiting, seen = [module], set()
    while waiting:
        at = waiting.pop(0)
        if at is None or id(at) in seen:
            continue
        seen.add(id(at))
        own = getattr(at, "__dict__", {})
        kind = type(at).__name__
        drops = "Dropout" in kind and own.get("p", 0)
        normalises = "Norm" in kind and own.get("track_running_stats") is True
        if (drops or normalises) and kind not in found:
            found.append(kind)
        children = own.get("_modules")
        if isinstance(children, dict):
            waiting.extend(children.values())
    return found


def rounds(loop):
    return _rounds.get(loop, 0)
