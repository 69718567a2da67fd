"""torch.amp: mixed precision. Autocast casts on the CPU as PyTorch does; gradients of scaled losses are unscaled."""

from . import autocast_mode, grad_scaler
from .autocast_mode import (
    _enter_autocast,
    _exit_autocast,
    autocast,
    custom_bwd,
    custom_fwd,
    is_autocast_available,
)
from .grad_scaler import GradScaler

__all__ = ["autocast", "GradScaler", "custom_fwd", "custom_bwd", "is_autocast_available"]
