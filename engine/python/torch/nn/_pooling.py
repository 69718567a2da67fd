"""Pooling of torch.nn.functional: PyTorch's parameters over the engine's operators, with places where asked for."""

import torch

from .._ops import call
from .._parameters import native

__all__ = []


def _public(function):
    __all__.append(function.__name__)
    return function


def _window(kernel_size, stride):
    """Steps as wide as the window, where none are given."""
    return kernel_size if stride is None else stride


def _max(rank):
    """The three functions of one rank: by ``return_indices``, always with places, never with places."""
    name = f"max_pool{rank}d"

    def with_indices(
        input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False
    ):
        key = f"{name}_with_indices"
        return call(key, input, kernel_size, _window(kernel_size, stride), padding, dilation, ceil_mode)

    def pool(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
        if return_indices:
            return with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)
        return call(name, input, kernel_size, _window(kernel_size, stride), padding, dilation, ceil_mode)

    with_indices.__name__ = with_indices.__qualname__ = f"{name}_with_indices"
    with_indices.__doc__ = "The largest in each window, and its places."
    pool.__name__, pool.__qualname__ = name, f"_{name}"
    pool.__doc__ = "The largest in each window; with its places where ``return_indices``."
    return _public(pool), _public(with_indices)


max_pool1d, max_pool1d_with_indices = _max(1)
max_pool2d, max_pool2d_with_indices = _max(2)
max_pool3d, max_pool3d_with_indices = _max(3)


@_public
def avg_pool1d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """The mean of each window of (N, C, L)."""
    return call("avg_pool1d", input, kernel_size, _window(kernel_size, stride), padding, ceil_mode, count_include_pad)


_AVERAGE = (
    "(Tensor input, tuple of ints kernel_size, tuple of ints stride = None, tuple of ints padding = 0, "
    "bool ceil_mode = False, bool count_include_pad = True, int divisor_override = None)"
)


def _average(rank):
    name = f"avg_pool{rank}d"

    def pool(
        input,
        kernel_size,
        stride=None,
        padding=0,
        ceil_mode=False,
        count_include_pad=True,
        divisor_override=None,
    ):
        stride = _window(kernel_size, stride)
        return call(name, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)

    pool.__name__ = pool.__qualname__ = name
    pool.__doc__ = f"The mean of each window over {rank} dimensions."
    return _public(native(_AVERAGE, rank)(pool))


avg_pool2d = _average(2)
avg_pool3d = _average(3)


def _sizes(output_size, size):
    """The sizes asked for, where None keeps the own one. Raises ValueError for more sizes than dimensions."""
    if isinstance(output_size, int):
        return output_size
    if len(size) <= len(output_size):
        raise ValueError(f"Input dimension should be at least {len(output_size) + 1}")
    own = size[-len(output_size) :]
    return [own[i] if wanted is None else wanted for i, wanted in enumerate(output_size)]


@_public
def adaptive_avg_pool2d(input, output_size):
    """Means of (N, C, H, W), as many as ``output_size``; None in it keeps that size."""
    return call("adaptive_avg_pool2d", input, _sizes(output_size, input.size()))


@_public
def adaptive_avg_pool3d(input, output_size):
    """Means of (N, C, D, H, W), as many as ``output_size``; None in it keeps that size."""
    return call("adaptive_avg_pool3d", input, _sizes(output_size, input.size()))


def _adaptive_max(rank):
    name = f"adaptive_max_pool{rank}d"

    def with_indices(input, output_size, return_indices=False):
        if rank > 1:
            output_size = _sizes(output_size, input.size())
        return torch.adaptive_max_pool1d(input, output_size) if rank == 1 else call(name, input, output_size)

    def pool(input, output_size, return_indices=False):
        both = with_indices(input, output_size)
        return both if return_indices else both[0]

    with_indices.__name__ = with_indices.__qualname__ = f"{name}_with_indices"
    with_indices.__doc__ = "The largest of as many windows as are asked for, and their places."
    pool.__name__ = pool.__qualname__ = name
    pool.__doc__ = "The largest of as many windows as are asked for; with places where ``return_indices``."
    return _public(pool), _public(with_indices)


adaptive_max_pool1d, adaptive_max_pool1d_with_indices = _adaptive_max(1)
adaptive_max_pool2d, adaptive_max_pool2d_with_indices = _adaptive_max(2)
adaptive_max_pool3d, adaptive_max_pool3d_with_indices = _adaptive_max(3)


