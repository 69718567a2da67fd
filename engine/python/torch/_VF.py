"""torch._VF: functions as the compiled part of PyTorch has them, before Python's own take their names."""

from . import _overloads

#: Those that Python has another function for.
_OWN = ("unique_dim", "split", "stft", "istft", "tensordot")


def __getattr__(name):
    import torch

    if name not in _OWN and hasattr(torch, name):
        return getattr(torch, name)
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(_overloads.ops.aten, name)
