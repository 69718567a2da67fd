"""Small layers: dropout of channels, padding, distances, gates and shrinking."""

from torch.nn import functional as F

from .layers import Dropout
from .module import Module


class Dropout1d(Dropout):
    """Whole channels of (N, C, L) become zero."""

    def forward(self, input):
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(Dropout):
    """Whole channels of (N, C, H, W) become zero."""

    def forward(self, input):
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(Dropout):
    """Whole channels of (N, C, D, H, W) become zero."""

    def forward(self, input):
        return F.dropout3d(input, self.p, self.training, self.inplace)


class GLU(Module):
    """The first half times the sigmoid of the second, along ``dim``."""

    def __init__(self, dim=-1):
        super().__init__()
        self.dim = dim

    def forward(self, input):
        return F.glu(input, self.dim)

    def extra_repr(self):
        return f"dim={self.dim}"


class Hardshrink(Module):
    """x where it is further from zero than ``lambd``, zero elsewhere."""

    def __init__(self, lambd=0.5):
        super().__init__()
        self.lambd = lambd

    def forward(self, input):
        return F.hardshrink(input, self.lambd)

    def extra_repr(self):
        return f"{self.lambd}"


class Softshrink(Hardshrink):
    """x moved towards zero by ``lambd``."""

    def forward(self, input):
        return F.softshrink(input, self.lambd)


class Softmax2d(Module):
    """softmax over the channels of (N, C, H, W) or (C, H, W)."""

    def forward(self, input):
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3)


class CosineSimilarity(Module):
    """The cosine of the angle between vectors along ``dim``."""

    def __init__(self, dim=1, eps=1e-8):
        super().__init__()
        self.dim = dim
        self.eps = eps

    def forward(self, x1, x2):
        return F.cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """The p-norm of x1 - x2 along the last dimension."""

    def __init__(self, p=2.0, eps=1e-6, keepdim=False):
        super().__init__()
        self.norm = p
        self.eps = eps
        self.keepdim = keepdim

    def forward(self, x1, x2):
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


class _Pad(Module):
    _dims = 0
    _mode = "constant"

    def __init__(self, padding):
        super().__init__()
        self.padding = (padding,) * (2 * self._dims) if isinstance(padding, int) else tuple(padding)

    def forward(self, input):
        return F.pad(input, self.padding, self._mode)

    def extra_repr(self):
        return f"{self.padding}"


class _ConstantPad(_Pad):
    def __init__(self, padding, value):
        super().__init__(padding)
        self.value = value

    def forward(self, input):
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self):
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPad):
    """Pads the last dimension with a number."""

    _dims = 1


class ConstantPad2d(_ConstantPad):
    """Pads the last two dimensions with a number."""

    _dims = 2


class ZeroPad1d(_Pad):
    """Pads the last dimension with zeros."""

    _dims = 1


class ZeroPad2d(_Pad):
    """Pads the last two dimensions with zeros."""

    _dims = 2


class ReflectionPad1d(_Pad):
    """Pads the last dimension with its mirror image."""

    _dims = 1
    _mode = "reflect"


class ReflectionPad2d(_Pad):
    """Pads the last two dimensions with their mirror image."""

    _dims = 2
    _mode = "reflect"


class ReplicationPad1d(_Pad):
    """Pads the last dimension with its ends."""

    _dims = 1
    _mode = "replicate"


class ReplicationPad2d(_Pad):
    """Pads the last two dimensions with their edges."""

    _dims = 2
    _mode = "replicate"
