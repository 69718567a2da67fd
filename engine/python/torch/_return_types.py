"""What operators with several results return: tuples with names, as ``torch.return_types.max``."""

from ._handles import handles

_made = {}


class _Named(tuple):
    """A tuple whose items have names too."""

    __slots__ = ()
    _fields = ()

    def __repr__(self):
        items = ",\n".join(f"{name}={value!r}" for name, value in zip(self._fields, self))
        return f"torch.return_types.{type(self).__name__}(\n{items})"

    def __reduce__(self):
        return type(self), (tuple(self),)


def named(name, fields):
    """The class of the results of the operator ``name``."""
    key = (name, tuple(fields))
    cls = _made.get(key)
    if cls is None:
        body = {"__slots__": (), "_fields": key[1], "__module__": "torch.return_types", "__match_args__": key[1]}
        body["n_fields"] = body["n_sequence_fields"] = len(fields)
        for position, field in enumerate(fields):
            body[field] = property(lambda self, position=position: self[position])
        cls = _made[key] = type(name, (_Named,), body)
    return cls


def several(count, entry):
    """The results of an operator that has several: a tuple, with names where its schema has them."""
    found = handles(count)
    if entry.names:
        return named(entry.name, entry.names)(found)
    return tuple(found)