# ---- unpooling


def _unpooled_size(input, kernel_size, stride, padding, output_size):
    """The size of the image that was pooled, as it must have been, or as the caller says within one step."""
    size = input.size()
    rank = len(kernel_size)
    usual = [
        (size[-rank + d] - 1) * stride[d] + kernel_size[d] - 2 * padding[d] for d in range(rank)
    ]
    if output_size is None:
        return usual
    if len(output_size) == rank + 2:
        output_size = output_size[2:]
    if len(output_size) != rank:
        raise ValueError(
            f"output_size should be a sequence containing {rank} or {rank + 2} elements, but it has a length of "
            f"'{len(output_size)}'"
        )
    for d in range(rank):
        least, most = usual[d] - stride[d], usual[d] + stride[d]
        if not least < output_size[d] < most:
            raise ValueError(f'invalid output_size "{output_size}" (dim {d} must be between {least} and {most})')
    return output_size


def _each(value, rank):
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * rank


def _unpool(rank):
    name = f"max_unpool{rank}d"

    def unpool(input, indices, kernel_size, stride=None, padding=0, output_size=None):
        kernel = _each(kernel_size, rank)
        steps = kernel if stride is None else _each(stride, rank)
        pads = _each(padding, rank)
        sizes = list(_unpooled_size(input, kernel, steps, pads, output_size))
        if rank == 1:
            wide = call("max_unpool2d", input.unsqueeze(-1), indices.unsqueeze(-1), [*sizes, 1])
            return wide.squeeze(-1)
        if rank == 2:
            return call(name, input, indices, sizes)
        return call(name, input, indices, sizes, list(steps), list(pads))

    unpool.__name__ = unpool.__qualname__ = name
    unpool.__doc__ = "Puts numbers back to the places that max pooling took them from; zeros elsewhere."
    return _public(unpool)


max_unpool1d = _unpool(1)
max_unpool2d = _unpool(2)
max_unpool3d = _unpool(3)


# ---- power means


def _power_mean(rank):
    def pool(input, norm_type, kernel_size, stride=None, ceil_mode=False):
        count = 1
        for size in _each(kernel_size, rank):
            count *= size
        if rank == 1:
            count = kernel_size
        average = (avg_pool1d, avg_pool2d, avg_pool3d)[rank - 1]
        mean = average(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
        return (torch.sign(mean) * torch.relu(torch.abs(mean))).mul(count).pow(1.0 / norm_type)

    pool.__name__ = pool.__qualname__ = f"lp_pool{rank}d"
    pool.__doc__ = "The p-norm of each window."
    return _public(pool)


lp_pool1d = _power_mean(1)
lp_pool2d = _power_mean(2)
lp_pool3d = _power_mean(3)


# ---- windows at random steps


def _fractional(rank):
    name = f"fractional_max_pool{rank}d"

    def with_indices(
        input, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None
    ):
        if output_size is None and output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
        if output_size is None:
            if isinstance(output_ratio, (tuple, list)) and len(output_ratio) > rank:
                raise ValueError(f"{name} requires output_ratio to either be a single Int or tuple of Ints.")
            ratios = _each(output_ratio, rank)
            output_size = [int(input.size(d - rank) * ratios[d]) for d in range(rank)]
        if _random_samples is None:
            batch = 1 if input.dim() == rank + 1 else input.size(0)
            _random_samples = torch.rand(batch, input.size(-rank - 1), rank, dtype=input.dtype)
        sizes = [list(_each(each, rank)) for each in (kernel_size, output_size)]
        return call(name, input, *sizes, _random_samples)

    def pool(input, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None):
        both = with_indices(input, kernel_size, output_size, output_ratio, return_indices, _random_samples)
        return both if return_indices else both[0]

    with_indices.__name__ = with_indices.__qualname__ = f"{name}_with_indices"
    with_indices.__doc__ = "The largest of windows at random steps, and their places."
    pool.__name__ = pool.__qualname__ = name
    pool.__doc__ = "The largest of windows at random steps; with places where ``return_indices``."
    return _public(pool), _public(with_indices)


fractional_max_pool2d, fractional_max_pool2d_with_indices = _fractional(2)
fractional_max_pool3d, fractional_max_pool3d_with_indices = _fractional(3)
