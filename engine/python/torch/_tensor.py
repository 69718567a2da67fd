"""torch.Tensor: what every tensor can do beside the operators, which _assemble.py adds from the registry."""

from collections import OrderedDict

from . import _conversion, _device, _dtype, _engine, _handles, _hooks, _indexing, _node, _overrides, _parameters
from ._dispatch import site
from ._errors import check, last, not_available
from ._handles import told_dead, wrap, wrap_known
from ._size import Size
from ._warn import warn, warn_once

NON_LEAF_GRAD = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
    "populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, "
    "use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the "
    "leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more information."
)
SCALAR_WITH_GRAD = (
    "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
    "Consider using tensor.detach() first."
)
ONE_ELEMENT = "only one element tensors can be converted to Python scalars"
INDEX_ELEMENT = "only integer tensors of a single element can be converted to an index"
DEEPCOPY = (
    "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you "
    "were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see "
    "https://github.com/pytorch/pytorch/pull/103001"
)


_NO_SUBCLASS = "Creating a Tensor subclass from a class that does not inherit from Tensor is not possible. Make sure your class inherits from Tensor."


def _read_only(name):
    text = f"attribute '{name}' of 'torch._C.TensorBase' objects is not writable"

    def refuse(self, *_):
        raise AttributeError(text)

    return refuse


def _fixed(function):
    """A property that says in PyTorch's words that it cannot be set."""
    refuse = _read_only(function.__name__)
    return property(function, refuse, refuse, function.__doc__)


class _late:
    """What is imported after this module."""

    backward = None


