"""Window functions of signal processing, step by step as PyTorch computes them, so that they agree to the last bit."""

import math

__all__ = ["bartlett_window", "blackman_window", "hamming_window", "hann_window", "kaiser_window"]


def _places(name, length, periodic, dtype, requires_grad, make):
    """``make`` of 0, 1, 2, ... of a window that is one longer where it is to be repeated."""
    import torch

    if dtype is not None and not dtype.is_floating_point:
        raise RuntimeError(f"{name} expects floating point dtypes, got: TensorOptions(dtype={dtype._scalar_name.lower()})")
    if length < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={length}")
    dtype = torch.get_default_dtype() if dtype is None else dtype
    with torch.no_grad():
        if length < 2:
            found = torch.ones(length, dtype=dtype)
        else:
            count = length + 1 if periodic else length
            found = make(torch.arange(count, dtype=dtype), count)
            if periodic:
                found = found.narrow(0, 0, length)
    return found.requires_grad_() if requires_grad else found


def hamming_window(
    window_length, periodic=True, alpha=0.54, beta=0.46, *, dtype=None, layout=None, device=None, pin_memory=False,
    requires_grad=False,
):
    """alpha - beta·cos(2πn/N)."""

    def make(n, count):
        return n.mul_(math.pi * 2 / (count - 1)).cos_().mul_(-beta).add_(alpha)

    return _places("hamming_window", window_length, periodic, dtype, requires_grad, make)


def hann_window(window_length, periodic=True, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False):
    """½ - ½·cos(2πn/N)."""
    return hamming_window(window_length, periodic, 0.5, 0.5, dtype=dtype, requires_grad=requires_grad)


def blackman_window(
    window_length, periodic=True, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
):
    """0.42 - ½·cos(2πn/N) + 0.08·cos(4πn/N)."""

    def make(n, count):
        n.mul_(math.pi / (count - 1))
        return n.mul(4).cos_().mul_(0.08) - n.mul(2).cos_().mul_(0.5) + 0.42

    return _places("blackman_window", window_length, periodic, dtype, requires_grad, make)


def bartlett_window(
    window_length, periodic=True, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
):
    """Up to 1 in the middle and down again."""

    def make(n, count):
        n.mul_(2 / (count - 1))
        half = ((count - 1) >> 1) + 1
        n.narrow(0, half, count - half).mul_(-1).add_(2)
        return n

    return _places("bartlett_window", window_length, periodic, dtype, requires_grad, make)


def kaiser_window(
    window_length, periodic=True, beta=12.0, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
):
    """I₀(beta·√(1 - (2n/N - 1)²)) / I₀(beta)."""

    def make(n, count):
        import torch

        x = n.mul_(2 / (count - 1)).sub_(1)
        root = (1 - x * x).clamp_(min=0).sqrt_()
        return torch.i0(root * beta) / torch.i0(torch.tensor(beta, dtype=n.dtype))

    return _places("kaiser_window", window_length, periodic, dtype, requires_grad, make)
