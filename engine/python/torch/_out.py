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
        if target.dtype is not made.dtype:
            _check_dtype(name, target.dtype, made.dtype, values)
        if name in _FACTORIES and target.shape != made.shape:
            if name == "arange" and target.numel():
                _warn_of_length(target, made)
            give_size(target, made.shape)
        _write(target, made)
    if hasattr(result, "_fields"):
        return named(f"{type(result).__name__}_out", result._fields)(outs)
    return out


def _check_dtype(name, wanted, made, values):
    """Raises where numbers of the dtype ``made`` may not go into a tensor of another one, ``wanted``."""
    given, own = wanted._scalar_name, made._scalar_name
    if name in _JOINING and _ORDER[made._kind] > _ORDER[wanted._kind]:
        raise TypeError(f"torch.cat(): input types can't be cast to the desired output type {given}")
    if name in _EXACT:
        raise RuntimeError(
            f"Expected out tensor to have dtype {_EXACT_NAMES[made._name]}, but got {_EXACT_NAMES[wanted._name]} instead"
        )
    if name in _UNCHANGED and not (name in _BOUNDED and _by_tensors(values)):
        raise RuntimeError(f"Found dtype {given} but expected {own}")
    if name in _EXTREMES:
        raise RuntimeError(
            f"Expected the dtype for input and out to match, but got {own} for input's dtype and {given} for out's dtype."
        )
    if name in _ANSWERS:
        raise RuntimeError(f"{name} does not support non-boolean outputs.")
    if name in ("all", "any") and wanted._name != "uint8":
        raise RuntimeError(f"{name} only supports bool tensor for result, got: {given}")
    if name == "nan_to_num":
        raise RuntimeError(f"nan_to_num: dtype of out: {given} should be same as input: {own}")
    if name == "float_power":
        raise RuntimeError(
            f"the output given to float_power has dtype {given} but the operation's result requires dtype {own}"
        )


def _by_tensors(values):
    from . import _handles

    return any(isinstance(values.get(bound), _handles.Tensor) for bound in ("min", "max"))


def _warn_of_length(target, made):
    warn(
        f"The number of elements in the out tensor of shape {list(target.shape)} is {target.numel()} which does not "
        f"match the computed number of elements {made.numel()}. Note that this may occur as a result of rounding error. "
        f"The out tensor will be resized to a tensor of shape ({made.numel()},)."
    )


#: Operators that write numbers of their own dtype alone.
_EXACT = frozenset(
    "mm bmm addmm addmv baddbmm softmax log_softmax norm gather tril triu diag index_add renorm cross inverse "
    "argmax argmin max min sort topk aminmax expand_copy permute_copy t_copy view_copy frobenius_norm index_copy "
    "index_reduce isin msort scatter scatter_add scatter_reduce take_along_dim triangular_solve lu_unpack qr "
    "slogdet svd linalg_vector_norm linalg_cholesky linalg_cholesky_ex linalg_cross linalg_det linalg_eigh "
    "linalg_eigvalsh linalg_inv linalg_inv_ex linalg_lu linalg_lu_factor linalg_lu_factor_ex linalg_lu_solve "
    "linalg_qr linalg_slogdet linalg_solve linalg_solve_ex linalg_svd linalg_svdvals".split()
)
#: Operators that put tensors together, and convert only to a dtype of the same kind or a wider one.
_JOINING = frozenset("cat column_stack concat concatenate dstack hstack row_stack stack vstack".split())
#: Pointwise operators that do not convert what they write.
_UNCHANGED = frozenset(
    "abs absolute bitwise_not ceil clamp clamp_max clamp_min clip fix floor frac neg negative gelu round sgn sign "
    "special_round trunc".split()
)
#: Of these the ones that convert after all where tensors are the bounds.
_BOUNDED = frozenset("clamp clamp_max clamp_min clip".split())
_EXTREMES = frozenset("amax amin".split())
#: Questions whose answers are booleans and nothing else.
_ANSWERS = frozenset("isneginf isposinf signbit".split())
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
