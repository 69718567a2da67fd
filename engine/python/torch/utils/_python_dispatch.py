"""torch.utils._python_dispatch: modes that see every operator below autograd."""

import contextlib

from .. import _dispatch_modes
from .._warn import warn


class TorchDispatchMode:
    """Inside ``with mode:``, ``mode.__torch_dispatch__(func, types, args, kwargs)`` answers for every operator.

    ``func`` is an operator such as ``torch.ops.aten.add.Tensor``. What is called there goes to the next mode outside of
    this one, or is computed.
    """

    supports_higher_order_operators = False

    def __init__(self, _dispatch_key=None):
        pass

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        raise NotImplementedError

    def __enter__(self):
        _dispatch_modes.push(self)
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        _dispatch_modes.pop()

    @classmethod
    def push(cls, *args, **kwargs):
        """Deprecated: ``with Mode()`` is enough."""
        warn("`Mode.push()` is no longer necessary and can be replaced with just `with Mode()`")
        return cls(*args, **kwargs)

    @classmethod
    def is_infra_mode(cls):
        """Whether it belongs to the machinery of tracing."""
        return False

    @classmethod
    def ignore_compile_internals(cls):
        """Whether it looks away from compiled code."""
        return False


class BaseTorchDispatchMode(TorchDispatchMode):
    """A mode that changes nothing."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return func(*args, **(kwargs or {}))


def _get_current_dispatch_mode():
    return _dispatch_modes.current()


def _get_current_dispatch_mode_stack():
    return _dispatch_modes.stack()


def is_in_torch_dispatch_mode(include_infra_modes=True):
    """Whether the code runs inside of a mode."""
    return bool(_dispatch_modes.stack())


@contextlib.contextmanager
def _pop_mode_temporarily(k=None):
    mode = _dispatch_modes.pop()
    try:
        yield mode
    finally:
        _dispatch_modes.push(mode)


@contextlib.contextmanager
def _disable_current_modes():
    with _dispatch_modes.disabled():
        yield _dispatch_modes.stack()


def is_traceable_wrapper_subclass(t):
    """Never: there are no subclasses with ``__torch_dispatch__`` here."""
    return False


def return_and_correct_aliasing(func, args, kwargs, out):
    """Of an operator that works in place the argument that it changed; otherwise ``out``."""
    return args[0] if func._schema.is_mutable else out
