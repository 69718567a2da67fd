"""torch.testing._internal.common_methods_invocations: of PyTorch's table of operators the helpers alone."""

import torch

from ..._missing import function as _missing_function


def mask_not_all_zeros(shape):
    """A random mask that is true somewhere."""
    if len(shape) == 0:
        raise AssertionError(f"Expected len(shape) > 0, got {len(shape)}")
    while True:
        mask = torch.randn(shape).gt(0)
        if mask.sum() > 0:
            return mask


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return _missing_function(f"{__name__}.{name}")
