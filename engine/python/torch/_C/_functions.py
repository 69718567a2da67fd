"""Classes of graph nodes by their names, and the two operators that exist for tests of autograd alone."""

from .. import _engine, _node
from .._dispatch import site
from .._handles import handles

AccumulateGrad = _node.class_of("AccumulateGrad")
CopySlices = _node.class_of("CopySlices")
Error = _node.class_of("Error")
NotImplemented = _node.class_of("NotImplemented")


def _all(inputs, make):
    """What ``make`` answers for the tensors among the inputs, with None where there was none."""
    given = [0 if own is None else own._h for own in inputs]
    found = handles(make(given))
    return found[0] if len(found) == 1 else tuple(found)


class UndefinedGrad(_node.NodeBase):
    """Hands on its inputs; in backward no gradient comes out of it."""

    def __init__(self):
        self._n = 0

    def __call__(self, *inputs):
        return _all(inputs, lambda given: _engine.undefined_grad(site(), *given))


class DelayedError(_node.NodeBase):
    """Hands on its inputs; backward through it raises RuntimeError with ``message``."""

    def __init__(self, message, count):
        self._n = 0
        self._message = message.decode() if isinstance(message, bytes) else message

    def __call__(self, *inputs):
        return _all(inputs, lambda given: _engine.delayed_error(site(), self._message, *given))


UndefinedGrad.__module__ = DelayedError.__module__ = "builtins"


def __getattr__(name):
    if name.startswith("_") or "Backward" not in name:
        raise AttributeError(f"module 'torch._C._functions' has no attribute '{name}'")
    return _node.class_of(name)
