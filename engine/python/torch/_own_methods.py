"""Methods that several classes share here and that each has for itself in PyTorch: errors and tracebacks name them so."""

import types


def _copy(function, cls):
    own = types.FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    own.__kwdefaults__ = function.__kwdefaults__
    own.__dict__.update(function.__dict__)
    own.__doc__, own.__module__ = function.__doc__, function.__module__
    own.__qualname__ = f"{cls.__qualname__}.{function.__name__}"
    return own


def own_methods(*names):
    """A decorator for a base class: the classes made of it have these methods as their own."""

    def decorate(base):
        def give(cls, **kwargs):
            super(base, cls).__init_subclass__(**kwargs)
            if base not in cls.__bases__:
                return
            for name in names:
                if name not in cls.__dict__:
                    setattr(cls, name, _copy(getattr(base, name), cls))

        base.__init_subclass__ = classmethod(give)
        return base

    return decorate
