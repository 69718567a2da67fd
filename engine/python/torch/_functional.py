"""Functions of torch that real PyTorch writes in Python too, and those that answer plain Python values."""

from . import _assemble, _conversion, _dtype, _parameters
from ._device import device as _device_class
from ._errors import not_available
from ._ops import call, has
from ._size import Size
from ._tensor import Tensor
from ._warn import warn, warn_once

_OPERATORS = _assemble.OPERATORS


def is_tensor(obj, /):
    """Whether ``obj`` is a tensor."""
    return isinstance(obj, Tensor)


def is_storage(obj, /):
    """Whether ``obj`` is a storage: there are none."""
    return False


def is_floating_point(input):
    """Whether the tensor's dtype is a floating-point one."""
    _require_tensor("is_floating_point", "input", input)
    return input.is_floating_point()


def is_complex(input):
    """Whether the tensor's dtype is complex."""
    _require_tensor("is_complex", "input", input)
    return input.is_complex()


def is_signed(input):
    """Whether the tensor's dtype has negative numbers."""
    _require_tensor("is_signed", "input", input)
    return input.is_signed()


def is_nonzero(input):
    """Whether the only element is not zero. Raises RuntimeError where there is not exactly one."""
    _require_tensor("is_nonzero", "input", input)
    return bool(input)


def is_inference(input):
    """Whether the tensor was made in inference mode."""
    return input.is_inference()


def is_same_size(input, other):
    """Whether both have the same shape."""
    return input.shape == other.shape


def numel(input):
    """The number of elements."""
    _require_tensor("numel", "input", input)
    return input.numel()


def _require_tensor(function, name, value):
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{function}(): argument '{name}' (position 1) must be Tensor, not {type(value).__name__}"
        )


def typename(obj, /):
    """The name of an object's type; ``"torch.FloatTensor"`` of a tensor."""
    if isinstance(obj, Tensor):
        return obj.type()
    cls = obj if isinstance(obj, type) else type(obj)
    module = getattr(cls, "__module__", "")
    return cls.__qualname__ if module in ("", "builtins", "__builtin__") else f"{module}.{cls.__qualname__}"


def result_type(tensor1, tensor2):
    """The dtype that arithmetic of the two gives; numbers yield to tensors, 0-dim tensors to others."""
    values = [_conversion_operand(value) for value in (tensor1, tensor2)]
    best = {}
    for rank, dtype in values:
        best[rank] = dtype if rank not in best else _conversion.promoted(best[rank], dtype)
    found = None
    for rank in sorted(best, reverse=True):
        if found is None:
            found = best[rank]
        elif _ORDER[best[rank]._kind] > _ORDER[found._kind]:
            found = _conversion.promoted(found, best[rank])
    return found


_ORDER = {"bool": 0, "int": 1, "float": 2, "complex": 3}


def _conversion_operand(value):
    """(precedence, dtype): 2 a tensor with dimensions, 1 a 0-dim tensor, 0 a number."""
    if isinstance(value, Tensor):
        return (2 if value.dim() else 1), value.dtype
    if isinstance(value, bool):
        return 0, _dtype.bool
    if isinstance(value, int):
        return 0, _dtype.int64
    if isinstance(value, float):
        from ._defaults import get_default_dtype

        return 0, get_default_dtype()
    raise TypeError(f"result_type(): argument must be Tensor or Number, not {type(value).__name__}")


def promote_types(type1, type2):
    """The smallest dtype that both fit into."""
    return _conversion.promoted(type1, type2)


def can_cast(from_, to):
    """Whether PyTorch converts ``from_`` to ``to`` in an operator's result."""
    return _ORDER[from_._kind] <= _ORDER[to._kind]


