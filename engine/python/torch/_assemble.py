"""Puts the operators of the registry where Python looks for them: functions of torch and methods of Tensor."""

from . import _dispatch, _missing, _ops, _registry
from ._tensor import Tensor

#: Every function written from the registry by its dotted name below ``torch``, also those that are not public.
OPERATORS = {}


def _qualified(name):
    """What harvested signatures call a function: ``nn.functional.gelu`` is ``nn.gelu`` there."""
    return name.replace("nn.functional.", "nn.")


def write_all():
    """Writes all functions, and all methods that Tensor does not define itself."""
    for name, entries in _registry.FUNCTIONS.items():
        if name:
            short = name.rpartition(".")[2]
            OPERATORS[name] = _dispatch.write(short, _qualified(name), entries, False)
            if name.startswith(("linalg.", "special.")):
                OPERATORS[name]._overloads.name = name.replace(".", "_")
    _ops.write_fast_paths(OPERATORS.values())
    real = _missing.known("torch.Tensor")
    for name, entries in _registry.METHODS.items():
        if name in Tensor.__dict__ or not (name in real or name.startswith("_")):
            continue
        setattr(Tensor, name, _dispatch.write(name, name, entries, True))


def functions_for(namespace):
    """The functions of one namespace ("" for torch itself) that real PyTorch has there."""
    real = _missing.known(f"torch.{namespace}" if namespace else "torch")
    found = {}
    for name, function in OPERATORS.items():
        place, _, short = name.rpartition(".")
        if place == namespace and (short in real or short.startswith("_")):
            found[short] = function
    return found


# ---- Python's operators

_ARITHMETIC = {
    "add": "add",
    "sub": "sub",
    "mul": "mul",
    "truediv": "div",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "pow",
    "matmul": "matmul",
    "and": "bitwise_and",
    "or": "bitwise_or",
    "xor": "bitwise_xor",
    "lshift": "bitwise_left_shift",
    "rshift": "bitwise_right_shift",
}
_COMPARISONS = {"eq": "eq", "ne": "ne", "lt": "lt", "le": "le", "gt": "gt", "ge": "ge"}
_UNARY = {"neg": "neg", "abs": "abs"}


def _numbers(name):
    """The numbers of the operators for a tensor and for a Python number, or None."""
    tensor = scalar = None
    for entry in _registry.METHODS.get(name, []):
        params = entry.params
        if len(params) < 2 or params[0].name != "self" or any(p.default is None for p in params[2:]):
            continue
        if params[1].kind == "Tensor" and tensor is None:
            tensor = entry.number
        elif params[1].kind == "Scalar" and scalar is None:
            scalar = entry.number
    return tensor, scalar


def _wrapped(function):
    """As an operator: a TypeError of the arguments lets Python ask the other operand."""

    def operator(self, other):
        try:
            return function(self, other)
        except TypeError:
            return NotImplemented

    return operator


def _set(name, function):
    function.__name__ = name
    function.__qualname__ = f"Tensor.{name}"
    function.__module__ = "torch"
    setattr(Tensor, name, function)


def _binary(python, torch_name, in_place):
    method = getattr(Tensor, f"{torch_name}_" if in_place else torch_name, None)
    if method is None:
        if in_place:
            return
        method = _missing.function(f"torch.Tensor.{torch_name}")
    name = f"__i{python}__" if in_place else f"__{python}__"
    tensor, scalar = _numbers(f"{torch_name}_" if in_place else torch_name)
    if tensor is None or scalar is None:
        _set(name, _wrapped(method))
    else:
        _set(name, _dispatch.write_operator(name, method, tensor, scalar))


def _invert(self):
    if self.dtype._kind not in ("int", "bool"):
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    return self.bitwise_not()


def write_operators():
    """``__add__`` and all the other methods behind Python's operators."""
    for python, name in _ARITHMETIC.items():
        _binary(python, name, False)
        _binary(python, name, True)
    for python, name in _COMPARISONS.items():
        _binary(python, name, False)
    for python, name in _UNARY.items():
        entry = next((e for e in _registry.METHODS.get(name, []) if len(e.params) == 1), None)
        if entry is not None:
            _set(f"__{python}__", _dispatch.write_operator(f"__{python}__", getattr(Tensor, name), entry.number))
    _set("__pos__", lambda self: self.positive())
    _set("__invert__", _invert)
    power = getattr(Tensor, "pow_", None)
    if power is not None:
        _set("__ipow__", _wrapped(power))
    # a + b and b + a are the same operator with the operands as PyTorch has them.
    for python in ("add", "mul", "and", "or", "xor"):
        setattr(Tensor, f"__r{python}__", Tensor.__dict__[f"__{python}__"])
    operators = OPERATORS

    def reflected(name, compute):
        def operator(self, other):
            try:
                return compute(self, other)
            except TypeError:
                return NotImplemented

        _set(name, operator)

    reflected("__rsub__", lambda self, other: operators["rsub"](self, other))
    reflected("__rtruediv__", lambda self, other: self.reciprocal() * other)
    reflected("__rfloordiv__", lambda self, other: operators["floor_divide"](_tensor(other, self), self))
    reflected("__rmod__", lambda self, other: operators["remainder"](other, self))
    reflected("__rpow__", lambda self, other: operators["pow"](other, self))
    reflected("__rmatmul__", lambda self, other: operators["matmul"](other, self))
    reflected("__rlshift__", lambda self, other: operators["bitwise_left_shift"](other, self))
    reflected("__rrshift__", lambda self, other: operators["bitwise_right_shift"](other, self))
    Tensor.__rdiv__ = Tensor.__rtruediv__


def _tensor(value, like):
    """A Python number as an operand of a function that takes tensors alone."""
    if isinstance(value, Tensor):
        return value
    from ._binding import _tensor as wrapped

    return wrapped(value, [])
