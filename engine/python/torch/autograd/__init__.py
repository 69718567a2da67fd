"""torch.autograd: backward and grad, and what the user writes against the graph."""

import torch

from .. import _engine
from .._dispatch import site
from .._errors import check
from .._handles import handles
from .._tensor import Tensor, _late
from .._warn import warn, warn_once
from .._C._autograd import SavedTensor, is_view_replay_enabled
from . import _functions, _saving, anomaly_mode, forward_ad, function, functional, grad_mode, graph, gradcheck as _gradcheck, variable
from .anomaly_mode import detect_anomaly, set_detect_anomaly
from .function import Function
from .gradcheck import gradcheck, gradgradcheck
from .grad_mode import (
    _force_original_view_tracking,
    _unsafe_preserve_version_counter,
    enable_grad,
    inference_mode,
    no_grad,
    set_grad_enabled,
    set_multithreading_enabled,
)
from .variable import Variable

_CREATE_GRAPH = (
    "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient which "
    "can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to use "
    "this function, make sure to reset the .grad fields of your parameters to None after use to break the cycle and "
    "avoid the leak."
)
_ONLY_INPUTS = (
    "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for other parts of "
    "the graph, please use torch.autograd.backward."
)


def _spots(value):
    """One tensor or edge, or a sequence of them, as a tuple."""
    if isinstance(value, (Tensor, graph.GradientEdge)):
        return (value,)
    return tuple(value)


def _check_outputs(values):
    for value in values:
        if not isinstance(value, (Tensor, graph.GradientEdge)):
            raise AssertionError("Expected output to be a torch.Tensor")


def _check_inputs(values):
    for value in values:
        if not isinstance(value, (Tensor, graph.GradientEdge)):
            raise RuntimeError(
                f"all inputs have to be Tensors or GradientEdges, but got {type(value).__name__}"
            )


def _flat(values):
    """As the engine reads them: a tensor's handle and -1, or a node's handle and the number of its output."""
    flat = []
    for value in values:
        if isinstance(value, Tensor):
            flat += (value._h, -1)
        else:
            flat += (value.node._n, value.output_nr)
    return flat


def _gradients(given, outputs):
    """Gradients for the outputs, as handles; 0 where none is given."""
    if given is None:
        return [0] * len(outputs)
    given = (given,) if isinstance(given, Tensor) else tuple(given)
    found = []
    for gradient in given[: len(outputs)]:
        if gradient is None:
            found.append(0)
        elif isinstance(gradient, Tensor):
            found.append(gradient._h)
        else:
            raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
    if len(found) < len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(found)} gradients")
    return found


def _calculate_shape(output, grad, is_grads_batched):
    """The shapes of an output and of its gradient."""
    if isinstance(output, graph.GradientEdge):
        if is_grads_batched:
            raise RuntimeError("Batched grads are not supported with GradientEdge")
        return output.node._input_metadata[output.output_nr].shape, grad.shape
    return output.shape, grad.shape[1:] if is_grads_batched else grad.shape


def _flag(value, default):
    """A flag as C's ``p`` format takes it; None and wrong types as PyTorch refuses them."""
    if value is None:
        return default
    return bool(value)


def backward(tensors, grad_tensors=None, retain_graph=None, create_graph=False, grad_variables=None, inputs=None):
    """Adds the gradients of ``tensors`` to the leaves' ``.grad`` (or to that of ``inputs``).

    ``grad_tensors`` has one tensor per output, of its shape, or None where that has one element.
    ``grad_variables`` is its deprecated name.
    """
    plain = grad_tensors is None and grad_variables is None and inputs is None
    if plain and create_graph is False and isinstance(tensors, Tensor):
        with _saving.kept():
            check(_engine.backward(site(), bool(retain_graph), False, 1, tensors._h, -1, 0, -1))
        return
    if grad_variables is not None:
        warn("`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning)
        if grad_tensors is None:
            grad_tensors = grad_variables
        else:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only "
                "use `grad_tensors`."
            )
    if inputs is not None:
        inputs = _spots(inputs)
        if len(inputs) == 0:
            raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    roots = _spots(tensors)
    _check_outputs(roots)
    given = _gradients(grad_tensors, roots)
    if create_graph is None:
        raise TypeError("'NoneType' object cannot be interpreted as an integer")
    keep = _flag(retain_graph, bool(create_graph))
    if inputs is not None:
        _check_inputs(inputs)
    chosen = [-1] if inputs is None else [len(inputs), *_flat(inputs)]
    try:
        with _saving.kept():
            check(
                _engine.backward(
                    site(), keep, bool(create_graph), len(roots), *_flat(roots), *given, *chosen
                )
            )
    finally:
        # PyTorch gives its warnings when the pass has ended.
        if create_graph:
            warn_once(_CREATE_GRAPH)


_late.backward = staticmethod(backward)


def grad(
    outputs,
    inputs,
    grad_outputs=None,
    retain_graph=None,
    create_graph=False,
    only_inputs=True,
    allow_unused=None,
    is_grads_batched=False,
    materialize_grads=False,
):
    """The gradients of ``outputs`` with respect to ``inputs``, as a tuple; ``.grad`` stays as it is.

    None stands for an input that was not used, where ``allow_unused``; zeros where ``materialize_grads``.
    """
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    if allow_unused is None:
        allow_unused = materialize_grads
    outputs = _spots(outputs)
    inputs = _spots(inputs)
    if not only_inputs:
        warn(_ONLY_INPUTS, FutureWarning)
    _check_outputs(outputs)
    _check_inputs(inputs)
    keep = _flag(retain_graph, bool(create_graph))
    place = site()

    def once(gradients, keep):
        given = _gradients(gradients, outputs)
        with _saving.kept():
            return handles(
                _engine.grad_of(
                    place,
                    keep,
                    bool(create_graph),
                    bool(allow_unused),
                    len(outputs),
                    *_flat(outputs),
                    *given,
                    *_flat(inputs),
                )
            )

    if is_grads_batched:
        from . import _batched

        found = _batched.grad(once, outputs, inputs, grad_outputs, keep)
    else:
        found = once(grad_outputs, keep)
    if materialize_grads:
        if any(g is None and isinstance(t, graph.GradientEdge) for g, t in zip(found, inputs)):
            raise RuntimeError("materialize_grads cannot be used when the given input is a GradientEdge")
        found = [_zeros(t, create_graph) if g is None else g for g, t in zip(found, inputs)]
    return tuple(found)


def _zeros(like, requires_grad):
    made = like.detach().new_zeros(like.shape)
    return made.requires_grad_() if requires_grad else made


def _is_checkpoint_valid():
    return _engine.task_allows_checkpoint()


__all__ = [
    "Function",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "forward_ad",
    "function",
    "functional",
    "grad",
    "grad_mode",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
    "set_multithreading_enabled",
    "variable",
]
