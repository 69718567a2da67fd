"""torch.utils.data._utils: where code that makes batches of its own looks for the usual way."""

from . import collate

__all__ = ["collate"]
