"""What real PyTorch has and this engine has not: it is there by name, and says so when it is used."""

import importlib.abc
import sys

from ._errors import not_available
from ._names import NAMES


def _listed(namespace, *kinds):
    table = NAMES.get(namespace, {})
    return [name for kind in kinds for name in table.get(kind, "").split()]


def known(namespace):
    """All public names of a namespace of real PyTorch."""
    return set(_listed(namespace, *NAMES.get(namespace, {})))


def function(path):
    """A function that raises NotImplementedError with its own name."""

    def missing(*args, **kwargs):
        raise not_available(path)

    missing.__name__ = missing.__qualname__ = path.rpartition(".")[2]
    missing.__module__ = path.rpartition(".")[0]
    missing.__doc__ = f"{path} of PyTorch, which this engine does not have."
    missing._not_here = True
    return missing


def fill_functions(namespace, table):
    """Puts a raising function into ``table`` for every function that ``namespace`` should have and has not."""
    for name in _listed(namespace, "builtin", "python"):
        if name not in table:
            table[name] = function(f"{namespace}.{name}")


def module_getattr(namespace):
    """A ``__getattr__`` for a module: NotImplementedError for what real PyTorch has, AttributeError otherwise."""
    names = known(namespace)

    def __getattr__(name):
        if name in names:
            raise not_available(f"{namespace}.{name}")
        raise AttributeError(f"module '{namespace}' has no attribute '{name}'")

    return __getattr__


def fill_class(cls, namespace):
    """The same for the methods and properties of a class."""
    for name in _listed(namespace, "builtin", "python", "class"):
        if not hasattr(cls, name):
            setattr(cls, name, function(f"{namespace}.{name}"))
    for name in _listed(namespace, "property"):
        if not hasattr(cls, name):
            setattr(cls, name, property(function(f"{namespace}.{name}")))


class _Modules(importlib.abc.MetaPathFinder):
    """Importing a module of real PyTorch that is not here says so, instead of calling it unknown."""

    def find_spec(self, fullname, path=None, target=None):
        parent, _, name = fullname.rpartition(".")
        if name in NAMES.get(parent, {}).get("module", "").split():
            raise not_available(f"the module {fullname}")
        return None


def install_finder():
    """Puts the finder behind all others."""
    sys.meta_path.append(_Modules())
