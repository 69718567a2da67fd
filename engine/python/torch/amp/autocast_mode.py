"""autocast: a region in which operators choose their precision; and what custom Functions need within it."""

import collections.abc
import functools

from .. import _dtype
from .._tensor import Tensor
from .._warn import warn
from . import _state

__all__ = ["autocast_decorator", "autocast", "is_autocast_available", "custom_fwd", "custom_bwd"]

_SUPPORTED = (_dtype.bfloat16, _dtype.float16)


def is_autocast_available(device_type):
    """Whether autocast knows a kind of device ("cpu", "cuda", ...). Raises RuntimeError for what is none."""
    return _state.is_available(device_type)


def autocast_decorator(autocast_instance, func):
    """``func``, run within the region."""

    @functools.wraps(func)
    def decorate_autocast(*args, **kwargs):
        with autocast_instance:
            return func(*args, **kwargs)

    return decorate_autocast


def _require_name(device_type):
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")


class autocast:
    """A region, or a decorator for one: products of matrices and convolutions compute in ``dtype``, losses in float32.

    ``device_type`` is "cpu" here; for a device that is not there, the region does nothing and warns as PyTorch does.
    ``dtype`` is bfloat16 unless given; ``cache_enabled`` says whether casts of parameters are kept in the region.
    Regions nest, and ``enabled=False`` switches off within. Raises RuntimeError for a device that autocast does not know.
    """

    def __init__(self, device_type, dtype=None, enabled=True, cache_enabled=None):
        _require_name(device_type)
        self.fast_dtype = _state.get_autocast_dtype(device_type) if dtype is None else dtype
        self.device = device_type
        if not is_autocast_available(self.device):
            raise RuntimeError(f"User specified an unsupported autocast device_type '{self.device}'")
        self.custom_backend_name = "privateuseone"
        self._cache_enabled = _state.is_autocast_cache_enabled() if cache_enabled is None else cache_enabled
        if enabled and self.device == "cuda":
            warn("CUDA is not available or torch_xla is imported. Disabling autocast.")
            enabled = False
        elif enabled and self.fast_dtype not in _SUPPORTED:
            name = self.device.upper()
            warn(
                f"In {name} autocast, but the target dtype is not supported. Disabling autocast.\n"
                f"{name} Autocast only supports dtypes of {', '.join(map(str, _SUPPORTED))} currently."
            )
            enabled = False
        self._enabled = enabled

    def __enter__(self):
        self.prev_cache_enabled = _state.is_autocast_cache_enabled()
        self.prev = _state.is_autocast_enabled(self.device)
        self.prev_fastdtype = _state.get_autocast_dtype(self.device)
        _state.set_autocast_enabled(self.device, self._enabled)
        _state.set_autocast_dtype(self.device, self.fast_dtype)
        _state.autocast_increment_nesting()
        _state.set_autocast_cache_enabled(self._cache_enabled)
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        if _state.autocast_decrement_nesting() == 0:
            _state.clear_autocast_cache()
        _state.set_autocast_enabled(self.device, self.prev)
        _state.set_autocast_dtype(self.device, self.prev_fastdtype)
        _state.set_autocast_cache_enabled(self.prev_cache_enabled)
        return False

    def __call__(self, func):
        if not callable(func):
            raise TypeError(
                f"autocast()(func) requires a callable, but got {type(func).__name__}. Did you mean to use autocast as a "
                "context manager? For example:\n    with torch.autocast(device_type=...):\n        output = model(input)"
            )
        return autocast_decorator(self, func)


def autocast_region():
    """Makes, each time it is called, a region that is on or off as autocast is now on the CPU."""
    return functools.partial(
        autocast,
        "cpu",
        enabled=_state.is_autocast_enabled("cpu"),
        dtype=_state.get_autocast_dtype("cpu"),
        cache_enabled=_state.is_autocast_cache_enabled(),
    )


def _enter_autocast(*values):
    mode = autocast(*values)
    mode.__enter__()
    return mode


def _exit_autocast(mode):
    mode.__exit__(None, None, None)


def _cast(value, device_type, dtype):
    """Floating tensors of a device in ``dtype``, float64 apart; in lists, tuples and mappings too."""
    if isinstance(value, Tensor):
        eligible = (
            value.is_floating_point() and value.device.type == device_type and value.dtype is not _dtype.float64
        )
        return value.to(dtype) if eligible else value
    if isinstance(value, (str, bytes)):
        return value
    if isinstance(value, collections.abc.Mapping):
        return {_cast(k, device_type, dtype): _cast(v, device_type, dtype) for k, v in value.items()}
    if isinstance(value, collections.abc.Iterable):
        found = (_cast(v, device_type, dtype) for v in value)
        return type(value)(found) if isinstance(value, (list, tuple)) else found
    return value


def custom_fwd(fwd=None, *, device_type, cast_inputs=None):
    """Decorates ``forward`` of a Function: within autocast it gets ``cast_inputs`` and runs with autocast off."""
    _require_name(device_type)
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)

    @functools.wraps(fwd)
    def decorate_fwd(*args, **kwargs):
        ctx = args[0]
        ctx._dtype = _state.get_autocast_dtype(device_type)
        within = _state.is_autocast_enabled(device_type)
        if cast_inputs is None:
            ctx._fwd_used_autocast = within
            return fwd(*args, **kwargs)
        ctx._fwd_used_autocast = False
        if not within:
            return fwd(*args, **kwargs)
        with autocast(device_type=device_type, enabled=False):
            return fwd(*_cast(args, device_type, cast_inputs), **_cast(kwargs, device_type, cast_inputs))

    return decorate_fwd


def custom_bwd(bwd=None, *, device_type):
    """Decorates ``backward`` of a Function: it runs with autocast as ``forward`` did."""
    _require_name(device_type)
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def decorate_bwd(*args, **kwargs):
        ctx = args[0]
        with autocast(device_type=device_type, enabled=ctx._fwd_used_autocast, dtype=ctx._dtype):
            return bwd(*args, **kwargs)

    return decorate_bwd
