"""torch.overrides: what functions of one's own need in order to take part in ``__torch_function__``."""

import functools

from . import _overrides
from ._overrides import _disabled_torch_function_impl  # noqa: F401
from ._errors import not_available
from ._tensor import Tensor


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
    name = getattr(f, "__qualname__", f.__name__)
    return f"torch.{name}"


class TorchFunctionMode:
    """A mode that sees every function. Not available."""

    def __enter__(self):
        raise not_available("torch.overrides.TorchFunctionMode")

    def __exit__(self, *_):
        return False
