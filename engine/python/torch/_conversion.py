"""Between Python's numbers and tensors: torch.tensor and its relatives, and tolist."""

from array import array

from . import _device, _dtype, _engine, _handles
from ._defaults import get_default_dtype
from ._dispatch import site
from ._errors import check, not_available
from ._handles import wrap
from ._parameters import Signature, parse_text
from ._warn import warn, warn_once

_PYTHON_DTYPES = {float: _dtype.float64, int: _dtype.int64, bool: _dtype.bool}
_KINDS = {bool: 0, int: 1, float: 2}
_FROM_TENSOR = (
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
    "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor)."
)
_ONLY_FLOATS = "Only Tensors of floating point and complex dtype can require gradients"
_INT64 = range(-(2**63), 2**63)


def _tensor_class():
    return _handles.Tensor


def as_dtype(value):
    """A dtype from a dtype or from Python's float, int or bool; None stays."""
    return _PYTHON_DTYPES[value] if type(value) is type else value


# ---- what a sequence holds


def _is_sequence(value):
    if isinstance(value, _tensor_class()):
        # A tensor among numbers stands for its only element.
        return False
    return isinstance(value, (list, tuple, range)) or (
        hasattr(type(value), "__len__") and hasattr(type(value), "__getitem__") and not isinstance(value, (str, bytes, dict))
    )


def _shape_of(data):
    """The lengths along the first elements; then every list must agree with them."""
    sizes = []
    while _is_sequence(data):
        length = len(data)
        sizes.append(length)
        if len(sizes) > 128:
            raise ValueError("too many dimensions '{}'".format(type(data).__name__))
        if length == 0:
            break
        data = data[0]
    return sizes


def _element_dtype(value):
    """The dtype that one Python value asks for. Texts: infer_scalar_type of torch/csrc/utils/tensor_new.cpp."""
    kind = type(value)
    if kind is float:
        return get_default_dtype()
    if kind is int:
        return _dtype.int64
    if kind is bool:
        return _dtype.bool
    if isinstance(value, _tensor_class()):
        return value.dtype
    if isinstance(value, complex):
        raise not_available("a complex number in a tensor")
    if isinstance(value, str):
        raise TypeError(f"new(): invalid data type '{kind.__name__}'")
    for plain in (bool, int, float):
        if isinstance(value, plain):
            return _element_dtype(plain(value))
    if _is_sequence(value):
        found = None
        for item in value:
            own = _element_dtype(item)
            found = own if found is None or found is own else promoted(found, own)
            if found is _dtype.float64:
                break
        return found or get_default_dtype()
    raise RuntimeError(f"Could not infer dtype of {kind.__name__}")


_ORDER = ("bool", "int", "float")
_INT_ORDER = (_dtype.int8, _dtype.int16, _dtype.int32, _dtype.int64)


def promoted(a, b):
    """The dtype that both fit into, as ``torch.promote_types``."""
    if a is b:
        return a
    if a._kind != b._kind:
        return a if _ORDER.index(a._kind) > _ORDER.index(b._kind) else b
    if a._kind == "float":
        return _dtype.float64 if _dtype.float64 in (a, b) else _dtype.float32
    if _dtype.uint8 in (a, b):
        other = b if a is _dtype.uint8 else a
        return _dtype.int16 if other is _dtype.int8 else other
    return _INT_ORDER[max(_INT_ORDER.index(a), _INT_ORDER.index(b))]


def _flatten(data, sizes, dim, out, number):
    """Appends all numbers below ``data``, checking every length."""
    if dim == len(sizes):
        out.append(number(data))
        return
    if not _is_sequence(data):
        raise TypeError("not a sequence")
    length = len(data)
    if length != sizes[dim]:
        raise ValueError(f"expected sequence of length {sizes[dim]} at dim {dim} (got {length})")
    if dim + 1 == len(sizes):
        for item in data:
            kind = type(item)
            out.append(item if kind is float or kind is int else number(item))
        return
    for item in data:
        _flatten(item, sizes, dim + 1, out, number)


def _to_float(value):
    if isinstance(value, _tensor_class()):
        if value.numel() != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return value._number("tensor")
    if isinstance(value, str):
        raise TypeError(f"new(): invalid data type '{type(value).__name__}'")
    if _is_sequence(value):
        raise TypeError(f"must be real number, not {type(value).__name__}")
    return float(value)


