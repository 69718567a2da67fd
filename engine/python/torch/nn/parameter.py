"""Parameter: a leaf tensor that a module trains. Buffer: a tensor that it keeps without training it."""

import torch

from .._conversion import make_leaf


class Parameter(torch.Tensor):
    """A leaf that shares memory with ``data``; assigned to a module's attribute it becomes one of its parameters."""

    __slots__ = ()

    def __new__(cls, data=None, requires_grad=True):
        if data is None:
            data = torch.empty(0)
        shared = data.detach()
        shared.__class__ = cls
        return make_leaf(shared) if requires_grad else shared

    def __init__(self, data=None, requires_grad=True):
        pass

    def __repr__(self):
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo):
        if id(self) in memo:
            return memo[id(self)]
        copied = type(self)(self.detach().clone(), self.requires_grad)
        memo[id(self)] = copied
        return copied

    def __reduce_ex__(self, protocol):
        return type(self), (self.detach(), self.requires_grad)


class Buffer(torch.Tensor):
    """A tensor that, assigned to a module's attribute, becomes one of its buffers."""

    __slots__ = ()
    persistent = True

    def __new__(cls, data=None, *, persistent=True):
        if data is None:
            data = torch.empty(0)
        shared = data.detach().requires_grad_(data.requires_grad)
        shared.__class__ = cls
        if not persistent:
            shared.persistent = False
        return shared

    def __init__(self, data=None, *, persistent=True):
        pass
