"""torch.overrides: what functions of one's own need in order to take part in ``__torch_function__``."""

import contextlib
import functools

from . import _dispatch_modes, _overrides
from ._overrides import _disabled_torch_function_impl  # noqa: F401
from ._tensor import Tensor
from ._warn import warn


def has_torch_function(relevant_args):
    """Whether one of the arguments has a ``__torch_function__`` that wants to be asked."""
    return bool(_overrides.taking_part(tuple(relevant_args)))


def has_torch_function_unary(value):
    """The same of one argument."""
    return bool(_overrides.taking_part((value,)))


def has_torch_function_variadic(*relevant_args):
    """The same of several."""
    return bool(_overrides.taking_part(relevant_args))


def handle_torch_function(public_api, relevant_args, *args, **kwargs):
    """Asks the arguments' ``__torch_function__``. Raises TypeError where none of them answers."""
    return _overrides.ask(public_api, _overrides.taking_part(tuple(relevant_args)), args, kwargs)


def wrap_torch_function(dispatcher):
    """A decorator: ``dispatcher`` gets the arguments and answers those that may have a ``__torch_function__``."""

    def decorate(function):
        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            relevant = dispatcher(*args, **kwargs)
            if has_torch_function(relevant):
                return handle_torch_function(wrapped, relevant, *args, **kwargs)
            return function(*args, **kwargs)

        return wrapped

    return decorate


def is_tensor_like(inp):
    """Whether it is a tensor, or an object that takes part as one."""
    return type(inp) is Tensor or hasattr(inp, "__torch_function__")


def is_tensor_method_or_property(func):
    """Whether a function is a method of Tensor."""
    return func in set(vars(Tensor).values())


def resolve_name(f):
    """The dotted name of a function: ``torch.Tensor.add``."""
    if isinstance(f, str):
        return f
    overloads = getattr(f, "_overloads", None)
    in_nn = f.__module__.startswith("torch.nn") or overloads is not None and overloads.qualified.startswith("nn.")
    module = "torch.nn.functional" if in_nn else "torch"
    return f"{module}.{getattr(f, '__qualname__', f.__name__)}"


class TorchFunctionMode:
    """Inside ``with mode:``, ``mode.__torch_function__(func, types, args, kwargs)`` answers for every function of torch.

    What is called there goes to the next mode outside of this one, or is run.
    """

    def __init__(self):
        pass

    def __torch_function__(self, func, types, args=(), kwargs=None):
        raise NotImplementedError

    def __enter__(self):
        _overrides.push_mode(self)
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        _overrides.pop_mode()

    @classmethod
    def push(cls, *args, **kwargs):
        """Deprecated: ``with Mode()`` is enough."""
        warn("`Mode.push()` is no longer necessary and can be replaced with just `with Mode()`")
        return cls(*args, **kwargs)


class BaseTorchFunctionMode(TorchFunctionMode):
    """A mode that changes nothing."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


def _get_current_function_mode():
    stack = _overrides.mode_stack()
    return stack[-1] if stack else None


def _get_current_function_mode_stack():
    return _overrides.mode_stack()


@contextlib.contextmanager
def _pop_mode_temporarily():
    mode = _overrides.pop_mode()
    try:
        yield mode
    finally:
        _overrides.push_mode(mode)


def enable_reentrant_dispatch():
    """Inside of a dispatch mode's code: operators have history again."""
    return _dispatch_modes.reentrant()
