"""state_dict and load_state_dict: a module's values by dotted name."""

from collections import namedtuple

import torch


class _IncompatibleKeys(namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    __slots__ = ()

    def __repr__(self):
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()

    __str__ = __repr__


def _own_state(module):
    for name, param in module._parameters.items():
        if param is not None:
            yield name, param
    for name, buffer in module._buffers.items():
        if buffer is not None and name not in module._non_persistent_buffers_set:
            yield name, buffer


def save_to(module, destination, prefix, keep_vars):
    for name, value in _own_state(module):
        destination[prefix + name] = value if keep_vars else value.detach()
    for name, child in module._modules.items():
        if child is not None:
            child.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
    return destination


def load_into(module, state_dict, strict, assign):
    from collections.abc import Mapping

    if not isinstance(state_dict, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
    missing, errors, expected = [], [], set()

    def load(part, prefix):
        for name, own in _own_state(part):
            key = prefix + name
            expected.add(key)
            if key not in state_dict:
                missing.append(key)
                continue
            given = state_dict[key]
            if not isinstance(given, torch.Tensor):
                errors.append(
                    f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from '
                    f"checkpoint but received {type(given)}"
                )
            elif given.shape != own.shape:
                errors.append(
                    f"size mismatch for {key}: copying a param with shape {given.shape} from checkpoint, "
                    f"the shape in current model is {own.shape}."
                )
            else:
                _put(part, name, own, given, assign)
        for name, child in part._modules.items():
            if child is not None:
                load(child, f"{prefix}{name}.")

    load(module, "")
    unexpected = [key for key in state_dict if key not in expected]
    if strict:
        if unexpected:
            errors.insert(
                0, "Unexpected key(s) in state_dict: {}. ".format(", ".join(f'"{key}"' for key in unexpected))
            )
        if missing:
            errors.insert(0, "Missing key(s) in state_dict: {}. ".format(", ".join(f'"{key}"' for key in missing)))
    if errors:
        raise RuntimeError(
            "Error(s) in loading state_dict for {}:\n\t{}".format(type(module).__name__, "\n\t".join(errors))
        )
    return _IncompatibleKeys(missing, unexpected)


def _put(module, name, own, given, assign):
    if assign:
        if isinstance(own, torch.nn.Parameter):
            given = given if isinstance(given, torch.nn.Parameter) else torch.nn.Parameter(given, own.requires_grad)
        setattr(module, name, given)
        return
    with torch.no_grad():
        own.copy_(given)
