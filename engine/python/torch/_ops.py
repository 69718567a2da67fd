"""Calling operators by their key in the registry, for the package's own use."""

from . import _registry
from ._binding import run
from ._errors import not_available


def call(key, *args, **kwargs):
    """Runs the operator ``key`` ("select.int"). Raises NotImplementedError where the engine has none of that name."""
    entry = _registry.BY_KEY.get(key)
    if entry is None:
        raise not_available(f"the operator {key}")
    values = {param.name: value for param, value in zip(entry.params, args)}
    values.update(kwargs)
    return run(entry, values)


def has(key):
    """Whether the engine has the operator ``key``."""
    return key in _registry.BY_KEY
