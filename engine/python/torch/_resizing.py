"""Tensors that get another size: ``resize_`` and its relatives keep the memory, which grows where it is too small."""

from . import _engine, _parameters
from ._dispatch import site
from ._errors import check
from ._ops import call
from ._tensor import Tensor
from ._warn import warn


def _strides(size):
    strides, step = [], 1
    for length in reversed(size):
        strides.insert(0, step)
        step *= max(length, 1)
    return strides


def give_size(tensor, size):
    """Lets ``tensor`` see its memory in another size, whatever it belongs to; new memory is zero."""
    size = tuple(size)
    if tuple(tensor.shape) == size:
        return
    if any(length < 0 for length in size):
        raise RuntimeError("numel: integer multiplication overflow")
    count = 1
    for length in size:
        count *= length
    check(_engine.grow_storage(tensor._h, tensor.storage_offset() + count))
    with_size = call("as_strided", tensor.detach(), list(size), _strides(size), tensor.storage_offset())
    check(_engine.set_data(site(), tensor._h, with_size._h))


_RESIZE = _parameters.Signature(
    "resize_", _parameters.parse_text("(tuple of ints size, *, torch.memory_format memory_format = None)")
)
_RESIZE_AS = _parameters.Signature(
    "resize_as_", _parameters.parse_text("(Tensor the_template, *, torch.memory_format memory_format = None)")
)


def _sized(self, size):
    if self.requires_grad and not _engine.inference_mode():
        raise RuntimeError("cannot resize variables that require grad")
    if tuple(self.shape) != tuple(size):
        give_size(self, size)
        check(_engine.count_change(site(), self._h, "resize_"))
    return self


def resize_(self, *size, **options):
    """Gives the tensor another size, in place: elements keep their places in memory, more memory is added behind."""
    if len(size) > 1 and all(isinstance(length, int) for length in size):
        size = (size,)
    return _sized(self, _as_sizes(_RESIZE.bind(size, options, raising=True)["size"]))


def _as_sizes(size):
    return (size,) if isinstance(size, int) else size


def resize_as_(self, *template, **options):
    """The same with the size of another tensor."""
    return _sized(self, _RESIZE_AS.bind(template, options, raising=True)["the_template"].shape)


def resize(self, *sizes):
    """Deprecated: as reshape."""
    warn("non-inplace resize is deprecated")
    sizes = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else sizes
    return _functions.Resize.apply(self, tuple(sizes))


def resize_as(self, tensor):
    """Deprecated: as reshape_as."""
    warn("non-inplace resize_as is deprecated")
    return _functions.Resize.apply(self, tensor.shape)


def resize_as_function(input, the_template, *, memory_format=None):
    """See Tensor.resize_as_."""
    return resize_as_(input, the_template)


def as_strided_function(input, size, stride, storage_offset=None):
    """See Tensor.as_strided_."""
    return input.as_strided_(size, stride, storage_offset)


FUNCTIONS = {"resize_as_": resize_as_function, "as_strided_": as_strided_function}
METHODS = {"resize_": resize_, "resize_as_": resize_as_, "resize": resize, "resize_as": resize_as}


def install():
    """Adds the methods to Tensor, when torch.autograd is there."""
    global _functions
    from .autograd import _functions

    for name, function in METHODS.items():
        function.__qualname__ = f"Tensor.{name}"
        function.__module__ = "torch"
        setattr(Tensor, name, function)
    for name, function in FUNCTIONS.items():
        function.__name__ = function.__qualname__ = name
        function.__module__ = "torch"
