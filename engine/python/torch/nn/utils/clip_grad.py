"""Limits on gradients: on the norm of all of them, or on each number."""

import types

import torch
from torch import _engine
from torch._dispatch import site
from torch._warn import warn


def _as_list(tensors):
    return [tensors] if isinstance(tensors, torch.Tensor) else list(tensors)


def _grads(parameters):
    return [p.grad for p in _as_list(parameters) if p.grad is not None]


def _tell(parameters):
    """Tells the recorder, where there is one, whose gradients are about to be limited."""
    place = site()
    if place:
        _engine.tell_optimizer(place, "clip", *[p._h for p in _as_list(parameters)])


@torch.no_grad()
def get_total_norm(tensors, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    """The norm of all ``tensors`` seen as one vector."""
    tensors = _as_list(tensors)
    if not tensors:
        return torch.tensor(0.0)
    norm_type = float(norm_type)
    norms = torch.stack([torch.linalg.vector_norm(t, norm_type) for t in tensors])
    total = torch.linalg.vector_norm(norms, norm_type)
    if error_if_nonfinite and not torch.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be "
            "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


@torch.no_grad()
def clip_grads_with_norm_(parameters, max_norm, total_norm, foreach=None):
    """Scales all gradients in place by what brings ``total_norm`` down to ``max_norm``."""
    factor = torch.clamp(float(max_norm) / (total_norm + 1e-6), max=1.0)
    for grad in _grads(parameters):
        grad.mul_(factor)


@torch.no_grad()
def clip_grad_norm_(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    """Scales all gradients in place so that their total norm is at most ``max_norm``; returns the norm before."""
    walked_through = isinstance(parameters, types.GeneratorType)
    parameters = _as_list(parameters)
    if walked_through and not parameters:
        warn("`parameters` is an empty generator, no gradient clipping will occur.")
    _tell(parameters)
    total = get_total_norm(_grads(parameters), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(parameters, max_norm, total)
    return total


def clip_grad_norm(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    """An older name of ``clip_grad_norm_``."""
    warn(
        "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.",
        FutureWarning,
    )
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)


@torch.no_grad()
def clip_grad_value_(parameters, clip_value, foreach=None):
    """Cuts every gradient in place to ±clip_value."""
    parameters = _as_list(parameters)
    _tell(parameters)
    grads = _grads(parameters)
    if not grads:
        # PyTorch sorts the gradients by device and dtype, which it does not do for none.
        raise RuntimeError(
            "Expected !nested_tensorlist[0].empty() to be true, but got false.  "
            "(Could this error message be improved?  If so, please report an enhancement request to PyTorch.)"
        )
    for grad in grads:
        grad.clamp_(min=-float(clip_value), max=float(clip_value))
