"""Calling operators by their key in the registry, for the package's own use."""

from . import _dispatch, _registry
from ._binding import MISSED, run
from ._errors import not_available
from ._overloads import OpOverload, OpOverloadPacket  # noqa: F401

#: What the package calls often, written out although it is no function of its own anywhere.
_OFTEN = (
    "batch_norm",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy_loss",
    "embedding",
    "mse_loss",
    "nll_loss_nd",
)


#: Key -> its fast path, which takes arguments in the schema's order or answers MISSED.
_FAST = {}


def write_fast_paths(written):
    """``written``: the functions of all names, whose fast paths serve here too where a name has one operator."""
    for function in written:
        overloads = function._overloads
        if len(overloads.entries) == 1:
            _FAST[overloads.entries[0].key] = overloads.fast
    for key in _OFTEN:
        _FAST[key] = _dispatch.write_fast(_registry.BY_KEY[key])


#: What the operators behind the layers do not take for a tensor.
_NUMBERS = (int, float, bool)


def call(key, *args, **kwargs):
    """Runs the operator ``key`` ("select.int"). Raises NotImplementedError where the engine has none of that name."""
    if not kwargs:
        fast = _FAST.get(key)
        if fast is not None:
            result = fast(*args)
            if result is not MISSED:
                return result
    entry = _registry.BY_KEY.get(key)
    if entry is None:
        raise not_available(f"the operator {key}")
    values = {}
    for position, (param, value) in enumerate(zip(entry.params, args)):
        if param.kind == "Tensor" and type(value) in _NUMBERS and not entry.inplace:
            name = "input" if param.name == "self" else param.name
            raise TypeError(
                f"{entry.name}(): argument '{name}' (position {position + 1}) must be Tensor, not {type(value).__name__}"
            )
        values[param.name] = value
    values.update(kwargs)
    return run(entry, values)


def has(key):
    """Whether the engine has the operator ``key``."""
    return key in _registry.BY_KEY
