"""One Python function per operator name, written out from the registry: a fast path, then the full parser.

The fast path takes exact tensors and plain numbers by position, and crosses once. Everything else (keywords,
defaults in the middle, wrong arguments) goes through ``_binding.Overloads``, which knows PyTorch's rules and texts.

Most crossings are short ones, ``cross(first, command, third)``: a system call of C that the engine answers (see
``bridge/shortCalls.ts``). ``first`` is a handle, the command says operator, form and place, and what ``third`` is
depends on the form; more numbers stand in ``INTS`` and ``DOUBLE``.
"""

from . import _engine
from ._binding import MISSED, Overloads
from ._handles import flush, settle, wrap
from ._return_types import several
from ._warn import FOLDER

try:
    from gradient_runner.sites import here as _here
except ImportError:

    def _here(_depth=1):
        return 0


#: Written functions have this file name, so that warnings and tracebacks know them for the package's own.
_FILE = f"{FOLDER}/written functions"

#: The globals of all written functions.
_space = {
    "call": None,
    "call_tensor": None,
    "call_tensors": None,
    "call_number": None,
    "cross": _engine.cross,
    "again": None,
    "INTS": _engine.INTS,
    "DOUBLE": _engine.DOUBLE,
    "here": _here,
    "REC": False,
    "T": frozenset(),
    "FREE": True,
    "FLOAT": float,
    "INT": int,
    "K": {bool: 0, int: 1, float: 2},
    "SEQ": frozenset((tuple, list)),
    "Tensor": None,
    "new": object.__new__,
    "settle": settle,
    "several": several,
    "flush": flush,
    "wrap": wrap,
    "__builtins__": __builtins__,
}


def _ints(values):
    for value in values:
        if type(value) is not int:
            return False
    return True


def are_exact(values):
    """Whether all are tensors of the package's own classes."""
    exact = _space["T"]
    for value in values:
        if type(value) not in exact:
            return False
    return True


_space["ints"] = _ints
_space["tensors"] = are_exact


_modes = {"recording": False, "anomaly": None}


def _here_noting_stacks(depth=1):
    _modes["anomaly"]()
    return _here(depth + 1) if _modes["recording"] else 0


def _apply_modes():
    anomaly = _modes["anomaly"]
    _space["REC"] = _modes["recording"] or anomaly is not None
    _space["here"] = _here if anomaly is None else _here_noting_stacks


def set_recording(enabled):
    """Whether operators tell the places they are called from."""
    _modes["recording"] = enabled
    _apply_modes()


def is_recording():
    """Whether a recorder is told what happens."""
    return _modes["recording"]


def set_anomaly(note):
    """``note`` is called before every operator, for anomaly mode; None ends that."""
    _modes["anomaly"] = note
    _apply_modes()


def site():
    """The interned number of the place in the user's code; 0 while nothing is recorded."""
    return _space["here"](2) if _space["REC"] else 0


#: The forms of a short call.
_TENSOR, _TENSORS, _NUMBER, _SLOTS = range(4)
#: A short call could not be made; the same goes the long way.
_AGAIN = -(2**31)
#: Whole numbers that a slot holds.
_LIMIT = 2**31


def _command(number, form):
    return _engine.OWN_COMMANDS + (number << 2) + form


def _again(call, number, place, *flat):
    """What a short call answered that was no new handle: told now, or asked for the long way."""
    answer = _engine.answer()
    return call(number, place, *flat) if answer == _AGAIN else answer


_space["again"] = _again


@_engine.after_install
def _bind(provided):
    for name in ("call", "call_tensor", "call_tensors", "call_number"):
        _space[name] = getattr(provided, name)
    _space["cross"] = _engine.cross


# ---- writing functions


def _narrow(name):
    """The condition for a whole number that fits a slot."""
    return f"type({name}) is int and -{_LIMIT} < {name} < {_LIMIT}"


