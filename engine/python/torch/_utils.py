"""What pickled tensors name: the functions that make them again. Their names and arguments are PyTorch's format."""

from ._handles import adopt
from ._storages import tensor_on


def _rebuild_tensor(storage, storage_offset, size, stride):
    return tensor_on(storage, storage_offset, size, stride)


def _rebuild_tensor_v2(storage, storage_offset, size, stride, requires_grad, backward_hooks, metadata=None):
    tensor = tensor_on(storage, storage_offset, size, stride)
    if requires_grad:
        tensor.requires_grad = True
    return tensor


def _rebuild_tensor_v3(storage, storage_offset, size, stride, requires_grad, backward_hooks, dtype, metadata=None):
    tensor = tensor_on(storage, storage_offset, size, stride, dtype)
    if requires_grad:
        tensor.requires_grad = True
    return tensor


def _rebuild_parameter(data, requires_grad, backward_hooks):
    from .nn.parameter import Parameter

    return Parameter(data, requires_grad)


def _rebuild_parameter_with_state(data, requires_grad, backward_hooks, state):
    return _with_state(_rebuild_parameter(data, requires_grad, backward_hooks), state)


def _rebuild_from_type_v2(func, new_type, args, state):
    made = func(*args)
    if type(made) is not new_type:
        made = adopt(made, new_type)
    if "__setstate__" in new_type.__dict__:
        made.__setstate__(state)
        return made
    return _with_state(made, state)


def _with_state(made, state):
    slots = None
    if isinstance(state, tuple):
        state, slots = state
    for values in (state, slots):
        for name, value in (values or {}).items():
            setattr(made, name, value)
    return made
