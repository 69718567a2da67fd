"""Channels as pixels, and pixels as channels."""

from torch.nn import functional as F

from ._settings import settings
from .module import Module


@settings("upscale_factor", shown="upscale_factor={upscale_factor}")
class PixelShuffle(Module):
    """(*, C·r², H, W) -> (*, C, H·r, W·r)."""

    def forward(self, input):
        return F.pixel_shuffle(input, self.upscale_factor)


@settings("downscale_factor", shown="downscale_factor={downscale_factor}")
class PixelUnshuffle(Module):
    """(*, C, H·r, W·r) -> (*, C·r², H, W)."""

    def forward(self, input):
        return F.pixel_unshuffle(input, self.downscale_factor)