def _fast(kind, name, list_size):
    """Ways to pass one argument without parsing: pairs of a condition and what crosses, each part as (how, text):
    "int" and "double" go into a slot, "skip" leaves one empty, "many" cannot be told before it is there."""
    match kind:
        case "Tensor":
            return [(f"type({name}) in T", [("int", f"{name}._h")])]
        case "Tensor?":
            return [(f"type({name}) in T", [("int", f"{name}._h")]), (f"{name} is None", [("int", "0")])]
        case "Scalar":
            return [
                (f"type({name}) is float", [("int", "2"), ("double", name)]),
                (_narrow(name), [("int", "1"), ("int", name)]),
                (f"type({name}) is bool", [("int", "0"), ("int", name)]),
            ]
        case "Scalar?":
            return [*_fast("Scalar", name, list_size), (f"{name} is None", [("int", "-1"), ("int", "0")])]
        case "int" | "int?":
            return [(_narrow(name), [("int", name)])]
        case "bool" | "bool?":
            return [(f"type({name}) is bool", [("int", name)])]
        case "str" | "str?":
            return [(f"type({name}) is str", [("many", name)])]
        case "float" | "float?":
            return [(f"(type({name}) is float or type({name}) is int)", [("double", name)])]
        case "int[]" | "int[]?":
            ways = [(f"type({name}) in SEQ and ints({name})", [("many", f"len({name}), *{name}")])]
            if list_size:
                ways.insert(0, (f"type({name}) is int", [("many", ", ".join([str(list_size), *[name] * list_size]))]))
            return ways
        case "Tensor[]":
            return [
                (
                    f"type({name}) in SEQ and tensors({name})",
                    [("many", f"len({name}), *[t._h for t in {name}]")],
                )
            ]
    return []


def _long_call(entry, crossing):
    """The call through Pyodide, which takes any arguments. There are shorter ways for the commonest."""
    params = entry.params
    function = "call"
    flat = [text for _, text in crossing]
    if params and params[0].kind == "Tensor":
        kinds = [param.kind for param in params[: 2 if len(crossing) > 1 else 1]]
        if len(crossing) == 1 and all(p.default is not None for p in params[1:]):
            function = "call_tensor"
        elif kinds == ["Tensor", "Tensor"] and len(crossing) == 2 and all(p.default is not None for p in params[2:]):
            function = "call_tensors"
        elif kinds == ["Tensor", "Scalar"] and len(crossing) == 3 and all(p.default is not None for p in params[2:]):
            function = "call_number"
    return f"{function}, {entry.number}, here(2) if REC else 0, {', '.join(flat)}".rstrip(", "), function


def _short_call(entry, crossing, function):
    """Lines that fill the slots, and the short call itself; None where something has no fixed number of slots."""
    if any(how == "many" for how, _ in crossing):
        return None
    stores = []
    first, third = "0", "0"
    rest = crossing
    if crossing and entry.params[0].kind == "Tensor":
        first, rest = crossing[0][1], crossing[1:]
    form = _SLOTS
    match function:
        case "call_tensor":
            form = _TENSOR
        case "call_tensors":
            form, third = _TENSORS, rest[0][1]
        case "call_number":
            form, third = _NUMBER, rest[0][1]
            stores = [f"DOUBLE[0] = {rest[1][1]}"]
        case _:
            third = str(len(rest))
            stores = [f"{'INTS' if how == 'int' else 'DOUBLE'}[{slot}] = {text}" for slot, (how, text) in enumerate(rest)]
    command = _command(entry.number, form)
    return stores, f"cross({first}, {command} + (here(2) << 13) if REC else {command}, {third})"


def _answer(entry, crossing, first, indent):
    """Lines that cross and make the result."""
    pad = " " * indent
    long, function = _long_call(entry, crossing)
    short = _short_call(entry, crossing, function)
    if short is None:
        name, rest = long.split(", ", 1)
        lines = [f"{pad}h = {name}({rest})"]
        if entry.many is not None:
            return [*lines, f"{pad}return several(h, entry_{entry.number})"]
        if entry.inplace:
            return [*lines, f"{pad}if h == 0: return {first}", f"{pad}return settle(h, {first})"]
        return [*lines, *_new_tensor(pad), f"{pad}return settle(h, {first})"]
    stores, call = short
    lines = [f"{pad}{store}" for store in stores]
    lines.append(f"{pad}h = {call}")
    if entry.many is not None:
        return [
            *lines,
            f"{pad}if h > 1: return several(h - 2, entry_{entry.number})",
            f"{pad}return several(again({long}), entry_{entry.number})",
        ]
    if entry.inplace:
        lines.append(f"{pad}if h == 0: return {first}")
    else:
        lines.extend(_new_tensor(pad))
        lines.append(f"{pad}if h == 0: return {first}")
    return [*lines, f"{pad}return settle(again({long}) if h == 1 else h, {first})"]


