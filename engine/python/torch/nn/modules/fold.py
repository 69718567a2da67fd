"""Windows of an image as columns, and back."""

from torch.nn import functional as F

from ._settings import settings
from .module import Module


@settings(
    "output_size, kernel_size, dilation=1, padding=0, stride=1",
    shown="output_size={output_size}, kernel_size={kernel_size}, dilation={dilation}, padding={padding}, stride={stride}",
)
class Fold(Module):
    """Columns as windows of an image (N, C, H, W); where windows overlap, sums."""

    def forward(self, input):
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)


@settings(
    "kernel_size, dilation=1, padding=0, stride=1",
    shown="kernel_size={kernel_size}, dilation={dilation}, padding={padding}, stride={stride}",
)
class Unfold(Module):
    """The windows of (N, C, H, W) as columns of (N, C·window, L)."""

    def forward(self, input):
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)
