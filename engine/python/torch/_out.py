"""``out=``: results written into tensors that exist."""

from . import _engine
from ._conversion import make_leaf
from ._dispatch import site
from ._errors import check
from ._warn import warn

__all__ = ["make_leaf", "write_out"]


def write_out(name, out, result, values):
    """Writes ``result`` into ``out`` (one tensor or a tuple of them) and returns ``out``.

    Raises RuntimeError where a gradient would be lost, or the dtype does not fit.
    """
    from . import _handles

    tensor = _handles.Tensor
    outs = out if isinstance(out, (tuple, list)) else (out,)
    results = result if isinstance(result, tuple) else (result,)
    if _engine.grad_mode():
        given = [*values.values(), *outs]
        flat = [item for value in given for item in (value if isinstance(value, (tuple, list)) else (value,))]
        if any(isinstance(item, tensor) and item.requires_grad for item in flat):
            raise RuntimeError(
                f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of the "
                "arguments requires grad."
            )
    for target, made in zip(outs, results):
        _write(target, made)
    return out


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