def _new_tensor(pad):
    return [
        f"{pad}if h > 1:",
        f"{pad}    r = new(Tensor); r._h = h",
        f"{pad}    if not h & 255: flush()",
        f"{pad}    return r",
    ]


#: Parameters that have to be named and are nevertheless given often; their operators have no other such ones.
NAMED_FACTORS = frozenset(("alpha", "beta", "value"))


def _has_named_factors(entry):
    names = {param.name for param in entry.params if param.keyword_only}
    return bool(names) and names <= NAMED_FACTORS


def _positional(entry, factors=False):
    """The parameters that may stand without a name; with ``factors`` also those of NAMED_FACTORS."""
    if factors and _has_named_factors(entry):
        return entry.params
    return [param for param in entry.params if not param.keyword_only]


#: Ways to pass the arguments of one call that are written out at most, where all of them are given.
_MOST_WAYS = 9


def _branches(entries, method, all_given, factors):
    """Number of arguments (without self of a method) -> lines."""
    branches = {}
    for entry in entries:
        params = _positional(entry, factors)
        own = params[1:] if method else params
        least = sum(param.default is None for param in own)
        if any(param.default is None for param in entry.params if param.keyword_only):
            continue
        counts = range(least, min(len(own), least + 2) + 1)
        for count in sorted({*counts, len(own)}) if all_given else counts:
            ways = [([], [("int", "self._h")] if method else [])]
            for position, param in enumerate(own[:count]):
                fast = _fast(param.kind, f"a{position}", param.list_size)
                ways = [(c + [cond], x + cross) for c, x in ways for cond, cross in fast]
            if all_given and len(ways) > _MOST_WAYS:
                continue
            first = "self" if method else "a0" if count and own[0].kind == "Tensor" else "None"
            for conditions, crossing in ways:
                lines = branches.setdefault(count, [])
                if conditions:
                    lines.append(f"            if {' and '.join(conditions)}:")
                    lines.extend(_answer(entry, crossing, first, 16))
                else:
                    lines.extend(_answer(entry, crossing, first, 12))
    return branches


def _varargs(entries, method):
    """Lines for ``view(2, 3)``: all positional arguments are one list."""
    for entry in entries:
        params = _positional(entry)
        own = params[1:] if method else params
        if len(own) == 1 and own[0].kind == "int[]":
            crossing = [("int", "self._h")] if method else []
            crossing.append(("many", "n, *args"))
            return ["        if n and ints(args):", *_answer(entry, crossing, "self" if method else "None", 12)]
    return []


def _source(entries, method, all_given, factors=False):
    head = "def made(self, /, *args, **kwargs):" if method else "def made(*args, **kwargs):"
    lines = [head, "    if not kwargs and FREE:", "        n = len(args)"]
    for count, branch in sorted(_branches(entries, method, all_given, factors).items()):
        lines.append(f"        if n == {count}:")
        if count:
            lines.append(f"            {', '.join(f'a{i}' for i in range(count))}, = args")
        lines.extend(branch or ["            pass"])
    lines.extend(_varargs(entries, method))
    lines.append(f"    return slow({'(self, *args)' if method else 'args'}, kwargs)")
    return "\n".join(lines)


def _documentation(overloads):
    lines = ["One of:" if len(overloads.entries) > 1 else ""]
    lines.extend(f"{overloads.name}({overloads.shown(entry)})" for entry in overloads.entries)
    return "\n".join(line for line in lines if line)


def _missed(_args, _kwargs):
    """In the place of the parser: says that the fast path did not fit."""
    return MISSED


def write_fast(entry):
    """The fast path of one operator, all of whose arguments may be given; answers MISSED where it does not fit."""
    return write(entry.name, entry.name, [entry], False, all_given=True)._overloads.fast


def _compiled(source, own):
    """What makes a function of this source; what is its own it is given then."""
    space = {}
    # All functions share one dictionary of globals.
    wrapped = f"def maker({', '.join(own)}):\n"
    wrapped += "\n".join("    " + line for line in source.split("\n")) + "\n    return made"
    exec(compile(wrapped, _FILE, "exec"), _space, space)
    return space["maker"]


