"""torch.utils: hooks, checkpointing, data loading."""

from . import checkpoint, data, hooks

__all__ = ["checkpoint", "data", "hooks"]
