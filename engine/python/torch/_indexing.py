"""``x[...]``, read and written: Python's index taken apart into select, slice, unsqueeze and index operators."""

from . import _dtype, _engine, _handles, _ops
from ._conversion import from_data
from ._dispatch import site
from ._handles import settle
from ._registry import BY_KEY
from ._warn import warn

_NON_TUPLE = (
    "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch 2.9; use "
    "x[tuple(seq)] instead of x[seq]. In pytorch 2.9 this will be interpreted as tensor index, x[torch.tensor(seq)], "
    "which will result either in an error or a different result"
)
_ZERO_DIM = (
    "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim "
    "tensor to a number"
)


def _number(key):
    entry = BY_KEY.get(key)
    return entry.number if entry else None


_SELECT = _number("select.int")
_SLICE = _number("slice.Tensor")
_UNSQUEEZE = _number("unsqueeze")
_ALIAS = _number("alias")


def _tensor_class():
    return _handles.Tensor


def _select(tensor, dim, index, shown_dim=None):
    _engine.sizes(tensor._h)
    size = _engine.INTS[dim]
    if not -size <= index < size:
        shown = dim if shown_dim is None else shown_dim
        raise IndexError(f"index {index} is out of bounds for dimension {shown} with size {size}")
    return settle(_engine.call(_SELECT, site(), tensor._h, dim, index), tensor)


def _slice_index(value):
    if value is None or type(value) is int:
        return value
    if not hasattr(type(value), "__index__"):
        raise TypeError("slice indices must be integers or None or have an __index__ method")
    return value.__index__()


def _slice(tensor, dim, part):
    start, stop, step = (_slice_index(value) for value in (part.start, part.stop, part.step))
    if step is None:
        step = 1
    if step == 0:
        raise ValueError("slice step cannot be zero")
    if step < 0:
        raise ValueError("step must be greater than zero")
    if start in (None, 0) and stop is None and step == 1:
        # PyTorch leaves out a slice that takes everything.
        return tensor
    return settle(_engine.call(_SLICE, site(), tensor._h, dim, start, stop, step), tensor)


def _unsqueeze(tensor, dim):
    return settle(_engine.call(_UNSQUEEZE, site(), tensor._h, dim), tensor)


def _treat_as_tuple(index):
    """Whether a sequence that is no tuple is taken for one: short, and with a sequence, slice or None in it."""
    if isinstance(index, tuple):
        return True
    if isinstance(index, _tensor_class()) or isinstance(index, (str, bytes)):
        return False
    if not isinstance(index, (list, range)) and not (hasattr(index, "__len__") and hasattr(index, "__getitem__")):
        return False
    if len(index) >= 32:
        return False
    return any(
        isinstance(item, (_tensor_class(), list, tuple, slice, type(Ellipsis), type(None))) for item in index
    )


def _as_tuple(index):
    if isinstance(index, tuple):
        return index
    if _treat_as_tuple(index):
        warn(_NON_TUPLE)
        return tuple(index)
    if isinstance(index, str):
        warn(_NON_TUPLE)
    return (index,)


def _dimensions_of(item):
    if isinstance(item, _tensor_class()) and item.dtype in (_dtype.bool, _dtype.uint8):
        return item.dim()
    if item is None or item is Ellipsis or isinstance(item, bool):
        return 0
    return 1


def _sequence_index(item):
    """A list as an index: of integers or booleans; an empty or a float list becomes integers."""
    made = from_data(item, None)
    if made.dtype._kind == "float":
        made = made.long()
    return made


def _take_apart(tensor, index):
    """The view that integers, slices, None and ``...`` give, and the tensors by dimension (None in between)."""
    items = _as_tuple(index)
    rank = tensor.dim()
    wanted = 0
    for item in items:
        wanted += _dimensions_of(item)
    if wanted > rank:
        raise IndexError(f"too many indices for tensor of dimension {rank}")
    view = tensor
    dim = 0
    tensors = {}
    for position, item in enumerate(items):
        if type(item) is int:
            view = _select(view, dim, item, position)
        elif isinstance(item, slice):
            view = _slice(view, dim, item)
            dim += 1
        elif item is Ellipsis:
            dim += rank - wanted
        elif item is None:
            view = _unsqueeze(view, dim)
            dim += 1
        elif isinstance(item, bool):
            view = _unsqueeze(view, dim)
            tensors[dim] = from_data([0] if item else [], _dtype.int64)
            dim += 1
        elif isinstance(item, _tensor_class()):
            if item.dim() == 0 and item.dtype._kind in ("int", "bool"):
                if item.dtype in (_dtype.bool, _dtype.uint8):
                    view = _unsqueeze(view, dim)
                    tensors[dim] = from_data([0] if item.item() else [], _dtype.int64)
                    dim += 1
                else:
                    view = _select(view, dim, item.item(), position)
            else:
                tensors[dim] = item
                dim += max(_dimensions_of(item), 1)
        elif isinstance(item, (list, tuple, range)):
            made = _sequence_index(item)
            tensors[dim] = made
            dim += max(_dimensions_of(made), 1)
        elif hasattr(type(item), "__index__"):
            view = _select(view, dim, item.__index__(), position)
        elif isinstance(item, str):
            raise TypeError(f"new(): invalid data type '{type(item).__name__}'")
        else:
            raise IndexError(
                "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices "
                f"(got {type(item).__name__})"
            )
    return view, tensors


