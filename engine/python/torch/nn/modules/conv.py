"""Convolutions and their transposes: weights [out, in / groups, ...] and one bias per output channel."""

import math

import torch
from torch.nn import functional as F
from torch.nn import init

from ..parameter import Parameter
from .module import Module


def _spread(value, rank):
    """One number for every dimension, or one each."""
    return (value,) * rank if isinstance(value, int) else tuple(value)


class _ConvNd(Module):
    _rank = 0
    _transposed = False

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
        rank = self._rank
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups != 0:
            raise ValueError("out_channels must be divisible by groups")
        modes = ("zeros", "reflect", "replicate", "circular")
        if padding_mode not in modes:
            raise ValueError(f"padding_mode must be one of {set(modes)}, but got padding_mode='{padding_mode}'")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = _spread(kernel_size, rank)
        self.stride = _spread(stride, rank)
        self.dilation = _spread(dilation, rank)
        self.output_padding = _spread(output_padding, rank)
        self.groups = groups
        self.padding_mode = padding_mode
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"Invalid padding string {padding!r}, should be one of {{'same', 'valid'}}")
            if padding == "same" and any(step != 1 for step in self.stride):
                raise ValueError("padding='same' is not supported for strided convolutions")
            self.padding = padding
        else:
            self.padding = _spread(padding, rank)
        channels = (
            (in_channels, out_channels // groups) if self._transposed else (out_channels, in_channels // groups)
        )
        self.weight = Parameter(torch.empty((*channels, *self.kernel_size), device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(torch.empty(out_channels, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self):
        """Uniform in ±1/sqrt(fan_in), drawn in the order that PyTorch draws it."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = self.weight.size(1) * math.prod(self.kernel_size)
            if fan_in != 0:
                bound = 1 / math.sqrt(fan_in)
                init.uniform_(self.bias, -bound, bound)

    def _edges(self):
        """The padding per side, the last dimension first, for modes other than zeros."""
        if self.padding == "valid":
            return [0, 0] * self._rank
        if self.padding == "same":
            sides = []
            for step, size in zip(reversed(self.dilation), reversed(self.kernel_size)):
                total = step * (size - 1)
                sides += (total // 2, total - total // 2)
            return sides
        return [side for side in reversed(self.padding) for _ in range(2)]

    def _convolve(self, function, input):
        if self.padding_mode != "zeros":
            input = F.pad(input, self._edges(), mode=self.padding_mode)
            padding = 0
        else:
            padding = self.padding
        return function(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)

    def extra_repr(self):
        none = (0,) * self._rank
        parts = [
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        ]
        if self.padding != none:
            parts.append(f"padding={self.padding}")
        if self.dilation != (1,) * self._rank:
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


class Conv1d(_Conv):
    """(N, C, L) or (C, L) -> (N, out, L') or (out, L')."""

    _rank = 1

    def forward(self, input):
        return self._convolve(F.conv1d, input)


class Conv2d(_Conv):
    """(N, C, H, W) or (C, H, W) -> (N, out, H', W') or (out, H', W')."""

    _rank = 2

    def forward(self, input):
        return self._convolve(F.conv2d, input)


class Conv3d(_Conv):
    """(N, C, D, H, W) -> (N, out, D', H', W')."""

    _rank = 3

    def forward(self, input):
        return self._convolve(F.conv3d, input)


class _ConvTranspose(_ConvNd):
    _transposed = True

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
        rank = self._rank
        wanted = list(output_size)[-rank:]
        found = []
        for d, size in enumerate(wanted):
            least = (
                (input.size(d + input.dim() - rank) - 1) * self.stride[d]
                - 2 * self.padding[d]
                + self.dilation[d] * (self.kernel_size[d] - 1)
                + 1
            )
            if not least <= size < least + self.stride[d]:
                raise ValueError(f"requested an output size of {wanted}, but valid sizes start from {least}")
            found.append(size - least)
        return found


class ConvTranspose1d(_ConvTranspose):
    """(N, C, L) -> (N, out, L'): the gradient of Conv1d as a layer."""

    _rank = 1

    def forward(self, input, output_size=None):
        padding = self._output_padding(input, output_size)
        return F.conv_transpose1d(
            input, self.weight, self.bias, self.stride, self.padding, padding, self.groups, self.dilation
        )


class ConvTranspose2d(_ConvTranspose):
    """(N, C, H, W) -> (N, out, H', W'): the gradient of Conv2d as a layer."""

    _rank = 2

    def forward(self, input, output_size=None):
        padding = self._output_padding(input, output_size)
        return F.conv_transpose2d(
            input, self.weight, self.bias, self.stride, self.padding, padding, self.groups, self.dilation
        )
