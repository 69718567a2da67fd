"""How a layer that only calls a function with its own settings is declared: by the signature of its ``__init__``."""

import inspect

from .module import Module


def settings(signature, shown=None):
    """A class decorator: writes ``__init__`` with this signature, which keeps every argument under its name.

    ``shown`` is a format of what the layer's printing says of them; a layer that works in place says so behind it.
    Without it the printing says no more than that, and where it is False nothing at all.
    """

    def decorate(cls):
        space = {"Module": Module}
        exec(f"def __init__(self, {signature}): pass", space)
        names = list(inspect.signature(space["__init__"]).parameters)[1:]
        body = "".join(f"\n    self.{name} = {name}" for name in names)
        exec(f"def __init__(self, {signature}):\n    Module.__init__(self){body}", space)
        init = space["__init__"]
        init.__qualname__ = f"{cls.__qualname__}.__init__"
        init.__module__ = cls.__module__
        cls.__init__ = init
        if shown is not False:
            cls.extra_repr = _printer(shown, "inplace" in names and "{inplace}" not in (shown or ""))
        return cls

    return decorate


def _printer(shown, names_in_place):
    def extra_repr(self):
        parts = [shown.format_map(vars(self))] if shown else []
        if names_in_place and self.inplace:
            parts.append("inplace=True")
        return ", ".join(parts)

    return extra_repr
