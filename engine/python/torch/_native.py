"""Functions of torch that lie beneath the layers, put together from operators or from other functions."""

import math

from . import _dispatch, _dtype, _registry
from ._return_types import named
from ._tensor import Tensor
from ._warn import warn_once

#: Public name -> the operator that is it.
_OPERATORS = {
    "convolution": "convolution",
    "embedding_bag": "_embedding_bag",
    "grid_sampler_2d": "grid_sampler_2d",
    "grid_sampler_3d": "grid_sampler_3d",
    "native_batch_norm": "native_batch_norm",
    "native_group_norm": "native_group_norm",
    "native_layer_norm": "native_layer_norm",
}


def sym_sqrt(a):
    """The square root of a number."""
    return math.sqrt(a)


def cudnn_is_acceptable(input, /):
    """Never: there is no cuDNN."""
    return False


# ---- memory of Python's


def frombuffer(buffer, *, dtype, count=-1, offset=0, requires_grad=False):
    """A one-dimensional tensor of the bytes of ``buffer``, from byte ``offset`` on.

    ``count`` elements, all by default. Raises ValueError where the lengths do not fit. The numbers are copied: unlike
    in PyTorch, later changes of the buffer are not seen.
    """
    view = memoryview(buffer).cast("B")
    size = dtype.itemsize
    length = len(view)
    if length == 0 or count == 0:
        raise ValueError(f"both buffer length ({length}) and count ({count}) must not be 0")
    if not 0 <= offset < length:
        raise ValueError(
            f"offset ({offset} bytes) must be non-negative and no greater than buffer length ({length} bytes) minus 1"
        )
    if count < 0:
        if (length - offset) % size:
            raise ValueError(
                f"buffer length ({length - offset} bytes) after offset ({offset} bytes) must be a multiple of element "
                f"size ({size})"
            )
        count = (length - offset) // size
    if offset + count * size > length:
        raise ValueError(
            f"requested buffer length ({count} * {size} bytes) after offset ({offset} bytes) must not be greater than "
            f"actual buffer length ({length} bytes)"
        )
    if memoryview(buffer).readonly:
        warn_once(
            "The given buffer is not writable, and PyTorch does not support non-writable tensors. This means you can "
            "write to the underlying (supposedly non-writable) buffer using the tensor. You may want to copy the buffer "
            "to protect its data or make it writable before converting it to a tensor. This type of warning will be "
            "suppressed for the rest of this program."
        )
    from . import tensor, uint8

    raw = tensor(list(view[offset : offset + count * size]), dtype=uint8)
    made = raw if dtype is uint8 else raw.view(dtype)
    return made.requires_grad_() if requires_grad else made


# ---- histograms over several dimensions


def histogramdd(input, bins, range=None, weight=None, density=False):
    """How many points (rows) each box of a grid has, or what weight, and the boxes' edges along each dimension."""
    from . import bucketize, linspace, zeros

    points = input.reshape(-1, input.size(-1))
    dims = points.size(1)
    if isinstance(bins, int):
        bins = [bins] * dims
    if len(bins) != dims:
        raise RuntimeError("histogramdd: The size of bins must be equal to the innermost dimension of the input.")
    edges = []
    for dim, own in enumerate(bins):
        if isinstance(own, Tensor):
            edges.append(own)
            continue
        column = points[:, dim]
        if range is not None:
            low, high = range[2 * dim], range[2 * dim + 1]
        else:
            low, high = (float(column.min()), float(column.max())) if column.numel() else (0.0, 1.0)
        if low == high:
            low, high = low - 0.5, high + 0.5
        edges.append(linspace(low, high, own + 1, dtype=input.dtype))
    shape = [edge.numel() - 1 for edge in edges]
    amounts = points.new_ones(points.size(0)) if weight is None else weight.reshape(-1)
    inside = points.new_ones(points.size(0), dtype=_dtype.bool)
    flat = points.new_zeros(points.size(0), dtype=_dtype.int64)
    for dim, edge in enumerate(edges):
        column = points[:, dim].contiguous()
        inside = inside & (column >= edge[0]) & (column <= edge[-1])
        place = (bucketize(column, edge, right=True) - 1).clamp(0, shape[dim] - 1)
        flat = flat * shape[dim] + place
    hist = zeros(math.prod(shape), dtype=input.dtype).index_add(0, flat[inside], amounts[inside]).reshape(shape)
    if density:
        hist = hist / hist.sum()
        for dim, edge in enumerate(edges):
            widths = (edge[1:] - edge[:-1]).reshape([-1 if d == dim else 1 for d in _count(len(shape))])
            hist = hist / widths
    return named("histogramdd", ("hist", "bin_edges"))((hist, tuple(edges)))


_count = range


# ---- approximate factors of large matrices (Halko, Martinsson and Tropp 2009)


def _basis(A, q, niter, M):
    """Columns that nearly span A's range: random combinations of A's columns, improved by power iterations."""
    from . import linalg, randn

    dtype = A.dtype if A.is_floating_point() else _dtype.float32
    start = randn(A.shape[-1], q, dtype=dtype)

    def orthogonal(matrix, shift, factor):
        product = matrix.matmul(factor)
        return linalg.qr(product if shift is None else product - shift.matmul(factor)).Q

    basis = orthogonal(A, M, start)
    for _ in _count(niter):
        basis = orthogonal(A.mH, None if M is None else M.mH, basis)
        basis = orthogonal(A, M, basis)
    return basis


def svd_lowrank(A, q=6, niter=2, M=None):
    """U, S, V of the ``q`` largest singular values of A (less M), approximately; draws random numbers.

    A is (..., m, n); U (..., m, q), S (..., q), V (..., n, q).
    """
    from . import linalg

    rows, columns = A.shape[-2:]
    if M is not None:
        M = M.broadcast_to(A.size())
    wide = rows < columns
    if wide:
        A, M = A.mH, None if M is None else M.mH
    basis = _basis(A, 6 if q is None else q, 2 if niter is None else niter, M)
    small = basis.mH.matmul(A)
    if M is not None:
        small = small - basis.mH.matmul(M)
    U, S, Vh = linalg.svd(small, full_matrices=False)
    U, V = basis.matmul(U), Vh.mH
    return (V, S, U) if wide else (U, S, V)


def pca_lowrank(A, q=None, center=True, niter=2):
    """The ``q`` principal directions of A's rows, approximately. Raises ValueError for a ``q`` or ``niter`` out of range."""
    rows, columns = A.shape[-2:]
    if q is None:
        q = min(6, rows, columns)
    elif not 0 <= q <= min(rows, columns):
        raise ValueError(
            f"q(={q}) must be non-negative integer and not greater than min(m, n)={min(rows, columns)}"
        )
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    return svd_lowrank(A - A.mean(dim=(-2,), keepdim=True) if center else A, q, niter=niter)


FUNCTIONS = {
    function.__name__: function
    for function in (sym_sqrt, cudnn_is_acceptable, frombuffer, histogramdd, svd_lowrank, pca_lowrank)
}
for _value in FUNCTIONS.values():
    _value.__module__ = "torch"
#: What the build of a library is asked for; as real PyTorch's answers.
FLAGS = {"has_lapack": True, "has_mkl": True, "has_openmp": True, "has_spectral": True}


def install():
    """Writes the functions that are operators."""
    for name, key in _OPERATORS.items():
        FUNCTIONS[name] = _dispatch.write(name, name, [_registry.BY_KEY[key]], False)
