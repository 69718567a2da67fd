"""A module called with other parameters than its own."""

from contextlib import contextmanager

from torch._warn import warn

__all__ = ["functional_call"]


def _places(module, remove_duplicate=False):
    """Dotted name -> (module, table, name) of every parameter and buffer."""
    found = {}
    for path, owner in module.named_modules(remove_duplicate=remove_duplicate):
        for table in (owner._parameters, owner._buffers):
            for name, value in table.items():
                if value is not None:
                    found[f"{path}.{name}" if path else name] = (table, name, value)
    return found


@contextmanager
def replaced(module, values, tie_weights=True, strict=False):
    """Inside, the module has ``values`` by dotted name in place of its own; tied ones all of them."""
    places = _places(module)
    unexpected = [key for key in values if key not in places]
    if strict:
        missing = [key for key in places if key not in values]
        if unexpected or missing:
            raise RuntimeError(
                f"Missing key(s): {', '.join(map(str, missing))}.\nUnexpected key(s): {', '.join(map(str, unexpected))}."
                if missing and unexpected
                else f"Missing key(s): {', '.join(map(str, missing))}."
                if missing
                else f"Unexpected key(s): {', '.join(map(str, unexpected))}."
            )
    elif unexpected:
        raise KeyError(unexpected[0])
    wanted = dict(values)
    if tie_weights:
        by_value = {id(places[key][2]): value for key, value in values.items()}
        for key, (_, _, own) in places.items():
            if key not in wanted and id(own) in by_value:
                wanted[key] = by_value[id(own)]
    try:
        for key, value in wanted.items():
            table, name, _ = places[key]
            table[name] = value
        yield
    finally:
        for key in wanted:
            table, name, own = places[key]
            table[name] = own


def call_with(module, parameters_and_buffers, args=None, kwargs=None, *, tie_weights=True, strict=False):
    """``module(*args, **kwargs)`` with other parameters and buffers."""
    if not isinstance(args, tuple):
        args = () if args is None else (args,)
    with replaced(module, parameters_and_buffers, tie_weights, strict):
        return module(*args, **(kwargs or {}))


def functional_call(module, parameters_and_buffers, args=None, kwargs=None, *, tie_weights=True, strict=False):
    """The older place of ``torch.func.functional_call``."""
    warn(
        "`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be removed in a future "
        "version of PyTorch. Please use `torch.func.functional_call` instead which is a drop-in replacement.",
        FutureWarning,
    )
    return call_with(module, parameters_and_buffers, args, kwargs, tie_weights=tie_weights, strict=strict)
