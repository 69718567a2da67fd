"""Modules that hold modules or parameters: Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict."""

import itertools
import operator
from collections import OrderedDict
from collections.abc import Iterable, Mapping

import torch
from torch._own_methods import own_methods

from ..parameter import Parameter
from .module import Module, _forward_unimplemented, _indent


def _place(index, size):
    """A position counted from the start. Raises IndexError, or TypeError for what is no number."""
    index = operator.index(index)
    if not -size <= index < size:
        raise IndexError(f"index {index} is out of range")
    return index % size


def _require_iterable(values, what):
    if not isinstance(values, Iterable):
        raise TypeError(f"{what} should be called with an iterable, but got {type(values).__name__}")


def _pairs(values, what, container):
    """Key and value of each pair of a mapping or of a sequence of pairs, with PyTorch's checks."""
    if not isinstance(values, Iterable):
        raise TypeError(
            f"{container}.update should be called with an iterable of key/value pairs, but got {type(values).__name__}"
        )
    if hasattr(values, "items"):
        yield from values.items()
        return
    for i, pair in enumerate(values):
        if not isinstance(pair, Iterable):
            raise TypeError(f"{what} update sequence element #{i} should be Iterable; is{type(pair).__name__}")
        pair = list(pair)
        if len(pair) != 2:
            raise ValueError(f"{what} update sequence element #{i} has length {len(pair)}; 2 is required")
        yield pair


@own_methods("__len__", "__iter__", "append", "pop")
class _Numbered(Module):
    """Modules under the names "0", "1", ..."""

    def _renumber(self, modules):
        self._modules.clear()
        self._modules.update((str(i), module) for i, module in enumerate(modules))

    def __len__(self):
        return len(self._modules)

    def __iter__(self):
        return iter(self._modules.values())

    def __dir__(self):
        return [name for name in super().__dir__() if not name.isdigit()]

    def append(self, module):
        """Adds one at the end; returns itself."""
        self.add_module(str(len(self)), module)
        return self

    def pop(self, key):
        """Takes one away and returns it."""
        module = self[key]
        del self[key]
        return module


class Sequential(_Numbered):
    """Calls its modules one after the other. Takes modules, or one OrderedDict of them."""

    def __init__(self, *args):
        super().__init__()
        named = args[0].items() if len(args) == 1 and isinstance(args[0], OrderedDict) else enumerate(args)
        for name, module in named:
            self.add_module(str(name) if isinstance(name, int) else name, module)

    def _name_at(self, index):
        return next(itertools.islice(self._modules, _place(index, len(self)), None))

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return self._modules[self._name_at(index)]

    def __setitem__(self, index, module):
        setattr(self, self._name_at(index), module)

    def __delitem__(self, index):
        for name in list(self._modules)[index] if isinstance(index, slice) else [self._name_at(index)]:
            delattr(self, name)
        self._renumber(list(self._modules.values()))

    @staticmethod
    def _require_sequential(other):
        if not isinstance(other, Sequential):
            raise ValueError(f"add operator supports only objects of Sequential class, but {type(other)} is given.")

    def __add__(self, other):
        self._require_sequential(other)
        return Sequential(*self, *other)

    def __iadd__(self, other):
        self._require_sequential(other)
        for module in list(other):
            self.append(module)
        return self

    def _repeated(self, times):
        if not isinstance(times, int):
            raise TypeError(f"unsupported operand type(s) for *: {type(self)} and {type(times)}")
        if times <= 0:
            raise ValueError(f"Non-positive multiplication factor {times} for {type(self)}")
        return list(self) * times

    def __mul__(self, other):
        return Sequential(*self._repeated(other))

    __rmul__ = __mul__

    def __imul__(self, other):
        self._renumber(self._repeated(other))
        return self

    def extend(self, sequential):
        """Adds several at the end; returns itself."""
        for module in sequential:
            self.append(module)
        return self

    def insert(self, index, module):
        """Puts one in before position ``index``; returns itself."""
        if not isinstance(module, Module):
            raise AssertionError(f"module should be of type: {Module}")
        size = len(self)
        if not -size <= index <= size:
            raise IndexError(f"Index out of range: {index}")
        modules = list(self)
        modules.insert(index, module)
        self._renumber(modules)
        return self

    def forward(self, input):
        """The output of each module is the next one's input."""
        for module in self:
            input = module(input)
        return input


