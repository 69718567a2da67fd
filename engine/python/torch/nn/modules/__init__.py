"""The layers of torch.nn, one family a file."""

from . import activation, container, conv, layers, linear, loss, more, normalization, pooling
from .module import Module

__all__ = ["Module"]

for _family in (linear, activation, container, layers, loss, conv, pooling, normalization, more):
    for _name, _value in list(vars(_family).items()):
        own = isinstance(_value, type) and _value.__module__ == _family.__name__
        if own and not _name.startswith("_"):
            globals()[_name] = _value
            __all__.append(_name)
del _family, _name, _value, own
