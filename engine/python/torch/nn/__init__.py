"""torch.nn: modules, parameters, functions, initialisation."""

from . import functional, init, utils
from .modules import *
from .modules import __all__ as _modules
from .parameter import Buffer, Parameter
from .. import _missing

__all__ = ["functional", "init", "utils", "Parameter", "Buffer", *_modules]

_missing.fill_functions("torch.nn", globals())
__getattr__ = _missing.module_getattr("torch.nn")