def _to_int(value):
    if isinstance(value, _tensor_class()):
        if value.numel() != 1 or value.dtype._kind == "float":
            if value.numel() == 1:
                return int(value)
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(value._number("tensor"))
    if isinstance(value, (int, float)):
        return int(value)
    raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")


def _to_bool(value):
    if isinstance(value, _tensor_class()):
        return 1 if value._number("tensor") else 0
    return 1 if value else 0


def from_data(data, dtype):
    """A new tensor from a number, or from nested sequences of numbers."""
    if dtype is not None:
        _dtype.code_of(dtype)
    kind = _KINDS.get(type(data))
    if kind is not None:
        if dtype is None:
            dtype = get_default_dtype() if kind == 2 else _dtype.bool if kind == 0 else _dtype.int64
        code = _dtype.code_of(dtype)
        if kind == 1 and data not in _INT64:
            raise ValueError("Overflow when unpacking long long")
        if dtype._kind != "float":
            return _from_numbers([_CONVERT[dtype._kind](data)], (), dtype)
        return wrap(_engine.from_number(site(), 2 if kind == 2 else kind, data, code))
    if isinstance(data, str):
        raise TypeError(f"new(): invalid data type '{type(data).__name__}'")
    sizes = _shape_of(data)
    if sizes and isinstance(_first(data, len(sizes)), str):
        raise ValueError("too many dimensions 'str'")
    if dtype is None or not sizes:
        inferred = _element_dtype(data)
        dtype = dtype or inferred
    numbers = []
    _flatten(data, sizes, 0, numbers, _CONVERT[dtype._kind])
    return _from_numbers(numbers, sizes, dtype)


def _first(data, depth):
    for _ in range(depth):
        if len(data) == 0:
            return None
        data = data[0]
    return data


_CONVERT = {"float": _to_float, "int": _to_int, "bool": _to_bool}
_LIMITS = {
    "uint8": range(-(2**7), 2**8),
    "int8": range(-(2**7), 2**8),
    "int16": range(-(2**15), 2**16),
    "int32": range(-(2**31), 2**32),
}


def _from_numbers(numbers, sizes, dtype):
    code = _dtype.code_of(dtype)
    if dtype._kind == "float":
        memory, source = array("d", numbers), 7
    elif dtype._kind == "bool":
        memory, source = array("q", [1 if number else 0 for number in numbers]), 4
    else:
        if any(type(number) is float for number in numbers):
            numbers = [int(number) for number in numbers]
        try:
            memory, source = array("q", numbers), 4
        except OverflowError:
            raise ValueError("Overflow when unpacking long long") from None
        limits = _LIMITS.get(dtype._name)
        if limits is not None:
            for number in numbers:
                if number not in limits:
                    raise RuntimeError(f"value cannot be converted to type {_CPP[dtype._name]} without overflow")
    for index, size in enumerate(sizes):
        _engine.INTS[index] = size
    address, count = memory.buffer_info()
    return wrap(_engine.from_memory(site(), address, count, source, len(sizes), code))


_CPP = {"uint8": "uint8", "int8": "int8", "int16": "int16", "int32": "int32"}

# ---- torch.tensor and its relatives

_TENSOR = Signature(
    "tensor",
    parse_text(
        "(object data, *, torch.dtype dtype = None, torch.device device = None, bool pin_memory = False, "
        "bool requires_grad = False)"
    ),
)
_TENSOR.parameters[0].check = lambda value: True
_AS_TENSOR = Signature(
    "as_tensor", parse_text("(object data, *, torch.dtype dtype = None, torch.device device = None)")
)
_AS_TENSOR.parameters[0].check = lambda value: True
_AS_TENSOR.parameters[1].keyword_only = False
_AS_TENSOR.parameters[2].keyword_only = False
_AS_TENSOR.max_positional = 3


def tensor(*args, **kwargs):
    """A new leaf with a copy of ``data``: a number, nested lists, or (with a warning) a tensor.

    ``tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False)``. Raises ValueError where
    lists of one level differ in length, TypeError for what is no number.
    """
    if len(args) == 1 and not kwargs:
        data, values = args[0], {}
    else:
        values = _TENSOR.bind(args, kwargs, raising=True)
        data = values["data"]
    _device.require_cpu(values.get("device"))
    dtype = as_dtype(values.get("dtype"))
    if isinstance(data, _tensor_class()):
        warn(_FROM_TENSOR)
        _engine.escape(site(), data._h, "tensor")
        made = _copied(data, dtype)
    else:
        made = from_data(data, dtype)
    if values.get("requires_grad"):
        make_leaf(made)
    return made


