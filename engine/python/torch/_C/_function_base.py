"""The base of contexts of custom Functions: a node of the graph that has attributes, and may not be in a graph yet."""

from .. import _engine, _node
from .._errors import check
from .._handles import wrap_all
from .._saved import SavedTensor
from .._warn import warn

_ONCE = (
    "saved_tensors can only be accessed once when clear_saved_tensors_on_access=True is set on the autograd.Function. "
    "Either access saved_tensors only once, or set clear_saved_tensors_on_access=False."
)


class _FunctionBase(_node.NodeBase):
    """A node of the graph and the ``ctx`` of one ``apply`` at the same time."""

    __slots__ = ("__dict__",)
    __setattr__ = object.__setattr__

    to_save = None
    dirty_tensors = None
    non_differentiable = None
    saved_for_forward = None
    needs_input_grad = None
    _materialize_non_diff_grads = True

    def __getattr__(self, name):
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __dir__(self):
        return sorted({*object.__dir__(self)} - {"_n", "_links"})

    @property
    def next_functions(self):
        """Where gradients go next."""
        return _node.NodeBase.next_functions.fget(self) if self._n else ()

    @property
    def metadata(self):
        """A dictionary for whatever one wants to note about this node."""
        if not self._n:
            raise RuntimeError(
                "You attempted to access the anomaly metadata of a custom autograd function but the underlying PyNode has "
                "already been deallocated.  The most likely reason this occurred is because you assigned x.grad_fn to a "
                "local variable and then let the original variable get deallocated.  Don't do that!  If you really have "
                "no way of restructuring your code so this is the case, please file an issue reporting that you are "
                "affected by this."
            )
        return _node.NodeBase.metadata.fget(self)

    def name(self):
        """The node's name: ``"SquareBackward"``."""
        return _node.NodeBase.name(self) if self._n else type(self).__name__

    @property
    def _input_metadata(self):
        return tuple(_node.NodeBase._input_metadata.fget(self)) if self._n else ()

    @property
    def saved_tensors(self):
        """What ``save_for_backward`` kept. Raises RuntimeError after the graph was freed."""
        own = self.__dict__
        if not own.get("_saved", False):
            return ()
        if own.get("_cleared", False):
            raise RuntimeError(_ONCE)
        found = tuple(wrap_all(_engine.INTS[: check(_engine.function_saved(self._n))].tolist()))
        if self._forward_cls.clear_saved_tensors_on_access:
            own["_cleared"] = True
            _engine.function_clear(self._n)
        return found

    @property
    def saved_variables(self):
        """The old name of ``saved_tensors``."""
        warn("'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning)
        return self.saved_tensors

    @property
    def _raw_saved_tensors(self):
        if not self.__dict__.get("_saved", False):
            return ()
        count = check(_engine.function_saved_count(self._n))
        return tuple(SavedTensor._of(self, "tensors", index) for index in range(count))

    def maybe_clear_saved_tensors(self):
        """Lets go of the saved tensors where the Function asks for that."""
        if self._forward_cls.clear_saved_tensors_on_access:
            _engine.function_clear(self._n)


_FunctionBase.__module__ = "torch._C"
