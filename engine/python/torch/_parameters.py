"""The parameters of a signature as PyTorch's error texts write them, and which Python values they accept."""

import functools

from . import _device, _dtype
from ._names_of import type_name

#: The base class of tensors; _tensor.py puts it in.
Tensor = None
Generator = None

#: Names that NumPy uses for PyTorch's.
NUMPY_NAMES = {"dim": ("axis",), "keepdim": ("keepdims",), "input": ("x", "a", "x1"), "other": ("x2",)}

_SCALARS = (int, float, complex)


def is_int(value):
    """An int, or what may stand for one: an object with ``__index__``, a 0-dim integer tensor without gradient."""
    if type(value) is int:
        return True
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return True
    if isinstance(value, Tensor):
        return value.dim() == 0 and value.dtype._kind == "int" and not value.requires_grad
    return hasattr(type(value), "__index__")


def is_plain_tensor(value):
    """A 0-dim tensor without gradient, which may stand for a number."""
    return isinstance(value, Tensor) and value.dim() == 0 and not value.requires_grad


def is_number(value):
    """Whether PyTorch's argument parser takes a value for a number."""
    return isinstance(value, _SCALARS) or is_plain_tensor(value)


def _is_float(value):
    return isinstance(value, (int, float)) or is_plain_tensor(value)


def _is_bool(value):
    return isinstance(value, bool)


def _is_dtype(value):
    return isinstance(value, _dtype.dtype) or value in (float, int, bool)


def _is_device(value):
    return isinstance(value, (str, _device.device)) or type(value) is int


_CHECKS = {
    "Tensor": lambda value: isinstance(value, Tensor),
    "Number": is_number,
    "int": is_int,
    "float": _is_float,
    "bool": _is_bool,
    "str": lambda value: isinstance(value, str),
    "torch.dtype": _is_dtype,
    "torch.device": _is_device,
    "torch.layout": lambda value: isinstance(value, _dtype.layout),
    "torch.memory_format": lambda value: isinstance(value, _dtype.memory_format),
    "torch.Generator": lambda value: isinstance(value, Generator),
}

_ELEMENTS = {
    "tuple of ints": is_int,
    "tuple of floats": _is_float,
    "tuple of bools": _is_bool,
    "tuple of Scalars": is_number,
    "tuple of Tensors": None,
}


class Parameter:
    """One parameter: its type in PyTorch's words, its name, and how it may be given."""

    __slots__ = ("name", "type", "optional", "nullable", "keyword_only", "list_size", "numbers", "check", "names")

    def __init__(self, name, type_, default, keyword_only, list_size=None, numbers=False, nullable=False):
        self.name = name
        self.type = type_
        self.optional = default is not None
        self.nullable = nullable or default == "None" or name in ("requires_grad", "generator")
        # An empty list stands for all dimensions, and so does None.
        self.nullable = self.nullable or default in ("()", "[]")
        self.keyword_only = keyword_only
        self.list_size = list_size
        self.numbers = numbers
        self.check = _CHECKS.get(type_)
        self.names = (name, *NUMPY_NAMES.get(name, ()))

    def is_list(self):
        return self.type in _ELEMENTS

    def accepts(self, value):
        """-1 where ``value`` is accepted, otherwise the index of the element that is not, or -2 for all of it."""
        if self.check is not None:
            if self.check(value):
                return -1
            return -1 if self.numbers and isinstance(value, _SCALARS) else -2
        if self.type not in _ELEMENTS:
            return -2
        if not isinstance(value, (tuple, list)):
            return -1 if self.list_size and is_int(value) else -2
        if self.type == "tuple of Tensors":
            # PyTorch looks at the elements later, with a text of its own.
            return -1
        # Only the first element decides; the others are converted later.
        if value and not _ELEMENTS[self.type](value[0]):
            return 0
        return -1


