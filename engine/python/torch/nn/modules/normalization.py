"""Normalisation of each sample: over its last dimensions, over groups of channels, over neighbouring channels."""

import numbers

from torch._own_methods import own_methods
from torch.nn import functional as F
from torch.nn import init

from ._functions import CrossMapLRN2d as _AcrossChannels
from ._settings import settings
from .linear import empty_parameter
from .module import Module


@settings("size, alpha=1e-4, beta=0.75, k=1.0", shown="{size}, alpha={alpha}, beta={beta}, k={k}")
class LocalResponseNorm(Module):
    """Divides by the squares of neighbouring channels."""

    def forward(self, input):
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)


@settings("size, alpha=1e-4, beta=0.75, k=1", shown="{size}, alpha={alpha}, beta={beta}, k={k}")
class CrossMapLRN2d(Module):
    """LocalResponseNorm as the oldest networks have it."""

    def forward(self, input):
        return _AcrossChannels.apply(input, self.size, self.alpha, self.beta, self.k)


@own_methods("reset_parameters")
class _Affine(Module):
    """Weights that begin as ones, biases that begin as zeros; either may be missing."""

    def _make_parameters(self, sizes, weight, bias, device, dtype):
        self.register_parameter("weight", empty_parameter(weight, *sizes, device=device, dtype=dtype))
        self.register_parameter("bias", empty_parameter(bias, *sizes, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self):
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)


def _as_shape(normalized_shape):
    return (normalized_shape,) if isinstance(normalized_shape, numbers.Integral) else tuple(normalized_shape)


class LayerNorm(_Affine):
    """Normalises over the last dimensions, which have ``normalized_shape``."""

    def __init__(
        self, normalized_shape, eps=1e-5, elementwise_affine=True, bias=True, device=None, dtype=None
    ):
        super().__init__()
        self.normalized_shape = _as_shape(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        affine = elementwise_affine
        self._make_parameters(self.normalized_shape, affine, affine and bias, device, dtype)

    def forward(self, input):
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self):
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class GroupNorm(_Affine):
    """Normalises (N, C, ...) over groups of its channels."""

    def __init__(self, num_groups, num_channels, eps=1e-5, affine=True, device=None, dtype=None, *, bias=True):
        super().__init__()
        if num_channels % num_groups != 0:
            raise ValueError(
                f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})"
            )
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        self._make_parameters((num_channels,), affine, affine and bias, device, dtype)

    def forward(self, input):
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self):
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Module):
    """Divides by the root of the mean square over the last dimensions."""

    def __init__(self, normalized_shape, eps=None, elementwise_affine=True, device=None, dtype=None):
        super().__init__()
        self.normalized_shape = _as_shape(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        weight = empty_parameter(elementwise_affine, *self.normalized_shape, device=device, dtype=dtype)
        self.register_parameter("weight", weight)
        self.reset_parameters()

    def reset_parameters(self):
        if self.weight is not None:
            init.ones_(self.weight)

    def forward(self, x):
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self):
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
