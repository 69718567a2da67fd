"""gradcheck and gradgradcheck: gradients against finite differences, element by element or along random vectors."""

from .. import _C
from .._errors import not_available
from .._random import Generator
from .._tensor import Tensor
from .._warn import warn
from ._jacobians import (
    GradcheckError,
    analytical,
    analytical_twice,
    as_tuple,
    close,
    differences,
    is_float,
    numerical,
    torch,
    wanted,
)

_PRIVATE = (
    "`{}` was part of PyTorch's private API and not meant to be exposed. We are deprecating it and it will be removed in a "
    "future version of PyTorch. If you have a specific use for this or feature request for this to be a stable API, please "
    "file us an issue at https://github.com/pytorch/pytorch/issues/new"
)
_NOT_DOUBLE = (
    "Input #{} requires gradient and is not a double precision floating point or complex. This check will likely fail "
    "if all the inputs are not of double precision floating point or complex. "
)
_EXPECTED_ZERO = "Numerical gradient for function expected to be zero"
_NOTES = (
    ' Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"'
)
_NEW_FEATURE = (
    "Backwards compatibility: New undefined gradient support checking feature is enabled by default, but it may break "
    "existing callers of this function. If this is true for you, you can call this function with "
    '"check_undefined_grad=False" to disable the feature'
)
_ONLY_FAST_FAILED = """Fast gradcheck failed but element-wise differences are small. This means that the
test might've passed in slow_mode!

If you are adding a new operator, please file an issue and then use one of the
workarounds. The workaround depends on how your test invokes gradcheck/gradgradcheck:

If the test
- manually invokes gradcheck/gradgradcheck, then call gradcheck/gradgradcheck
  with `fast_mode=False` as a keyword argument.
- is OpInfo-based (e.g., in test_ops_gradients.py), then modify the OpInfo for the test
  to have `gradcheck_fast_mode=False`
- is a Module test (e.g., in common_nn.py), then modify the corresponding
  module_test entry to have `gradcheck_fast_mode=False`"""


def _check_inputs(inputs):
    package = torch()
    for index, own in enumerate(inputs):
        if not isinstance(own, Tensor) or not own.requires_grad:
            continue
        if own.dtype is not package.float64:
            warn(_NOT_DOUBLE.format(index))
        if not all(stride > 0 or size <= 1 for stride, size in zip(own.stride(), own.size())):
            raise RuntimeError(
                f"The {index}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                "non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous "
                "on the input before passing it to gradcheck."
            )
    if not wanted(inputs):
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )


def _differentiable(value):
    return tuple(item for item in as_tuple(value) if item.requires_grad)


def _mismatch(own, expected, output, index):
    return (
        f"Jacobian mismatch for output {output} with respect to input {index},\nnumerical:{expected}\nanalytical:{own}\n"
    )


def _slow(func, func_out, inputs, outputs, eps, rtol, atol, check_grad_dtypes, nondet_tol):
    func_out = as_tuple(func_out)
    by_input = numerical(func, inputs, func_out, eps)
    if not outputs:
        for matrices in by_input:
            for matrix in matrices:
                if bool((matrix != 0).any().item()):
                    raise GradcheckError(_EXPECTED_ZERO)
        return
    by_output = [row for output, row in zip(func_out, zip(*by_input)) if output.requires_grad]
    for place, output in enumerate(outputs):
        found = analytical(output, inputs, nondet_tol, check_grad_dtypes)
        for index, (own, expected) in enumerate(zip(found, by_output[place])):
            if not close(own, expected, rtol, atol):
                raise GradcheckError(_mismatch(own, expected, place, index))


def _vector(like, generator):
    """A random vector of length one with as many elements."""
    found = torch().rand(like.numel(), generator=generator).to(like.dtype)
    found /= found.norm()
    return found


