"""Convolutions and their transposes: weights [out, in / groups, ...] and one bias per output channel."""

import math

import torch
from torch._own_methods import own_methods
from torch.nn import functional as F
from torch.nn import init

from ..parameter import Parameter
from .lazy import LazyModuleMixin, without_shape
from .linear import empty_parameter
from .module import Module

_MODES = ("zeros", "reflect", "replicate", "circular")
_SIZES = ("same", "valid")


def _spread(value, dims):
    """One number for every dimension, or one each."""
    return (value,) * dims if isinstance(value, int) else tuple(value)


class _ConvNd(Module):
    """Settings, weights and printing of all; ``_dims`` is how many dimensions the kernel moves in."""

    _dims = 0
    transposed = False

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride,
        padding,
        dilation,
        output_padding,
        groups,
        bias,
        padding_mode,
        device,
        dtype,
    ):
        super().__init__()
        dims = self._dims
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups != 0:
            raise ValueError("out_channels must be divisible by groups")
        stride = _spread(stride, dims)
        if isinstance(padding, str):
            if padding not in _SIZES:
                raise ValueError(f"Invalid padding string {padding!r}, should be one of {set(_SIZES)}")
            if padding == "same" and any(step != 1 for step in stride):
                raise ValueError("padding='same' is not supported for strided convolutions")
        else:
            padding = _spread(padding, dims)
        if padding_mode not in _MODES:
            raise ValueError(f"padding_mode must be one of {set(_MODES)}, but got padding_mode='{padding_mode}'")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = _spread(kernel_size, dims)
        self.stride = stride
        self.padding = padding
        self.dilation = _spread(dilation, dims)
        self.transposed = self.transposed
        self.output_padding = _spread(output_padding, dims)
        self.groups = groups
        self.padding_mode = padding_mode
        self.weight = Parameter(torch.empty(self._weight_sizes(), device=device, dtype=dtype))
        self.register_parameter("bias", empty_parameter(bias, out_channels, device=device, dtype=dtype))
        self.reset_parameters()

    def _weight_sizes(self):
        channels = (self.out_channels, self.in_channels)
        first, second = reversed(channels) if self.transposed else channels
        return (first, second // self.groups, *self.kernel_size)

    def reset_parameters(self):
        """Uniform in ±1/sqrt(fan_in), drawn in the order that PyTorch draws it."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = self.weight.size(1) * math.prod(self.kernel_size)
            if fan_in != 0:
                bound = 1 / math.sqrt(fan_in)
                init.uniform_(self.bias, -bound, bound)

    @property
    def _reversed_padding_repeated_twice(self):
        """The padding per side, the last dimension first, for modes other than zeros."""
        if self.padding == "valid":
            return [0, 0] * self._dims
        if self.padding == "same":
            sides = []
            for step, size in zip(reversed(self.dilation), reversed(self.kernel_size)):
                total = step * (size - 1)
                sides += (total // 2, total - total // 2)
            return sides
        return [side for side in reversed(self.padding) for _ in range(2)]

    def extra_repr(self):
        none = (0,) * self._dims
        parts = [
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        ]
        if self.padding != none:
            parts.append(f"padding={self.padding}")
        if self.dilation != (1,) * self._dims:
            parts.append(f"dilation={self.dilation}")
        if self.output_padding != none:
            parts.append(f"output_padding={self.output_padding}")
        if self.groups != 1:
            parts.append(f"groups={self.groups}")
        if self.bias is None:
            parts.append("bias=False")
        if self.padding_mode != "zeros":
            parts.append(f"padding_mode={self.padding_mode}")
        return ", ".join(parts)


@own_methods("__init__", "forward")
class _Conv(_ConvNd):
    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        bias=True,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            0,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input):
        return self._conv_forward(input, self.weight, self.bias)

    def _conv_forward(self, input, weight, bias):
        padding = self.padding
        if self.padding_mode != "zeros":
            input = F.pad(input, self._reversed_padding_repeated_twice, mode=self.padding_mode)
            padding = _spread(0, self._dims)
        convolve = getattr(F, f"conv{self._dims}d")
        return convolve(input, weight, bias, self.stride, padding, self.dilation, self.groups)


class Conv1d(_Conv):
    """(N, C, L) or (C, L) -> (N, out, L') or (out, L')."""

    _dims = 1


class Conv2d(_Conv):
    """(N, C, H, W) or (C, H, W) -> (N, out, H', W') or (out, H', W')."""

    _dims = 2


class Conv3d(_Conv):
    """(N, C, D, H, W) or (C, D, H, W) -> (N, out, D', H', W') or (out, D', H', W')."""

    _dims = 3


@own_methods("__init__", "forward")
class _ConvTransposeNd(_ConvNd):
    transposed = True

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        output_padding=0,
        groups=1,
        bias=True,
        dilation=1,
        padding_mode="zeros",
        device=None,
        dtype=None,
    ):
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            output_padding,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def _output_padding(self, input, output_size):
        """What makes the output have ``output_size``. Raises ValueError where nothing does."""
        if output_size is None:
            return self.output_padding
        dims = self._dims
        before = 2 if input.dim() == dims + 2 else 1
        if len(output_size) == before + dims:
            output_size = output_size[before:]
        if len(output_size) != dims:
            raise ValueError(
                f"ConvTranspose{dims}D: for {input.dim()}D input, output_size must have {dims} or {before + dims} "
                f"elements (got {len(output_size)})"
            )
        least = [
            (input.size(d + before) - 1) * self.stride[d]
            - 2 * self.padding[d]
            + self.dilation[d] * (self.kernel_size[d] - 1)
            + 1
            for d in range(dims)
        ]
        most = [size + step - 1 for size, step in zip(least, self.stride)]
        if any(not low <= size <= high for low, size, high in zip(least, output_size, most)):
            raise ValueError(
                f"requested an output size of {output_size}, but valid sizes range from {least} to {most} "
                f"(for an input of {input.size()[2:]})"
            )
        return [size - low for size, low in zip(output_size, least)]

    def forward(self, input, output_size=None):
        convolve = getattr(F, f"conv_transpose{self._dims}d")
        extra = self._output_padding(input, output_size)
        return convolve(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )


class ConvTranspose1d(_ConvTransposeNd):
    """(N, C, L) -> (N, out, L'): the gradient of Conv1d as a layer."""

    _dims = 1


class ConvTranspose2d(_ConvTransposeNd):
    """(N, C, H, W) -> (N, out, H', W'): the gradient of Conv2d as a layer."""

    _dims = 2


class ConvTranspose3d(_ConvTransposeNd):
    """(N, C, D, H, W) -> (N, out, D', H', W'): the gradient of Conv3d as a layer."""

    _dims = 3


@own_methods("__init__")
class _LazyConv(LazyModuleMixin):
    """A convolution that takes ``in_channels`` from its first input."""

    def __init__(self, out_channels, kernel_size, *args, bias=True, device=None, dtype=None, **kwargs):
        # Behind the kernel's size, the place of the bias is the sixth for both kinds.
        args = list(args)
        if len(args) > 5:
            bias = args.pop(5)
            args.insert(5, False)
        else:
            kwargs["bias"] = False
        super().__init__(0, 0, kernel_size, *args, **kwargs)
        self.out_channels = out_channels
        self.weight = without_shape(True, device=device, dtype=dtype)
        self.bias = without_shape(bias, device=device, dtype=dtype)

    def reset_parameters(self):
        if not self.has_uninitialized_params() and self.in_channels != 0:
            super().reset_parameters()

    def initialize_parameters(self, input, *_args):
        if not self.has_uninitialized_params():
            return
        self.in_channels = self._channels_of(input)
        if self.in_channels % self.groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        self.weight.materialize(self._weight_sizes())
        if self.bias is not None:
            self.bias.materialize((self.out_channels,))
        self.reset_parameters()

    def _channels_of(self, input):
        single, batch = self._dims + 1, self._dims + 2
        if input.dim() not in (single, batch):
            raise RuntimeError(
                f"Expected {single}D (unbatched) or {batch}D (batched) input to {type(self).__name__}, but "
                f"got input of size: {input.shape}"
            )
        return input.shape[1 if input.dim() == batch else 0]


class LazyConv1d(_LazyConv, Conv1d):
    """Conv1d that takes ``in_channels`` from its first input."""

    cls_to_become = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """Conv2d that takes ``in_channels`` from its first input."""

    cls_to_become = Conv2d


class LazyConv3d(_LazyConv, Conv3d):
    """Conv3d that takes ``in_channels`` from its first input."""

    cls_to_become = Conv3d


class LazyConvTranspose1d(_LazyConv, ConvTranspose1d):
    """ConvTranspose1d that takes ``in_channels`` from its first input."""

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyConv, ConvTranspose2d):
    """ConvTranspose2d that takes ``in_channels`` from its first input."""

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyConv, ConvTranspose3d):
    """ConvTranspose3d that takes ``in_channels`` from its first input."""

    cls_to_become = ConvTranspose3d
