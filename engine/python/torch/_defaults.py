"""The default dtype and device, and what settings of PyTorch mean here."""

from . import _dtype, _engine
from ._device import CPU, device, require_cpu
from ._errors import check
from ._warn import warn_once


def get_default_dtype():
    """The dtype of floating-point tensors for which none is given."""
    return _dtype.BY_CODE[_engine.default_dtype()]


def set_default_dtype(d, /):
    """Sets the dtype of floating-point tensors for which none is given. Raises TypeError for other kinds."""
    if not isinstance(d, _dtype.dtype):
        raise TypeError(f"invalid dtype object: only floating-point types are supported as the default type")
    if not d.is_floating_point:
        raise TypeError("only floating-point types are supported as the default type")
    check(_engine.set_default_dtype(_dtype.code_of(d)))


def set_default_tensor_type(t, /):
    """The old way to set the default dtype: a name such as ``"torch.DoubleTensor"``."""
    warn_once(
        "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use torch.set_default_dtype() and "
        "torch.set_default_device() as alternatives."
    )
    names = {
        f"torch.{dtype._scalar_name}Tensor": dtype
        for dtype in (_dtype.float16, _dtype.float32, _dtype.float64, _dtype.bfloat16)
    }
    name = t if isinstance(t, str) else f"{t.__module__}.{t.__name__}"
    if name not in names:
        raise TypeError("only floating-point types are supported as the default type")
    set_default_dtype(names[name])


def get_default_device():
    """Always the CPU."""
    return CPU


def set_default_device(place, /):
    """Accepts the CPU."""
    require_cpu(place if place is None or isinstance(place, device) else device(place))