class ModuleList(_Numbered):
    """A list whose modules are registered."""

    def __init__(self, modules=None):
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return self._modules[str(_place(index, len(self)))]

    def __setitem__(self, index, module):
        setattr(self, str(_place(index, len(self))), module)

    def __delitem__(self, index):
        left = list(self)
        del left[index if isinstance(index, slice) else _place(index, len(self))]
        self._renumber(left)

    def __add__(self, other):
        joined = ModuleList()
        for i, module in enumerate(itertools.chain(self, other)):
            joined.add_module(str(i), module)
        return joined

    def __iadd__(self, modules):
        return self.extend(modules)

    def insert(self, index, module):
        """Puts one in before position ``index``."""
        modules = list(self)
        modules.insert(index, module)
        self._renumber(modules)

    def extend(self, modules):
        """Adds several at the end; returns itself."""
        _require_iterable(modules, "ModuleList.extend")
        for module in modules:
            self.append(module)
        return self

    def __repr__(self):
        """Runs of modules that print alike are folded: ``(0-2): 3 x Linear(...)``."""
        if not len(self):
            return f"{self._get_name()}()"
        lines = []
        start = 0
        for text, run in itertools.groupby(repr(module) for module in self):
            count = len(list(run))
            label = f"({start}):" if count == 1 else f"({start}-{start + count - 1}): {count} x"
            lines.append(f"{label} {_indent(text)}")
            start += count
        return f"{self._get_name()}(\n  " + "\n  ".join(lines) + "\n)"


@own_methods("__len__", "__iter__", "__contains__", "keys", "pop")
class _Keyed(Module):
    """What dictionaries of modules and of parameters have in common; ``_table`` is where they keep them."""

    def __len__(self):
        return len(self._table)

    def __iter__(self):
        return iter(self._table)

    def __contains__(self, key):
        return key in self._table

    def keys(self):
        """The names."""
        return self._table.keys()

    def pop(self, key):
        """Takes one away and returns it."""
        found = self[key]
        del self[key]
        return found


class ModuleDict(_Keyed):
    """A dictionary whose modules are registered."""

    def __init__(self, modules=None):
        super().__init__()
        if modules is not None:
            self.update(modules)

    @property
    def _table(self):
        return self._modules

    def __getitem__(self, key):
        return self._modules[key]

    def __setitem__(self, key, module):
        self.add_module(key, module)

    def __delitem__(self, key):
        del self._modules[key]

    def clear(self):
        """Takes all away."""
        self._modules.clear()

    def items(self):
        """Names and modules."""
        return self._modules.items()

    def values(self):
        """The modules."""
        return self._modules.values()

    def update(self, modules):
        """Adds those of a mapping, or of a sequence of pairs."""
        for key, module in _pairs(modules, "ModuleDict", "ModuleDict"):
            self[key] = module


def _as_parameter(value):
    if isinstance(value, torch.Tensor) and not isinstance(value, Parameter):
        return Parameter(value)
    return value


def _described(key, value, kind):
    if not isinstance(value, torch.Tensor):
        return f"  ({key}): Object of type: {type(value).__name__}"
    what = "Parameter" if isinstance(value, Parameter) else "Tensor"
    return f"  ({key}): {what} containing: [{kind(value)} of size {'x'.join(map(str, value.shape))}]"


