"""Which names hold tensors, found without running a line of the user's: no property, no __getattr__."""

import types

#: Attributes that are easily mistaken for a tensor's own.
_MEANT = {
    name: "requires_grad"
    for name in (
        "require_grad",
        "required_grad",
        "requires_grads",
        "require_grads",
        "require_gradient",
        "requires_gradient",
        "required_gradient",
        "requiresGrad",
        "requiregrad",
        "requires_gard",
        "requres_grad",
    )
}
_LIMIT = 200  # names taken from one container or module


def _dictionary(value):
    """`value.__dict__` as the object really has it."""
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return found if type(found) is dict else {}


class Finder:
    """Knows torch's types; without torch nothing is a tensor."""

    def __init__(self, torch):
        self.tensor = getattr(torch, "Tensor", None)
        module = getattr(getattr(torch, "nn", None), "Module", None)
        self.module = module if isinstance(module, type) else None
        parameter = getattr(getattr(torch, "nn", None), "Parameter", None)
        self.parameter = parameter if isinstance(parameter, type) else None
        optimizer = getattr(getattr(torch, "optim", None), "Optimizer", None)
        self.optimizer = optimizer if isinstance(optimizer, type) else None
        self.presets = {"torch", "nn", "F"}

    def is_tensor(self, value):
        return self.tensor is not None and isinstance(value, self.tensor)

    def is_module(self, value):
        return self.module is not None and isinstance(value, self.module)

    def follow(self, value, path):
        """`value.a.b`, or None where that would take more than a look."""
        for name in path:
            if self.is_tensor(value):
                # torch's own property, unless a subclass has put another in its place.
                own = getattr(type(value), "grad", None)
                if name != "grad" or own is not getattr(self.tensor, "grad", None):
                    return None
                # Of a tensor that keeps none, reading it would warn: a warning that the user's code has not caused.
                if self.keeps_no_grad(value):
                    return None
                value = value.grad
                continue
            own = _dictionary(value)
            if self.is_module(value):
                for table in ("_parameters", "_buffers", "_modules"):
                    entries = own.get(table)
                    if isinstance(entries, dict) and name in entries:
                        value = entries[name]
                        break
                else:
                    value = own.get(name)
            else:
                value = own.get(name)
            if value is None:
                return None
        return value

    def keeps_no_grad(self, value):
        """Whether it is a computed tensor without retain_grad(); by torch's own properties, not a subclass's."""
        leaf = getattr(self.tensor, "is_leaf", None)
        return leaf is not None and not (leaf.__get__(value) or self.tensor.retains_grad.__get__(value))

    def named(self, namespace):
        """(name, tensor, member) of everything in a namespace; a name of its own before a container's."""
        contained = []
        for name, value in list(namespace.items()):
            if not isinstance(name, str) or name.startswith("__") or isinstance(value, types.ModuleType):
                continue
            if self.is_tensor(value):
                yield name, value, None
            elif self.is_module(value):
                contained.append((name, value))
            elif type(value) in (list, tuple, dict):
                contained.append((name, value))
        for name, value in contained:
            if self.is_module(value):
                yield from self._members(name, value, [_LIMIT], set())
            else:
                items = value.items() if type(value) is dict else enumerate(value)
                for index, (key, item) in enumerate(items):
                    if index >= _LIMIT:
                        break
                    if self.is_tensor(item) and type(key) in (str, int):
                        yield f"{name}[{key!r}]", item, None

    def _members(self, prefix, module, left, seen):
        if id(module) in seen:
            return
        seen.add(id(module))
        own = _dictionary(module)
        for table, member in (("_parameters", "parameter"), ("_buffers", "buffer")):
            for name, value in list((own.get(table) or {}).items()):
                if self.is_tensor(value) and left[0] > 0:
                    left[0] -= 1
                    yield f"{prefix}.{name}", value, member
        for name, child in list((own.get("_modules") or {}).items()):
            if self.is_module(child):
                yield from self._members(f"{prefix}.{name}", child, left, seen)

    # ---- what is seldom meant

    def modules(self, namespace):
        """(name, module) of everything reachable, each once."""
        seen = set()
        waiting = [(name, value) for name, value in list(namespace.items()) if isinstance(name, str)]
        while waiting and len(seen) < _LIMIT:
            name, module = waiting.pop(0)
            if not self.is_module(module) or id(module) in seen:
                continue
            seen.add(id(module))
            yield name, module
            children = _dictionary(module).get("_modules") or {}
            waiting.extend((f"{name}.{key}", child) for key, child in list(children.items()))

    def oddities(self, namespace):
        """[kind, attribute, module, handle, classes]; see Oddity in plug.ts."""
        if self.module is None:
            return
        for name, module in self.modules(namespace):
            classes = [cls.__name__ for cls in type(module).__mro__]
            for attribute, value in list(_dictionary(module).items()):
                if attribute.startswith("_"):
                    continue
                if attribute == "requires_grad" and value is False:
                    yield ["frozen", attribute, name, 0, classes]
                elif self.is_tensor(value):
                    yield ["tensor", attribute, name, value._h, classes]
                elif type(value) in (list, tuple, dict):
                    items = list(value.values()) if type(value) is dict else value
                    if any(self._has_parameters(item) for item in items):
                        yield ["modules", attribute, name, 0, classes]
                    elif self.parameter is not None:
                        # Weights that are registered too, under other names, are known.
                        known = {id(each) for each in (_dictionary(module).get("_parameters") or {}).values()}
                        if any(isinstance(item, self.parameter) and id(item) not in known for item in items):
                            yield ["parameters", attribute, name, 0, classes]

    @staticmethod
    def misspelt(tensors):
        """[attribute, what is meant] of attributes that were set on a tensor and mean nothing to it."""
        known = set()
        for tensor in tensors:
            for attribute in _dictionary(tensor):
                meant = _MEANT.get(attribute)
                if meant and attribute not in known:
                    known.add(attribute)
                    yield [attribute, meant]

    def _has_parameters(self, value):
        return self.is_module(value) and any(
            _dictionary(module).get("_parameters") for _, module in self.modules({"": value})
        )

    def optimizers(self, namespace):
        """[name, handles of what it updates] of each optimizer."""
        if self.optimizer is None:
            return
        for name, value in list(namespace.items()):
            if isinstance(name, str) and isinstance(value, self.optimizer):
                groups = _dictionary(value).get("param_groups") or []
                tensors = [tensor for group in groups for tensor in group.get("params", ())]
                yield [name, [tensor._h for tensor in tensors if self.is_tensor(tensor)]]
