"""torch.autograd._functions: Functions that PyTorch itself writes in Python."""

from functools import reduce
from operator import mul

from .function import Function


class Resize(Function):
    """The same elements in another shape."""

    @staticmethod
    def forward(ctx, tensor, sizes):
        """A new tensor of ``sizes``. Raises RuntimeError where the number of elements differs."""
        ctx.sizes = sizes
        ctx.numel = reduce(mul, sizes, 1)
        if tensor.numel() != ctx.numel:
            raise RuntimeError(
                f"requested resize to {'x'.join(map(str, sizes))} ({ctx.numel} elements in total), but the given tensor has "
                f"a size of {'x'.join(map(str, tensor.size()))} ({tensor.numel()} elements). autograd's resize can only "
                "change the shape of a given tensor, while preserving the number of elements. "
            )
        ctx.input_sizes = tensor.size()
        return tensor.contiguous().view(*sizes)

    @staticmethod
    def backward(ctx, gradient):
        """The gradient in the shape of the input."""
        return gradient.contiguous().view(ctx.input_sizes), None