def _fast(func, func_out, inputs, outputs, eps, rtol, atol, check_grad_dtypes, nondet_tol):
    """Compares vᵀJu, by finite differences along u and by backward from v, for random u and v."""
    func_out = as_tuple(func_out)
    own = wanted(inputs)
    # A generator of its own leaves the user's random numbers alone.
    generator = Generator()
    all_u = [_vector(each, generator) for each in own]
    all_v = [_vector(each, generator) for each in outputs]

    def along(each, u):
        step = u.reshape(each.data.shape) * eps
        return differences(func, inputs, each.data, step, eps)

    expected = []
    for each, u in zip(own, all_u):
        columns = [c for c, output in zip(along(each, u), func_out) if is_float(output)]
        expected.append([(v * column).sum() for v, column in zip(all_v, columns)])
    if not outputs:
        for each, u in zip(own, all_u):
            for column in along(each, u):
                if column.numel() and bool((column.abs().max() > nondet_tol).item()):
                    raise GradcheckError(_EXPECTED_ZERO)
    found = []
    for output, v in zip(outputs, all_v):
        products = analytical(output, inputs, nondet_tol, check_grad_dtypes, v)
        found.append([(product.T.squeeze(0) * u).sum() for product, u in zip(products, all_u)])
    for i, row in enumerate(expected):
        for j, wanted_value in enumerate(row):
            allowed = atol * float(all_u[i].sum()) * float(all_v[j].sum())
            if not close(found[j][i], wanted_value, rtol, allowed):
                text = _mismatch(found[j][i], wanted_value, j, i)
                raise GradcheckError(text + _slow_words(func, func_out, inputs, outputs, i, j, eps, rtol, atol))


def _slow_words(func, func_out, inputs, outputs, i, j, eps, rtol, atol):
    """What element by element would have said."""
    expected = numerical(func, inputs, outputs, eps)[i][j]
    own = analytical(outputs[j], inputs, float("inf"), False)[i]
    text = (
        "\nThe above quantities relating the numerical and analytical jacobians are computed \n"
        "in fast mode. See: https://github.com/pytorch/pytorch/issues/53876 for more background \n"
        "about fast mode. Below, we recompute numerical and analytical jacobians in slow mode:\n\n"
        f"Numerical:\n {expected}\nAnalytical:\n{own}\n\n"
        f"The max per-element difference (slow mode) is: {(expected - own).abs().max()}.\n"
    )
    return text + _ONLY_FAST_FAILED if torch().allclose(own, expected, rtol, atol) else text


def _check_zero(outputs, inputs, masked):
    """Backward of zeros must be zeros: it has to multiply by its grad_output."""
    from . import grad

    package = torch()
    own = wanted(inputs)
    gradients = grad(outputs, own, [package.zeros_like(output) for output in outputs], allow_unused=True)
    for gradient, each in zip(gradients, own):
        if gradient is None:
            continue
        zero = package.allclose(gradient, package.zeros_like(gradient)) if masked else (gradient == 0).all().item()
        if not zero:
            raise GradcheckError("backward not multiplied by grad_output")
        if gradient.dtype != each.dtype:
            raise GradcheckError("grad is incorrect type")
        if gradient.size() != each.size():
            raise GradcheckError("grad is incorrect size")


def _check_undefined(func, outputs, inputs):
    """A gradient that does not arrive must count as zero."""
    from . import grad

    package = torch()
    own = wanted(inputs)

    def check(roots):
        zeros = [package.zeros_like(root) for root in roots]
        try:
            gradients = grad(roots, own, zeros, allow_unused=True)
        except RuntimeError as error:
            warn(_NEW_FEATURE)
            raise GradcheckError("Expected backward function to handle undefined output grads." + _NOTES) from error
        for gradient in gradients:
            if gradient is not None and not bool((gradient == 0).all().item()):
                warn(_NEW_FEATURE)
                raise GradcheckError(
                    "Expected all input grads to be undefined or zero when all output grads are undefined or zero."
                    + _NOTES
                )

    cut = _C._functions.UndefinedGrad
    fresh = _differentiable(func(*inputs))
    check([cut()(output) for output in fresh])
    if len(fresh) > 1:
        for left_out in range(len(outputs)):
            some = _differentiable(func(*inputs))
            check([cut()(output) if index == left_out else output for index, output in enumerate(some)])


