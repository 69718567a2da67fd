"""torch.utils._mode_utils: what modes share."""

from .. import _dispatch_modes


def all_same_mode(modes):
    """Whether all are the same."""
    return all(mode == modes[0] for mode in modes)


no_dispatch = _dispatch_modes.disabled
