"""torch.autograd.functional: vjp, jvp, jacobian, hessian, vhp, hvp of a Python function of tensors."""

from .._tensor import Tensor
from .grad_mode import _quietly, is_grad_enabled


def _torch():
    import torch

    return torch


def _tuple_of(value, argument, function):
    """(whether a tuple was given, the tuple). Raises TypeError for what is no tensor."""
    given = isinstance(value, tuple)
    values = value if given else (value,)
    for index, item in enumerate(values):
        if isinstance(item, Tensor):
            continue
        what = f"value at index {index}" if given else f"given {argument}"
        raise TypeError(
            f"The {argument} given to {function} must be either a Tensor or a tuple of Tensors but the {what} has type "
            f"{type(item)}."
        )
    return given, values


def _inputs(values, create_graph):
    """Inputs that require grad and are not the user's own; views of theirs where the graph shall go on."""
    if create_graph:
        return tuple(v.view_as(v) if v.requires_grad else v.detach().requires_grad_() for v in values)
    return tuple(v.detach().requires_grad_() for v in values)


def _finished(value, create_graph):
    """Results without history, unless a graph was asked for."""
    if create_graph:
        return value
    if isinstance(value, Tensor):
        return value.detach()
    return tuple(_finished(item, create_graph) for item in value)


def _check_v(v, other, in_tuple):
    if len(v) != len(other):
        if in_tuple:
            raise RuntimeError(f"v is a tuple of invalid length: should be {len(other)} but got {len(v)}.")
        raise RuntimeError("The given v should contain a single Tensor.")
    for index, (own, wanted) in enumerate(zip(v, other)):
        if own.size() != wanted.size():
            where = f"Entry {index} in " if in_tuple else ""
            raise RuntimeError(f"{where}v has invalid size: should be {wanted.size()} but got {own.size()}.")


_NOT_REQUIRING = {
    "outputs": (
        "Output {} of the user-provided function does not require gradients. The outputs must be computed in a "
        "differentiable manner from the input when running in strict mode."
    ),
    "grad_inputs": (
        "The gradient with respect to input {} is independent of the inputs of the user-provided function. This is not "
        "allowed in strict mode."
    ),
    "jacobian": (
        "While computing the hessian, found that the jacobian of the user-provided function with respect to input {} is "
        "independent of the input. This is not allowed in strict mode. You should ensure that your function is twice "
        "differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for "
        "example)."
    ),
    "hessian": (
        "The hessian of the user-provided function with respect to input {} is independent of the input. This is not "
        "allowed in strict mode. You should ensure that your function is thrice differentiable and that the hessian "
        "depends on the inputs."
    ),
}


def _strictly(values, what, strict):
    """In strict mode everything must depend on the inputs."""
    if not strict:
        return
    for index, value in enumerate(values):
        if value is None:
            raise RuntimeError(
                f"The output of the user-provided function is independent of input {index}. This is not allowed in "
                "strict mode."
            )
        if not value.requires_grad:
            raise RuntimeError(_NOT_REQUIRING[what].format(index))


_MISSING = {
    "back": "The output of the user-provided function is independent of input {}. This is not allowed in strict mode.",
    "back_trick": (
        "The gradient with respect to the input is independent of entry {} in the grad_outputs when using the double "
        "backward trick to compute forward mode gradients. This is not allowed in strict mode."
    ),
    "double_back": (
        "The jacobian of the user-provided function is independent of input {}. This is not allowed in strict mode."
    ),
    "double_back_trick": (
        "The hessian of the user-provided function is independent of entry {} in the grad_jacobian. This is not allowed "
        "in strict mode as it prevents from using the double backward trick to replace forward mode AD."
    ),
}


