"""torch.func: modules called with other parameters; transformations of functions say that they are missing."""

from . import _missing
from .nn.utils.stateless import call_with


def functional_call(module, parameter_and_buffer_dicts, args=None, kwargs=None, *, tie_weights=True, strict=False):
    """``module(*args, **kwargs)`` with parameters and buffers from a dictionary, or from several."""
    given = parameter_and_buffer_dicts
    if isinstance(given, (list, tuple)):
        values = {}
        for each in given:
            repeated = [key for key in each if key in values]
            if repeated:
                raise ValueError(
                    f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous"
                )
            values.update(each)
    elif isinstance(given, dict):
        values = given
    else:
        raise ValueError(
            f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got {type(given)}"
        )
    return call_with(module, values, args, kwargs, tie_weights=tie_weights, strict=strict)


functional_call.__module__ = "torch.func"
__all__ = ["functional_call"]
_missing.fill_functions("torch.func", globals())
__getattr__ = _missing.module_getattr("torch.func")
