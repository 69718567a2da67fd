"""What a node keeps of a tensor, as ``grad_fn._raw_saved_self`` shows it, and the pairs of hooks around it."""

from . import _engine, _held
from ._errors import check
from ._handles import wrap_known

_FORBIDDEN = "Trying to create a SavedTensor object from Python is forbidden."


class SavedTensor:
    """A tensor that a node saved under a name. ``register_hooks`` decides how it is kept."""

    __slots__ = ("_node", "_name", "_index")

    def __new__(cls, *args, **kwargs):
        raise RuntimeError(_FORBIDDEN)

    @classmethod
    def _of(cls, node, name, index):
        made = object.__new__(cls)
        made._node, made._name, made._index = node, name, index
        return made

    def register_hooks(self, *args):
        """Keeps what ``pack_hook(tensor)`` makes of it; ``unpack_hook`` makes that a tensor again."""
        if len(args) != 2 or not all(callable(arg) for arg in args):
            raise TypeError(
                "register_hooks(): incompatible function arguments. The following argument types are supported:\n"
                "    1. (self: torch._C._autograd.SavedTensor, arg0: collections.abc.Callable, "
                "arg1: collections.abc.Callable) -> None\n\nInvoked with: " + ", ".join(map(repr, (self, *args)))
            )
        hooks = _held.keep(args)
        try:
            check(_engine.saved_register(self._node._n, self._name, self._index, hooks))
        finally:
            _held.let_go(hooks)

    def unpack(self):
        """The tensor. Raises RuntimeError where it was freed, or changed in place since it was saved."""
        return wrap_known(_engine.saved_unpack(self._node._n, self._name, self._index))

    def _packed(self):
        return _held.OBJECTS.get(_engine.saved_packed(self._node._n, self._name, self._index))

    @property
    def data(self):
        """What is kept: the tensor, or what the pack hook made of it."""
        packed = self._packed()
        return self.unpack() if packed is None else packed[0]

    @property
    def unpack_hook(self):
        """The unpack hook; None without one."""
        packed = self._packed()
        return None if packed is None else packed[1]


SavedTensor.__module__ = "torch._C._autograd"
