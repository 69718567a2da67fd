"""From what the engine reports to Python's exceptions."""

from . import _engine
from ._hints import hint


class _LinAlgError(RuntimeError):
    """A linear algebra function could not be carried out on these values."""


_LinAlgError.__module__ = "torch._C"

_TYPES = {
    "RuntimeError": RuntimeError,
    "ValueError": ValueError,
    "TypeError": TypeError,
    "IndexError": IndexError,
    "NotImplementedError": NotImplementedError,
    "OverflowError": OverflowError,
    "AttributeError": AttributeError,
    "MemoryError": MemoryError,
    "KeyboardInterrupt": KeyboardInterrupt,
    "LinAlgError": _LinAlgError,
    "AssertionError": AssertionError,
    "RecursionError": RecursionError,
    "SystemError": SystemError,
}

#: The exception that a Python callback raised while the engine was running.
_pending = []


def keep(error):
    """Remembers what a callback raised until the engine has unwound."""
    _pending[:] = [error]


def last():
    """The exception for the engine's last failure."""
    kind = _engine.error_type()
    if not kind and _pending:
        return _pending.pop()
    return _TYPES.get(kind, RuntimeError)(_engine.error_text())


def check(answer):
    """``answer``, unless it says that the engine failed: then raises what it failed with."""
    if answer == -1:
        raise last()
    return answer


def not_available(what):
    """The exception for what real PyTorch has and this engine has not."""
    return NotImplementedError(f"{what}{hint(what)} is not available in Gradient Inspector's engine")
