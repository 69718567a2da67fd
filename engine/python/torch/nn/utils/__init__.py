"""torch.nn.utils: what is done to all parameters at once."""

import torch
from ... import _missing


def _grads(parameters):
    if isinstance(parameters, torch.Tensor):
        parameters = [parameters]
    return [p.grad for p in parameters if p.grad is not None]


@torch.no_grad()
def get_total_norm(tensors, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    """The norm of all ``tensors`` seen as one vector."""
    tensors = [tensors] if isinstance(tensors, torch.Tensor) else list(tensors)
    if not tensors:
        return torch.tensor(0.0)
    norms = torch.stack([torch.linalg.vector_norm(t, float(norm_type)) for t in tensors])
    total = torch.linalg.vector_norm(norms, float(norm_type))
    if error_if_nonfinite and not torch.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be "
            "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


@torch.no_grad()
def clip_grad_norm_(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    """Scales all gradients in place so that their total norm is at most ``max_norm``; returns the norm before."""
    grads = _grads(list(parameters) if not isinstance(parameters, torch.Tensor) else parameters)
    total = get_total_norm(grads, norm_type, error_if_nonfinite)
    factor = torch.clamp(float(max_norm) / (total + 1e-6), max=1.0)
    for grad in grads:
        grad.mul_(factor)
    return total


@torch.no_grad()
def clip_grad_value_(parameters, clip_value, foreach=None):
    """Cuts every gradient in place to ±clip_value."""
    for grad in _grads(list(parameters) if not isinstance(parameters, torch.Tensor) else parameters):
        grad.clamp_(min=-float(clip_value), max=float(clip_value))


def parameters_to_vector(parameters):
    """All parameters, one behind the other, as a vector."""
    return torch.cat([p.view(-1) for p in parameters])


def vector_to_parameters(vec, parameters):
    """The reverse: each parameter's data becomes its piece of ``vec``."""
    start = 0
    for p in parameters:
        p.data = vec[start : start + p.numel()].view_as(p).data
        start += p.numel()

_missing.fill_functions("torch.nn.utils", globals())
__getattr__ = _missing.module_getattr("torch.nn.utils")
