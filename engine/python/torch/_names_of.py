"""How PyTorch's texts name the type of a value."""

#: Classes that PyTorch writes in C: their names carry the module.
_QUALIFIED = frozenset(("dtype", "device", "layout", "memory_format", "Size", "finfo", "iinfo"))


def type_name(value):
    """``Tensor``, ``int``, ``torch.dtype``: the name of the value's type."""
    kind = type(value)
    if kind.__module__ == "torch._C" or (kind.__module__ == "torch" and kind.__name__ in _QUALIFIED):
        return f"{kind.__module__}.{kind.__name__}"
    return kind.__name__