def write(name, qualified, entries, method, all_given=False):
    """The function for one Python name. ``qualified`` is what harvested signatures know it by."""
    overloads = Overloads(name, qualified, entries, method)
    own = {"slow": overloads.slow, **{f"entry_{entry.number}": entry for entry in entries}}
    source = _source(entries, method, all_given)
    maker = _compiled(source, own)
    made = maker(**own)
    if any(_has_named_factors(entry) for entry in entries):
        maker = _compiled(_source(entries, method, all_given, factors=True), own)
    overloads.fast = maker(**{**own, "slow": _missed})
    made.__name__ = name
    made.__qualname__ = f"Tensor.{name}" if method else name
    made.__module__ = "torch"
    made.__doc__ = _documentation(overloads)
    made._overloads = overloads
    overloads.function = made
    return made


# ---- Python's operators

_BINARY = """
def {name}(self, other):
    t = type(other)
    if t in T:
        h = cross(self._h, {tensors} + (here(2) << 13) if REC else {tensors}, other._h)
        if h == 1:
            h = again(call_tensors, {tensor}, here(2) if REC else 0, self._h, other._h)
    elif t is FLOAT:
        DOUBLE[0] = other
        h = cross(self._h, {number} + (here(2) << 13) if REC else {number}, 2)
        if h == 1:
            h = again(call_number, {scalar}, here(2) if REC else 0, self._h, 2, other)
    elif t is INT and -{limit} < other < {limit}:
        DOUBLE[0] = other
        h = cross(self._h, {number} + (here(2) << 13) if REC else {number}, 1)
        if h == 1:
            h = again(call_number, {scalar}, here(2) if REC else 0, self._h, 1, other)
    else:
        return slow(self, other)
    if h > 1:
        r = new(Tensor); r._h = h
        if not h & 255: flush()
        return r
    return settle(h, self, other)
"""

_BINARY_IN_PLACE = _BINARY.replace(
    """    if h > 1:
        r = new(Tensor); r._h = h
        if not h & 255: flush()
        return r
""",
    """    if h == 0: return self
""",
)

_UNARY = """
def {name}(self):
    if not FREE:
        return slow(self)
    h = cross(self._h, {alone} + (here(2) << 13) if REC else {alone}, 0)
    if h > 1:
        r = new(Tensor); r._h = h
        if not h & 255: flush()
        return r
    if h == 1:
        h = again(call_tensor, {tensor}, here(2) if REC else 0, self._h)
    return settle(h, self)
"""


def write_operator(name, function, tensor, scalar=None):
    """``__add__`` and its like: TypeErrors of the arguments become NotImplemented, so that Python asks the other."""

    def slow(self, other):
        try:
            return function(self, other)
        except TypeError:
            return NotImplemented

    if scalar is None and tensor is not None:
        template, slow = _UNARY, function
    else:
        template = _BINARY_IN_PLACE if name.startswith("__i") and name != "__invert__" else _BINARY
    space = {}
    commands = {
        "tensors": _command(tensor or 0, _TENSORS),
        "number": _command(scalar or 0, _NUMBER),
        "alone": _command(tensor or 0, _TENSOR),
    }
    source = template.format(name=name, tensor=tensor, scalar=scalar, limit=_LIMIT, **commands)
    body = "\n".join("    " + line for line in source.strip().split("\n"))
    exec(compile(f"def maker(slow):\n{body}\n    return {name}", _FILE, "exec"), _space, space)
    made = space["maker"](slow)
    made.__qualname__ = f"Tensor.{name}"
    made.__module__ = "torch"
    return made


_exact = {"classes": frozenset()}


def set_tensor_types(tensor, exact):
    """The class of results, and the classes whose objects take the fast path."""
    _space["Tensor"] = tensor
    _space["T"] = _exact["classes"] = frozenset(exact)


def set_asking(asking):
    """Whether a mode is to be asked about every function: then nothing takes the fast path."""
    if _space["FREE"] is not asking:
        return
    _space["FREE"] = not asking
    _space["FLOAT"], _space["INT"] = (None, None) if asking else (float, int)
    _space["T"] = frozenset() if asking else _exact["classes"]