@_parameters.native(
    "(Tensor input, Tensor other, float rtol = 1e-05, float atol = 1e-08, bool equal_nan = False)"
)
def allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all elements are within ``atol + rtol * |other|`` of each other."""
    _require_tensor("allclose", "input", input)
    return bool(_OPERATORS["_allclose"](input, other, rtol, atol, equal_nan))


@_parameters.native("(Tensor input, Tensor other)")
def equal(input, other):
    """Whether both have the same shape and the same elements."""
    _require_tensor("equal", "input", input)
    if not isinstance(other, Tensor):
        raise TypeError(f"equal(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}")
    return bool(_OPERATORS["_equal"](input, other))


@_parameters.native("(Tensor input, *, bool as_tuple = False)")
def nonzero(input, *, as_tuple=False):
    """Indices of the elements that are not zero: a row each, or a tensor per dimension."""
    _require_tensor("nonzero", "input", input)
    return input.nonzero(as_tuple=as_tuple)


def split(tensor, split_size_or_sections, dim=0):
    """Views of ``tensor`` along ``dim``: of a size each, or of the sizes in a list."""
    return tensor.split(split_size_or_sections, dim)


def einsum(*args):
    """A sum of products by Einstein's notation: ``einsum("ij,jk->ik", a, b)``."""
    if len(args) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
            "subscripts list"
        )
    if isinstance(args[0], Tensor):
        equation, operands = _subscripts(args)
    else:
        equation, operands = args[0], args[1:]
    if not isinstance(equation, str):
        raise TypeError(
            f"einsum(): argument 'equation' (position 1) must be str, not {type(equation).__name__}"
        )
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = operands[0]
    return call("einsum", equation, list(operands))


def _subscripts(args):
    """The form with lists: operand, its subscripts, ..., and maybe those of the result."""

    def letters(subscripts):
        parts = []
        for subscript in subscripts:
            if subscript is Ellipsis:
                parts.append("...")
            elif 0 <= subscript < 26:
                parts.append(chr(ord("A") + subscript))
            elif 26 <= subscript < 52:
                parts.append(chr(ord("a") + subscript - 26))
            else:
                raise ValueError("einsum(): subscript in subscript list is not within the valid range [0, 52)")
        return "".join(parts)

    equation = ",".join(letters(subscripts) for subscripts in args[1::2])
    if len(args) % 2:
        equation += "->" + letters(args[-1])
        return equation, args[:-1:2]
    return equation, args[::2]


def meshgrid(*tensors, indexing=None):
    """Coordinate matrices from coordinate vectors. ``indexing``: "ij" (the default, with a warning) or "xy"."""
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tensors[0]
    if indexing is None:
        warn_once(
            "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument."
        )
        return _OPERATORS["meshgrid"](list(tensors))
    return _OPERATORS["meshgrid"](list(tensors), indexing=indexing)


def broadcast_tensors(*tensors):
    """Views of the tensors in their common shape."""
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tensors[0]
    return _OPERATORS["broadcast_tensors"](list(tensors))


def broadcast_shapes(*shapes):
    """The common shape of several shapes. Raises RuntimeError where there is none."""
    rank = max((1 if isinstance(shape, int) else len(shape) for shape in shapes), default=0)
    found = [1] * rank
    for index, shape in enumerate(shapes):
        sizes = (shape,) if isinstance(shape, int) else shape
        for i in range(-1, -1 - len(sizes), -1):
            if sizes[i] < 0:
                raise RuntimeError(f"Trying to create tensor with negative dimension ({sizes[i]}): ({sizes[i]})")
            if sizes[i] == 1 or sizes[i] == found[i]:
                continue
            if found[i] != 1:
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {sizes[i]} at {i}! Mismatching argument at index "
                    f"{index} had {shape}; but expected shape should be broadcastable to {found}"
                )
            found[i] = sizes[i]
    return Size(found)


def _each(name):
    """atleast_1d and its like: of one tensor, or of several as a tuple."""
    operator = _OPERATORS[name]

    def function(*tensors):
        if len(tensors) == 1 and not isinstance(tensors[0], (list, tuple)):
            return operator(tensors[0])
        if len(tensors) == 1:
            tensors = tensors[0]
        return tuple(operator(item) for item in tensors)

    function.__name__ = function.__qualname__ = name
    function.__module__ = "torch"
    function.__doc__ = operator.__doc__
    return function


