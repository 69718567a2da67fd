"""Which of real PyTorch's public names this torch package has."""

import importlib
import inspect
import json

from torch._names import NAMES

NAMESPACES = [
    "torch",
    "torch.Tensor",
    "torch.nn.functional",
    "torch.nn",
    "torch.nn.init",
    "torch.nn.utils",
    "torch.optim",
    "torch.optim.lr_scheduler",
    "torch.autograd",
    "torch.autograd.functional",
    "torch.autograd.graph",
    "torch.linalg",
    "torch.special",
    "torch.utils.data",
]


#: Names of the standard library that PyTorch's modules show because they import them.
BORROWED = set(
    "Any Callable Counter Generator Generic Iterable Iterator Literal Mapping MutableMapping NamedTuple Optional "
    "ParamSpec Self Sequence SupportsFloat TYPE_CHECKING TypeAlias TypedDict TypeVar Union WeakKeyDictionary "
    "WeakValueDictionary annotations bisect_right cast defaultdict deque log overload override partial ref wraps".split()
)


def _is_here(owner, name):
    try:
        value = inspect.getattr_static(owner, name) if isinstance(owner, type) else getattr(owner, name)
    except (AttributeError, NotImplementedError):
        return False
    return not getattr(getattr(value, "fget", value), "_not_here", False)


def presence():
    """Namespace -> the names it has here, and those it has in PyTorch only; submodules are not counted."""
    found = {}
    for namespace in NAMESPACES:
        parent, _, name = namespace.rpartition(".")
        owner = getattr(importlib.import_module(parent), name) if parent else importlib.import_module(name)
        names = sorted(
            name
            for kind, text in NAMES[namespace].items()
            if kind != "module"
            for name in text.split()
            if name not in BORROWED or namespace == "torch"
        )
        here = [name for name in names if _is_here(owner, name)]
        found[namespace] = {"present": here, "missing": sorted(set(names) - set(here))}
    return json.dumps(found)
