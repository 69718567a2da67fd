"""torch.nn: modules, parameters, functions, initialisation."""

from . import functional, init, parallel, utils
from .modules import *
from .modules import __all__ as _modules
from .parallel import DataParallel
from .parameter import Buffer, Parameter, UninitializedBuffer, UninitializedParameter
from .. import _missing

__all__ = ["functional", "init", "utils", "Parameter", "Buffer", *_modules]

def factory_kwargs(kwargs):
    """The arguments among ``kwargs`` that functions which make tensors take. Raises TypeError for any other."""
    if kwargs is None:
        return {}
    simple = {"device", "dtype", "memory_format"}
    if not kwargs.keys() <= simple | {"factory_kwargs"}:
        raise TypeError(f"unexpected kwargs {kwargs.keys() - simple - {'factory_kwargs'}}")
    found = dict(kwargs.get("factory_kwargs", {}))
    for name in simple & kwargs.keys():
        if name in found:
            raise TypeError(f"{name} specified twice, in **kwargs and in factory_kwargs")
        found[name] = kwargs[name]
    return found


_missing.fill_functions("torch.nn", globals())
__getattr__ = _missing.module_getattr("torch.nn")
