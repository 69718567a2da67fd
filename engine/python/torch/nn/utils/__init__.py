"""torch.nn.utils: what is done to all parameters at once, and to a weight before it is used."""

import inspect

from . import parametrizations, parametrize, prune, rnn, stateless
from ... import _missing
from ..._random import fork_rng
from ..modules.module import Module
from .clip_grad import (
    clip_grad_norm,
    clip_grad_norm_,
    clip_grad_value_,
    clip_grads_with_norm_,
    get_total_norm,
)
from .convert_parameters import parameters_to_vector, vector_to_parameters
from .fusion import *  # noqa: F403
from .hooked_norms import remove_spectral_norm, remove_weight_norm, spectral_norm, weight_norm


def skip_init(module_cls, *args, **kwargs):
    """A module whose parameters are arbitrary: no random numbers are drawn for them."""
    if not issubclass(module_cls, Module):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    with fork_rng():
        return module_cls(*args, **kwargs)


_missing.fill_functions("torch.nn.utils", globals())
__getattr__ = _missing.module_getattr("torch.nn.utils")
