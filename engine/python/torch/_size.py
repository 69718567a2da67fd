"""torch.Size: a tuple of the lengths of a tensor's dimensions."""


class Size(tuple):
    """The shape of a tensor. Slices and sums are sizes again."""

    __slots__ = ()

    def __new__(cls, sizes=()):
        made = tuple.__new__(cls, sizes)
        for i, size in enumerate(made):
            if type(size) is not int and not hasattr(size, "__index__"):
                raise TypeError(
                    f"torch.Size() takes an iterable of 'int' (item {i} is '{type(size).__name__}')"
                )
        return made

    def numel(self):
        """The number of elements: the product of all sizes."""
        count = 1
        for size in self:
            count *= size
        return count

    def __getitem__(self, index):
        found = tuple.__getitem__(self, index)
        return Size(found) if type(index) is slice else found

    def __add__(self, other):
        if not isinstance(other, tuple):
            return NotImplemented
        return Size(tuple.__add__(self, other))

    def __radd__(self, other):
        if not isinstance(other, tuple):
            return NotImplemented
        return Size(tuple.__add__(other, self))

    def __mul__(self, count):
        return Size(tuple.__mul__(self, count))

    __rmul__ = __mul__

    def __getattr__(self, name):
        raise AttributeError(f"'torch.Size' object has no attribute '{name}'")

    def __repr__(self):
        return f"torch.Size([{', '.join(map(str, self))}])"

    __str__ = __repr__

    def __reduce__(self):
        return Size, (tuple(self),)


Size.__module__ = "torch"
