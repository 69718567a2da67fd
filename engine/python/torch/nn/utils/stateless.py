"""A module called with other parameters than its own."""

from contextlib import contextmanager

import torch
from torch._warn import warn

__all__ = ["functional_call"]

_ABSENT = object()


def _places(module):
    """Dotted name -> (table, name, tensor) of every parameter and buffer, each name of a shared one."""
    found = {}
    for path, owner in module.named_modules(remove_duplicate=False):
        for table in (owner._parameters, owner._buffers):
            for name, value in table.items():
                if value is not None:
                    found[f"{path}.{name}" if path else name] = (table, name, value)
    return found


def _listed(title, keys):
    return [f"{title} key(s): {', '.join(map(repr, sorted(keys)))}."] if keys else []


def _with_tied(values, places):
    """The same with all names of what has several; two different values for one are an error."""
    names = {}
    for key, (_, _, own) in places.items():
        names.setdefault(id(own), []).append(key)
    wanted = dict(values)
    for tied in names.values():
        given = [key for key in tied if key in values]
        if any(values[key] is not values[given[0]] for key in given[1:]):
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(given)}, which are tied. "
                "Consider using tie_weights=False"
            )
        if given:
            wanted.update(dict.fromkeys(tied, values[given[0]]))
    return wanted


def _owner(module, key):
    """The module that an unknown name belongs to, and its name there."""
    path, _, name = key.rpartition(".")
    if not name:
        raise KeyError('tensor name can\'t be empty string ""')
    for part in path.split(".") if path else ():
        if part not in module._modules:
            raise AttributeError(f"{module._get_name()} has no attribute `{part}`")
        module = module._modules[part]
    present = getattr(module, name, None)
    if hasattr(module, name) and present is not None and not isinstance(present, torch.Tensor):
        raise TypeError(f"attribute `{name}`: {present} is not an instance of torch.Tensor")
    return module, name


@contextmanager
def replaced(module, values, tie_weights=True, strict=False):
    """Inside, the module has ``values`` by dotted name in place of its own; tied ones all of them."""
    places = _places(module)
    wanted = _with_tied(values, places) if tie_weights else dict(values)
    if strict:
        unexpected = [key for key in wanted if key not in places]
        missing = [key for key in places if key not in wanted]
        if unexpected or missing:
            lines = [f"Error(s) in reparametrizing for {module._get_name()}:"]
            lines += [f"\t{line}" for line in _listed("Unexpected", unexpected) + _listed("Missing", missing)]
            raise RuntimeError("\n".join(lines))
    for value in wanted.values():
        if value is not None and not isinstance(value, torch.Tensor):
            raise TypeError(f"{value} is not an instance of torch.Tensor")
    added = {key: _owner(module, key) for key in wanted if key not in places}
    before = {key: vars(owner).get(name, _ABSENT) for key, (owner, name) in added.items()}
    try:
        for key, value in wanted.items():
            if key in places:
                table, name, _ = places[key]
                table[name] = value
            else:
                owner, name = added[key]
                vars(owner)[name] = value
        yield
    finally:
        for key in wanted:
            if key in places:
                table, name, own = places[key]
                table[name] = own
            else:
                owner, name = added[key]
                if before[key] is _ABSENT:
                    vars(owner).pop(name, None)
                else:
                    vars(owner)[name] = before[key]


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
