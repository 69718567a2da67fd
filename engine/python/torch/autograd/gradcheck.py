"""gradcheck and gradgradcheck: gradients against finite differences, element by element."""

from .._errors import not_available
from .._tensor import Tensor
from .._warn import warn
from .grad_mode import _quietly


class GradcheckError(RuntimeError):
    """A gradient does not agree with finite differences, or backward does not behave as it must."""


GradcheckError.__module__ = "torch.autograd.gradcheck"

_NOT_DOUBLE = (
    "Input #{} requires gradient and is not a double precision floating point or complex. This check will likely fail "
    "if all the inputs are not of double precision floating point or complex. "
)
_NONDETERMINISTIC = (
    "\n\nNOTE: If your op relies on non-deterministic operations i.e., it is listed here:\n"
    "https://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html\n"
    "this failure might be expected."
)


def _torch():
    import torch

    return torch


def _as_tuple(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def _check_inputs(inputs):
    torch = _torch()
    found = False
    for index, own in enumerate(inputs):
        if not isinstance(own, Tensor) or not own.requires_grad:
            continue
        found = True
        if own.dtype is not torch.float64:
            warn(_NOT_DOUBLE.format(index))
        if not all(stride > 0 or size <= 1 for stride, size in zip(own.stride(), own.size())):
            raise RuntimeError(
                f"The {index}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                "non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous "
                "on the input before passing it to gradcheck."
            )
        own.retain_grad()
    if not found:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )


def _differentiable(value):
    return tuple(item for item in _as_tuple(value) if isinstance(item, Tensor) and item.requires_grad)


def _numerical(func, inputs, own, eps):
    """Per output, the matrix of central differences: rows are elements of the input, columns of the output."""
    torch = _torch()
    data = own.data
    flat = data.view(-1) if data.is_contiguous() else None
    columns = []
    for element in range(own.numel()):
        if flat is not None:
            place = (flat, element)
        else:
            index, rest = [], element
            for size in reversed(data.shape):
                index.append(rest % size)
                rest //= size
            place = (data, tuple(reversed(index)))
        memory, at = place
        before = memory[at].item()
        memory[at] = before - eps
        low = [item.detach().clone() for item in _as_tuple(func(*inputs)) if isinstance(item, Tensor)]
        memory[at] = before + eps
        high = [item.detach().clone() for item in _as_tuple(func(*inputs)) if isinstance(item, Tensor)]
        memory[at] = before
        columns.append([((b - a) / (2 * eps)).reshape(-1) for a, b in zip(low, high)])
    outputs = len(columns[0]) if columns else 0
    return [torch.stack([column[index] for column in columns]) for index in range(outputs)]


def _analytical(inputs, output, nondet_tol):
    """Per input the matrix of gradients, rows as above; and whether a second run gives the same."""
    torch = _torch()
    from . import grad

    wanted = [own for own in inputs if isinstance(own, Tensor) and own.requires_grad]

    def once():
        rows = [[] for _ in wanted]
        for element in range(output.numel()):
            probe = torch.zeros_like(output)
            probe.view(-1)[element] = 1
            gradients = grad([output], wanted, [probe], retain_graph=True, allow_unused=True)
            for gradient, own, row in zip(gradients, wanted, rows):
                if gradient is None:
                    row.append(torch.zeros(own.numel(), dtype=own.dtype))
                    continue
                if gradient.dtype != own.dtype:
                    raise GradcheckError("Gradient has dtype mismatch")
                if gradient.size() != own.size():
                    raise GradcheckError("Analytical gradient has incorrect size")
                row.append(gradient.detach().reshape(-1).clone())
        return [
            torch.stack(row, dim=1) if row else torch.zeros(own.numel(), 0, dtype=own.dtype)
            for row, own in zip(rows, wanted)
        ]

    first, second = once(), once()
    same = all(
        a.numel() == 0 or (a - b).abs().max().item() <= nondet_tol for a, b in zip(first, second)
    )
    if not same:
        raise GradcheckError(
            "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives "
            "different values, although analytical gradient matches numerical gradient."
            f"The tolerance for nondeterminism was {nondet_tol}." + _NONDETERMINISTIC
        )
    return first


def _check(func, inputs, outputs, eps, atol, rtol, nondet_tol, check_undefined_grad):
    torch = _torch()
    wanted = [(index, own) for index, own in enumerate(inputs) if isinstance(own, Tensor) and own.requires_grad]
    with _quietly(False):
        numerical = [_numerical(func, inputs, own, eps) for _, own in wanted]
    tensors = [item for item in _as_tuple(outputs) if isinstance(item, Tensor)]
    for output_index, output in enumerate(tensors):
        if not output.requires_grad:
            continue
        analytical = _analytical(inputs, output, nondet_tol)
        for position, ((input_index, _), own) in enumerate(zip(wanted, analytical)):
            expected = numerical[position][output_index]
            if not torch.allclose(own, expected.to(own.dtype), rtol, atol):
                raise GradcheckError(
                    f"Jacobian mismatch for output {output_index} with respect to input {input_index},\n"
                    f"numerical:{expected}\nanalytical:{own}\n"
                )
    _check_zero(inputs, outputs)
    if check_undefined_grad:
        _check_undefined(inputs, outputs)


