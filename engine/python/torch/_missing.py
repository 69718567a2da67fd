"""What real PyTorch has and this engine has not: it is there by name, and says so when it is used."""

import importlib
import importlib.abc
import importlib.machinery
import sys
import types

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


#: Names that modules of real PyTorch have because they import them, and where they are from.
_ELSEWHERE = {
    "torch.nn.functional": {
        "has_torch_function": "torch.overrides.has_torch_function",
        "handle_torch_function": "torch.overrides.handle_torch_function",
        "has_torch_function_unary": "torch.overrides.has_torch_function_unary",
        "has_torch_function_variadic": "torch.overrides.has_torch_function_variadic",
        "Tensor": "torch.Tensor",
        "DType": "builtins.int",
    },
    "torch.nn.init": {"Tensor": "torch.Tensor"},
    "torch.optim.lr_scheduler": {"Tensor": "torch.Tensor", "inf": "math.inf"},
    "torch.special": {"Tensor": "torch.Tensor"},
}


def fill_functions(namespace, table):
    """Puts a raising function into ``table`` for every function that ``namespace`` should have and has not."""
    for name in _listed(namespace, "builtin", "python"):
        if name not in table and name not in _ELSEWHERE.get(namespace, {}):
            table[name] = function(f"{namespace}.{name}")


def module_getattr(namespace):
    """A ``__getattr__`` for a module: NotImplementedError for what real PyTorch has, AttributeError otherwise."""
    names = known(namespace)

    elsewhere = _ELSEWHERE.get(namespace, {})

    def __getattr__(name):
        found = module(namespace, name)
        if found is not None:
            return found
        if name in elsewhere:
            place, _, attribute = elsewhere[name].rpartition(".")
            return getattr(importlib.import_module(place), attribute or name)
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
    """Modules of real PyTorch that are not here are imported as stand-ins, which say so when they are used."""

    def find_spec(self, fullname, path=None, target=None):
        parent, _, name = fullname.rpartition(".")
        owner = sys.modules.get(parent)
        if name in NAMES.get(parent, {}).get("module", "").split() or fullname in _MORE or isinstance(owner, Absent):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec):
        return Absent(spec.name)

    def exec_module(self, module):
        pass


#: Modules that real PyTorch imports only when they are asked for.
_MORE = frozenset(
    (
        "torch._dynamo",
        "torch.distributed",
        "torch.onnx",
        "torch.sparse",
        "torch.utils.benchmark",
        "torch.utils.cpp_extension",
        "torch.utils.mobile_optimizer",
        "torch.utils.model_zoo",
    )
)


class Absent(types.ModuleType):
    """A module of real PyTorch that is not here: it can be imported, and whatever is used of it says so."""

    _not_here = True

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        if sys._getframe(1).f_code.co_filename.startswith("<frozen importlib"):
            # `from torch.func import vmap` asks like this, and then for a module of that name.
            raise AttributeError(name)
        raise not_available(f"{self.__name__}.{name}")

    def __call__(self, *args, **kwargs):
        raise not_available(self.__name__)

    def __mro_entries__(self, bases):
        raise not_available(self.__name__)


def module(namespace, name):
    """The module ``name`` of a namespace where real PyTorch has one; None otherwise."""
    if name in NAMES.get(namespace, {}).get("module", "").split() or f"{namespace}.{name}" in _MORE:
        return importlib.import_module(f"{namespace}.{name}")
    return None


def install_finder():
    """Puts the finder behind all others."""
    sys.meta_path.append(_Modules())