def _checked(
    func,
    inputs,
    eps,
    atol,
    rtol,
    nondet_tol,
    check_undefined_grad,
    check_grad_dtypes,
    fast_mode,
    masked,
):
    _check_inputs(inputs)
    func_out = func(*inputs)
    outputs = _differentiable(func_out)
    how = _fast if fast_mode else _slow
    how(func, func_out, inputs, outputs, eps, rtol, atol, check_grad_dtypes, nondet_tol)
    _check_zero(outputs, inputs, masked)
    if check_undefined_grad:
        _check_undefined(func, outputs, inputs)
    return True


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
    if not (check_forward_ad or check_backward_ad):
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    if check_batched_grad and not check_backward_ad:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    if check_batched_forward_grad and not check_forward_ad:
        raise AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True")
    for name, value in (
        ("check_forward_ad", check_forward_ad),
        ("check_batched_grad", check_batched_grad),
        ("check_batched_forward_grad", check_batched_forward_grad),
    ):
        if value:
            raise not_available(f"{name}=True of torch.autograd.gradcheck()")
    settings = (eps, atol, rtol, nondet_tol, check_undefined_grad, check_grad_dtypes, fast_mode, masked)
    try:
        return _checked(func, as_tuple(inputs), *settings)
    except GradcheckError:
        if raise_exception:
            raise
        return False


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
    if not (check_fwd_over_rev or check_rev_over_rev):
        raise AssertionError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
    for name, value in (("check_undefined_grad", check_undefined_grad), ("check_batched_grad", check_batched_grad)):
        if value and not check_rev_over_rev:
            raise AssertionError(f"Setting {name}=True requires check_rev_over_rev to be True")
    if check_fwd_over_rev:
        raise not_available("check_fwd_over_rev=True of torch.autograd.gradgradcheck()")
    inputs = as_tuple(inputs)
    if grad_outputs is None:
        grad_outputs = tuple(
            torch().testing.make_tensor(
                output.shape,
                dtype=output.dtype,
                device=output.device,
                low=-1,
                high=1,
                requires_grad=True,
                noncontiguous=gen_non_contig_grad_outputs,
            )
            for output in _differentiable(func(*inputs))
        )
    else:
        grad_outputs = as_tuple(grad_outputs)
    count = len(inputs)
    needing = {index for index, own in enumerate(inputs) if isinstance(own, Tensor) and own.requires_grad}
    needing |= {count + index for index, own in enumerate(grad_outputs) if own.requires_grad}

    def gradient(*args):
        from . import grad

        own = [arg.requires_grad_() if index in needing else arg for index, arg in enumerate(args)]
        outputs = _differentiable(func(*own[:count]))
        by = [arg for index, arg in enumerate(own[:count]) if index in needing]
        found = grad(outputs, by, own[count:], create_graph=True, allow_unused=True)
        return tuple(item for item in found if item is not None)

    return gradcheck(
        gradient,
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


def _only_one(name, grad_out):
    warn(_PRIVATE.format(name), FutureWarning)
    if grad_out != 1.0:
        raise ValueError(f"Expected grad_out to be 1.0. {name} no longer supports values of grad_out != 1.0.")


def get_numerical_jacobian(fn, inputs, target=None, eps=1e-3, grad_out=1.0):
    """Deprecated: the matrices by finite differences, one per input."""
    _only_one("get_numerical_jacobian", grad_out)
    inputs = as_tuple(inputs)

    def packed(*own):
        return fn(own)

    found = numerical(packed, inputs, as_tuple(packed(*inputs)), eps, None if target is None else as_tuple(target))
    return tuple(matrices[0] for matrices in found)


def get_analytical_jacobian(inputs, output, nondet_tol=0.0, grad_out=1.0):
    """Deprecated: (matrices by backward, whether twice the same, whether sizes are right, whether dtypes are)."""
    _only_one("get_analytical_jacobian", grad_out)
    return analytical_twice(output, as_tuple(inputs), nondet_tol)