def cartesian_prod(*tensors):
    """All combinations of elements of 1-dim tensors, one per row."""
    if len(tensors) == 1:
        return tensors[0]
    grids = _OPERATORS["meshgrid"](list(tensors), indexing="ij")
    from . import stack

    return stack([grid.flatten() for grid in grids], dim=1)


def combinations(input, r=2, with_replacement=False):
    """All combinations of ``r`` elements of a 1-dim tensor, one per row."""
    import itertools

    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = list(choose(range(input.numel()), r))
    from . import tensor

    if not rows:
        return input.new_empty((0, r))
    return input[tensor(rows)]


def block_diag(*tensors):
    """A matrix with the given ones along its diagonal."""
    for i, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(tensor).__name__}")
    return call("block_diag", list(tensors))


def tensordot(a, b, dims=2, out=None):
    """The sum of products over several dimensions of both."""
    if isinstance(dims, Tensor):
        dims = int(dims) if dims.numel() == 1 else dims.tolist()
    if isinstance(dims, (tuple, list)):
        first, second = dims
    else:
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.dim(), b.dim()):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        first, second = list(range(-dims, 0)), list(range(dims))
    first = [first] if isinstance(first, int) else list(first)
    second = [second] if isinstance(second, int) else list(second)
    return _OPERATORS["tensordot"](a, b, first, second) if out is None else _refuse("tensordot", "out")


def _refuse(name, argument):
    raise not_available(f"the argument {argument} of torch.{name}()")


def norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    """The norm of a vector, of each vector along ``dim``, or of a matrix ("fro", "nuc")."""
    from . import linalg

    input.layout  # PyTorch's first question, also to what is no tensor
    if isinstance(p, str) and p not in ("fro", "nuc") and dim is not None:
        return linalg.matrix_norm(input, p, dim, keepdim, dtype=dtype)
    if dim is not None:
        dims = [dim] if isinstance(dim, int) else list(dim)
    else:
        dims = None
    if p == "fro" and (dims is None or len(dims) <= 2):
        found = linalg.vector_norm(input, 2, dims, keepdim, dtype=dtype)
    elif p == "nuc":
        found = linalg.matrix_norm(input, "nuc", dims or list(range(input.dim())), keepdim, dtype=dtype)
    elif isinstance(p, str):
        raise RuntimeError(f"linalg.matrix_norm: Order {p} not supported.")
    else:
        order = 2.0 if p is None else p
        if dims is None:
            dims = list(range(input.dim())) if input.dim() else None
        found = linalg.vector_norm(input, order, dims, keepdim, dtype=dtype)
    if out is None:
        return found
    from ._out import write_out

    return write_out("norm", out, found, {"input": input})


_DISTANCE_MODES = {
    "use_mm_for_euclid_dist_if_necessary": 0,
    "use_mm_for_euclid_dist": 1,
    "donot_use_mm_for_euclid_dist": 2,
}


def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    """The p-norm distance between each row of ``x1`` and each row of ``x2``."""
    if compute_mode not in _DISTANCE_MODES:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    number = _DISTANCE_MODES[compute_mode]
    return call("cdist", x1, x2, p, number or None)


def _chosen(found, return_inverse, return_counts):
    values, inverse, counts = found
    if not (return_inverse or return_counts):
        return values
    return (values, *([inverse] if return_inverse else []), *([counts] if return_counts else []))


def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """The different elements, or the different slices along ``dim``; where each went, how often each came."""
    _require_operand("_unique2", input)
    flags = (("sorted", sorted), ("return_inverse", return_inverse), ("return_counts", return_counts))
    for name, flag in flags:
        if not isinstance(flag, bool):
            raise TypeError(f"_unique2(): argument '{name}' must be bool, not {type(flag).__name__}")
    if dim is None:
        found = call("_unique2", input, sorted, return_inverse, return_counts)
    else:
        found = call("unique_dim", input, dim, sorted, return_inverse, return_counts)
    return _chosen(found, return_inverse, return_counts)