def _zeros_for_none(gradients, like, strict, create_graph, stage):
    """Gradients with zeros where none arrived; in strict mode that is an error."""
    found = []
    for index, (gradient, reference) in enumerate(zip(gradients, like)):
        if gradient is None:
            if strict:
                raise RuntimeError(_MISSING[stage].format(index))
            gradient = _torch().zeros_like(reference)
        elif strict and create_graph and not gradient.requires_grad:
            what = "jacobian" if "double" not in stage else "hessian"
            raise RuntimeError(
                f"The {what} of the user-provided function is independent of input {index}. This is not allowed in "
                "strict mode when create_graph=True."
            )
        found.append(gradient)
    return tuple(found)


def _gradients(outputs, inputs, grad_outputs=None, create_graph=False, retain_graph=None):
    """``autograd.grad`` over the outputs that require grad; None where nothing arrives."""
    from . import grad

    given = grad_outputs if grad_outputs is not None else (None,) * len(outputs)
    pairs = [(o, g) for o, g in zip(outputs, given) if o is not None and o.requires_grad]
    if not pairs:
        return (None,) * len(inputs)
    return grad(
        [o for o, _ in pairs],
        inputs,
        [g for _, g in pairs],
        allow_unused=True,
        create_graph=create_graph,
        retain_graph=retain_graph,
    )


def _as_given(value, *was_tuple):
    """A nested tuple with the levels opened that were no tuple for the user."""
    if len(was_tuple) == 2:
        outer, inner = was_tuple
        if not inner:
            value = tuple(item[0] for item in value)
        return value if outer else value[0]
    return value if was_tuple[0] else value[0]


def vjp(func, inputs, v=None, create_graph=False, strict=False):
    """(outputs, vᵀJ): the product of a vector and the Jacobian of ``func`` at ``inputs``.

    ``v`` has the outputs' shapes; it may be left out for one output of one element. Raises RuntimeError otherwise.
    """
    with _quietly(True):
        inputs_tuple, inputs = _tuple_of(inputs, "inputs", "vjp")
        inputs = _inputs(inputs, create_graph)
        outputs = func(*inputs)
        outputs_tuple, outputs = _tuple_of(outputs, "outputs of the user-provided function", "vjp")
        _strictly(outputs, "outputs", strict)
        if v is not None:
            _, v = _tuple_of(v, "v", "vjp")
            v = tuple(item.detach() if not create_graph else item for item in v)
            _check_v(v, outputs, outputs_tuple)
        elif len(outputs) != 1 or outputs[0].numel() != 1:
            raise RuntimeError(
                "The vector v can only be None if the user-provided function returns a single Tensor with a single "
                "element."
            )
    with _quietly(create_graph or is_grad_enabled()):
        gradients = _gradients(outputs, inputs, v, create_graph=create_graph)
        product = _zeros_for_none(gradients, inputs, strict, create_graph, "back")
    return (
        _as_given(_finished(outputs, create_graph), outputs_tuple),
        _as_given(_finished(product, create_graph), inputs_tuple),
    )


def jvp(func, inputs, v=None, create_graph=False, strict=False):
    """(outputs, Jv): the product of the Jacobian of ``func`` at ``inputs`` and a vector, by differentiating twice.

    ``v`` has the inputs' shapes; it may be left out for one input of one element.
    """
    with _quietly(True):
        inputs_tuple, inputs = _tuple_of(inputs, "inputs", "jvp")
        inputs = _inputs(inputs, create_graph)
        if v is not None:
            _, v = _tuple_of(v, "v", "jvp")
            v = tuple(item.detach() if not create_graph else item for item in v)
            _check_v(v, inputs, inputs_tuple)
        elif len(inputs) != 1 or inputs[0].numel() != 1:
            raise RuntimeError(
                "The vector v can only be None if the input to the user-provided function is a single Tensor with a "
                "single element."
            )
        outputs = func(*inputs)
        outputs_tuple, outputs = _tuple_of(outputs, "outputs of the user-provided function", "jvp")
        _strictly(outputs, "outputs", strict)
        # u ↦ uᵀJ is linear in u, so that its own gradient with v is Jv.
        probes = tuple(_torch().zeros_like(output, requires_grad=True) for output in outputs)
        probed = _gradients(outputs, inputs, probes, create_graph=True)
        _strictly(probed, "grad_inputs", strict)
    with _quietly(create_graph or is_grad_enabled()):
        if create_graph:
            gradients = _gradients(probed, probes, v, create_graph=True)
        else:
            gradients = _gradients(probed, probes, v)
        product = _zeros_for_none(gradients, outputs, strict, create_graph, "back_trick")
    return (
        _as_given(_finished(outputs, create_graph), outputs_tuple),
        _as_given(_finished(product, create_graph), outputs_tuple),
    )


