"""torch.testing.make_tensor: a tensor of random numbers of any dtype."""

import math
import warnings

import torch

#: The interval that is filled when nothing is said, by kind of dtype: floating point, signed, unsigned.
_FLOATING, _SIGNED, _UNSIGNED = (-9, 9), (-9, 10), (0, 10)


def make_tensor(
    *shape,
    dtype,
    device,
    low=None,
    high=None,
    requires_grad=False,
    noncontiguous=False,
    exclude_zero=False,
    memory_format=None,
):
    """A tensor of ``shape``, uniform in [low, high): [-9, 9) for floats, [-9, 10) or [0, 10) for integers.

    ``exclude_zero`` puts the smallest number of the dtype in the place of zeros (True, 1), ``noncontiguous``
    leaves every second element of memory out. Raises ValueError for an empty interval, for NaN as a border,
    and for ``requires_grad`` with integers.
    """
    if len(shape) == 1 and not isinstance(shape[0], int):
        shape = tuple(shape[0])
    if noncontiguous and memory_format is not None:
        raise ValueError(
            "The parameters `noncontiguous` and `memory_format` are mutually exclusive, "
            f"but got noncontiguous={noncontiguous!r} and memory_format={memory_format!r}"
        )
    floating = dtype.is_floating_point
    if requires_grad and not floating:
        raise ValueError(
            "`requires_grad=True` is not supported for boolean and integral dtypes, "
            f"but got dtype={dtype!r}"
        )
    low, high = _interval(dtype, low, high)
    doubled = noncontiguous and math.prod(shape) > 1
    sizes = (*shape[:-1], 2 * shape[-1]) if doubled else shape
    if floating:
        result = torch.empty(sizes, dtype=dtype, device=device)
        # In float64 bounds are as they are; narrower dtypes round them.
        result.uniform_(low, high) if low < high else result.fill_(low)
    elif dtype == torch.bool:
        result = torch.randint(low, high, sizes, device=device, dtype=torch.bool)
    else:
        result = torch.randint(low, high, sizes, device=device, dtype=dtype)
    if doubled:
        result = result[..., 1::2]
    elif memory_format is not None:
        result = result.clone(memory_format=memory_format)
    if exclude_zero:
        result[result == 0] = torch.finfo(dtype).tiny if floating else 1
    if requires_grad:
        result.requires_grad = True
    return result


def _interval(dtype, low, high):
    floating, boolean = dtype.is_floating_point, dtype == torch.bool
    if floating:
        lowest, highest, natural = torch.finfo(dtype).min, torch.finfo(dtype).max, _FLOATING
    elif boolean:
        lowest, highest, natural = 0, 2, (0, 2)
    else:
        limits = torch.iinfo(dtype)
        # What is asked for ends before `high`, except at the greatest int64, which torch.randint cannot pass.
        lowest, highest = limits.min, limits.max + (1 if limits.bits < 64 else 0)
        natural = _UNSIGNED if limits.min == 0 else _SIGNED
    low = natural[0] if low is None else low
    high = natural[1] if high is None else high
    if any(isinstance(border, float) and math.isnan(border) for border in (low, high)):
        raise ValueError(f"`low` and `high` cannot be NaN, but got low={low!r} and high={high!r}")
    if low == high and floating:
        warnings.warn(
            "Passing `low==high` to `torch.testing.make_tensor` for floating or complex types "
            "is deprecated since 2.1 and will be removed in 2.3. Use `torch.full(...)` instead.",
            FutureWarning,
            stacklevel=3,
        )
    elif low >= high:
        raise ValueError(f"`low` must be less than `high`, but got {low} >= {high}")
    elif high < lowest or low >= highest:
        raise ValueError(
            f"The value interval specified by `low` and `high` is [{low}, {high}), "
            f"but {dtype} only supports [{lowest}, {highest})"
        )
    low, high = min(max(low, lowest), highest), min(max(high, lowest), highest)
    return (low, high) if floating else (math.ceil(low), math.ceil(high))
