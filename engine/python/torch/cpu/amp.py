"""torch.cpu.amp: the old names of torch.amp."""

from .._warn import warn
from ..amp import GradScaler as _GradScaler
from ..amp import autocast as _autocast

__all__ = ["autocast", "GradScaler"]


class autocast(_autocast):
    """``torch.amp.autocast("cpu")``."""

    def __init__(self, enabled=True, dtype=None, cache_enabled=True):
        warn(
            "`torch.cpu.amp.autocast(args...)` is deprecated. Please use `torch.amp.autocast('cpu', args...)` instead.",
            FutureWarning,
        )
        from .._dtype import bfloat16

        super().__init__(
            "cpu", enabled=enabled, dtype=bfloat16 if dtype is None else dtype, cache_enabled=cache_enabled
        )


class GradScaler(_GradScaler):
    """``torch.amp.GradScaler("cpu")``."""

    def __init__(self, init_scale=65536.0, growth_factor=2.0, backoff_factor=0.5, growth_interval=2000, enabled=True):
        warn(
            "`torch.cpu.amp.GradScaler(args...)` is deprecated. Please use `torch.amp.GradScaler('cpu', args...)` instead.",
            FutureWarning,
        )
        super().__init__("cpu", init_scale, growth_factor, backoff_factor, growth_interval, enabled)
