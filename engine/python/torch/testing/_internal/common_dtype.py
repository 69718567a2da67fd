"""torch.testing._internal.common_dtype: tuples of dtypes; complex ones are not here."""

import torch

_FLOATING = (torch.float32, torch.float64)
_INTEGRAL = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)


def floating_types():
    """float32 and float64."""
    return _FLOATING


def floating_types_and_half():
    """The same and float16."""
    return (*_FLOATING, torch.half)


def floating_types_and(*dtypes):
    """The same and others."""
    return (*_FLOATING, *dtypes)


def integral_types():
    """Whole numbers."""
    return _INTEGRAL


def integral_types_and(*dtypes):
    """The same and others."""
    return (*_INTEGRAL, *dtypes)


def all_types():
    """Numbers with and without fractions."""
    return (*_FLOATING, *_INTEGRAL)


def all_types_and(*dtypes):
    """The same and others."""
    return (*_FLOATING, *_INTEGRAL, *dtypes)
