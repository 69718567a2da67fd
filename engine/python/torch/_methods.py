"""Methods of Tensor that take more than one operator, or answer plain Python values."""

import warnings

from . import _assemble, _device, _dtype, _engine, _functional, _parameters
from ._conversion import as_dtype
from ._errors import check
from ._ops import call, has
from ._storages import tensor_on
from ._tensor import NON_LEAF_GRAD, Tensor
from ._warn import warn, warn_once

_TO = [
    _parameters.Signature("to", _parameters.parse_text(text), text)
    for text in (
        "(torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)",
        "(torch.dtype dtype, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)",
        "(Tensor tensor, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None)",
    )
]


def to(self, *args, **kwargs):
    """The tensor in another dtype; itself where nothing changes. ``to(dtype)``, ``to(device)``, ``to(other)``."""
    if len(args) == 1 and not kwargs and type(args[0]) is _dtype.dtype:
        return call("to.dtype", self, args[0])
    if args and type(args[0]) in (float, bool):
        # A number stands for its type.
        args = (type(args[0]), *args[1:])
    for signature in _TO:
        values = signature.bind(args, kwargs)
        if values is not None:
            break
    else:
        _parameters.no_match("to", _TO, args, kwargs)
    place = values.get("device")
    if place is not None:
        _device.require_cpu(place)
    other = values.get("tensor")
    dtype = other.dtype if other is not None else as_dtype(values.get("dtype")) or self.dtype
    memory_format = values.get("memory_format")
    if memory_format is None:
        return call("to.dtype", self, dtype, False, values.get("copy", False))
    return call("to.dtype", self, dtype, False, values.get("copy", False), memory_format._code)


_TYPE_NAMES = {f"torch.{dtype._scalar_name}Tensor": dtype for dtype in _dtype.ALL}


def type_(self, dtype=None, non_blocking=False, **kwargs):
    """The name of the tensor's type, or the tensor in the dtype that ``dtype`` (or its old name) stands for."""
    if dtype is None:
        return f"torch.{self.dtype._scalar_name}Tensor"
    if isinstance(dtype, str):
        if dtype not in _TYPE_NAMES:
            raise ValueError(f"invalid type: '{dtype}'")
        dtype = _TYPE_NAMES[dtype]
    elif isinstance(dtype, type) and hasattr(dtype, "_legacy_dtype"):
        dtype = dtype._legacy_dtype
    elif isinstance(dtype, type):
        name = dtype.__name__ if dtype.__module__ == "builtins" else f"{dtype.__module__}.{dtype.__name__}"
        raise ValueError(f"invalid type: '{name}'")
    elif not isinstance(dtype, _dtype.dtype):
        raise TypeError("dtype must be a type, str, or dtype object")
    return self.to(dtype)


def cpu(self, memory_format=None):
    """The tensor itself: it is on the CPU."""
    return self


def cuda(self, device=None, non_blocking=False, memory_format=None):
    """Raises, as a PyTorch without CUDA does."""
    raise AssertionError("Torch not compiled with CUDA enabled")


def new_tensor(self, data, *, dtype=None, device=None, requires_grad=False, pin_memory=False):
    """A new tensor with ``data``, by default of this tensor's dtype."""
    from . import tensor

    if isinstance(data, Tensor):
        warn(_COPIED)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tensor(data, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)
    return tensor(data, dtype=dtype or self.dtype, device=device, requires_grad=requires_grad)


_COPIED = (
    "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
    "sourceTensor.detach().clone().requires_grad_(True), rather than tensor.new_tensor(sourceTensor)."
)


def new(self, *args):
    """The old way to make a tensor of the same dtype."""
    from . import empty, tensor

    if not args:
        return empty(0, dtype=self.dtype)
    if len(args) == 1 and isinstance(args[0], Tensor):
        return args[0].detach()
    if len(args) == 1 and isinstance(args[0], (list, tuple)) and not type(args[0]).__name__ == "Size":
        return tensor(args[0], dtype=self.dtype)
    return empty(args[0] if len(args) == 1 and isinstance(args[0], tuple) else args, dtype=self.dtype)


def split(self, split_size, dim=0):
    """Views along ``dim``: of a size each, or of the sizes in a list."""
    if isinstance(split_size, Tensor):
        split_size = int(split_size)
    if isinstance(split_size, int):
        return call("split.Tensor", self, split_size, dim)
    if not isinstance(split_size, (tuple, list)):
        raise TypeError(
            f"split_with_sizes(): argument 'split_sizes' (position 2) must be tuple of ints, not "
            f"{type(split_size).__name__}"
        )
    return call("split_with_sizes", self, list(split_size), dim)


