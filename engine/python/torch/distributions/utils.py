"""What several distributions need: parameters of one shape, probabilities and their logarithms."""

from functools import update_wrapper
from numbers import Number

import torch
from torch.nn import functional as F


def broadcast_all(*values):
    """Numbers and tensors as tensors of their common shape; numbers take the tensors' dtype."""
    if not all(isinstance(value, (torch.Tensor, Number)) for value in values):
        raise ValueError(
            "Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__."
        )
    dtype = next((value.dtype for value in values if isinstance(value, torch.Tensor)), torch.get_default_dtype())
    tensors = [value if isinstance(value, torch.Tensor) else torch.tensor(value, dtype=dtype) for value in values]
    return torch.broadcast_tensors(*tensors)


def sum_rightmost(value, dims):
    """The sum over the last ``dims`` dimensions."""
    return value if dims == 0 else value.reshape(value.shape[:-dims] + (-1,)).sum(-1)


def standard_normal(shape, dtype):
    """Normal numbers, drawn into fresh memory."""
    return torch.empty(shape, dtype=dtype).normal_()


def logits_to_probs(logits, is_binary=False):
    """Probabilities of logarithms of odds (binary) or of probabilities up to a factor."""
    return torch.sigmoid(logits) if is_binary else F.softmax(logits, dim=-1)


def clamp_probs(probs):
    """Probabilities kept away from 0 and 1."""
    eps = torch.finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


def probs_to_logits(probs, is_binary=False):
    """The reverse of ``logits_to_probs``."""
    clamped = clamp_probs(probs)
    return torch.log(clamped) - torch.log1p(-clamped) if is_binary else torch.log(clamped)


#: The constant of Euler and Mascheroni.
EULER = 0.57721566490153286060


class lazy_property:
    """A property that is computed once, when it is asked for first."""

    def __init__(self, wrapped):
        self.wrapped = wrapped
        update_wrapper(self, wrapped)

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        with torch.enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.wrapped.__name__, value)
        return value
