# A function with a backward of its own.
import torch
from torch.autograd import Function


class ClippedCube(Function):
    @staticmethod
    def forward(ctx, x, limit):
        ctx.save_for_backward(x)
        ctx.limit = limit
        return x**3

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return (grad * 3 * x**2).clamp(-ctx.limit, ctx.limit), None


x = torch.tensor([0.5, 1.0, 3.0], requires_grad=True)
y = ClippedCube.apply(x, 5.0)
print(y)
y.sum().backward()
print(x.grad)
print(y.grad_fn.name(), type(y.grad_fn).__name__)