def _unique(input, sorted=True, return_inverse=False):
    """The different elements and where each went, which is empty unless asked for."""
    return call("_unique2", input, sorted, return_inverse, False)[:2]


def _unique2(input, sorted=True, return_inverse=False, return_counts=False):
    """The different elements, where each went, how often each came; what is not asked for is empty."""
    return call("_unique2", input, sorted, return_inverse, return_counts)


# PyTorch chooses one of several functions by the arguments; what is wrong with them is told of one of those.
unique.__qualname__ = "_return_output"


def unique_consecutive(input, return_inverse=False, return_counts=False, dim=None):
    """The elements (or slices) without those that are equal to the one before."""
    _require_operand("unique_consecutive", input)
    found = call("unique_consecutive", input, return_inverse, return_counts, dim)
    return _chosen(found, return_inverse, return_counts)


def _require_operand(function, value):
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{function}(): argument 'input' (position 1) must be Tensor, not {type(value).__name__}"
        )


def gradient(input, *, spacing=1, dim=None, edge_order=1):
    """Estimated derivatives of sampled values along dimensions: central differences inside, one-sided at the edges."""
    dims = list(range(input.dim())) if dim is None else [dim] if isinstance(dim, int) else list(dim)
    dims = [d % input.dim() for d in dims]
    if isinstance(spacing, (tuple, list)):
        if len(spacing) != len(dims):
            raise RuntimeError(
                f"torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to 'self.dim() = "
                f"{input.dim()}' when dim=None, or a list of length equal to the number of dimensions specified, but "
                f"got a list of length {len(spacing)}"
            )
        steps = list(spacing)
    else:
        steps = [spacing] * len(dims)
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    for d in dims:
        if input.size(d) < edge_order + 1:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
    return tuple(_gradient_along(input, d, step, edge_order) for d, step in zip(dims, steps))


def _gradient_along(x, dim, step, edge_order):
    from . import cat

    count = x.size(dim)
    at = lambda i, n=1: x.narrow(dim, i, n)  # noqa: E731 - a slice of n places from the i-th
    if isinstance(step, Tensor):
        shape = [1] * x.dim()
        shape[dim] = -1
        widths = (step[1:] - step[:-1]).reshape(shape)
        before, after = widths.narrow(dim, 0, count - 2), widths.narrow(dim, 1, count - 2)
        inside = (
            at(0, count - 2) * (-after / (before * (before + after)))
            + at(1, count - 2) * ((after - before) / (before * after))
            + at(2, count - 2) * (before / (after * (before + after)))
        )
        first, last = widths.narrow(dim, 0, 1), widths.narrow(dim, count - 2, 1)
        if edge_order == 1:
            begin, end = (at(1) - at(0)) / first, (at(count - 1) - at(count - 2)) / last
        else:
            second, previous = widths.narrow(dim, 1, 1), widths.narrow(dim, count - 3, 1)
            begin = (
                at(0) * -((2 * first + second) / (first * (first + second)))
                + at(1) * ((first + second) / (first * second))
                + at(2) * (-first / (second * (first + second)))
            )
            end = (
                at(count - 3) * (last / (previous * (previous + last)))
                + at(count - 2) * (-(previous + last) / (previous * last))
                + at(count - 1) * ((2 * last + previous) / (last * (previous + last)))
            )
    else:
        inside = (at(2, count - 2) - at(0, count - 2)) / (2 * step)
        if edge_order == 1:
            begin, end = (at(1) - at(0)) / step, (at(count - 1) - at(count - 2)) / step
        else:
            begin = (-1.5 * at(0) + 2 * at(1) - 0.5 * at(2)) / step
            end = (1.5 * at(count - 1) - 2 * at(count - 2) + 0.5 * at(count - 3)) / step
    return cat((begin, inside, end), dim)


def vander(x, N=None, increasing=False):
    """Powers of a vector as columns, the highest first."""
    from . import ones

    if x.dim() != 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    count = x.size(0) if N is None else N
    if count < 0:
        raise RuntimeError("N must be non-negative.")
    dtype = x.dtype if x.is_floating_point() else _dtype.int64
    found = ones(x.size(0), count, dtype=dtype)
    if count > 1:
        found[:, 1:] = x.unsqueeze(1)
        found[:, 1:] = found[:, 1:].clone().cumprod(1)
    return found if increasing else found.flip((1,))


