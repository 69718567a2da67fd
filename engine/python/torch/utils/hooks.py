"""torch.utils.hooks: the handle that removes a hook."""

from .._hooks import RemovableHandle

__all__ = ["RemovableHandle"]
