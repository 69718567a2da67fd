"""Jacobians for gradcheck: by finite differences, by backward, and both multiplied by random vectors."""

from .. import _engine
from .._tensor import Tensor


class GradcheckError(RuntimeError):
    """A gradient does not agree with finite differences, or backward does not behave as it must."""


GradcheckError.__module__ = "torch.autograd.gradcheck"

NONDETERMINISTIC = """

NOTE: If your op relies on non-deterministic operations i.e., it is listed here:
https://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html
this failure might be expected.

If you are adding a new operator, please file an issue and then use one of the
workarounds. The workaround depends on how your test invokes gradcheck/gradgradcheck.
If the test
- manually invokes gradcheck/gradgradcheck, then call gradcheck/gradgradcheck
  with `nondet_tol=<tol>` as a keyword argument.
- is OpInfo-based (e.g., in test_ops_gradients.py), then modify the OpInfo for the test
  to have `gradcheck_nondet_tol=<tol>`.
- is a Module test (e.g., in common_nn.py), then modify the corresponding
  module_test entry to have `gradcheck_nondet_tol=<tol>`
"""


def torch():
    """The package, which imports this file."""
    import torch as package

    return package


def as_tuple(value):
    """A tuple of what a function answered or is given."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def wanted(inputs):
    """The tensors among the inputs that require grad."""
    return [own for own in inputs if isinstance(own, Tensor) and own.requires_grad]


def is_float(value):
    """Whether it is a tensor that can have a gradient."""
    return isinstance(value, Tensor) and value.is_floating_point()


def _check_same(low, high, eps, index):
    """Values near each other must be of one shape and dtype."""
    on_index = "" if index is None else f"on index {index} "
    for what, a, b in (("shape", low.shape, high.shape), ("dtype", low.dtype, high.dtype)):
        if a != b:
            raise AssertionError(
                f"Expected `func` to return outputs with the same {what} when inputs are perturbed {on_index}by {eps}, "
                f"but got: {what}s {a} and {b}."
            )


def differences(func, inputs, entry, step, eps, index=None):
    """Per output, (f(x + step) - f(x - step)) / 2 eps, where ``entry`` is the part of the inputs that is changed."""

    def values():
        return [output.clone() for output in as_tuple(func(*inputs))]

    before = entry.clone()
    less, more = before - step, before + step
    _engine.copy_unrecorded(entry._h, less._h)
    low = values()
    _engine.copy_unrecorded(entry._h, more._h)
    high = values()
    _engine.copy_unrecorded(entry._h, before._h)
    found = []
    for a, b in zip(low, high):
        _check_same(a, b, eps, index)
        found.append(((b - a) / (2 * eps)).detach().reshape(-1))
    return found


def _indices(shape):
    """All indices of a shape, in row-major order."""
    if not shape:
        yield ()
        return
    for first in range(shape[0]):
        for rest in _indices(shape[1:]):
            yield (first, *rest)


def numerical(func, inputs, outputs, eps, target=None):
    """Per input that requires grad, per output of floats, a matrix: rows are elements of the input."""
    found = []
    for own in wanted(inputs if target is None else target):
        data = own.data
        matrices = [output.new_zeros((own.numel(), output.numel())) for output in outputs if is_float(output)]
        for row, index in enumerate(_indices(tuple(own.shape))):
            columns = differences(func, inputs, data[index], eps, eps, index)
            for matrix, column in zip(matrices, columns):
                matrix[row] = column
        found.append(tuple(matrices))
    return found


def _stacked(rows, inputs, count):
    """(matrices, whether sizes are right, whether dtypes are) of gradients per input and element of the output."""
    matrices = [own.new_zeros((own.numel(), count)) for own in inputs]
    sizes = types = True
    for own, matrix, row in zip(inputs, matrices, rows):
        for column, gradient in enumerate(row):
            if gradient is None:
                continue
            if gradient.size() != own.size():
                sizes = False
            elif gradient.dtype != own.dtype:
                types = False
            if matrix[:, column].numel() != gradient.numel():
                raise AssertionError(
                    f"Expected out_jacobian column to have {gradient.numel()} elements, but got "
                    f"{matrix[:, column].numel()}"
                )
            matrix[:, column] = gradient.reshape(-1)
    return tuple(matrices), sizes, types


def _rows(output, inputs, v):
    """Per input, gradients for each element of the output, or for the one vector ``v``."""
    from . import grad

    def gradients(given):
        found = grad(output, inputs, given, retain_graph=True, allow_unused=True)
        return [None if gradient is None else gradient.clone() for gradient in found]

    if v is not None:
        return [[gradient] for gradient in gradients(v.reshape(output.shape))]
    given = torch().zeros_like(output).contiguous()
    flat = given.view(-1)
    rows = [[] for _ in inputs]
    for element in range(flat.numel()):
        flat.zero_()
        flat[element] = 1.0
        for row, gradient in zip(rows, gradients(given)):
            row.append(gradient)
    return rows


def analytical_twice(output, inputs, nondet_tol, v=None):
    """(matrices, whether twice the same, whether sizes are right, whether dtypes are)."""
    own = wanted(inputs)
    count = output.numel() if v is None else 1
    (first, sizes, types), (second, _, _) = (_stacked(_rows(output, own, v), own, count) for _ in range(2))
    same = all(a.numel() == 0 or not bool(((a - b).abs().max() > nondet_tol).item()) for a, b in zip(first, second))
    return first, same, sizes, types


def analytical(output, inputs, nondet_tol, check_grad_dtypes, v=None):
    """Per input the matrix of gradients by backward. Raises GradcheckError where backward does not behave."""
    found, same, sizes, types = analytical_twice(output, inputs, nondet_tol, v)
    # PyTorch exchanges the two: a wrong dtype is what makes it speak of sizes, and the other way round.
    if not sizes and check_grad_dtypes:
        raise GradcheckError("Gradient has dtype mismatch")
    if not types:
        raise GradcheckError("Analytical gradient has incorrect size")
    if not same:
        raise GradcheckError(
            "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives "
            "different values, although analytical gradient matches numerical gradient."
            f"The tolerance for nondeterminism was {nondet_tol}." + NONDETERMINISTIC
        )
    return found


def close(a, b, rtol, atol):
    """Whether two tensors agree, whatever their dtypes."""
    dtype = torch().promote_types(a.dtype, b.dtype)
    return torch().allclose(a.to(dtype), b.to(dtype), rtol, atol)