_TOGETHER = (
    "torch.autograd.functional.jacobian: `{0}=True` and `{1}` are not supported together{2}. Please either set `{0}=False` "
    "or `{3}`."
)
_REVERSE = 'strategy="reverse-mode"'


def _check_strategy(create_graph, strict, vectorize, strategy):
    """How the rows are computed does not change what they are: here it is always one by one, by backward."""
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs '
            'than inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "forward-mode":
        forward = 'strategy="forward-mode"'
        if create_graph:
            raise NotImplementedError(_TOGETHER.format("create_graph", forward, " (yet)", _REVERSE))
        if strict:
            raise RuntimeError(_TOGETHER.format("strict", forward, " (yet)", _REVERSE))
        if not vectorize:
            raise NotImplementedError(
                "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for "
                "`vectorize=True`."
            )
    elif vectorize and strict:
        raise RuntimeError(_TOGETHER.format("strict", "vectorized=True", "", "vectorize=False"))


def jacobian(func, inputs, create_graph=False, strict=False, vectorize=False, strategy="reverse-mode"):
    """The Jacobian of ``func`` at ``inputs``: for an output of shape A and an input of shape B, a tensor of A + B.

    A tuple over the outputs of tuples over the inputs, where these were tuples.
    """
    _check_strategy(create_graph, strict, vectorize, strategy)
    torch = _torch()
    with _quietly(True):
        inputs_tuple, inputs = _tuple_of(inputs, "inputs", "jacobian")
        inputs = _inputs(inputs, create_graph)
        outputs = func(*inputs)
        outputs_tuple, outputs = _tuple_of(outputs, "outputs of the user-provided function", "jacobian")
        _strictly(outputs, "outputs", strict)
        found = []
        for output_index, output in enumerate(outputs):
            rows = [[] for _ in inputs]
            for element in range(output.nelement()):
                gradients = _gradients(
                    (output.reshape(-1)[element],), inputs, retain_graph=True, create_graph=create_graph
                )
                for index, (gradient, own, row) in enumerate(zip(gradients, inputs, rows)):
                    if gradient is not None:
                        if strict and create_graph and not gradient.requires_grad:
                            raise RuntimeError(
                                f"The jacobian of the user-provided function is independent of input {index}. This is "
                                "not allowed in strict mode when create_graph=True."
                            )
                        row.append(gradient)
                    elif strict:
                        raise RuntimeError(
                            f"Output {output_index} of the user-provided function is independent of input {index}. "
                            "This is not allowed in strict mode."
                        )
                    else:
                        row.append(torch.zeros_like(own))
            found.append(
                tuple(
                    torch.stack(row, dim=0).view(output.size() + own.size())
                    if row
                    else torch.zeros(output.size() + own.size(), dtype=output.dtype)
                    for row, own in zip(rows, inputs)
                )
            )
    return _as_given(_finished(tuple(found), create_graph), outputs_tuple, inputs_tuple)