def copy_(self, *args, **kwargs):
    """Copies ``other`` into this tensor, in place; it is cast and broadcast."""
    values = _COPY.bind(args, kwargs, raising=True)
    return call("copy_", self, values["other"], values.get("non_blocking", False))


_COPY = _parameters.Signature("copy_", _parameters.parse_text("(Tensor other, bool non_blocking = False)"))
_COPY.parameters[0].numbers = True


def norm(self, p="fro", dim=None, keepdim=False, dtype=None):
    """The norm; see ``torch.norm``."""
    return _functional.norm(self, p, dim, keepdim, dtype=dtype)


def allclose(self, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all elements are close; see ``torch.allclose``."""
    return _functional.allclose(self, other, rtol, atol, equal_nan)


def equal(self, other):
    """Whether shape and elements are the same."""
    return _functional.equal(self, other)


def is_nonzero(self):
    """Whether the only element is not zero."""
    return bool(self)


def nonzero(self, *, as_tuple=False):
    """Indices of the elements that are not zero: a row each, or a tensor per dimension."""
    return call("nonzero_numpy" if as_tuple else "nonzero", self)


def where(self, condition, other):
    """This tensor's elements where ``condition``, those of ``other`` elsewhere."""
    if not isinstance(condition, Tensor) or not isinstance(other, (Tensor, int, float)):
        _parameters.no_match("where", _WHERE, (condition, other), {})
    return _assemble.OPERATORS["where"](condition, self, other)


_WHERE = [
    _parameters.Signature("where", _parameters.parse_text(text), text)
    for text in ("(Tensor condition, Tensor other)", "(Tensor condition, Number other)")
]


def apply_(self, callable):
    """Replaces every element by ``callable(element)``, in place. For tensors that do not require grad."""
    if self.requires_grad:
        raise TypeError("apply_ is only implemented on CPU tensors")
    from ._conversion import from_data, numbers_of

    made = from_data([callable(number) for number in numbers_of(self)], self.dtype)
    return self.copy_(made.reshape(self.shape))


def set_(self, source=None, *rest, **named):
    """Takes over the memory of ``source``."""
    if _engine.grad_mode() and self.requires_grad and self.is_leaf:
        raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")
    if source is None:
        source = call("empty", [0], dtype=self.dtype)
    elif not isinstance(source, Tensor):
        offset, size, stride = _window_of(source, self.dtype, *rest, **named)
        source = tensor_on(source, offset, size, stride, self.dtype)
    elif rest or named:
        offset, size, stride = _window_of(source, self.dtype, *rest, **named)
        source = call("as_strided", source.detach(), size, stride, offset)
    if source.dtype is not self.dtype:
        raise RuntimeError("Could not set tensor of type {} to a tensor of type {}".format(*_cpp_names(source, self)))
    self.data = source
    _engine.window_replaced(self._h)
    return self


def _window_of(source, dtype, storage_offset=0, size=None, stride=None):
    """What ``set_`` is to see: by default all of a storage."""
    if size is None:
        size = (source.nbytes() // dtype.itemsize,)
    if stride is None:
        stride, step = [], 1
        for length in reversed(size):
            stride.insert(0, step)
            step *= max(length, 1)
    return storage_offset, tuple(size), tuple(stride)


def _cpp_names(*tensors):
    return [_CPP_NAMES[tensor.dtype._name] for tensor in tensors]


_CPP_NAMES = {
    "uint8": "unsigned char",
    "int8": "signed char",
    "int16": "short int",
    "int32": "int",
    "int64": "long int",
    "float16": "c10::Half",
    "bfloat16": "c10::BFloat16",
    "float32": "float",
    "float64": "double",
    "bool": "bool",
}


#: Crosses the bridge where a dtype's number would, and says that any will do.
_ANY_DTYPE = -2


def _grad_dtype(self):
    """The dtype that ``.grad`` must have; None where it may have any. Only of leaves, and may be set."""
    code = check(_engine.grad_dtype(self._h))
    return None if code == _ANY_DTYPE else _dtype.BY_CODE[code]


def _set_grad_dtype(self, value):
    if value is not None and type(value) is not _dtype.dtype:
        raise RuntimeError(f"grad_dtype must be a torch.dtype or None, but got {type(value).__name__}")
    # PyTorch looks at the gradient first, which warns where there is none to look at.
    if not self.is_leaf and not self.retains_grad:
        warn(NON_LEAF_GRAD)
    check(_engine.set_grad_dtype(self._h, _ANY_DTYPE if value is None else _dtype.code_of(value)))


_DIMENSIONS_T = (
    "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an "
    "error in a future release. Consider `x.mT` to transpose batches of matrices or "
    "`x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor."
)


def _T(self):
    """The dimensions in reverse order."""
    rank = self.dim()
    if rank == 0:
        warn_once("Tensor.T is deprecated on 0-D tensors. This function is the identity in these cases.")
    elif rank != 2:
        warn_once(_DIMENSIONS_T)
    return call("numpy_T", self)


def _real(self):
    """The real part: the tensor itself."""
    return self


def _imag(self):
    """Raises: the numbers are real."""
    raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")


def unique(self, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """The different elements; see torch.unique."""
    from . import _functional

    return _functional.unique(self, sorted, return_inverse, return_counts, dim)


def unique_consecutive(self, return_inverse=False, return_counts=False, dim=None):
    """Without elements equal to the one before; see torch.unique_consecutive."""
    from . import _functional

    return _functional.unique_consecutive(self, return_inverse, return_counts, dim)


def lu(self, pivot=True, get_infos=False):
    """The packed LU factors; see torch.lu."""
    from . import _functional

    return _functional.lu(self, pivot=pivot, get_infos=get_infos)


def isreal(self):
    """True everywhere: the numbers are real."""
    from . import _functional

    return _functional.isreal(self)


def histogram(self, bins=100, *, range=None, weight=None, density=False):
    """How many elements each bin has; see torch.histogram."""
    from . import _functional

    return _functional.histogram(self, bins, range=range, weight=weight, density=density)


def conj_physical(self):
    """The complex conjugate of real numbers: the tensor itself."""
    return self


def float_power_(self, exponent):
    """float_power in place: of float64 alone."""
    if self.dtype is not _dtype.float64:
        raise RuntimeError(
            f"the base given to float_power_ has dtype {self.dtype._scalar_name} but the operation's result requires "
            "dtype Double"
        )
    return self.copy_(self.float_power(exponent))


def polygamma_(self, n):
    """polygamma in place."""
    return self.copy_(self.polygamma(n))


_METHODS = {
    "histogram": histogram,
    "conj_physical": conj_physical,
    "conj_physical_": conj_physical,
    "float_power_": float_power_,
    "polygamma_": polygamma_,
    "unique": unique,
    "unique_consecutive": unique_consecutive,
    "lu": lu,
    "isreal": isreal,
    "to": to,
    "type": type_,
    "cpu": cpu,
    "cuda": cuda,
    "new_tensor": new_tensor,
    "new": new,
    "split": split,
    "copy_": copy_,
    "norm": norm,
    "allclose": allclose,
    "equal": equal,
    "is_nonzero": is_nonzero,
    "nonzero": nonzero,
    "where": where,
    "apply_": apply_,
    "set_": set_,
}


def install():
    """Adds all of them to Tensor."""
    for name, function in _METHODS.items():
        function.__qualname__ = f"Tensor.{name}"
        function.__name__ = name
        function.__module__ = "torch"
        setattr(Tensor, name, function)
    Tensor.T = property(_T)
    Tensor.grad_dtype = property(_grad_dtype, _set_grad_dtype)
    Tensor.real = property(_real)
    Tensor.imag = property(_imag)
    for name, key in (("mT", "mT"), ("mH", "mH"), ("H", "matrix_H")):
        if has(key):
            setattr(Tensor, name, property(_transposed(name, key), doc=f"Transposed: {name}."))
    for name in ("resolve_conj", "resolve_neg", "conj"):
        if not hasattr(Tensor, name):
            setattr(Tensor, name, _same)


def _transposed(name, key):
    deprecated = f"Tensor.{name} is deprecated on 0-D tensors. This function is the identity in these cases."

    def read(self):
        if self.dim() == 0 and key != "matrix_H":
            warn_once(deprecated)
            return self
        return call(key, self)

    return read


def _same(self):
    """The tensor itself: its numbers are real."""
    return self
