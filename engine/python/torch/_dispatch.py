"""One Python function per operator name, written out from the registry: a fast path, then the full parser.

The fast path takes exact tensors and plain numbers by position, and crosses once. Everything else (keywords,
defaults in the middle, wrong arguments) goes through ``_binding.Overloads``, which knows PyTorch's rules and texts.
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
    "here": _here,
    "REC": False,
    "T": frozenset(),
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


def _tensors(values):
    exact = _space["T"]
    for value in values:
        if type(value) not in exact:
            return False
    return True


_space["ints"] = _ints
_space["tensors"] = _tensors


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


def set_anomaly(note):
    """``note`` is called before every operator, for anomaly mode; None ends that."""
    _modes["anomaly"] = note
    _apply_modes()


def site():
    """The interned number of the place in the user's code; 0 while nothing is recorded."""
    return _space["here"](2) if _space["REC"] else 0


@_engine.after_install
def _bind(provided):
    for name in ("call", "call_tensor", "call_tensors", "call_number"):
        _space[name] = getattr(provided, name)


# ---- writing functions


def _fast(kind, name, list_size):
    """Ways to pass one argument without parsing: pairs of a condition and what crosses."""
    match kind:
        case "Tensor":
            return [(f"type({name}) in T", f"{name}._h")]
        case "Scalar":
            return [(f"type({name}) in K", f"K[type({name})], {name}")]
        case "int" | "int?" | "bool" | "bool?" | "str" | "str?":
            return [(f"type({name}) is {kind.rstrip('?')}", name)]
        case "float" | "float?":
            return [(f"(type({name}) is float or type({name}) is int)", name)]
        case "int[]" | "int[]?":
            ways = [(f"type({name}) in SEQ and ints({name})", f"len({name}), *{name}")]
            if list_size:
                ways.insert(0, (f"type({name}) is int", ", ".join([str(list_size), *[name] * list_size])))
            return ways
        case "Tensor[]":
            return [(f"type({name}) in SEQ and tensors({name})", f"len({name}), *[t._h for t in {name}]")]
    return []


def _crossing_function(entry, crossing):
    """JavaScript has shorter ways for one tensor, two tensors, and a tensor and a number."""
    params = entry.params
    if not params or params[0].kind != "Tensor":
        return "call"
    if len(crossing) == 1 and all(p.default is not None for p in params[1:]):
        return "call_tensor"
    if len(crossing) == 2 and all(p.default is not None for p in params[2:]):
        if params[1].kind == "Tensor":
            return "call_tensors"
        if params[1].kind == "Scalar":
            return "call_number"
    return "call"


def _answer(entry, crossing, first, indent):
    """Lines that cross and make the result."""
    place = "here(2) if REC else 0"
    function = _crossing_function(entry, crossing)
    crossing = f"{function}({entry.number}, {place}{''.join(', ' + part for part in crossing)})"
    pad = " " * indent
    if entry.many is not None:
        return [f"{pad}return several({crossing}, entry_{entry.number})"]
    if entry.inplace:
        return [f"{pad}h = {crossing}", f"{pad}if h == 0: return {first}", f"{pad}return settle(h, {first})"]
    return [
        f"{pad}h = {crossing}",
        f"{pad}if h > 1:",
        f"{pad}    r = new(Tensor); r._h = h",
        f"{pad}    if not h & 255: flush()",
        f"{pad}    return r",
        f"{pad}return settle(h, {first})",
    ]


def _positional(entry):
    return [param for param in entry.params if not param.keyword_only]


def _branches(entries, method):
    """Number of arguments (without self of a method) -> lines."""
    branches = {}
    for entry in entries:
        params = _positional(entry)
        own = params[1:] if method else params
        least = sum(param.default is None for param in own)
        if any(param.default is None for param in entry.params if param.keyword_only):
            continue
        for count in range(least, min(len(own), least + 2) + 1):
            ways = [([], ["self._h"] if method else [])]
            for position, param in enumerate(own[:count]):
                fast = _fast(param.kind, f"a{position}", param.list_size)
                ways = [(c + [cond], x + [cross]) for c, x in ways for cond, cross in fast]
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
            crossing = ["self._h", "n, *args"] if method else ["n, *args"]
            return ["        if n and ints(args):", *_answer(entry, crossing, "self" if method else "None", 12)]
    return []


def _source(entries, method):
    head = "def made(self, /, *args, **kwargs):" if method else "def made(*args, **kwargs):"
    lines = [head, "    if not kwargs:", "        n = len(args)"]
    for count, branch in sorted(_branches(entries, method).items()):
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


def write(name, qualified, entries, method):
    """The function for one Python name. ``qualified`` is what harvested signatures know it by."""
    overloads = Overloads(name, qualified, entries, method)
    space = {}
    # All functions share one dictionary of globals; what is theirs alone are default values.
    source = _source(entries, method)
    own = {"slow": overloads.slow, **{f"entry_{entry.number}": entry for entry in entries}}
    names = ", ".join(own)
    wrapped = f"def maker({names}):\n" + "\n".join("    " + line for line in source.split("\n")) + "\n    return made"
    exec(compile(wrapped, _FILE, "exec"), _space, space)
    made = space["maker"](**own)
    overloads.fast = space["maker"](**{**own, "slow": _missed})
    made.__name__ = name
    made.__qualname__ = f"Tensor.{name}" if method else name
    made.__module__ = "torch"
    made.__doc__ = _documentation(overloads)
    made._overloads = overloads
    return made


# ---- Python's operators

_BINARY = """
def {name}(self, other):
    t = type(other)
    if t in T:
        h = call_tensors({tensor}, here(2) if REC else 0, self._h, other._h)
    elif t is float:
        h = call_number({scalar}, here(2) if REC else 0, self._h, 2, other)
    elif t is int:
        h = call_number({scalar}, here(2) if REC else 0, self._h, 1, other)
    else:
        return slow(self, other)
    if h > 1:
        r = new(Tensor); r._h = h
        if not h & 255: flush()
        return r
    return settle(h, self, other)
"""

_BINARY_IN_PLACE = """
def {name}(self, other):
    t = type(other)
    if t in T:
        h = call_tensors({tensor}, here(2) if REC else 0, self._h, other._h)
    elif t is float:
        h = call_number({scalar}, here(2) if REC else 0, self._h, 2, other)
    elif t is int:
        h = call_number({scalar}, here(2) if REC else 0, self._h, 1, other)
    else:
        return slow(self, other)
    if h == 0: return self
    return settle(h, self, other)
"""

_UNARY = """
def {name}(self):
    h = call_tensor({tensor}, here(2) if REC else 0, self._h)
    if h > 1:
        r = new(Tensor); r._h = h
        if not h & 255: flush()
        return r
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
        template = _UNARY
    else:
        template = _BINARY_IN_PLACE if name.startswith("__i") and name != "__invert__" else _BINARY
    space = {}
    source = template.format(name=name, tensor=tensor, scalar=scalar)
    body = "\n".join("    " + line for line in source.strip().split("\n"))
    exec(compile(f"def maker(slow):\n{body}\n    return {name}", _FILE, "exec"), _space, space)
    made = space["maker"](slow)
    made.__qualname__ = f"Tensor.{name}"
    made.__module__ = "torch"
    return made


def set_tensor_types(tensor, exact):
    """The class of results, and the classes whose objects take the fast path."""
    _space["Tensor"] = tensor
    _space["T"] = frozenset(exact)
