"""Padding layers: for one, two and three dimensions, by zeros, a number, reflection, replication and in a circle."""

from torch._own_methods import own_methods
from torch.nn import functional as F

from .module import Module


def _sides(padding, dims):
    """One number for all sides, or one for each."""
    return (padding,) * (2 * dims) if isinstance(padding, int) else tuple(padding)


@own_methods("__init__")
class _Pad(Module):
    _dims = 0
    _mode = "constant"

    def __init__(self, padding):
        super().__init__()
        self.padding = _sides(padding, self._dims)

    def forward(self, input):
        return F.pad(input, self.padding, self._mode)

    def extra_repr(self):
        return f"{self.padding}"


@own_methods("__init__")
class _ConstantPadNd(_Pad):
    def __init__(self, padding, value):
        super().__init__(padding)
        self.value = value

    def forward(self, input):
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self):
        return f"padding={self.padding}, value={self.value}"


@own_methods("__init__", "extra_repr")
class _ZeroPadNd(_ConstantPadNd):
    def __init__(self, padding):
        super().__init__(padding, 0.0)

    def extra_repr(self):
        return f"{self.padding}"


@own_methods("__init__")
class _CircularPadNd(_Pad):
    _mode = "circular"

    def forward(self, input):
        if input.dim() not in (self._dims + 1, self._dims + 2):
            raise ValueError(
                f"expected {self._dims + 1}D or {self._dims + 2}D input (got {input.dim()}D input)"
            )
        return super().forward(input)


@own_methods("__init__")
class _ReflectionPadNd(_Pad):
    _mode = "reflect"


@own_methods("__init__")
class _ReplicationPadNd(_Pad):
    _mode = "replicate"


_KINDS = {
    "ConstantPad": (_ConstantPadNd, "a number"),
    "ZeroPad": (_ZeroPadNd, "zeros"),
    "CircularPad": (_CircularPadNd, "what lies at the other end"),
    "ReflectionPad": (_ReflectionPadNd, "its mirror image"),
    "ReplicationPad": (_ReplicationPadNd, "its edges"),
}

for _name, (_base, _what) in _KINDS.items():
    for _dims in (1, 2, 3):
        _full = f"{_name}{_dims}d"
        globals()[_full] = type(
            _full,
            (_base,),
            {
                "__doc__": f"Pads the last {_dims if _dims > 1 else ''} dimension(s) with {_what}.".replace("  ", " "),
                "__module__": __name__,
                "_dims": _dims,
            },
        )
del _name, _base, _what, _dims, _full