def hessian(
    func, inputs, create_graph=False, strict=False, vectorize=False, outer_jacobian_strategy="reverse-mode"
):
    """The Hessian of a ``func`` with one number as its value, as the Jacobian of its gradient."""
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')
    inputs_tuple, inputs = _tuple_of(inputs, "inputs", "hessian")

    def checked(*own):
        output = func(*own)
        is_tuple, values = _tuple_of(output, "outputs of the user-provided function", "hessian")
        _strictly(values, "outputs", strict)
        if is_tuple:
            raise RuntimeError("The function given to hessian should return a single Tensor")
        if values[0].nelement() != 1:
            raise RuntimeError(
                "The Tensor returned by the function given to hessian should contain a single element"
            )
        return values[0].squeeze()

    def gradient(*own):
        found = jacobian(checked, own, create_graph=True)
        _strictly(found, "jacobian", strict)
        return found

    found = jacobian(
        gradient,
        inputs,
        create_graph=create_graph,
        strict=strict,
        vectorize=vectorize,
        strategy=outer_jacobian_strategy,
    )
    return _as_given(found, inputs_tuple, inputs_tuple)


def _gradient_of_value(func, inputs, function, strict):
    """(the value as given, whether it was a tuple, its gradient with a graph)."""
    outputs = func(*inputs)
    is_tuple, outputs = _tuple_of(outputs, "outputs of the user-provided function", function)
    _strictly(outputs, "outputs", strict)
    if is_tuple or not isinstance(outputs[0], Tensor):
        raise RuntimeError(f"The function given to {function} should return a single Tensor")
    if outputs[0].nelement() != 1:
        raise RuntimeError(
            f"The Tensor returned by the function given to {function} should contain a single element"
        )
    gradient = _gradients(outputs, inputs, create_graph=True)
    _strictly(gradient, "jacobian", strict)
    return outputs, is_tuple, gradient


def _vector_for_inputs(v, inputs, inputs_tuple, function, create_graph):
    if v is not None:
        _, v = _tuple_of(v, "v", function)
        v = tuple(item.detach() if not create_graph else item for item in v)
        _check_v(v, inputs, inputs_tuple)
    elif len(inputs) != 1 or inputs[0].numel() != 1:
        raise RuntimeError(
            "The vector v can only be None if the input to the user-provided function is a single Tensor with a single "
            "element."
        )
    return v


def vhp(func, inputs, v=None, create_graph=False, strict=False):
    """(value, vᵀH) for a ``func`` with one number as its value."""
    with _quietly(True):
        inputs_tuple, inputs = _tuple_of(inputs, "inputs", "vhp")
        inputs = _inputs(inputs, create_graph)
        v = _vector_for_inputs(v, inputs, inputs_tuple, "vhp", create_graph)
        outputs, outputs_tuple, gradient = _gradient_of_value(func, inputs, "vhp", strict)
    with _quietly(create_graph or is_grad_enabled()):
        twice = _gradients(gradient, inputs, v, create_graph=create_graph)
        product = _zeros_for_none(twice, inputs, strict, create_graph, "double_back")
    return (
        _as_given(_finished(outputs, create_graph), outputs_tuple),
        _as_given(_finished(product, create_graph), inputs_tuple),
    )


def hvp(func, inputs, v=None, create_graph=False, strict=False):
    """(value, Hv) for a ``func`` with one number as its value."""
    with _quietly(True):
        inputs_tuple, inputs = _tuple_of(inputs, "inputs", "hvp")
        inputs = _inputs(inputs, create_graph)
        v = _vector_for_inputs(v, inputs, inputs_tuple, "hvp", create_graph)
        outputs, outputs_tuple, gradient = _gradient_of_value(func, inputs, "hvp", strict)
        probes = tuple(_torch().zeros_like(own, requires_grad=True) for own in inputs)
        probed = _gradients(gradient, inputs, probes, create_graph=True)
        _strictly(probed, "hessian", strict)
    with _quietly(create_graph or is_grad_enabled()):
        twice = _gradients(probed, probes, v, create_graph=create_graph)
        product = _zeros_for_none(twice, inputs, strict, create_graph, "double_back_trick")
    return (
        _as_given(_finished(outputs, create_graph), outputs_tuple),
        _as_given(_finished(product, create_graph), inputs_tuple),
    )
