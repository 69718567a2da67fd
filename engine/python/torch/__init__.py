"""PyTorch's interface over Gradient Inspector's engine, which is written in TypeScript.

Python's part is thin: it parses arguments, crosses with numbers and wraps what comes back. What real PyTorch has
and the engine has not raises NotImplementedError and names it.
"""

import math as _math
import sys as _sys

from . import _dtype, _engine, version
from .version import __version__
from ._size import Size
from ._dtype import dtype, finfo, iinfo, layout, memory_format
from ._device import device
from ._defaults import (
    get_default_device,
    get_default_dtype,
    set_default_device,
    set_default_dtype,
    set_default_tensor_type,
)
from ._tensor import Tensor
from . import _C, _assemble, _dispatch, _missing, _handles, _parameters, _return_types

for _each in _dtype.ALL:
    globals()[_each._name] = _each
globals().update(_dtype.ALIASES)
globals().update(_dtype.LAYOUTS)
globals().update(_dtype.MEMORY_FORMATS)

pi, e, inf, nan, newaxis = _math.pi, _math.e, _math.inf, _math.nan, None

_assemble.write_all()
globals().update(_assemble.functions_for(""))

from ._conversion import as_tensor, asarray, tensor
from ._random import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)
from ._functional import *  # noqa: F403
from ._functional import __all__ as _functional_names
from ._functional import _unique, _unique2
from . import _VF, _functional, _methods

_assemble.write_operators()
_methods.install()
from . import _utils, storage
from .storage import TypedStorage, UntypedStorage

storage.install()
globals().update(storage.CLASSES)

from ._printing import set_printoptions
from ._warn import is_warn_always_enabled, set_warn_always
from . import autograd
from .autograd.anomaly_mode import is_anomaly_check_nan_enabled, is_anomaly_enabled
from .autograd.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from ._typed import *  # noqa: F403
from . import linalg, special, random, return_types, utils, cpu, cuda, backends, nn, optim

from . import amp, compiler, overrides, serialization
from ._accelerators import accelerator, mps, mtia, xpu
from .amp import autocast
from .compiler import compile
from .serialization import load, save

from . import _dense, _native, _removed, _resizing, _settings

for _each in (_dense, _native, _removed, _resizing):
    _each.install()
for _each in (_dense, _native, _removed, _resizing, _settings):
    globals().update(_each.FUNCTIONS)
globals().update(amp._state.FUNCTIONS)
globals().update(_native.FLAGS)
TYPE_CHECKING = False
GradScaler = amp.GradScaler
OutOfMemoryError, AcceleratorError = _settings.OutOfMemoryError, _settings.AcceleratorError

from ._overloads import ops

_parameters.Generator = Generator
_missing.fill_functions("torch", globals())
_missing.install_finder()
_missing.fill_class(Tensor, "torch.Tensor")
_dispatch.set_tensor_types(Tensor, (Tensor, nn.Parameter))


__getattr__ = _missing.module_getattr("torch")


def _reset():
    """Everything that a program may have changed is as after the import."""
    from . import _dispatch_modes, _held, _overrides, _printing, _warn
    from .autograd import _mutation, _saving, anomaly_mode

    _engine.set_grad_mode(True)
    _engine.set_inference_mode(False)
    _engine.set_multithreading(True)
    anomaly_mode.reset()
    amp._state.reset()
    set_default_dtype(_dtype.float32)
    _printing.reset()
    _held.reset()
    _saving.reset()
    _mutation.reset()
    _dispatch_modes.reset()
    _overrides.reset()
    nn.modules.hooks.reset()
    optim.optimizer.reset()
    utils.checkpoint.reset()
    _warn.reset()
    serialization.reset()
    _functional.reset()
    _handles.flush()
    manual_seed(_random_start)


from ._random import START as _random_start

del _each, _math, _sys, _functional_names
