"""What functions about layouts and devices say of tensors that are all dense, real and on the CPU."""

from . import _assemble
from ._conversion import from_data, numbers_of
from ._ops import call
from ._tensor import Tensor
from ._warn import warn

# ---- layouts


def to_dense(self, dtype=None, *, masked_grad=None):
    """The tensor itself: it is dense."""
    return self if dtype is None else self.to(dtype)


def dense_dim(self):
    """All dimensions are dense."""
    return self.dim()


def sparse_dim(self):
    """No dimension is sparse."""
    return 0


def _of_sparse_tensors(name, layout):
    def function(self):
        raise RuntimeError(f"{name} expected sparse {layout} layout but got Strided")

    function.__name__ = name
    function.__doc__ = "Raises: the tensor is dense."
    return function


def dim_order(self, *, ambiguity_check=False):
    """The dimensions from the outermost in memory to the innermost."""
    return tuple(sorted(range(self.dim()), key=lambda dim: -self.stride(dim)))


# ---- Python's functions for each element


def _mapped(name, tensors, function):
    self = tensors[0]
    if self.requires_grad:
        raise RuntimeError(
            f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead."
        )
    columns = [numbers_of(tensor.expand(self.shape)) for tensor in tensors]
    made = from_data([function(*row) for row in zip(*columns)], self.dtype)
    return self.copy_(made.reshape(self.shape))


def map_(self, tensor, callable):
    """Replaces each element by ``callable(element, other's)``, in place."""
    return _mapped("map_", (self, tensor), callable)


def map2_(self, x, y, callable):
    """Replaces each element by ``callable(element, x's, y's)``, in place."""
    return _mapped("map2_", (self, x, y), callable)


def nonzero_static(self, *, size, fill_value=-1):
    """As nonzero with ``size`` rows: the last ones are left away, or filled."""
    from . import cat, full

    found = call("nonzero", self)[:size]
    missing = size - found.shape[0]
    return cat([found, full((missing, self.dim()), fill_value, dtype=found.dtype)]) if missing > 0 else found


def module_load(self, other, assign=False):
    """What ``load_state_dict`` keeps: a copy into this tensor, or ``other``."""
    return other.detach() if assign else self.copy_(other).detach()


def narrow_copy(self, dim, start, length):
    """A copy of what narrow shows."""
    return self.narrow(dim, start, length).clone()


def unsafe_chunk(self, chunks, dim=0):
    """As chunk; the pieces may be changed in place."""
    part = -(-self.shape[dim] // chunks)
    return call("unsafe_split.Tensor", self, part, dim) if part else self.chunk(chunks, dim)


METHODS = {
    **{
        function.__name__: function
        for function in (
            to_dense,
            dense_dim,
            sparse_dim,
            dim_order,
            map_,
            map2_,
            nonzero_static,
            module_load,
            narrow_copy,
            unsafe_chunk,
        )
    },
    "is_coalesced": _of_sparse_tensors("is_coalesced", "coordinate tensor"),
    "coalesce": _of_sparse_tensors("coalesce", "coordinate tensor"),
    "indices": _of_sparse_tensors("indices", "coordinate tensor"),
    "values": _of_sparse_tensors("values", "tensor"),
    "is_distributed": lambda self: False,
    "conj_physical_": lambda self: self,
}


# ---- functions of torch


def empty_permuted(size, physical_layout, *, dtype=None, layout=None, device=None, requires_grad=False, pin_memory=False):
    """A tensor whose dimensions lie in memory in the order ``physical_layout``."""
    from . import empty

    made = empty([size[dim] for dim in physical_layout], dtype=dtype, device=device)
    back = sorted(range(len(size)), key=lambda dim: physical_layout[dim])
    return made.permute(back).requires_grad_(requires_grad)


def conj_physical_(input):
    """The complex conjugate of real numbers: the tensor itself."""
    return input


def deprecated_range(*args, **kwargs):
    """As arange, the end included. Deprecated."""
    warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is inconsistent with "
        "Python's range builtin. Instead, use torch.arange, which produces values in [start, end)."
    )
    return _assemble.OPERATORS["range"](*args, **kwargs)


deprecated_range.__name__ = "range"
FUNCTIONS = {
    function.__name__: function
    for function in (
        empty_permuted,
        conj_physical_,
        nonzero_static,
        narrow_copy,
        unsafe_chunk,
        deprecated_range,
    )
}


def install():
    """Adds the methods to Tensor."""
    for name, function in METHODS.items():
        function.__name__ = name
        function.__qualname__ = f"Tensor.{name}"
        function.__module__ = "torch"
        setattr(Tensor, name, function)
    for name in ("is_ipu", "is_maia", "is_mtia", "is_vulkan", "is_xla"):
        setattr(Tensor, name, property(lambda self: False))
