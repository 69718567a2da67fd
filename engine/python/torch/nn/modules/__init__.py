"""The layers of torch.nn, one family a file."""

from . import (
    activation,
    adaptive,
    batchnorm,
    channelshuffle,
    container,
    conv,
    distance,
    dropout,
    flatten,
    fold,
    instancenorm,
    linear,
    loss,
    normalization,
    padding,
    pixelshuffle,
    pooling,
    rnn,
    sparse,
    transformer,
    upsampling,
)
from .module import Module

_FAMILIES = (
    linear,
    conv,
    activation,
    container,
    pooling,
    loss,
    batchnorm,
    instancenorm,
    normalization,
    dropout,
    padding,
    sparse,
    rnn,
    pixelshuffle,
    upsampling,
    distance,
    fold,
    transformer,
    flatten,
    channelshuffle,
    adaptive,
)
#: Classes that PyTorch keeps to its files.
_INTERNAL = {"LazyNorm", "NonDynamicallyQuantizableLinear"}

__all__ = ["Module"]

for _family in _FAMILIES:
    for _name, _value in list(vars(_family).items()):
        own = isinstance(_value, type) and _value.__module__ == _family.__name__
        if own and not _name.startswith("_") and _name not in _INTERNAL:
            globals()[_name] = _value
            __all__.append(_name)
del _family, _name, _value, own
