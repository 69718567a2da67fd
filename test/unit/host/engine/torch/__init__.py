"""The least that the runner needs of torch: tensors with a handle, modules with parameters."""

import itertools
from gradient_runner import sites

from . import nn

_handles = itertools.count(1)


class Tensor:
    def __init__(self, value):
        self._h = next(_handles)
        self.value = value
        self.grad = None
        self.site = sites.here()

    def __add__(self, other):
        return Tensor(self.value + getattr(other, "value", other))

    def __mul__(self, other):
        return Tensor(self.value * getattr(other, "value", other))

    def backward(self):
        raise RuntimeError("element 0 of tensors does not require grad")

    def __repr__(self):
        return f"tensor({self.value})"


nn.Parameter = type("Parameter", (Tensor,), {})


def tensor(value):
    return Tensor(value)
