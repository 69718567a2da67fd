"""torch.ops: operators by their schemas, as ``torch.ops.aten.add.Tensor``. Modes are asked about these objects."""

from . import _registry
from ._binding import default_of, run
from ._errors import not_available

#: What makes memory elsewhere or in other layouts; all memory here is the same.
_PLACES = frozenset(("device", "layout", "pin_memory", "memory_format", "non_blocking"))


class OpOverload:
    """One operator: one schema."""

    def __init__(self, packet, overload, entry):
        self._overloadpacket = packet
        self._overloadname = overload or "default"
        self._entry = entry
        self._qualified_op_name = packet._qualified_op_name
        self.__name__ = f"{packet.__name__}.{self._overloadname}"
        self.__module__ = packet.__module__

    @property
    def overloadpacket(self):
        """All operators of this name."""
        return self._overloadpacket

    @property
    def op(self):
        """What computes it."""
        return self

    @property
    def namespace(self):
        """``"aten"``."""
        return self._qualified_op_name.partition("::")[0]

    @property
    def _opname(self):
        return self._qualified_op_name.partition("::")[2]

    @property
    def _name(self):
        return self.name()

    @property
    def _schema(self):
        return _Schema(self)

    @property
    def is_view(self):
        """Whether the result shares memory with an argument."""
        return not self._entry.inplace and any("(a" in kind for _, kind in self._entry.returns)

    def name(self):
        """``"aten::add.Tensor"``."""
        overload = "" if self._overloadname == "default" else f".{self._overloadname}"
        return self._qualified_op_name + overload

    def __call__(self, /, *args, **kwargs):
        entry = self._entry
        if len(args) > len(entry.params):
            raise RuntimeError(
                f"{self._qualified_op_name}() expected at most {len(entry.params)} argument(s) but received {len(args)} "
                f"argument(s). Declaration: {self._schema}"
            )
        values = {param.name: value for param, value in zip(entry.params, args)}
        for name, value in kwargs.items():
            if name in entry.by_name:
                values[name] = value
            elif name not in _PLACES:
                raise RuntimeError(
                    f"Unknown keyword argument '{name}' for operator '{self._qualified_op_name}'. Schema: {self._schema}"
                )
        for param in entry.params:
            if param.default is None and param.name not in values:
                raise RuntimeError(
                    f"{self._qualified_op_name}() is missing value for argument '{param.name}'. "
                    f"Declaration: {self._schema}"
                )
        return run(entry, values)

    def __str__(self):
        return f"{self.namespace}.{self.__name__}"

    def __repr__(self):
        return f"<OpOverload(op='{self.namespace}.{self._opname}', overload='{self._overloadname}')>"

    def __deepcopy__(self, memo=None):
        return self


class _Schema:
    """An operator's schema; its text is ATen's."""

    def __init__(self, op):
        self.name = op._qualified_op_name
        self.overload_name = "" if op._overloadname == "default" else op._overloadname
        self._entry = op._entry

    @property
    def is_mutable(self):
        """Whether an argument is changed."""
        return self._entry.inplace

    def __str__(self):
        parts = []
        keyword_only = False
        for param in self._entry.params:
            if param.keyword_only and not keyword_only:
                keyword_only = True
                parts.append("*")
            parts.append(f"{param.kind} {param.name}" + (f"={param.default}" if param.default is not None else ""))
        returned = [kind for _, kind in self._entry.returns]
        text = returned[0] if len(returned) == 1 else f"({', '.join(returned)})"
        overload = f".{self.overload_name}" if self.overload_name else ""
        return f"{self.name}{overload}({', '.join(parts)}) -> {text}"

    __repr__ = __str__


class OpOverloadPacket:
    """All operators of one name. A call takes the one that fits."""

    def __init__(self, namespace, name, entries):
        self._qualified_op_name = f"{namespace}::{name}"
        self.__name__ = name
        self.__module__ = f"torch.ops.{namespace}"
        self._overloads = {}
        for entry in entries:
            overload = entry.key.partition(".")[2] or "default"
            if overload == "scalar" and any(other.key == f"{name}.Scalar" for other in entries):
                continue
            self._overloads[overload] = OpOverload(self, overload, entry)

    def overloads(self):
        """Their names."""
        return list(self._overloads)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        found = self._overloads.get(name)
        if found is None:
            raise AttributeError(
                f"The underlying op of '{self}' has no overload name '{name}'"
            )
        return found

    def __call__(self, /, *args, **kwargs):
        from ._binding import Overloads

        if len(self._overloads) == 1:
            return next(iter(self._overloads.values()))(*args, **kwargs)
        entries = [overload._entry for overload in self._overloads.values()]
        kwargs = {name: value for name, value in kwargs.items() if name not in _PLACES}
        parser = Overloads(self.__name__, f"ops.{self.__name__}", entries, False)
        names = [param.name for param in max(entries, key=lambda entry: len(entry.params)).params]
        values = {**dict(zip(names, args)), **kwargs}
        return run(parser.choose(values), values)

    def __iter__(self):
        return iter(self._overloads)

    def __str__(self):
        return self._qualified_op_name.replace("::", ".")

    def __repr__(self):
        return f"<OpOverloadPacket(op='{self}')>"

    def __deepcopy__(self, memo=None):
        return self


OpOverload.__module__ = OpOverloadPacket.__module__ = "torch._ops"


def _by_name():
    found = {}
    for entry in _registry.ENTRIES:
        found.setdefault(entry.name, []).append(entry)
    return found


class _OpNamespace:
    """``torch.ops.aten`` and others."""

    def __init__(self, name):
        self.name = name
        self._packets = {}
        self._entries = None

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        packet = self._packets.get(name)
        if packet is None:
            if self.name == "aten":
                if self._entries is None:
                    self._entries = _by_name()
                entries = self._entries.get(name)
                if entries is None:
                    raise not_available(f"torch.ops.aten.{name}")
                packet = self._packets[name] = OpOverloadPacket("aten", name, entries)
            else:
                raise AttributeError(f"'_OpNamespace' '{self.name}' object has no attribute '{name}'")
        return packet


class _Ops:
    """``torch.ops``."""

    __name__ = "torch.ops"

    def __init__(self):
        self._spaces = {}

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self._spaces.setdefault(name, _OpNamespace(name))


ops = _Ops()


#: Operators of which PyTorch has one for a tensor and another one for a number; others take numbers as tensors.
_FOR_NUMBERS = frozenset(
    "eq ne lt le gt ge remainder fmod bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift".split()
)


def overload_of(entry, args):
    """The object for an operator of the registry that is called with these arguments."""
    packet = getattr(ops.aten, entry.name)
    overload = entry.key.partition(".")[2] or "default"
    if entry.name.rstrip("_") in _FOR_NUMBERS and len(args) > 1 and isinstance(args[1], (int, float)):
        overload = overload.replace("Tensor", "Scalar")
    return packet._overloads[overload.replace("scalar", "Scalar")]


def split(entry, values):
    """An operator's arguments, all given, as modes see them: defaults at the end and of keywords are left away."""
    kwargs = {}
    args = []
    for param, value in zip(entry.params, values):
        if not param.keyword_only:
            args.append(value)
        elif param.default is None or not _same(value, default_of(param)):
            kwargs[param.name] = value
    while args and entry.params[len(args) - 1].default is not None:
        if not _same(args[-1], default_of(entry.params[len(args) - 1])):
            break
        args.pop()
    return tuple(args), kwargs


def _same(value, default):
    return type(value) is type(default) and value == default
