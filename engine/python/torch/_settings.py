"""What programs ask or set about the machine and nothing here depends on: determinism, symbolic numbers."""

import math

from ._tensor import Tensor

# ---- numbers that real PyTorch may know only as symbols


def sym_int(a):
    """A whole number, rounded towards zero."""
    return math.trunc(a)


def sym_float(a):
    """As a float."""
    return float(a)


def sym_not(a):
    """The opposite of a truth value."""
    return not a


def sym_max(a, b):
    """The larger number, a float where one is."""
    return _typed_as(max(a, b), a, b)


def sym_min(a, b):
    """The smaller number, a float where one is."""
    return _typed_as(min(a, b), a, b)


def _typed_as(found, a, b):
    return float(found) if isinstance(a, float) or isinstance(b, float) else found


def sym_ite(b, t, f):
    """``t`` if ``b``, otherwise ``f``."""
    return t if b else f


def sym_sum(args):
    """The sum of the numbers."""
    return sum(args)


# ---- determinism

_MODES = {"default": 0, "warn": 1, "error": 2}


def get_deterministic_debug_mode():
    """0, 1 (warn) or 2 (error), as set."""
    from ._functional import _settings

    if not _settings["deterministic"]:
        return 0
    return 1 if _settings["warn_only"] else 2


def set_deterministic_debug_mode(debug_mode):
    """Kept; all algorithms are deterministic anyway."""
    from ._functional import use_deterministic_algorithms

    if not isinstance(debug_mode, (int, str)):
        raise TypeError(f"debug_mode must be str or int, but got {type(debug_mode)}")
    if isinstance(debug_mode, str):
        if debug_mode not in _MODES:
            raise RuntimeError(
                f"invalid value of debug_mode, expected one of `default`, `warn`, `error`, but got {debug_mode}"
            )
        debug_mode = _MODES[debug_mode]
    if debug_mode not in (0, 1, 2):
        raise RuntimeError(f"invalid value of debug_mode, expected 0, 1, or 2, but got {debug_mode}")
    use_deterministic_algorithms(debug_mode > 0, warn_only=debug_mode == 1)


def is_deterministic_algorithms_warn_only_enabled():
    """What ``use_deterministic_algorithms`` was told."""
    from ._functional import _settings

    return _settings["warn_only"]


# ---- anomaly mode


def set_anomaly_enabled(enabled, check_nan=True):
    """As torch.autograd.set_detect_anomaly."""
    from .autograd import set_detect_anomaly

    set_detect_anomaly(enabled, check_nan)


# ---- the machine


def is_vulkan_available():
    """There is no Vulkan."""
    return False


def init_num_threads():
    """One thread computes."""


def compiled_with_cxx11_abi():
    """As real PyTorch of today."""
    return True


def get_device(input, /):
    """The number of an accelerator; -1 on the CPU."""
    return input.get_device()


def is_distributed(input, /):
    """Never: one process computes."""
    return False


class OutOfMemoryError(RuntimeError):
    """What an accelerator without memory raises in PyTorch; nothing raises it here."""


class AcceleratorError(RuntimeError):
    """What a failing accelerator raises in PyTorch; nothing raises it here."""


OutOfMemoryError.__module__ = AcceleratorError.__module__ = "torch"

FUNCTIONS = {
    name: value
    for name, value in list(globals().items())
    if callable(value) and not name.startswith("_") and value is not Tensor
}
for _value in FUNCTIONS.values():
    _value.__module__ = "torch"
