"""Channels of several groups dealt out in turn."""

from torch.nn import functional as F

from ._settings import settings
from .module import Module


@settings("groups", shown="groups={groups}")
class ChannelShuffle(Module):
    """Channel k of group g becomes channel g of group k."""

    def forward(self, input):
        return F.channel_shuffle(input, self.groups)