def _spread(tensors):
    """Masks of several dimensions take several places."""
    found = []
    taken = 0
    for dim in sorted(tensors):
        while taken < dim:
            found.append(None)
            taken += 1
        found.append(tensors[dim])
        taken += max(_dimensions_of(tensors[dim]), 1)
    return found


def get(tensor, index):
    """``tensor[index]``. Raises IndexError where an index does not fit."""
    kind = type(index)
    if kind is int:
        if _engine.rank(tensor._h) == 0:
            raise IndexError(_ZERO_DIM)
        return _select(tensor, 0, index)
    if kind is tuple and index and all(type(item) is int for item in index):
        if len(index) > _engine.rank(tensor._h):
            raise IndexError(f"too many indices for tensor of dimension {_engine.rank(tensor._h)}")
        for position, item in enumerate(index):
            tensor = _select(tensor, 0, item, position)
        return tensor
    if kind is slice:
        if _engine.rank(tensor._h) == 0:
            raise IndexError("slice() cannot be applied to a 0-dim tensor.")
        view = _slice(tensor, 0, index)
        return _alias(view) if view is tensor else view
    if index is Ellipsis:
        return _alias(tensor)
    if index is None:
        return _unsqueeze(tensor, 0)
    view, tensors = _take_apart(tensor, index)
    if not tensors:
        return _alias(view) if view is tensor else view
    return _ops.call("index.Tensor", view, _spread(tensors))


def _alias(tensor):
    """A view of everything: ``x[...]`` is a new tensor."""
    if _ALIAS is not None:
        return settle(_engine.call(_ALIAS, site(), tensor._h), tensor)
    if tensor.dim() == 0:
        return _ops.call("view", tensor, [])
    return settle(_engine.call(_SLICE, site(), tensor._h, 0, 0, None, 1), tensor)


def _value_for(tensor, value):
    """What is written, as a tensor of the target's dtype where it is a number."""
    if isinstance(value, _tensor_class()):
        return value
    if isinstance(value, (bool, int, float)):
        return from_data(value, tensor.dtype)
    raise TypeError(f"can't assign a {type(value).__name__} to a torch.{tensor.dtype._scalar_name}Tensor")


def set_(tensor, index, value):
    """``tensor[index] = value``: a change in place."""
    kind = type(index)
    if kind is bool or index is Ellipsis or index is None:
        view, tensors = (tensor, {}) if index is Ellipsis else _take_apart(tensor, index)
    elif kind is int:
        if _engine.rank(tensor._h) == 0:
            raise IndexError(_ZERO_DIM)
        view, tensors = _select(tensor, 0, index), {}
    elif kind is slice:
        view, tensors = _slice(tensor, 0, index), {}
    else:
        view, tensors = _take_apart(tensor, index)
    given = _value_for(tensor, value)
    if not tensors:
        if given.dim() == 0 and view.dim() > 0:
            _ops.call("fill_.Tensor", view, given)
        else:
            _ops.call("copy_", view, _fitted(view, given))
        return
    if given.dim() and tensors and not isinstance(value, _tensor_class()):
        given = given.to(view.dtype)
    _ops.call("index_put_", view, _spread(tensors), _without_leading_ones(given))


def _without_leading_ones(value):
    """PyTorch drops leading dimensions of size 1 from what is written."""
    shape = _without_ones(value.shape)
    return value if len(shape) == value.dim() else value.view(shape)


def _without_ones(shape):
    drop = 0
    while drop < len(shape) and shape[drop] == 1:
        drop += 1
    return shape[drop:]


def _fitted(view, value):
    """What is written in the shape of the place it goes to: leading ones dropped, then expanded, as PyTorch does."""
    shape = view.shape
    if value.shape == shape:
        return value
    value = value.view(_without_ones(value.shape))
    return value if value.shape == shape else _ops.call("expand", value, list(shape), implicit=True)
