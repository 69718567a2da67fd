"""torch.utils.checkpoint: forward is run again in backward instead of keeping what it saved."""

from .._errors import not_available
from .._tensor import Tensor
from .._warn import warn

_PASS_IT = (
    "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. Starting in PyTorch 2.9, calling "
    "checkpoint without use_reentrant will raise an exception. use_reentrant=False is recommended, but if you need to "
    "preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for more details on the "
    "differences between the two variants."
)


def _make():
    from ..autograd import Function, backward
    from ..autograd.grad_mode import _quietly

    class CheckpointFunction(Function):
        """Runs ``function`` without recording, and once more, recorded, when its gradient is wanted."""

        @staticmethod
        def forward(ctx, function, *args):
            ctx.run_function = function
            ctx.inputs = [None if isinstance(arg, Tensor) else arg for arg in args]
            ctx.places = [i for i, arg in enumerate(args) if isinstance(arg, Tensor)]
            ctx.save_for_backward(*(args[i] for i in ctx.places))
            with _quietly(False):
                return function(*args)

        @staticmethod
        def backward(ctx, *gradients):
            inputs = list(ctx.inputs)
            for place, tensor in zip(ctx.places, ctx.saved_tensors):
                own = tensor.detach()
                own.requires_grad = tensor.requires_grad
                inputs[place] = own
            with _quietly(True):
                outputs = ctx.run_function(*inputs)
            outputs = (outputs,) if isinstance(outputs, Tensor) else outputs
            pairs = [
                (output, gradient)
                for output, gradient in zip(outputs, gradients)
                if isinstance(output, Tensor) and output.requires_grad
            ]
            if not pairs:
                raise RuntimeError(
                    "none of output has requires_grad=True, this checkpoint() is not necessary"
                )
            backward([output for output, _ in pairs], [gradient for _, gradient in pairs])
            return (None, *(item.grad if isinstance(item, Tensor) else None for item in inputs))

    return CheckpointFunction


def checkpoint(function, *args, use_reentrant=None, preserve_rng_state=True, **kwargs):
    """Runs ``function(*args)`` and keeps its inputs alone; backward runs it again."""
    if use_reentrant is None:
        warn(_PASS_IT)
        use_reentrant = True
    if kwargs and use_reentrant:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if not use_reentrant:
        raise not_available("use_reentrant=False of torch.utils.checkpoint.checkpoint()")
    return _make().apply(function, *args)
