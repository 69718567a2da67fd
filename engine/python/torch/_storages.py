"""Between tensors and the storages that files name."""


def tensor_on(storage, offset, size, stride, dtype=None):
    """A tensor without history on a storage."""
    from .storage import TypedStorage, window

    if isinstance(storage, TypedStorage):
        dtype = dtype or storage.dtype
        storage = storage.untyped()
    return window(storage._tensor, dtype, offset, tuple(size), tuple(stride))
