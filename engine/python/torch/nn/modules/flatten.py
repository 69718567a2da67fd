"""Dimensions put together, and taken apart again."""

from ._settings import settings
from .module import Module


@settings("start_dim=1, end_dim=-1", shown="start_dim={start_dim}, end_dim={end_dim}")
class Flatten(Module):
    """One dimension in place of several; by default all but the first."""

    def forward(self, input):
        return input.flatten(self.start_dim, self.end_dim)


class Unflatten(Module):
    """Several dimensions in place of one."""

    def __init__(self, dim, unflattened_size):
        super().__init__()
        if isinstance(dim, int):
            self._require_sizes(unflattened_size)
        elif isinstance(dim, str):
            self._require_names(unflattened_size)
        else:
            raise TypeError("invalid argument type for dim parameter")
        self.dim = dim
        self.unflattened_size = unflattened_size

    @staticmethod
    def _require_sizes(sizes):
        if not isinstance(sizes, (tuple, list)):
            raise TypeError(f"unflattened_size must be a tuple of ints, but found type {type(sizes).__name__}")
        for i, size in enumerate(sizes):
            if not isinstance(size, int):
                raise TypeError(
                    f"unflattened_size must be tuple of ints, but found element of type {type(size).__name__} at pos {i}"
                )

    @staticmethod
    def _require_names(sizes):
        if not isinstance(sizes, tuple):
            raise TypeError(f"unflattened_size must be a tuple of tuples, but found type {type(sizes).__name__}")
        for i, size in enumerate(sizes):
            if not isinstance(size, tuple):
                raise TypeError(
                    f"unflattened_size must be tuple of tuples, but found element of type {type(size).__name__} at pos {i}"
                )

    def forward(self, input):
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self):
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