class Tensor:
    """A multi-dimensional array of numbers of one dtype, and its part in autograd."""

    __slots__ = ("_h", "__dict__", "__weakref__")
    __array_priority__ = 1000

    def __new__(cls, *args, **kwargs):
        made = _conversion.legacy_constructor(cls, args, kwargs)
        return made if cls is Tensor else _handles.adopt(made, cls)

    def __init__(self, *args, **kwargs):
        pass

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        _overrides.wrap_inherited(cls, Tensor)

    __torch_function__ = classmethod(_overrides.default)

    def as_subclass(self, cls):
        """The same tensor as an object of a subclass."""
        from ._ops import call

        if not isinstance(cls, type):
            raise TypeError(f"cls must be a type (got {type(cls).__name__})")
        if not issubclass(cls, Tensor):
            raise TypeError(_NO_SUBCLASS)
        with _overrides.DisableTorchFunctionSubclass():
            made = call("alias", self)
        return made if cls is Tensor else _handles.adopt(made, cls)

    @staticmethod
    def _make_subclass(cls, data, require_grad=False, *_, **__):
        """A leaf of a subclass on the memory of ``data``."""
        with _overrides.DisableTorchFunctionSubclass():
            made = _handles.adopt(data.detach(), cls)
        if require_grad:
            made.requires_grad_()
        return made

    @staticmethod
    def _make_wrapper_subclass(cls, *_, **__):
        raise not_available("torch.Tensor._make_wrapper_subclass")

    def __del__(self, told_dead=told_dead):
        told_dead(self._h)

    # ---- geometry

    @_fixed
    def shape(self):
        """The sizes of the dimensions, as a ``torch.Size``."""
        return tuple.__new__(Size, _engine.INTS[: _engine.sizes(self._h)])

    def size(self, *args, **kwargs):
        """The shape, or with ``dim`` the size of one dimension. Raises IndexError for a dimension that is not there."""
        if not args and not kwargs:
            return tuple.__new__(Size, _engine.INTS[: _engine.sizes(self._h)])
        return _size_of(self, args, kwargs)

    def stride(self, dim=None):
        """The steps in memory, in elements: of all dimensions, or of one."""
        strides = tuple(_engine.INTS[: _engine.strides(self._h)])
        return strides if dim is None else strides[_wrap_dim(dim, len(strides))]

    def storage_offset(self):
        """Where in the storage the first element lies, in elements."""
        return _engine.storage_offset(self._h)

    def dim(self):
        """The number of dimensions."""
        return _engine.rank(self._h)

    ndimension = dim

    @_fixed
    def ndim(self):
        """The number of dimensions."""
        return _engine.rank(self._h)

    def numel(self):
        """The number of elements."""
        return _engine.numel(self._h)

    nelement = numel

    @_fixed
    def dtype(self):
        """The type of the elements."""
        return _dtype.BY_CODE[_engine.dtype(self._h)]

    @_fixed
    def device(self):
        """Where the tensor lives: always the CPU."""
        return _device.CPU

    @_fixed
    def layout(self):
        """Always ``torch.strided``."""
        return _dtype.strided

    @_fixed
    def itemsize(self):
        """Bytes of one element."""
        return self.dtype.itemsize

    @_fixed
    def nbytes(self):
        """Bytes of all elements."""
        return self.numel() * self.dtype.itemsize

    def element_size(self):
        """Bytes of one element."""
        return self.dtype.itemsize

    def is_contiguous(self, memory_format=None):
        """Whether the elements lie in memory in row-major order (or in ``memory_format``) without gaps."""
        if memory_format is not None:
            return _engine.lies_in(self._h, memory_format._code)
        return _engine.is_contiguous(self._h)

    def is_floating_point(self):
        """Whether the dtype is a floating-point one."""
        return self.dtype._kind == "float"

    def is_complex(self):
        """Whether the dtype is complex."""
        return self.dtype._kind == "complex"

    def is_signed(self):
        """Whether the dtype has negative numbers."""
        return self.dtype.is_signed

    def is_inference(self):
        """Whether it was made in inference mode."""
        return _engine.is_inference(self._h)

    def is_conj(self):
        """Whether it is a lazy conjugate: never."""
        return False

    def is_neg(self):
        """Whether it is a lazy negation: never."""
        return False

    def is_pinned(self, device=None):
        """Whether it lies in pinned memory: never."""
        return False

    def is_shared(self):
        """Whether it lies in memory shared between processes: never."""
        return False

    def is_set_to(self, tensor):
        """Whether both are the same window on the same memory."""
        return (
            _engine.same_storage(self._h, tensor._h)
            and self.shape == tensor.shape
            and self.stride() == tensor.stride()
            and self.storage_offset() == tensor.storage_offset()
        )

    def is_same_size(self, other):
        """Whether both have the same shape."""
        return self.shape == other.shape

    def get_device(self):
        """The number of the device; -1 for the CPU."""
        return -1

    def data_ptr(self):
        """An address that is equal for the same place in the same memory. Nothing can be read from it."""
        return 0x10000 + _engine.storage_identity(self._h) * 0x100000 + self.storage_offset() * self.itemsize

    is_cuda = property(lambda self: False)
    is_cpu = property(lambda self: True)
    is_mps = property(lambda self: False)
    is_xpu = property(lambda self: False)
    is_meta = property(lambda self: False)
    is_sparse = property(lambda self: False)
    is_sparse_csr = property(lambda self: False)
    is_mkldnn = property(lambda self: False)
    is_quantized = property(lambda self: False)
    is_nested = property(lambda self: False)

    def __len__(self):
        if not _engine.rank(self._h):
            raise TypeError("len() of a 0-d tensor")
        _engine.sizes(self._h)
        return _engine.INTS[0]

    #: The name that PyTorch gives parameters in some places: none.
    name = property(lambda self: None)

    def share_memory_(self):
        """The tensor itself: there are no other processes to share it with."""
        return self

    def pin_memory(self, device=None):
        """Raises: there is no accelerator that would need it."""
        raise RuntimeError("Cannot access accelerator device when none is available.")

    def xpu(self, *_, **__):
        """Raises, as a PyTorch without XPU does."""
        raise AssertionError("Torch not compiled with XPU enabled")

    @property
    def __cuda_array_interface__(self):
        raise AttributeError(
            f"Can't get __cuda_array_interface__ on non-CUDA tensor type: {self.type()} If CUDA data is required use "
            "tensor.cuda() to copy tensor to device memory."
        )

    def __dlpack__(self, **_):
        raise not_available("Tensor.__dlpack__ (there is no memory that another library could take)")

    # ---- numbers

    def item(self):
        """The only element as a Python number. Raises RuntimeError where there is not exactly one."""
        value = _engine.item(site(), self._h, "item")
        if value is None:
            return _engine.DOUBLE[0]
        if value == -1 and type(value) is int:
            return _minus_one(self, "item")
        return value

    def tolist(self):
        """The elements as nested lists of Python numbers; a number for a 0-dim tensor."""
        return _conversion.to_list(self)

    def _number(self, how):
        """The only element for a conversion that warns where the tensor requires grad."""
        if _engine.requires_grad(self._h) and _engine.grad_mode():
            warn_once(SCALAR_WITH_GRAD)
        if _engine.numel(self._h) != 1:
            raise ValueError(ONE_ELEMENT)
        value = _engine.item(site(), self._h, how)
        if value is None:
            return _engine.DOUBLE[0]
        if value == -1 and type(value) is int:
            return _minus_one(self, how)
        return value

    def __float__(self):
        return float(self._number("float"))

    def __int__(self):
        if _engine.numel(self._h) != 1:
            raise ValueError(ONE_ELEMENT)
        return int(_plain(self, "int"))

    def __complex__(self):
        if _engine.numel(self._h) != 1:
            raise ValueError(ONE_ELEMENT)
        return complex(_plain(self, "complex"))

    def __bool__(self):
        count = _engine.numel(self._h)
        if count != 1:
            what = "more than one value" if count else "no values"
            raise RuntimeError(f"Boolean value of Tensor with {what} is ambiguous")
        return bool(_plain(self, "bool"))

    def __index__(self):
        if _engine.numel(self._h) != 1 or self.dtype._kind not in ("int", "bool"):
            raise TypeError(INDEX_ELEMENT)
        return int(_plain(self, "index"))

    def __format__(self, text):
        if _engine.rank(self._h) == 0 and type(self) is Tensor:
            return format(self.item(), text)
        return object.__format__(self, text)

    def __repr__(self, *, tensor_contents=None):
        from ._printing import text_of

        return text_of(self)

    def __hash__(self):
        return id(self)

    def __contains__(self, element):
        if not isinstance(element, (Tensor, int, float, complex)):
            raise RuntimeError(
                f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}."
            )
        return bool((element == self).any().item())

    def __iter__(self):
        if _engine.rank(self._h) == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __reversed__(self):
        return self if _engine.rank(self._h) == 0 else self.flip(0)

    def __getitem__(self, index):
        return _indexing.get(self, index)

    def __setitem__(self, index, value):
        _indexing.set_(self, index, value)

    def __delitem__(self, index):
        raise TypeError("Tensor does not support deleting items")

    def __dir__(self):
        return sorted({*object.__dir__(self)} - {"_h"})

    def numpy(self, *, force=False):
        """Raises: there is no NumPy here."""
        if not force and _engine.requires_grad(self._h):
            raise RuntimeError(
                "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
            )
        raise not_available("Tensor.numpy() (there is no NumPy: use tolist(), or stay with tensors)")

    def __array__(self, dtype=None, copy=None):
        return self.numpy()

    # ---- autograd

    @property
    def requires_grad(self):
        """Whether gradients are computed for this tensor. May be set for leaves."""
        return check(_engine.requires_grad(self._h)) == 1

    @requires_grad.setter
    def requires_grad(self, value):
        if not isinstance(value, bool):
            raise RuntimeError("requires_grad must be a bool")
        if value and self.dtype._kind not in ("float", "complex"):
            raise RuntimeError("only Tensors of floating point and complex dtype can require gradients")
        check(_engine.set_requires_grad(site(), self._h, value))

    @requires_grad.deleter
    def requires_grad(self):
        raise RuntimeError("requires_grad must be a bool")

    def requires_grad_(self, *args, **kwargs):
        """Sets ``requires_grad`` (by default to True) and returns the tensor. Raises RuntimeError where that is
        neither a leaf nor left as it is, or where the dtype has no gradients."""
        values = _REQUIRES_GRAD.bind(args, kwargs, raising=True)
        if values.get("requires_grad", True) and self.dtype._kind != "float":
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        self.requires_grad = values.get("requires_grad", True)
        return self

    @_fixed
    def is_leaf(self):
        """Whether no recorded operator made this tensor."""
        return check(_engine.is_leaf(self._h)) == 1

    @_fixed
    def grad_fn(self):
        """The node of the graph that made this tensor; None for a leaf."""
        return _node.node_of(check(_engine.grad_fn(self._h)))

    @property
    def _grad_fn(self):
        return self.grad_fn

    @_grad_fn.setter
    def _grad_fn(self, value):
        if value is not None:
            raise RuntimeError("_grad_fn can be only set to None")
        self.detach_()

    @_grad_fn.deleter
    def _grad_fn(self):
        raise RuntimeError("Deletion of _grad_fn not allowed. Detach tensor instead!")

    @property
    def _backward_hooks(self):
        return _hooks.of_tensor(self)

    @_backward_hooks.setter
    def _backward_hooks(self, value):
        _hooks.set_on_tensor(self, value)

    @_backward_hooks.deleter
    def _backward_hooks(self):
        raise RuntimeError("Deletion of _backwards_hooks not allowed!")

    @_fixed
    def retains_grad(self):
        """Whether this tensor, not being a leaf, keeps its gradient."""
        return _engine.retains_grad(self._h) and not self.is_leaf

    @_fixed
    def output_nr(self):
        """Which output of its ``grad_fn`` it is."""
        self.grad_fn
        return _engine.output_nr(self._h)

    @_fixed
    def _version(self):
        return check(_engine.version(self._h))

    @_fixed
    def _base(self):
        return wrap_known(_engine.base(self._h))

    def _is_view(self):
        """Whether autograd knows it as a view of another tensor."""
        return _engine.is_view(self._h)

    def _view_func(self, new_base, symint_visitor_fn=None, tensor_visitor_fn=None):
        """This view made again from a tensor like its base; None where that is none."""
        return wrap(_engine.view_of(site(), self._h, new_base._h, False))

    def _view_func_unsafe(self, new_base, symint_visitor_fn=None, tensor_visitor_fn=None):
        """The same without a look at the base."""
        return wrap(_engine.view_of(site(), self._h, new_base._h, True))

    @property
    def grad(self):
        """The gradient that backward passes have added up; None before the first. May be set, also to None."""
        handle = _engine.grad(site(), self._h)
        if handle == 1:
            warn(NON_LEAF_GRAD)
            return None
        return wrap_known(handle)

    @grad.setter
    def grad(self, value):
        if value is None:
            check(_engine.set_grad(site(), self._h, 0))
            return
        if not isinstance(value, Tensor):
            raise TypeError(
                f"assigned grad expected to be a Tensor or None but got grad of type {type(value).__name__}"
            )
        _handles._known[value._h] = value
        check(_engine.set_grad(site(), self._h, value._h))

    @grad.deleter
    def grad(self):
        check(_engine.set_grad(site(), self._h, 0))

    @property
    def data(self):
        """The same memory without history, and with a version counter of its own: changes of it go unseen."""
        return wrap(_engine.data(site(), self._h))

    @data.setter
    def data(self, value):
        if not isinstance(value, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        if self.requires_grad and value.dtype._kind not in ("float", "complex"):
            raise RuntimeError(
                "data set to a tensor that requires gradients must be floating point or complex dtype"
            )
        check(_engine.set_data(site(), self._h, value._h))

    @data.deleter
    def data(self):
        raise RuntimeError("Deleting tensor data is not allowed. Delete tensor instead!")

    @property
    def volatile(self):
        """An old flag that has no effect: False."""
        warn("volatile was removed (Variable.volatile is always False)")
        return False

    @volatile.setter
    def volatile(self, _):
        warn("volatile was removed (Variable.volatile is always False)")

    def backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None):
        """Adds this tensor's gradient to the ``.grad`` of the leaves (or of ``inputs``).

        ``gradient`` has the tensor's shape; it may be left out for a tensor with one element.
        """
        _late.backward(self, gradient, retain_graph, create_graph, inputs=inputs)

    def retain_grad(self):
        """Has ``.grad`` kept although this is no leaf."""
        check(_engine.retain_grad(site(), self._h))

    def register_hook(self, hook):
        """Calls ``hook(grad)`` when the gradient is known; what it returns takes the gradient's place."""
        return _hooks.on_tensor(self, hook)

    def register_post_accumulate_grad_hook(self, hook):
        """Calls ``hook(tensor)`` after ``.grad`` of this leaf was added to."""
        return _hooks.on_accumulate(self, hook)

    def detach_(self):
        """Takes the tensor out of the graph. Raises RuntimeError for a view."""
        if _engine.is_view(self._h):
            raise RuntimeError(
                "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for "
                "training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence "
                "detach_() cannot be called on these gradients. To fix this error, please refer to the "
                "Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution."
            )
        check(_engine.detach_in_place(site(), self._h))
        return self

    # ---- copies

    def __deepcopy__(self, memo):
        if not self.is_leaf:
            raise RuntimeError(DEEPCOPY)
        if id(self) in memo:
            return memo[id(self)]
        from . import storage

        # Tensors that share memory share it in the copy as well.
        copied = storage.untyped_storage(self).__deepcopy__(memo)
        made = storage.window(copied._tensor, self.dtype, self.storage_offset(), self.shape, self.stride())
        if type(self) is not Tensor:
            made = _handles.adopt(made, type(self))
        if self.requires_grad:
            made.requires_grad_()
        grad = wrap_known(_engine.peek_grad(self._h))
        if grad is not None:
            made.grad = grad.__deepcopy__(memo)
        if self.__dict__:
            import copy

            made.__dict__.update(copy.deepcopy(self.__dict__, memo))
        memo[id(self)] = made
        return made

    def __reduce_ex__(self, protocol):
        from . import _utils, storage

        plain = type(self) is Tensor and not self.__dict__
        arguments = (
            storage.TypedStorage(wrap_storage=storage.untyped_storage(self), dtype=self.dtype),
            self.storage_offset(),
            tuple(self.shape),
            self.stride(),
            self.requires_grad,
            OrderedDict(),
        )
        if plain:
            return _utils._rebuild_tensor_v2, arguments
        return _utils._rebuild_from_type_v2, (_utils._rebuild_tensor_v2, type(self), arguments, dict(self.__dict__))

    def __setstate__(self, state):
        self.__dict__.update(state)


