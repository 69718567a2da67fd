"""torch.autograd.Variable: the old name of a tensor."""

from .._C import _ImperativeEngine
from .._tensor import Tensor
from .._warn import warn

_MISSING = object()


class _VariableMeta(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, Tensor)


class Variable(metaclass=_VariableMeta):
    """``Variable(data, requires_grad=False)``: a tensor that shares ``data``'s memory."""

    _execution_engine = _ImperativeEngine()

    def __new__(cls, data=None, requires_grad=False, volatile=_MISSING):
        if volatile is not _MISSING:
            warn("volatile was removed and now has no effect. Use `with torch.no_grad():` instead.")
        made = data.detach()
        if requires_grad:
            made.requires_grad_(True)
        return made


Variable.__module__ = "torch.autograd.variable"
