"""torch.dtype and its values, torch.layout, torch.memory_format, torch.finfo and torch.iinfo."""

import struct

from ._errors import not_available


class dtype:
    """The type of a tensor's elements: ``torch.float32`` and its like."""

    __slots__ = ("_name", "_code", "_kind", "itemsize", "_typecode", "_scalar_name")

    def __new__(cls, *_):
        raise TypeError("cannot create 'torch.dtype' instances")

    @property
    def is_floating_point(self):
        """Whether the elements are floating-point numbers."""
        return self._kind == "float"

    @property
    def is_complex(self):
        """Whether the elements are complex numbers."""
        return self._kind == "complex"

    @property
    def is_signed(self):
        """Whether the elements can be negative."""
        return self._kind != "bool" and not self._name.startswith("uint")

    def to_real(self):
        """The dtype of the real part."""
        return {"complex64": float32, "complex128": float64, "complex32": float16}.get(self._name, self)

    def to_complex(self):
        """The complex dtype whose parts have this dtype."""
        if self._kind == "complex":
            return self
        if self._kind != "float":
            raise RuntimeError(f"Unknown Complex ScalarType for {self._scalar_name}")
        return {"float64": complex128, "float16": complex32}.get(self._name, complex64)

    def __repr__(self):
        return f"torch.{self._name}"

    def __reduce__(self):
        return self._name


dtype.__module__ = "torch"

#: The engine's dtypes by c10's number, which crosses the bridge.
BY_CODE = {}
ALL = []


def _make(name, code, kind, itemsize, scalar_name, typecode=None):
    made = object.__new__(dtype)
    made._name = name
    made._code = code
    made._kind = kind
    made.itemsize = itemsize
    made._scalar_name = scalar_name
    made._typecode = typecode
    if typecode:
        BY_CODE[code] = made
    ALL.append(made)
    return made


uint8 = _make("uint8", 0, "int", 1, "Byte", "B")
int8 = _make("int8", 1, "int", 1, "Char", "b")
int16 = _make("int16", 2, "int", 2, "Short", "h")
int32 = _make("int32", 3, "int", 4, "Int", "i")
int64 = _make("int64", 4, "int", 8, "Long", "q")
# The engine hands out their numbers as float32.
float16 = _make("float16", 5, "float", 2, "Half", "f")
float32 = _make("float32", 6, "float", 4, "Float", "f")
float64 = _make("float64", 7, "float", 8, "Double", "d")
complex32 = _make("complex32", 8, "complex", 4, "ComplexHalf")
complex64 = _make("complex64", 9, "complex", 8, "ComplexFloat")
complex128 = _make("complex128", 10, "complex", 16, "ComplexDouble")
bool = _make("bool", 11, "bool", 1, "Bool", "B")
bfloat16 = _make("bfloat16", 15, "float", 2, "BFloat16", "f")
uint16 = _make("uint16", 27, "int", 2, "UInt16")
uint32 = _make("uint32", 28, "int", 4, "UInt32")
uint64 = _make("uint64", 29, "int", 8, "UInt64")

ALIASES = {
    "half": float16,
    "float": float32,
    "double": float64,
    "short": int16,
    "int": int32,
    "long": int64,
    "cfloat": complex64,
    "cdouble": complex128,
    "chalf": complex32,
}


def code_of(value):
    """The number of a dtype for the engine. Raises NotImplementedError for those it does not know."""
    code = value._code
    if code not in BY_CODE:
        raise not_available(f"the dtype torch.{value._name}")
    return code


class layout:
    """How a tensor's elements lie in memory."""

    __slots__ = ("_name",)

    def __repr__(self):
        return f"torch.{self._name}"


layout.__module__ = "torch"


class memory_format:
    """The order of dimensions in memory."""

    __slots__ = ("_name", "_code")

    def __repr__(self):
        return f"torch.{self._name}"


memory_format.__module__ = "torch"


def _named(cls, name):
    made = object.__new__(cls)
    made._name = name
    return made


strided = _named(layout, "strided")
LAYOUTS = {name: _named(layout, name) for name in ("sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc")}
LAYOUTS["strided"] = strided
MEMORY_FORMATS = {
    name: _named(memory_format, name)
    for name in ("contiguous_format", "preserve_format", "channels_last", "channels_last_3d")
}
for _code, _each in enumerate(MEMORY_FORMATS.values()):
    _each._code = _code


def _asked(function, args, kwargs, optional):
    """The dtype that ``finfo`` or ``iinfo`` is called with; None where it may be left out."""
    from . import _parameters

    least = [_parameters.Signature(function, _parameters.parse_text("(torch.dtype type)"), "(torch.dtype type)")]
    if optional and not args and not kwargs:
        return None
    if len(args) + len(kwargs) <= 1:
        return least[0].bind(args, kwargs, raising=True)["type"]
    if optional:
        least.append(_parameters.Signature(function, [], "()"))
    _parameters.no_match(function, least, args, kwargs)


class _Info:
    def __eq__(self, other):
        return type(other) is type(self) and other.dtype == self.dtype

    def __hash__(self):
        return hash(self.dtype)


class finfo(_Info):
    """The limits of a floating-point dtype: ``eps``, ``max``, ``min``, ``tiny``, ``resolution``, ``bits``."""

    _LIMITS = {
        "float32": (32, 1.1920928955078125e-07, 3.4028234663852886e38, 1.1754943508222875e-38, 1e-06),
        "float64": (64, 2.220446049250313e-16, 1.7976931348623157e308, 2.2250738585072014e-308, 1e-15),
        "float16": (16, 0.0009765625, 65504.0, 6.103515625e-05, 0.001),
        "bfloat16": (16, 0.0078125, 3.3895313892515355e38, 1.1754943508222875e-38, 0.01),
    }

    def __init__(self, *args, **kwargs):
        type = _asked("finfo", args, kwargs, True)
        if type is None:
            from ._defaults import get_default_dtype

            type = get_default_dtype()
        if type._kind not in ("float", "complex"):
            raise TypeError(
                "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'"
            )
        real = type.to_real()
        self.dtype = real._name
        self.bits, self.eps, self.max, self.tiny, self.resolution = self._LIMITS[real._name]
        self.min = -self.max
        self.smallest_normal = self.tiny

    def __repr__(self):
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo(_Info):
    """The limits of an integer dtype: ``min``, ``max``, ``bits``."""

    def __init__(self, *args, **kwargs):
        type = _asked("iinfo", args, kwargs, False)
        if type._kind == "bool":
            raise TypeError("torch.bool is not supported by torch.iinfo")
        if type._kind != "int":
            raise TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        self.dtype = type._name
        self.bits = 8 * type.itemsize
        signed = not type._name.startswith("uint")
        self.max = 2 ** (self.bits - signed) - 1
        self.min = -(2 ** (self.bits - 1)) if signed else 0

    def __repr__(self):
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


finfo.__module__ = iinfo.__module__ = "torch"


def to_float32(value):
    """``value`` as a float32 holds it."""
    return struct.unpack("f", struct.pack("f", value))[0]
