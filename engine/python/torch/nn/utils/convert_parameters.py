"""All parameters as one vector, and back."""

import torch


def parameters_to_vector(parameters):
    """All parameters, one behind the other, as a vector."""
    return torch.cat([p.view(-1) for p in parameters])


def vector_to_parameters(vec, parameters):
    """The reverse: each parameter's data becomes its piece of ``vec``."""
    if not isinstance(vec, torch.Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {torch.typename(vec)}")
    start = 0
    for p in parameters:
        p.data = vec[start : start + p.numel()].view_as(p).data
        start += p.numel()
