"""How PyTorch's texts name the type of a value."""


def type_name(value):
    """``Tensor``, ``int``, ``list``: the name of the value's type."""
    return type(value).__name__
