"""torch.amp: mixed precision. There is no accelerator; on the CPU gradients can be scaled, casts are made by hand."""

import functools
import warnings

from .. import _device
from .._errors import not_available
from ._scaler import GradScaler

__all__ = ["autocast", "GradScaler", "custom_fwd", "custom_bwd", "is_autocast_available"]


def is_autocast_available(device_type):
    """Whether ``autocast`` can be on for a kind of device: for none."""
    return False


class autocast:
    """A region in which PyTorch casts by itself. Off wherever there is no accelerator; on the CPU it is refused."""

    def __init__(self, device_type, dtype=None, enabled=True, cache_enabled=None):
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        self.device = _device.device(device_type).type
        self.fast_dtype = dtype
        if enabled and self.device == "cuda":
            warnings.warn(
                "CUDA is not available or torch_xla is imported. Disabling autocast.",
                UserWarning,
                skip_file_prefixes=(_FOLDER,),
            )
            enabled = False
        self._enabled = enabled

    def __enter__(self):
        if self._enabled:
            raise not_available(f"torch.autocast on the {self.device.upper()}")
        return self

    def __exit__(self, *_):
        return False

    def __call__(self, function):
        @functools.wraps(function)
        def within(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return within


def custom_fwd(fwd=None, *, device_type="cuda", cast_inputs=None):
    """Marks ``forward`` of a Function for autocast, which is off: the function itself."""
    return fwd if fwd is not None else functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)


def custom_bwd(bwd=None, *, device_type="cuda"):
    """The same for ``backward``."""
    return bwd if bwd is not None else functools.partial(custom_bwd, device_type=device_type)


from .._warn import FOLDER as _FOLDER  # noqa: E402