def chain_matmul(*matrices, out=None):
    """The product of matrices in the cheapest order."""
    from . import linalg

    if len(matrices) == 1:
        return matrices[0]
    warn_once(
        "torch.chain_matmul is deprecated and will be removed in a future PyTorch release. Use torch.linalg.multi_dot "
        "instead, which accepts a list of two or more tensors rather than multiple parameters."
    )
    return linalg.multi_dot(matrices, out=out)


def lu(A, *args, pivot=True, get_infos=False, out=None):
    """The packed LU factors and pivots of A; with what went wrong where ``get_infos``."""
    from . import linalg

    warn_once(
        "torch.lu is deprecated in favor of torch.linalg.lu_factor / torch.linalg.lu_factor_ex and will be removed in a "
        "future PyTorch release.\nLU, pivots = torch.lu(A, compute_pivots)\nshould be replaced with\n"
        "LU, pivots = torch.linalg.lu_factor(A, compute_pivots)\nand\n"
        "LU, pivots, info = torch.lu(A, compute_pivots, get_infos=True)\nshould be replaced with\n"
        "LU, pivots, info = torch.linalg.lu_factor_ex(A, compute_pivots)"
    )
    if args:
        pivot = args[0]
        get_infos = args[1] if len(args) > 1 else get_infos
    factors, pivots, info = linalg.lu_factor_ex(A, pivot=pivot)
    return (factors, pivots, info) if get_infos else (factors, pivots)


def isreal(input):
    """True everywhere: the numbers are real."""
    from . import ones_like

    _require_tensor("isreal", "input", input)
    return ones_like(input, dtype=_dtype.bool)


def norm_except_dim(v, pow=2, dim=0):
    """The norm over all dimensions but one, which keeps its place."""
    if dim == -1:
        return v.norm(pow)
    if dim == 0:
        return v.contiguous().view(v.size(0), -1).norm(pow, 1).view(-1, *[1] * (v.dim() - 1))
    if dim == v.dim() - 1:
        return v.contiguous().view(-1, v.size(-1)).norm(pow, 0).view(*[1] * (v.dim() - 1), -1)
    return norm_except_dim(v.transpose(0, dim), pow, 0).transpose(0, dim)


def histogram(input, bins=100, *, range=None, weight=None, density=False, out=None):
    """How many elements (or what weight) each bin has, and the bins' edges."""
    from . import bucketize, linspace, zeros
    from ._return_types import named

    _require_tensor("histogram", "input", input)
    if isinstance(bins, Tensor):
        edges = bins
    else:
        low, high = range if range is not None else (float(input.min()), float(input.max())) if input.numel() else (0, 1)
        if low == high:
            low, high = low - 0.5, high + 0.5
        edges = linspace(low, high, bins + 1, dtype=input.dtype)
    flat = input.detach().reshape(-1)
    inside = (flat >= edges[0]) & (flat <= edges[-1])
    places = (bucketize(flat[inside], edges, right=True) - 1).clamp(max=edges.numel() - 2)
    amounts = input.new_ones(flat.shape) if weight is None else weight.reshape(-1)
    hist = zeros(edges.numel() - 1, dtype=input.dtype).index_add(0, places, amounts[inside])
    if density:
        hist = hist / (edges[1:] - edges[:-1]) / hist.sum()
    return named("histogram", ("hist", "bin_edges"))((hist, edges))


def real(input, /):
    """The real part: the tensor itself."""
    _require_tensor("real", "input", input)
    return input


def imag(input, /):
    """Raises: the numbers are real."""
    _require_tensor("imag", "input", input)
    return input.imag


def conj(input):
    """The complex conjugate of real numbers: the tensor itself."""
    _require_tensor("conj", "input", input)
    return input


resolve_conj = resolve_neg = conj_physical = conj