class ParameterList(Module):
    """A list whose tensors are registered as parameters."""

    def __init__(self, values=None):
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def __len__(self):
        return self._size

    def __iter__(self):
        return iter(self[i] for i in range(self._size))

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return getattr(self, str(_place(index, self._size)))

    def __setitem__(self, index, value):
        setattr(self, str(_place(index, self._size)), _as_parameter(value))

    def __iadd__(self, values):
        return self.extend(values)

    def __dir__(self):
        return [name for name in super().__dir__() if not name.isdigit()]

    def append(self, value):
        """Adds one at the end; returns itself."""
        name = str(self._size)
        self._size += 1
        setattr(self, name, _as_parameter(value))
        return self

    def extend(self, values):
        """Adds several at the end; returns itself."""
        _require_iterable(values, "ParameterList.extend")
        for value in list(values):
            self.append(value)
        return self

    def extra_repr(self):
        return "\n".join(_described(i, value, lambda tensor: tensor.dtype) for i, value in enumerate(self))

    def __call__(self, *args, **kwargs):
        raise RuntimeError("ParameterList should not be called.")


class ParameterDict(_Keyed):
    """A dictionary whose tensors are registered as parameters."""

    def __init__(self, parameters=None):
        super().__init__()
        self._keys = {}
        if parameters is not None:
            self.update(parameters)

    @property
    def _table(self):
        return self._keys

    @staticmethod
    def _name(key):
        if not isinstance(key, str):
            raise TypeError(
                "Index given to ParameterDict cannot be used as a key as it is not a string (type is "
                f"'{type(key).__name__}'). Open an issue on github if you need non-string keys."
            )
        return key

    def __getitem__(self, key):
        return getattr(self, self._name(key))

    def __setitem__(self, key, value):
        self._keys[key] = None
        setattr(self, self._name(key), _as_parameter(value))

    def __delitem__(self, key):
        del self._keys[key]
        delattr(self, self._name(key))

    def __reversed__(self):
        return reversed(list(self._keys))

    def __or__(self, other):
        joined = self.copy()
        joined.update(other)
        return joined

    def __ror__(self, other):
        joined = other.copy()
        joined.update(self)
        return joined

    def __ior__(self, other):
        self.update(other)
        return self

    def copy(self):
        """Another dictionary of the same parameters."""
        return ParameterDict(OrderedDict((key, self[key]) for key in self._keys))

    def clear(self):
        """Takes all away."""
        for key in list(self._keys):
            del self[key]

    def popitem(self):
        """Takes the last one away and returns it with its name."""
        key, _ = self._keys.popitem()
        value = self[key]
        delattr(self, key)
        return key, value

    def setdefault(self, key, default=None):
        """The one under this name, put there first where there is none."""
        if key not in self._keys:
            self[key] = default
        return self[key]

    def get(self, key, default=None):
        """The one under this name, or ``default``."""
        return self[key] if key in self._keys else default

    def fromkeys(self, keys, default=None):
        """A dictionary that has ``default`` under each of the names."""
        return ParameterDict((key, default) for key in keys)

    def values(self):
        """The parameters."""
        return (self[key] for key in self._keys)

    def items(self):
        """Names and parameters."""
        return ((key, self[key]) for key in self._keys)

    def update(self, parameters):
        """Adds those of a mapping, or of a sequence of pairs."""
        pairs = _pairs(parameters, "ParameterDict", "ParametersDict")
        # A plain dictionary goes in by the order of its names, as once its own order was none.
        if isinstance(parameters, Mapping) and not isinstance(parameters, OrderedDict):
            pairs = sorted(pairs)
        for key, value in pairs:
            self[key] = value

    def extra_repr(self):
        return "\n".join(_described(key, value, lambda tensor: tensor.type()) for key, value in self.items())

    def __call__(self, input):
        raise RuntimeError("ParameterDict should not be called.")


for _class in (ModuleList, ModuleDict):
    _class.forward = _forward_unimplemented
del _class
