"""Parameter: a leaf tensor that a module trains. Buffer: a tensor that it keeps without training it."""

from collections import OrderedDict

import torch

from .. import _overrides, _printing
from .._conversion import make_leaf


class _ParameterMeta(type(torch.Tensor)):
    """isinstance also knows tensors of other classes that were made parameters."""

    def __instancecheck__(cls, instance):
        if type.__instancecheck__(cls, instance):
            return True
        return cls is Parameter and isinstance(instance, torch.Tensor) and getattr(instance, "_is_param", False)


class Parameter(torch.Tensor, metaclass=_ParameterMeta):
    """A leaf that shares memory with ``data``; assigned to a module's attribute it becomes one of its parameters."""

    __slots__ = ()

    def __new__(cls, data=None, requires_grad=True):
        if data is None:
            data = torch.empty(0)
        other = type(data) not in (torch.Tensor, Parameter) and isinstance(data, torch.Tensor)
        if other and type(data).__torch_function__ is not cls.__torch_function__:
            # A subclass stays what it is, and is known for a parameter by a mark.
            shared = data.detach()
            shared._is_param = True
            return make_leaf(shared) if requires_grad else shared
        shared = data.detach()
        shared.__class__ = cls
        return make_leaf(shared) if requires_grad else shared

    def __init__(self, data=None, requires_grad=True):
        pass

    __torch_function__ = _overrides._disabled_torch_function_impl

    def __repr__(self):
        text = super().__repr__()
        return "Parameter containing:\n" + (text if type(self) is Parameter else f"Parameter({text})")

    def __deepcopy__(self, memo):
        if id(self) in memo:
            return memo[id(self)]
        copied = type(self)(self.detach().clone(), self.requires_grad)
        memo[id(self)] = copied
        return copied

    def __reduce_ex__(self, protocol):
        data = self.data
        if self.__dict__:
            rebuild = torch._utils._rebuild_parameter_with_state
            return rebuild, (data, self.requires_grad, OrderedDict(), dict(self.__dict__))
        return torch._utils._rebuild_parameter, (data, self.requires_grad, OrderedDict())


_overrides.exact(Parameter)
_printing._PLAIN |= {torch.Tensor, Parameter}


class Buffer(torch.Tensor):
    """A tensor that, assigned to a module's attribute, becomes one of its buffers."""

    __slots__ = ()
    __torch_function__ = _overrides._disabled_torch_function_impl
    persistent = True

    def __new__(cls, data=None, *, persistent=True):
        if data is None:
            data = torch.empty(0)
        shared = data.detach().requires_grad_(data.requires_grad)
        shared.__class__ = cls
        if not persistent:
            shared.persistent = False
        return shared

    def __init__(self, data=None, *, persistent=True):
        pass


_overrides.exact(Buffer)
_printing._PLAIN.add(Buffer)


class _Uninitialized:
    """A tensor whose shape is known only when a module has seen its first input."""

    __slots__ = ()
    cls_to_become = None

    def materialize(self, shape, device=None, dtype=None):
        """Becomes a tensor of this shape, with arbitrary values."""
        self.data = torch.empty(shape, device=device, dtype=dtype or torch.Tensor.dtype.__get__(self))
        self.__class__ = self.cls_to_become

    @property
    def shape(self):
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "
            "`load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call "
            "`forward` to initialize the parameters before accessing their attributes."
        )

    def __repr__(self):
        return f"<{type(self).__name__}>"

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = type(self)(requires_grad=self.requires_grad, dtype=self.dtype)
        return memo[id(self)]


class UninitializedParameter(_Uninitialized, Parameter):
    """A parameter without a shape yet."""

    __slots__ = ()
    cls_to_become = Parameter

    def __new__(cls, requires_grad=True, device=None, dtype=None):
        return Parameter.__new__(cls, torch.empty(0, device=device, dtype=dtype), requires_grad)

    def __init__(self, requires_grad=True, device=None, dtype=None):
        pass


class UninitializedBuffer(_Uninitialized, torch.Tensor):
    """A buffer without a shape yet."""

    __slots__ = ()
    cls_to_become = torch.Tensor

    def __new__(cls, requires_grad=False, device=None, dtype=None, persistent=True):
        made = torch.empty(0, device=device, dtype=dtype)
        made.__class__ = cls
        return made

    def __init__(self, requires_grad=False, device=None, dtype=None, persistent=True):
        pass


def is_lazy(param):
    """Whether a parameter or buffer waits for its shape."""
    return isinstance(param, _Uninitialized)
