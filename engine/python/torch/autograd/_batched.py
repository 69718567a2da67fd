"""torch.autograd.grad with ``is_grads_batched``: one backward pass for each row of the gradients that come in."""

from .._tensor import Tensor
from . import graph

_MISMATCH = (
    "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. The sizes of "
    "the remaining dimensions are expected to match the shape of corresponding output, but a mismatch was detected: "
    "grad_output[{0}] has a shape of {1} and output[{0}] has a shape of {2}. If you only want some tensors in "
    "`grad_output` to be considered batched, consider using vmap."
)
_NO_ROWS = (
    "vmap(vjp, in_dims=0, ...)(<inputs>): Got in_dim=0 for some input, but that input is a Tensor of dimensionality 0 so "
    "expected in_dim to satisfy 0 <= in_dim < 0."
)


def _rows(outputs, given):
    """The gradients, and how many rows they have."""
    given = [None] * len(outputs) if given is None else [given] if isinstance(given, Tensor) else list(given)
    for index, (output, gradient) in enumerate(zip(outputs, given)):
        if gradient is None:
            continue
        if isinstance(output, graph.GradientEdge):
            raise RuntimeError("Batched grads are not supported with GradientEdge")
        if gradient.shape[1:] != output.shape or gradient.dim() == 0:
            raise RuntimeError(_MISMATCH.format(index, gradient.shape[2:], output.shape))
    if any(gradient is None for gradient in given):
        raise ValueError(_NO_ROWS)
    counts = [len(gradient) for gradient in given]
    if len(set(counts)) > 1:
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
            f"{counts} for the mapped dimension"
        )
    return given, counts[0] if counts else 0


def grad(once, outputs, inputs, given, keep):
    """``once(gradients, keep)`` for each row; the results are stacked. None for an input that was not used."""
    given, count = _rows(outputs, given)
    found = [once([gradient[row] for gradient in given], keep or row + 1 < count) for row in range(count)]
    return [_stacked([each[place] for each in found], own) for place, own in enumerate(inputs)]


def _stacked(rows, own):
    if not rows:
        return own.new_zeros((0, *own.shape))
    if all(row is None for row in rows):
        return None
    from .._ops import call

    return call("stack", [own.new_zeros(own.shape) if row is None else row for row in rows])
