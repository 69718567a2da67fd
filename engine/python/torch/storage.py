"""torch.storage: the memory behind tensors, as bytes (UntypedStorage) or as numbers of a dtype (TypedStorage)."""

import struct
from array import array

from . import _device, _dtype, _engine
from ._errors import check, not_available
from ._handles import wrap
from ._tensor import Tensor
from ._warn import warn_once

_DEPRECATED = (
    "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage class. "
    "This should only matter to you if you are using storages directly.  To access UntypedStorage directly, use "
    "tensor.untyped_storage() instead of tensor.storage()"
)


def window(tensor, dtype, offset, size, stride):
    """A tensor without history on the memory of ``tensor``."""
    for index, number in enumerate((*size, *stride)):
        _engine.INTS[index] = number
    return wrap(check(_engine.storage_window(tensor._h, _dtype.code_of(dtype), len(size), offset)))


class UntypedStorage:
    """Bytes that tensors share."""

    def __init__(self, size=0, *, device=None, _tensor=None):
        if _tensor is None:
            from ._ops import call

            _device.require_cpu(device)
            values = size if isinstance(size, (list, tuple, bytes)) else None
            count = len(values) if values is not None else size
            _tensor = call("empty", [count], dtype=_dtype.uint8)
            if values is not None:
                _write(_tensor, bytes(values))
        self._tensor = _tensor

    def nbytes(self):
        """The number of bytes."""
        return _engine.storage_bytes(self._tensor._h)

    size = __len__ = nbytes

    def data_ptr(self):
        """An address that is equal for the same memory. Nothing can be read from it."""
        return 0x10000 + self._key() * 0x100000

    def _key(self):
        return _engine.storage_identity(self._tensor._h)

    @property
    def _cdata(self):
        return self._key()

    device = property(lambda self: _device.CPU)
    is_cuda = property(lambda self: False)
    is_sparse = property(lambda self: False)

    def is_shared(self):
        """Whether it is shared between processes: never."""
        return False

    def is_pinned(self, device="cuda"):
        """Whether it lies in pinned memory: never."""
        return False

    def cpu(self):
        """The storage itself."""
        return self

    def cuda(self, *_, **__):
        """Raises, as a PyTorch without CUDA does."""
        raise AssertionError("Torch not compiled with CUDA enabled")

    def clone(self):
        """A copy of the bytes."""
        dtype = _dtype.BY_CODE[_engine.storage_dtype(self._tensor._h)]
        numbers = window(self._tensor, dtype, 0, (self.nbytes() // dtype.itemsize,), (1,))
        return UntypedStorage(_tensor=numbers.clone())

    def __bytes__(self):
        memory = bytearray(self.nbytes())
        if memory:
            shared = array("B", memory)
            check(_engine.storage_read(self._tensor._h, shared.buffer_info()[0]))
            return shared.tobytes()
        return b""

    def tolist(self):
        """The bytes as a list."""
        return list(bytes(self))

    def __iter__(self):
        return iter(self.tolist())

    def __getitem__(self, index):
        if isinstance(index, slice):
            return UntypedStorage(bytes(self)[index])
        count = self.nbytes()
        if not -count <= index < count:
            raise IndexError(f"index {index} out of range for storage of size {count}")
        return bytes(self)[index]

    def __setitem__(self, index, value):
        memory = bytearray(bytes(self))
        if isinstance(index, slice):
            memory[index] = bytes([value]) * len(range(*index.indices(len(memory))))
        else:
            memory[index] = value
        _write(self._tensor, bytes(memory))

    def fill_(self, value):
        """Sets every byte."""
        _write(self._tensor, bytes([value]) * self.nbytes())
        return self

    def copy_(self, source, non_blocking=None):
        """Takes over the bytes of another storage of the same size."""
        if source.nbytes() != self.nbytes():
            raise RuntimeError(
                f"size does not match, self was {self.nbytes()} bytes but src was {source.nbytes()} bytes"
            )
        _write(self._tensor, bytes(getattr(source, "_untyped_storage", source)))
        return self

    def resize_(self, size):
        """Raises: memory keeps its size here."""
        raise not_available("torch.UntypedStorage.resize_")

    def __eq__(self, other):
        return isinstance(other, UntypedStorage) and self._key() == other._key()

    def __hash__(self):
        return hash(self._key())

    def __repr__(self):
        rows = "\n ".join(str(byte) for byte in self.tolist())
        return f" {rows}\n[torch.storage.UntypedStorage(device=cpu) of size {len(self)}]"

    __str__ = __repr__

    def __reduce__(self):
        return _load_from_bytes, (_saved(self),)

    def __copy__(self):
        return self.clone()

    def __deepcopy__(self, memo):
        known = memo.setdefault("torch", {})
        if self._key() not in known:
            known[self._key()] = self.clone()
        return known[self._key()]


def _write(tensor, data):
    if not data:
        return
    memory = array("B", data)
    check(_engine.storage_write(tensor._h, memory.buffer_info()[0]))


def _saved(storage):
    import io

    from .serialization import save

    file = io.BytesIO()
    save(storage, file)
    return file.getvalue()


def _load_from_bytes(data):
    import io

    from .serialization import load

    return load(io.BytesIO(data), weights_only=False)


class TypedStorage:
    """Memory that tensors share, seen as numbers of one dtype. Deprecated in PyTorch."""

    _legacy_dtype = None

    def __new__(cls, *args, wrap_storage=None, dtype=None, device=None, _internal=False):
        made = object.__new__(TypedStorage)
        made.dtype = dtype or cls._legacy_dtype
        if wrap_storage is None:
            from ._conversion import from_data
            from ._ops import call

            values = args[0] if args else 0
            made_from = (
                call("empty", [values], dtype=made.dtype) if isinstance(values, int) else from_data(values, made.dtype)
            )
            wrap_storage = untyped_storage(made_from)
        made._untyped_storage = wrap_storage
        return made

    def __init__(self, *args, **kwargs):
        pass

    def _numbers(self):
        """A tensor of all numbers."""
        return window(self._untyped_storage._tensor, self.dtype, 0, (self.size(),), (1,))

    def untyped(self):
        """The same memory as bytes."""
        return self._untyped_storage

    def size(self):
        """How many numbers there are."""
        return self._untyped_storage.nbytes() // self.dtype.itemsize

    __len__ = size

    def nbytes(self):
        """The number of bytes."""
        return self._untyped_storage.nbytes()

    def element_size(self):
        """Bytes of one number."""
        return self.dtype.itemsize

    def data_ptr(self):
        """An address that is equal for the same memory."""
        return self._untyped_storage.data_ptr()

    device = property(lambda self: _device.CPU)
    is_cuda = property(lambda self: False)
    is_sparse = property(lambda self: False)

    def is_shared(self):
        """Whether it is shared between processes: never."""
        return False

    def pickle_storage_type(self):
        """The name of its class in files: ``FloatStorage``."""
        return f"{self.dtype._scalar_name}Storage"

    def tolist(self):
        """The numbers as a list."""
        return self._numbers().tolist()

    def __iter__(self):
        return iter(self.tolist())

    def __getitem__(self, index):
        if isinstance(index, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        if not isinstance(index, int):
            raise RuntimeError(f"can't index a {type(self)} with {type(index)}")
        return self._numbers()[index].item()

    def __setitem__(self, index, value):
        self._numbers()[index] = value

    def fill_(self, value):
        """Sets every number."""
        self._numbers().fill_(value)
        return self

    def copy_(self, source, non_blocking=None):
        """Takes over the memory of another storage of the same size."""
        self._untyped_storage.copy_(source.untyped() if isinstance(source, TypedStorage) else source)
        return self

    def clone(self):
        """A copy."""
        return TypedStorage(wrap_storage=self._untyped_storage.clone(), dtype=self.dtype)

    def cpu(self):
        """The storage itself."""
        return self

    def cuda(self, *_, **__):
        """Raises, as a PyTorch without CUDA does."""
        raise AssertionError("Torch not compiled with CUDA enabled")

    def type(self, dtype=None):
        """The name of its class."""
        return f"torch.{self.pickle_storage_type()}"

    def __eq__(self, other):
        return isinstance(other, TypedStorage) and self._untyped_storage == other._untyped_storage

    def __hash__(self):
        return hash(self._untyped_storage)

    def __repr__(self):
        warn_once(_DEPRECATED)
        rows = "\n ".join(str(number) for number in self.tolist())
        return f" {rows}\n[torch.storage.TypedStorage(dtype={self.dtype}, device=cpu) of size {len(self)}]"

    __str__ = __repr__

    def __reduce__(self):
        return _load_from_bytes, (_saved(self),)

    def __copy__(self):
        return self.clone()

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = self.clone()
        return memo[id(self)]


class _LegacyStorage(TypedStorage):
    """The base of ``torch.FloatStorage`` and its like."""


class _LegacyMeta(type):
    def __instancecheck__(cls, instance):
        return type(instance) is TypedStorage and instance.dtype is cls._legacy_dtype


#: ``FloatStorage`` and its like, by name: files name the dtype of a storage with them.
CLASSES = {
    f"{dtype._scalar_name}Storage": _LegacyMeta(
        f"{dtype._scalar_name}Storage",
        (_LegacyStorage,),
        {"_legacy_dtype": dtype, "__module__": "torch", "__doc__": f"Storages of the dtype torch.{dtype._name}."},
    )
    for dtype in _dtype.BY_CODE.values()
}


def untyped_storage(self):
    """The memory behind the tensor, as bytes."""
    dtype = _dtype.BY_CODE[_engine.storage_dtype(self._h)]
    return UntypedStorage(_tensor=window(self, dtype, 0, (), ()) if self.numel() else window(self, dtype, 0, (0,), (1,)))


def storage(self):
    """The memory behind the tensor, as numbers. Deprecated: use ``untyped_storage()``."""
    warn_once(_DEPRECATED)
    return TypedStorage(wrap_storage=untyped_storage(self), dtype=self.dtype)


def storage_type(self):
    """The class of its storage: ``torch.FloatStorage``."""
    return CLASSES[f"{self.dtype._scalar_name}Storage"]


def install():
    """Adds to Tensor what answers storages."""
    for function in (untyped_storage, storage, storage_type):
        function.__qualname__ = f"Tensor.{function.__name__}"
        setattr(Tensor, function.__name__, function)
