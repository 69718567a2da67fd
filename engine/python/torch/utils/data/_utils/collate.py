"""torch.utils.data._utils.collate: making batches, under the name of PyTorch's module."""

from ..collate import default_collate, default_convert

__all__ = ["default_collate", "default_convert"]