def is_conj(input):
    """Never: the numbers are real."""
    _require_tensor("is_conj", "input", input)
    return False


is_neg = is_conj


def index_put_(input, indices, values, accumulate=False):
    """Writes ``values`` to the places that ``indices`` name."""
    return input.index_put_(indices, values, accumulate)


def detach_(input):
    """Cuts the tensor from its history, in place."""
    return input.detach_()


def _dropped_in_place(name):
    def function(input, p, train):
        found = _OPERATORS[name](input, p, train)
        return input if found is input else input.copy_(found)

    function.__name__ = function.__qualname__ = f"{name}_"
    function.__module__ = "torch"
    function.__doc__ = f"{name} in place."
    return function


dropout_ = _dropped_in_place("dropout")
alpha_dropout_ = _dropped_in_place("alpha_dropout")
feature_dropout_ = _dropped_in_place("feature_dropout")
feature_alpha_dropout_ = _dropped_in_place("feature_alpha_dropout")


def rrelu_(input, lower=0.125, upper=1 / 3, training=False):
    """rrelu in place."""
    return input.copy_(call("rrelu", input, lower, upper, training))


def unravel_index(indices, shape):
    """Flat positions as one tensor of positions per dimension."""
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    found = []
    rest = indices
    for size in reversed(sizes):
        found.append(rest % size)
        rest = rest // size
    return tuple(reversed(found))


def get_num_threads():
    """How many threads compute: one."""
    return 1


def set_num_threads(count, /):
    """Accepted; one thread computes."""
    if count <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")


get_num_interop_threads = get_num_threads


def set_num_interop_threads(count, /):
    """Accepted; one thread computes."""
    if count <= 0:
        raise RuntimeError("set_num_interop_threads expects a positive integer")


def use_deterministic_algorithms(mode, *, warn_only=False):
    """Kept; all algorithms are deterministic anyway."""
    _settings.update(deterministic=bool(mode), warn_only=bool(warn_only))


def are_deterministic_algorithms_enabled():
    """What ``use_deterministic_algorithms`` was last called with."""
    return _settings["deterministic"]


#: What programs set and nothing depends on.
_settings = {"deterministic": False, "warn_only": False, "precision": "highest"}


def reset():
    """Settings as after the import."""
    _settings.update(deterministic=False, warn_only=False, precision="highest")


def set_float32_matmul_precision(precision):
    """Kept; float32 is multiplied as float32 anyway."""
    if precision not in ("highest", "high", "medium"):
        from ._warn import warn

        warn(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the current"
            "setFloat32MatmulPrecision call has no effect."
        )
        return
    _settings["precision"] = precision


def get_float32_matmul_precision():
    """What ``set_float32_matmul_precision`` was last called with."""
    return _settings["precision"]


def set_flush_denormal(mode, /):
    """Accepted; nothing changes."""
    return True


def get_device_module(device=None):
    """There is no module for the CPU."""
    raise not_available(f"torch.get_device_module({_device_class(device or 'cpu')!r})")


from ._windows import bartlett_window, blackman_window, hamming_window, hann_window, kaiser_window  # noqa: E402

for _name in ("atleast_1d", "atleast_2d", "atleast_3d"):
    if _name in _OPERATORS:
        globals()[_name] = _each(_name)

#: Functions that need an operator: without it the name says that it is missing.
_NEEDS = {
    "einsum": "einsum",
    "tensordot": "tensordot",
    "meshgrid": "meshgrid",
    "broadcast_tensors": "broadcast_tensors",
    "allclose": "_allclose",
    "equal": "_equal",
    "split": "split.Tensor",
    "nonzero": "nonzero",
}
__all__ = [
    name
    for name, value in list(globals().items())
    if callable(value)
    and not name.startswith("_")
    and getattr(value, "__module__", "") in (__name__, "torch", "torch._windows")
    and not isinstance(value, type)
    and (name not in _NEEDS or has(_NEEDS[name]))
    and name not in ("call", "has", "warn", "warn_once", "not_available")
]
