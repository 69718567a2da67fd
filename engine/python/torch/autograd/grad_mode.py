"""no_grad, enable_grad, set_grad_enabled, inference_mode: context managers, and decorators of functions and generators."""

import functools
import inspect

from .. import _engine
from .._dispatch import site
from .._warn import warn

_CLASSES = (
    "Decorating classes is deprecated and will be disabled in future versions. You should only decorate functions or "
    "methods. To preserve the current behavior of class decoration, you can directly decorate the `__init__` method "
    "and nothing else."
)


def is_grad_enabled():
    """Whether operators are recorded for backward."""
    return _engine.grad_mode()


def is_inference_mode_enabled():
    """Whether inference mode is on."""
    return _engine.inference_mode()


class _Context:
    """A context manager that also decorates."""

    #: Where it decorates a function of the user's: that is where it switches the mode, wherever the function is called.
    place = 0

    def clone(self):
        """A fresh context with the same arguments, for each call of what is decorated."""
        return self.__class__()

    def __call__(self, function):
        if inspect.isclass(function):
            warn(_CLASSES, FutureWarning)
            function.__init__ = self(function.__init__)
            return function
        if inspect.isgeneratorfunction(function):
            return self._generator(function)
        place = site()

        @functools.wraps(function)
        def decorated(*args, **kwargs):
            context = self.clone()
            context.place = place
            with context:
                return function(*args, **kwargs)

        return decorated

    def _generator(self, function):
        """The mode holds while the generator runs, and not while its consumer does."""

        @functools.wraps(function)
        def decorated(*args, **kwargs):
            generator = function(*args, **kwargs)
            try:
                with self.clone():
                    response = generator.send(None)
                while True:
                    try:
                        request = yield response
                    except GeneratorExit:
                        with self.clone():
                            generator.close()
                        raise
                    except BaseException as error:
                        with self.clone():
                            response = generator.throw(error)
                    else:
                        with self.clone():
                            response = generator.send(request)
            except StopIteration as stop:
                return stop.value

        return decorated


class _Parameterless(_Context):
    def __new__(cls, function=None):
        made = object.__new__(cls)
        if function is None:
            return made
        made.__init__()
        return made(function)


class no_grad(_Parameterless):
    """Switches recording off: results do not require grad."""

    def __enter__(self):
        self.previous = _engine.grad_mode()
        _engine.set_grad_mode(False)
        _engine.tell_grad_mode(self.place or site(), "no_grad", False)

    def __exit__(self, *_):
        _engine.set_grad_mode(self.previous)


class enable_grad(_Parameterless):
    """Switches recording on, also inside ``no_grad``."""

    def __enter__(self):
        self.previous = _engine.grad_mode()
        _engine.set_grad_mode(True)
        _engine.tell_grad_mode(site(), "enable_grad", True)

    def __exit__(self, *_):
        _engine.set_grad_mode(self.previous)


class set_grad_enabled(_Context):
    """Switches recording on or off, at once; as a context manager until its end."""

    def __init__(self, mode):
        self.previous = _engine.grad_mode()
        self.mode = mode
        _engine.set_grad_mode(bool(mode))
        _engine.tell_grad_mode(site(), "set_grad_enabled", bool(mode))

    def __call__(self, function):
        _engine.set_grad_mode(self.previous)
        return super().__call__(function)

    def __enter__(self):
        _engine.set_grad_mode(bool(self.mode))

    def __exit__(self, *_):
        _engine.set_grad_mode(self.previous)

    def __repr__(self):
        return f"{type(self).__module__}.{type(self).__name__}(mode={self.mode})"

    def clone(self):
        return self.__class__(self.mode)


class inference_mode(_Context):
    """As ``no_grad``, and what is made inside can never take part in autograd."""

    def __new__(cls, mode=True):
        made = object.__new__(cls)
        if isinstance(mode, bool):
            return made
        made.__init__(True)
        return made(mode)

    def __init__(self, mode=True):
        self.mode = mode

    def __enter__(self):
        self.previous = (_engine.inference_mode(), _engine.grad_mode())
        _engine.set_inference_mode(bool(self.mode))
        _engine.set_grad_mode(not self.mode)
        _engine.tell_grad_mode(site(), "inference_mode", not self.mode)

    def __exit__(self, *_):
        inference, grad = self.previous
        _engine.set_inference_mode(inference)
        _engine.set_grad_mode(grad)

    def clone(self):
        return self.__class__(self.mode)


class set_multithreading_enabled(_Context):
    """Accepted; backward runs in one thread."""

    def __init__(self, mode):
        self.previous = _engine.multithreading()
        self.mode = mode
        _engine.set_multithreading(bool(mode))

    def __enter__(self):
        pass

    def __exit__(self, *_):
        _engine.set_multithreading(self.previous)

    def clone(self):
        return self.__class__(self.mode)


class _force_original_view_tracking(_Context):
    """Whether views are made anew by the operators that made them when their base has changed: at once, or inside."""

    def __init__(self, mode):
        self.previous = _engine.view_replay()
        self.mode = mode
        _engine.set_view_replay(bool(mode))

    def __enter__(self):
        pass

    def __exit__(self, *_):
        _engine.set_view_replay(self.previous)

    def clone(self):
        return self.__class__(self.mode)


for _class in (_force_original_view_tracking, no_grad, enable_grad, set_grad_enabled, inference_mode, set_multithreading_enabled):
    _class.__module__ = "torch.autograd.grad_mode"


class _unsafe_preserve_version_counter:
    """Inside, changes in place of a tensor (or of several) are not counted: its version is put back at the end."""

    def __init__(self, tensors):
        self.tensors = (tensors,) if not isinstance(tensors, (tuple, list)) else tuple(tensors)
        self.versions = [tensor._version for tensor in self.tensors]

    def __enter__(self):
        pass

    def __exit__(self, *_):
        for tensor, version in zip(self.tensors, self.versions):
            _engine.set_version(tensor._h, version)


_unsafe_preserve_version_counter.__module__ = "torch.autograd.grad_mode"


class _quietly:
    """Recording on or off for the package's own work: nobody is told."""

    __slots__ = ("mode", "previous")

    def __init__(self, mode):
        self.mode = mode

    def __enter__(self):
        self.previous = _engine.grad_mode()
        _engine.set_grad_mode(self.mode)

    def __exit__(self, *_):
        _engine.set_grad_mode(self.previous)