Tensor.__module__ = "torch"
_handles.Tensor = Tensor
_overrides.exact(Tensor)
_parameters.Tensor = Tensor

_REQUIRES_GRAD = _parameters.Signature(
    "requires_grad_", _parameters.parse_text("(bool requires_grad = True)")
)
_SIZE = _parameters.Signature("size", _parameters.parse_text("(int dim)"))


def _plain(tensor, how):
    value = _engine.item(site(), tensor._h, how)
    if value is None:
        return _engine.DOUBLE[0]
    if value == -1 and type(value) is int:
        return _minus_one(tensor, how)
    return value


def _minus_one(tensor, how):
    """The engine answered -1, which is also what a failure answers: tell them apart."""
    if _engine.numel(tensor._h) == 1:
        return -1
    raise last()


def _wrap_dim(dim, rank):
    limit = max(rank, 1)
    if not -limit <= dim < limit or rank == 0:
        if rank == 0 and -1 <= dim <= 0:
            raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-limit}, {limit - 1}], but got {dim})"
        )
    return dim + rank if dim < 0 else dim


def _size_of(tensor, args, kwargs):
    values = _SIZE.bind(args, kwargs, raising=True)
    shape = tensor.shape
    return shape[_wrap_dim(int(values["dim"]), len(shape))]
