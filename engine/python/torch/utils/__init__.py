"""torch.utils: hooks, checkpointing, data loading."""

from . import checkpoint, data, hooks

__all__ = ["checkpoint", "data", "hooks"]

from .. import _missing

__getattr__ = _missing.module_getattr("torch.utils")
