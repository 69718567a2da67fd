"""``out=``: results written into tensors that exist."""

from . import _engine
from ._conversion import make_leaf
from ._dispatch import site
from ._errors import check
from ._return_types import named
from ._warn import warn

__all__ = ["make_leaf", "write_out"]


def write_out(name, out, result, values):
    """Writes ``result`` into ``out`` (one tensor or a tuple of them) and returns ``out``.

    Raises RuntimeError where a gradient would be lost, or the dtype does not fit.
    """
    from . import _handles
    from ._resizing import give_size

    tensor = _handles.Tensor
    outs = out if isinstance(out, (tuple, list)) else (out,)
    results = result if isinstance(result, tuple) else (result,)
    if len(outs) != len(results):
        raise TypeError(f"expected tuple of {len(results)} elements but got {len(outs)}")
    if _engine.grad_mode():
        given = [*values.values(), *outs]
        flat = [item for value in given for item in (value if isinstance(value, (tuple, list)) else (value,))]
        if any(isinstance(item, tensor) and item.requires_grad for item in flat):
            raise RuntimeError(
                f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of the "
                "arguments requires grad."
            )
    for target, made in zip(outs, results):
        if name == "cat" and _ORDER[made.dtype._kind] > _ORDER[target.dtype._kind]:
            raise TypeError(
                f"torch.cat(): input types can't be cast to the desired output type {target.dtype._scalar_name}"
            )
        if name in _EXACT and target.dtype is not made.dtype:
            raise RuntimeError(
                f"Expected out tensor to have dtype {_EXACT_NAMES[made.dtype._name]}, but got "
                f"{_EXACT_NAMES[target.dtype._name]} instead"
            )
        if name in _FACTORIES and target.shape != made.shape:
            if name == "arange" and target.numel():
                _warn_of_length(target, made)
            give_size(target, made.shape)
        _write(target, made)
    if hasattr(result, "_fields"):
        return named(f"{type(result).__name__}_out", result._fields)(outs)
    return out


def _warn_of_length(target, made):
    warn(
        f"The number of elements in the out tensor of shape {list(target.shape)} is {target.numel()} which does not "
        f"match the computed number of elements {made.numel()}. Note that this may occur as a result of rounding error. "
        f"The out tensor will be resized to a tensor of shape ({made.numel()},)."
    )


#: Operators that write numbers of their own dtype alone.
_EXACT = frozenset(
    "mm bmm addmm addmv baddbmm softmax log_softmax norm gather tril triu diag index_add renorm cross inverse argmax "
    "argmin max min sort topk".split()
)
#: Functions that give a tensor its size without saying so.
_FACTORIES = frozenset("zeros ones full eye arange linspace logspace rand randn randint randperm empty".split())
_EXACT_NAMES = {
    "uint8": "unsigned char",
    "int8": "signed char",
    "int16": "short int",
    "int32": "int",
    "int64": "long int",
    "float16": "c10::Half",
    "bfloat16": "c10::BFloat16",
    "float32": "float",
    "float64": "double",
    "bool": "bool",
}


_ORDER = {"bool": 0, "int": 1, "float": 2, "complex": 3}


def _write(target, made):
    if _ORDER[made.dtype._kind] > _ORDER[target.dtype._kind]:
        raise RuntimeError(
            f"result type {made.dtype._scalar_name} can't be cast to the desired output type "
            f"{target.dtype._scalar_name}"
        )
    if target.shape != made.shape:
        if target.numel():
            warn(
                f"An output with one or more elements was resized since it had shape {list(target.shape)}, which does "
                f"not match the required output shape {list(made.shape)}. This behavior is deprecated, and in a future "
                "PyTorch release outputs will not be resized unless they have zero elements. You can explicitly reuse "
                "an out tensor t by resizing it, inplace, to zero elements with t.resize_(0)."
            )
        check(_engine.set_data(site(), target._h, made.to(target.dtype)._h))
        _engine.bump_version(target._h)
        return
    target.copy_(made)