def parse_text(text):
    """The parameters of a signature such as ``(Tensor input, int dim, bool keepdim = False, *, ...)``."""
    parameters = []
    keyword_only = False
    inner = text.strip()[1:-1]
    for piece in inner.split(", ") if inner else []:
        if piece == "*":
            keyword_only = True
            continue
        head, equals, default = piece.partition(" = ")
        type_, _, name = head.rpartition(" ")
        parameters.append(Parameter(name, type_, default if equals else None, keyword_only))
    return parameters


class Signature:
    """One way to call a function."""

    __slots__ = ("function", "text", "parameters", "max_positional", "min_args", "max_args", "varargs")

    def __init__(self, function, parameters, text=None):
        self.function = function
        self.text = text
        self.parameters = parameters
        self.max_positional = sum(not p.keyword_only for p in parameters)
        self.min_args = sum(not p.optional for p in parameters)
        self.max_args = len(parameters)
        self.varargs = self.max_positional == 1 and parameters[0].type == "tuple of ints"

    def bind(self, args, kwargs, raising=False):
        """The values given, by name; None where they do not fit, or the TypeError where ``raising``."""
        count = len(args)
        if count > self.max_positional and not self.varargs:
            if raising:
                raise self._too_many(count)
            return None
        values = {}
        position = 0
        used = 0
        for index, parameter in enumerate(self.parameters):
            by_keyword = position >= count
            if not by_keyword:
                if parameter.keyword_only:
                    if raising:
                        raise self._too_many(count)
                    return None
                value = args[position]
                given = True
            else:
                given = False
                value = None
                for name in parameter.names:
                    if name in kwargs:
                        given = True
                        value = kwargs[name]
                        used += 1
                        break
            if not given:
                if parameter.optional:
                    continue
                if raising:
                    raise self._missing(index, kwargs)
                return None
            if value is None and parameter.nullable:
                if parameter.type == "str" and not parameter.optional:
                    # None is one of its choices, and naming it chooses the operator.
                    values[parameter.name] = None
                if not by_keyword:
                    position += 1
                continue
            failed = parameter.accepts(value)
            if failed == -1:
                values[parameter.name] = value
            elif self.varargs and index == 0 and not by_keyword and is_int(args[0]):
                values[parameter.name] = args
                position = count
                continue
            elif raising:
                raise self._wrong(parameter, value, None if by_keyword else position, failed)
            else:
                return None
            if not by_keyword:
                position += 1
        if position < count:
            if raising:
                raise self._too_many(count)
            return None
        if used < len(kwargs):
            if raising:
                raise self._unexpected(kwargs, count)
            return None
        return values

    # ---- PyTorch's texts

    def _too_many(self, given):
        least = self.min_args
        most = self.max_positional
        takes = f"{most}" if least == most else f"from {least} to {most}"
        plural = "s" if least != most or most != 1 else ""
        were = "was" if given == 1 else "were"
        return TypeError(
            f"{self.function}() takes {takes} positional argument{plural} but {given} {were} given"
        )

    def _missing(self, index, kwargs):
        names = [
            p.name
            for p in self.parameters[index:]
            if not p.optional and not any(name in kwargs for name in p.names)
        ]
        plural = "s" if len(names) == 1 else ""
        quoted = ", ".join(f'"{name}"' for name in names)
        return TypeError(
            f"{self.function}() missing {len(names)} required positional argument{plural}: {quoted}"
        )

    def _wrong(self, parameter, value, position, failed):
        place = "" if position is None else f" (position {position + 1})"
        head = f"{self.function}(): argument '{parameter.name}'{place} must be {parameter.type}"
        if failed >= 0 and position is not None:
            return TypeError(f"{head}, but found element of type {type_name(value[failed])} at pos {failed}")
        return TypeError(f"{head}, not {type_name(value)}")

    def _unexpected(self, kwargs, given):
        known = {name for p in self.parameters for name in p.names}
        for name in kwargs:
            if name not in known:
                return TypeError(f"{self.function}() got an unexpected keyword argument '{name}'")
        for parameter in self.parameters[:given]:
            if any(name in kwargs for name in parameter.names):
                return TypeError(f"{self.function}() got multiple values for argument '{parameter.name}'")
        return TypeError("invalid keyword arguments")