def _check_zero(inputs, outputs):
    """Backward of zeros must be zeros: it has to multiply by its grad_output."""
    torch = _torch()
    from . import grad

    wanted = [own for own in inputs if isinstance(own, Tensor) and own.requires_grad]
    roots = _differentiable(outputs)
    gradients = grad(roots, wanted, [torch.zeros_like(root) for root in roots], retain_graph=True, allow_unused=True)
    for gradient, own in zip(gradients, wanted):
        if gradient is None:
            continue
        if not bool((gradient == 0).all().item()):
            raise GradcheckError("backward not multiplied by grad_output")
        if gradient.dtype != own.dtype:
            raise GradcheckError(f"grad is incorrect type (grad is {gradient.dtype} but should be {own.dtype})")
        if gradient.size() != own.size():
            raise GradcheckError("grad is incorrect size")


def _check_undefined(inputs, outputs):
    """A gradient that does not arrive must count as zero: backward of all outputs but one."""
    from . import grad

    wanted = [own for own in inputs if isinstance(own, Tensor) and own.requires_grad]
    roots = _differentiable(outputs)
    if len(roots) < 2:
        return
    torch = _torch()
    for left_out in range(len(roots)):
        some = [root for index, root in enumerate(roots) if index != left_out]
        grad(some, wanted, [torch.zeros_like(root) for root in some], retain_graph=True, allow_unused=True)


def gradcheck(
    func,
    inputs,
    *,
    eps=1e-6,
    atol=1e-5,
    rtol=1e-3,
    raise_exception=True,
    nondet_tol=0.0,
    check_undefined_grad=True,
    check_grad_dtypes=False,
    check_batched_grad=False,
    check_batched_forward_grad=False,
    check_forward_ad=False,
    check_backward_ad=True,
    fast_mode=False,
    masked=None,
):
    """Whether gradients of ``func`` at ``inputs`` agree with central differences of step ``eps``.

    Inputs should be float64. Raises GradcheckError where they do not agree, or answers False without
    ``raise_exception``.
    """
    for name, value in (
        ("check_forward_ad", check_forward_ad),
        ("check_batched_grad", check_batched_grad),
        ("check_batched_forward_grad", check_batched_forward_grad),
        ("fast_mode", fast_mode),
    ):
        if value:
            raise not_available(f"{name}=True of torch.autograd.gradcheck()")
    inputs = _as_tuple(inputs)
    try:
        _check_inputs(inputs)
        outputs = func(*inputs)
        if not _differentiable(outputs):
            with _quietly(False):
                for own in inputs:
                    if not isinstance(own, Tensor) or not own.requires_grad:
                        continue
                    for matrix in _numerical(func, inputs, own, eps):
                        if bool((matrix != 0).any().item()):
                            raise GradcheckError("Numerical gradient for function expected to be zero")
            return True
        _check(func, inputs, outputs, eps, atol, rtol, nondet_tol, check_undefined_grad)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func,
    inputs,
    grad_outputs=None,
    *,
    eps=1e-6,
    atol=1e-5,
    rtol=1e-3,
    gen_non_contig_grad_outputs=False,
    raise_exception=True,
    nondet_tol=0.0,
    check_undefined_grad=True,
    check_grad_dtypes=False,
    check_batched_grad=False,
    check_fwd_over_rev=False,
    check_rev_over_rev=True,
    fast_mode=False,
    masked=False,
):
    """Whether second derivatives of ``func`` agree with central differences of the first."""
    if check_fwd_over_rev or gen_non_contig_grad_outputs:
        name = "check_fwd_over_rev" if check_fwd_over_rev else "gen_non_contig_grad_outputs"
        raise not_available(f"{name}=True of torch.autograd.gradgradcheck()")
    torch = _torch()
    inputs = _as_tuple(inputs)
    if grad_outputs is None:
        outputs = _differentiable(func(*inputs))
        grad_outputs = tuple(torch.randn_like(output).requires_grad_(True) for output in outputs)
    else:
        grad_outputs = _as_tuple(grad_outputs)
    count = len(inputs)

    def gradient(*args):
        from . import grad

        own = tuple(
            arg if not isinstance(arg, Tensor) or not given.requires_grad else arg
            for arg, given in zip(args[:count], inputs)
        )
        outputs = _differentiable(func(*own))
        wanted = tuple(arg for arg in own if isinstance(arg, Tensor) and arg.requires_grad)
        return grad(outputs, wanted, args[count:], create_graph=True, allow_unused=True)

    def with_grad(*args):
        with torch.enable_grad():
            return tuple(item for item in gradient(*args) if item is not None)

    return gradcheck(
        with_grad,
        inputs + grad_outputs,
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        fast_mode=fast_mode,
        masked=masked,
    )