def _copied(data, dtype):
    """A copy without history."""
    before = _engine.grad_mode()
    _engine.set_grad_mode(False)
    try:
        copied = data.detach().clone()
        return copied if dtype is None else copied.to(dtype)
    finally:
        _engine.set_grad_mode(before)


def make_leaf(made):
    """``requires_grad=True`` of a function that makes a tensor."""
    if made.dtype._kind != "float":
        raise RuntimeError(_ONLY_FLOATS)
    check(_engine.set_requires_grad(site(), made._h, True))
    return made


def as_tensor(*args, **kwargs):
    """``data`` as a tensor: itself where it is one of that dtype, a copy otherwise."""
    values = _AS_TENSOR.bind(args, kwargs, raising=True)
    data = values["data"]
    _device.require_cpu(values.get("device"))
    dtype = as_dtype(values.get("dtype"))
    if isinstance(data, _tensor_class()):
        return data if dtype is None else data.to(dtype)
    return from_data(data, dtype)


_NO_FLAG = object()


def asarray(obj, *, dtype=None, device=None, copy=None, requires_grad=_NO_FLAG):
    """As ``as_tensor``, with a choice whether to copy."""
    _device.require_cpu(device)
    dtype = as_dtype(dtype)
    if isinstance(obj, _tensor_class()):
        if requires_grad is _NO_FLAG and obj.requires_grad:
            warn_once(
                "torch.asarray: unspecified requires_grad now defaults to obj.requires_grad instead of False. "
                "Pass requires_grad=False explicitly to get the old behavior and silence this warning."
            )
        made = obj if dtype is None or dtype is obj.dtype else obj.to(dtype)
        if copy and made is obj:
            made = obj.clone()
        if requires_grad is False and made.requires_grad:
            made = made.detach()
    else:
        made = from_data(obj, dtype)
    return make_leaf(made) if requires_grad is True else made


def legacy_constructor(cls, args, kwargs):
    """``torch.Tensor(...)``: sizes make an uninitialised tensor (zeros here), a sequence its copy."""
    from ._ops import call

    dtype = getattr(cls, "_legacy_dtype", None) or get_default_dtype()
    _device.require_cpu(kwargs.pop("device", None))
    if "data" in kwargs:
        args = (*args, kwargs.pop("data"))
    if kwargs:
        raise TypeError(f"new() got an unexpected keyword argument '{next(iter(kwargs))}'")
    if not args:
        return call("empty", [0], dtype=dtype)
    if len(args) == 1 and isinstance(args[0], _tensor_class()):
        return args[0].detach()
    if all(type(arg) is int for arg in args):
        return call("empty", list(args), dtype=dtype)
    if len(args) == 1 and type(args[0]).__name__ == "Size":
        return call("empty", list(args[0]), dtype=dtype)
    if len(args) == 1 and _is_sequence(args[0]):
        return from_data(args[0], dtype)
    if isinstance(args[0], str):
        raise TypeError(f"new(): invalid data type '{type(args[0]).__name__}'")
    raise TypeError(f"new(): data must be a sequence (got {type(args[0]).__name__})")


def rebuild(cls, data, shape, dtype, requires_grad, state):
    """What unpickling calls."""
    made = from_data(data, dtype).reshape(shape)
    if cls is not _tensor_class():
        made = _handles.adopt(made, cls)
    made.requires_grad_(requires_grad)
    made.__dict__.update(state)
    return made


# ---- back to Python


def numbers_of(tensor):
    """All elements, row-major, as Python numbers."""
    count = tensor.numel()
    dtype = tensor.dtype
    memory = array(dtype._typecode, bytes(count * array(dtype._typecode).itemsize))
    check(_engine.copy_out(tensor._h, memory.buffer_info()[0]))
    numbers = memory.tolist()
    return [number != 0 for number in numbers] if dtype._kind == "bool" else numbers


def to_list(tensor):
    """``Tensor.tolist``."""
    _engine.escape(site(), tensor._h, "tolist")
    numbers = numbers_of(tensor)
    shape = tensor.shape
    if not shape:
        return numbers[0]
    return _nested(numbers, shape)


def _nested(numbers, shape):
    for size in reversed(shape[1:]):
        if size == 0:
            break
        numbers = [numbers[start : start + size] for start in range(0, len(numbers), size)]
    if 0 in shape:
        return _empty(shape)
    return numbers


def _empty(shape):
    if shape[0] == 0 or len(shape) == 1:
        return []
    return [_empty(shape[1:]) for _ in range(shape[0])]
