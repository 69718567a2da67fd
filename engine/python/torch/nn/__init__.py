"""torch.nn: modules, parameters, functions, initialisation."""

from . import functional, init, utils
from .modules import *
from .modules import __all__ as _modules
from .parameter import Buffer, Parameter

__all__ = ["functional", "init", "utils", "Parameter", "Buffer", *_modules]
