"""The old tensor types: ``torch.FloatTensor([1, 2])`` and its like. They make tensors of their dtype."""

from . import _dtype
from ._conversion import legacy_constructor
from ._tensor import Tensor


class _TypedMeta(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, Tensor) and instance.dtype is cls._legacy_dtype


def _typed(dtype):
    def __new__(cls, *args, **kwargs):
        return legacy_constructor(cls, args, kwargs)

    name = f"{dtype._scalar_name}Tensor"
    body = {"__new__": __new__, "_legacy_dtype": dtype, "__module__": "torch", "dtype": dtype}
    body["__doc__"] = f"Makes tensors of the dtype torch.{dtype._name}."
    return _TypedMeta(name, (), body)


_CLASSES = {f"{dtype._scalar_name}Tensor": _typed(dtype) for dtype in _dtype.BY_CODE.values()}
globals().update(_CLASSES)
__all__ = list(_CLASSES)
