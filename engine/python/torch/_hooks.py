"""Hooks: Python functions that the engine calls by number while it runs backward."""

import itertools
from collections import OrderedDict

from . import _engine, _held
from ._errors import check


class RemovableHandle:
    """What registering a hook returns: ``remove()`` takes the hook away. Also a context manager."""

    def __init__(self, remove):
        self._remove = remove
        self.id = next(_handle_ids)

    def remove(self):
        """Takes the hook away; a second time does nothing."""
        remove, self._remove = self._remove, None
        if remove is not None:
            remove()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()


_handle_ids = itertools.count()
RemovableHandle.__module__ = "torch.utils.hooks"


def _handle(number):
    def remove():
        _held.let_go(number)
        _engine.remove_hook(number)

    return RemovableHandle(remove)


def _added(number, answer):
    if answer == -1:
        _held.let_go(number)
    check(answer)
    return _handle(number)


def on_tensor(tensor, hook):
    """``Tensor.register_hook``. Raises RuntimeError for a tensor that does not require grad."""
    number = _held.keep(hook)
    return _added(number, _engine.add_tensor_hook(tensor._h, number))


class _AllOf:
    """One hook that runs those of a dictionary, which may change."""

    def __init__(self, hooks):
        self.hooks = hooks

    def __call__(self, gradient):
        changed = None
        for hook in list(self.hooks.values()):
            result = hook(gradient)
            if result is not None:
                gradient = changed = result
        return changed


#: The attribute of a tensor that no gradient comes to with what was set as its hooks.
_UNUSED = "_unused_hooks"


def of_tensor(tensor):
    """The hooks of a tensor in their order, as a dictionary; None where it has none."""
    numbers = _engine.INTS[: _engine.tensor_hooks(tensor._h)].tolist()
    hooks = [(number, _held.OBJECTS[number]) for number in numbers]
    if len(hooks) == 1 and isinstance(hooks[0][1], _AllOf):
        return hooks[0][1].hooks
    return OrderedDict(hooks) or tensor.__dict__.get(_UNUSED)


def set_on_tensor(tensor, hooks):
    """Has a dictionary of hooks take the place of a tensor's own; None for no hooks."""
    for number in _engine.INTS[: _engine.tensor_hooks(tensor._h)].tolist():
        _held.let_go(number)
        _engine.remove_hook(number)
    if hooks is None:
        tensor.__dict__.pop(_UNUSED, None)
    elif tensor.requires_grad:
        on_tensor(tensor, _AllOf(hooks))
    else:
        tensor.__dict__[_UNUSED] = hooks


def on_accumulate(tensor, hook):
    """``Tensor.register_post_accumulate_grad_hook``. Raises RuntimeError for a tensor that is no leaf."""
    number = _held.keep(hook)
    return _added(number, _engine.add_accumulate_hook(tensor._h, number))


def on_node(handle, hook, before):
    """A hook before or after a node runs. The object of a Function that is in no graph has the handle 0."""
    if handle == 0:
        return RemovableHandle(lambda: None)
    number = _held.keep(hook)
    _engine.add_node_hook(handle, number, before)
    return _handle(number)