def native(text, list_size=None):
    """For functions that PyTorch writes in C++ and the package in Python: what fails is told as C++ tells it."""

    def decorate(function):
        signature = None

        @functools.wraps(function)
        def checked(*args, **kwargs):
            nonlocal signature
            try:
                return function(*args, **kwargs)
            except (TypeError, AttributeError) as error:
                failure = error
            if signature is None:
                signature = Signature(function.__name__, parse_text(text))
                for parameter in signature.parameters:
                    parameter.list_size = parameter.list_size or list_size
            signature.bind(args, kwargs, raising=True)
            raise failure

        return checked

    return decorate


def no_match(function, signatures, args, kwargs):
    """Raises the TypeError for arguments that none of several signatures accepts."""
    count = len(args) + len(kwargs)
    plausible = [s for s in signatures if s.min_args <= count <= s.max_args]
    if len(plausible) == 1:
        plausible[0].bind(args, kwargs, raising=True)
    got = "".join(f"{type_name(value)}, " for value in args)
    got += "".join(f"{name}={type_name(value)}, " for name, value in reversed(kwargs.items()))
    if args:
        got = got[:-2]
    head = f"{function}() received an invalid combination of arguments - got ({got}), but expected "
    if len(signatures) == 1:
        # Of as many arguments as the text has parts (its star is one), PyTorch marks those that do not fit.
        pieces = signatures[0].text[1:-1].split(", ")
        if args and not kwargs and len(pieces) == count:
            marked = ((_described(value), _split_piece(piece)[0]) for value, piece in zip(args, pieces))
            got = ", ".join(given if _same_type(wanted, given) else f"!{given}!" for given, wanted in marked)
            head = f"{function}() received an invalid combination of arguments - got ({got}), but expected "
        raise TypeError(f"{head}{signatures[0].text}")
    lines = [f"{head}one of:\n"]
    for signature in signatures:
        lines.append(f" * {signature.text}\n")
        lines.append(_reason(signature.text, args, kwargs))
    raise TypeError("".join(lines))


def _reason(text, args, kwargs):
    """Why a listed signature of the same length did not match, by PyTorch's simple comparison of names."""
    pieces = text[1:-1].split(", ")
    if len(pieces) != len(args) + len(kwargs):
        return ""
    # PyTorch takes everything behind the type for the name, also a default.
    options = [_split_piece(piece) for piece in pieces]
    names = {name for _, name in options}
    unmatched = [name for name in reversed(kwargs) if name not in names]
    if unmatched:
        return f"      didn't match because some of the keywords were incorrect: {', '.join(unmatched)}\n"
    shown = []
    for (type_, _), value in zip(options, args):
        given = _described(value)
        shown.append(given if _same_type(type_, given) else f"!{given}!")
    for name, value in reversed(kwargs.items()):
        given = _described(value)
        wanted = next(type_ for type_, other in options if other == name)
        shown.append(f"{name}={given}" if _same_type(wanted, given) else f"!{name}={given}!")
    behind = "" if args else ", "
    return f"      didn't match because some of the arguments have invalid types: ({', '.join(shown)}{behind})\n"


def _described(value):
    """A type's name; of a list or tuple with those of its elements."""
    if isinstance(value, (list, tuple)) and value:
        names = ", ".join(map(type_name, value))
        if isinstance(value, list):
            return f"{type_name(value)} of [{names}]"
        return f"{type_name(value)} of ({names}{',' if len(value) == 1 else ''})"
    return type_name(value)


def _split_piece(piece):
    head, _, default = piece.partition(" = ")
    type_, _, name = head.rpartition(" ")
    return type_, f"{name} = {default}" if default else name


def _same_type(wanted, given):
    if wanted == "float":
        return given in ("float", "int")
    return wanted == given
