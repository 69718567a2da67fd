"""torch.save and torch.load: PyTorch's file format, a zip container around a pickle and the bytes of storages."""

import collections
import contextlib
import hashlib
import io
import os
import pickle
import zipfile

from . import _dtype, _utils, storage
from ._device import device as _device_class
from ._errors import not_available
from ._size import Size
from ._tensor import Tensor

DEFAULT_PROTOCOL = 2
_STORAGES = {**storage.CLASSES, "UntypedStorage": storage.UntypedStorage}

# ---- saving


def _opened(f, mode):
    """The file to use, and whether it is ours to close."""
    if isinstance(f, (str, os.PathLike)):
        return open(f, mode), True
    return f, False


class _Pickler(pickle.Pickler):
    """Leaves storages out and notes them."""

    def __init__(self, file, protocol):
        super().__init__(file, protocol)
        self.storages = {}

    def persistent_id(self, value):
        if isinstance(value, storage.TypedStorage):
            untyped, name, count = value.untyped(), value.pickle_storage_type(), value.size()
        elif isinstance(value, storage.UntypedStorage):
            untyped, name, count = value, "UntypedStorage", value.nbytes()
        else:
            return None
        number, _ = self.storages.setdefault(untyped._key(), (str(len(self.storages)), untyped))
        return ("storage", _STORAGES[name], number, "cpu", count)


def save(obj, f, pickle_module=pickle, pickle_protocol=DEFAULT_PROTOCOL, _use_new_zipfile_serialization=True, **_):
    """Writes ``obj`` to a path or to a file object such as ``io.BytesIO``; ``torch.load`` reads it."""
    if not isinstance(f, (str, os.PathLike)) and not hasattr(f, "write"):
        raise AttributeError("expected 'f' to be string, path, or a file-like object with a 'write' attribute")
    if not _use_new_zipfile_serialization:
        raise not_available("torch.save in the format before PyTorch 1.6")
    data = io.BytesIO()
    pickler = _Pickler(data, pickle_protocol)
    pickler.dump(obj)
    name = os.path.splitext(os.path.basename(os.fspath(f)))[0] if isinstance(f, (str, os.PathLike)) else "archive"
    records = {"data.pkl": data.getvalue(), ".format_version": b"1", ".storage_alignment": b"64", "byteorder": b"little"}
    for number, untyped in pickler.storages.values():
        records[f"data/{number}"] = bytes(untyped)
    records["version"] = b"3\n"
    digest = hashlib.sha256(b"".join(records.values())).hexdigest()
    records[".data/serialization_id"] = str(int(digest, 16))[:40].rjust(40, "0").encode()
    file, ours = _opened(f, "wb")
    try:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
            for path, content in records.items():
                archive.writestr(zipfile.ZipInfo(f"{name}/{path}"), content)
        file.write(made.getvalue())
    finally:
        if ours:
            file.close()


# ---- loading

_safe = []


def add_safe_globals(safe_globals):
    """Allows classes and functions in files that are loaded with ``weights_only=True``."""
    _safe.extend(safe_globals)


def get_safe_globals():
    """What ``add_safe_globals`` allowed."""
    return list(_safe)


def clear_safe_globals():
    """Takes back what ``add_safe_globals`` allowed."""
    _safe.clear()


@contextlib.contextmanager
def safe_globals(safe_globals):
    """Allows classes and functions within a ``with`` block."""
    before = list(_safe)
    add_safe_globals(safe_globals)
    try:
        yield
    finally:
        _safe[:] = before


def _named(thing):
    return f"{thing.__module__}.{thing.__qualname__}"


def _allowed():
    from .nn.parameter import Buffer, Parameter

    known = {
        "collections.OrderedDict": collections.OrderedDict,
        "collections.Counter": collections.Counter,
        "torch.nn.parameter.Parameter": Parameter,
        "torch.nn.parameter.Buffer": Buffer,
        "torch.Size": Size,
        "torch.device": _device_class,
        "torch.Tensor": Tensor,
        "_codecs.encode": __import__("_codecs").encode,
        "builtins.bytearray": bytearray,
        "builtins.set": set,
        "builtins.complex": complex,
    }
    for module in ("__builtin__",):
        known |= {f"{module}.{kind.__name__}": kind for kind in (bytearray, set, complex)}
    for name in dir(_utils):
        if name.startswith("_rebuild"):
            known[f"torch._utils.{name}"] = getattr(_utils, name)
    known |= {f"torch.{name}": kind for name, kind in _STORAGES.items()}
    known["torch.storage.UntypedStorage"] = storage.UntypedStorage
    known["torch.storage.TypedStorage"] = storage.TypedStorage
    known |= {f"torch.{each._name}": each for each in _dtype.ALL}
    for entry in _safe:
        thing, name = entry if isinstance(entry, tuple) else (entry, None)
        known[name or _named(thing)] = thing
    return known


class _Refused(Exception):
    """A name that is not allowed."""


class _Unpickler(pickle.Unpickler):
    """Finds storages again; with ``allowed`` it takes no other names than those."""

    def __init__(self, file, find_storage, allowed):
        super().__init__(file)
        self._find_storage = find_storage
        self._allowed = allowed

    def find_class(self, module, name):
        if self._allowed is not None:
            full = f"{module}.{name}"
            if full in self._allowed:
                return self._allowed[full]
            if module in ("builtins", "__builtin__"):
                full = name
            raise _Refused(
                f"Unsupported global: GLOBAL {full} was not an allowed global by default. Please use "
                f"`torch.serialization.add_safe_globals([{full}])` or the "
                f"`torch.serialization.safe_globals([{full}])` context manager to allowlist this global if you trust "
                "this class/function."
            )
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        return super().find_class(module, name)

    def persistent_load(self, saved_id):
        return self._find_storage(saved_id)


_FAILED = "Weights only load failed. "
_CHANGED = (
    "In PyTorch 2.6, we changed the default value of the `weights_only` argument in `torch.load` from `False` to "
    "`True`. Re-running `torch.load` with `weights_only` set to `False` will likely succeed, but it can result in "
    "arbitrary code execution. Do it only if you got the file from a trusted source.\n"
)
_TWO_WAYS = (
    "This file can still be loaded, to do so you have two options, \x1b[1mdo those steps only if you trust the source "
    "of the checkpoint\x1b[0m. \n\t(1) " + _CHANGED + "\t(2) Alternatively, to load with `weights_only=True` please "
    "check the recommended steps in the following error message.\n\tWeightsUnpickler error: "
)
_REPORT = (
    "Please file an issue with the following so that we can make `weights_only=True` compatible with your use case: "
    "WeightsUnpickler error: "
)
_MORE = (
    "\n\nCheck the documentation of torch.load to learn more about types accepted by default with weights_only "
    "https://pytorch.org/docs/stable/generated/torch.load.html."
)


def _refusal(text, can_be_allowed):
    how = _TWO_WAYS if can_be_allowed else _CHANGED + _REPORT + "\n\n"
    return pickle.UnpicklingError(_FAILED + how + text + _MORE)


_CUDA = (
    "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are running on a "
    "CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map your storages to the CPU."
)


def _located(made, location, map_location):
    """Storages live on the CPU; whoever asks for another place gets PyTorch's answer."""
    if callable(map_location):
        found = map_location(made, location)
        if found is not None:
            return found
        wanted = location
    elif isinstance(map_location, dict):
        wanted = map_location.get(location, location)
    else:
        wanted = location if map_location is None else map_location
    kind = _device_class(wanted).type if not isinstance(wanted, _device_class) else wanted.type
    if kind == "cuda":
        raise RuntimeError(_CUDA)
    if kind != "cpu":
        raise not_available(f"torch.load to the device '{wanted}'")
    return made


def load(f, map_location=None, pickle_module=None, *, weights_only=None, mmap=None, **pickle_load_args):
    """Reads what ``torch.save`` wrote, from a path or a file object.

    With ``weights_only`` (the default) only tensors and plain Python values are made; anything else raises
    UnpicklingError.
    """
    for name in pickle_load_args:
        if name != "encoding":
            raise TypeError(f"Unpickler.__init__() got an unexpected keyword argument '{name}'")
    if weights_only is None:
        weights_only = pickle_module is None
    if not isinstance(f, (str, os.PathLike)) and not (hasattr(f, "seek") and hasattr(f, "read")):
        missing = "seek" if not hasattr(f, "seek") else "read"
        raise AttributeError(
            f"'{type(f).__name__}' object has no attribute '{missing}'. You can only torch.load from a file that is "
            "seekable. Please pre-load the data into a buffer like io.BytesIO and try to load from it instead."
        )
    file, ours = _opened(f, "rb")
    try:
        return _read(file, map_location, weights_only)
    finally:
        if ours:
            file.close()


def _read(file, map_location, weights_only):
    start = file.tell()
    head = file.read(4)
    file.seek(start)
    if head != b"PK\x03\x04":
        _refuse_other_formats(head, weights_only)
    with zipfile.ZipFile(io.BytesIO(file.read())) as archive:
        names = archive.namelist()
        folder = names[0].partition("/")[0]
        if f"{folder}/constants.pkl" in names:
            raise not_available("torch.load of a TorchScript archive")
        storages = {}

        def find_storage(saved_id):
            kind, storage_class, number, location, _count = saved_id
            if kind != "storage":
                raise pickle.UnpicklingError(f"Unknown typename for persistent_load, expected 'storage' but got '{kind}'")
            dtype = getattr(storage_class, "_legacy_dtype", None)
            if number not in storages:
                content = archive.read(f"{folder}/data/{number}")
                storages[number] = _located(_from_bytes(content, dtype), location, map_location)
            made = storages[number]
            if dtype is None:
                return made
            return storage.TypedStorage(wrap_storage=made, dtype=dtype)

        content = io.BytesIO(archive.read(f"{folder}/data.pkl"))
        try:
            return _Unpickler(content, find_storage, _allowed() if weights_only else None).load()
        except _Refused as refused:
            raise _refusal(str(refused), True) from None


def _from_bytes(content, dtype):
    from ._ops import call

    dtype = dtype or _dtype.uint8
    tensor = call("empty", [len(content) // dtype.itemsize], dtype=dtype)
    storage._write(tensor, content)
    return storage.untyped_storage(tensor)


def _refuse_other_formats(head, weights_only):
    if not head:
        raise EOFError("Ran out of input")
    if head[:1] == b"\x80":
        raise RuntimeError("Invalid magic number; corrupt file?")
    if weights_only:
        raise _refusal(f"Unsupported operand {head[0]}", False)
    raise pickle.UnpicklingError(f"invalid load key, '{head[:1].decode('latin-1')}'.")


def get_default_load_endianness():
    """None: files are read in the order of bytes that they name."""
    return None


def reset():
    """Nothing is allowed beside PyTorch's own names."""
    _safe.clear()
