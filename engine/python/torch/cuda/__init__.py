"""torch.cuda: there is none, and asking says so."""

_NONE = "Torch not compiled with CUDA enabled"


def is_available():
    """False."""
    return False


def device_count():
    """0."""
    return 0


def is_initialized():
    """False."""
    return False


def manual_seed(seed):
    """Accepted: there is nothing to seed."""


def manual_seed_all(seed):
    """Accepted: there is nothing to seed."""


def empty_cache():
    """Accepted: there is nothing to empty."""


def synchronize(device=None):
    """Raises, as a PyTorch without CUDA does."""
    raise AssertionError(_NONE)


def current_device():
    """Raises, as a PyTorch without CUDA does."""
    raise AssertionError(_NONE)


def get_device_name(device=None):
    """Raises, as a PyTorch without CUDA does."""
    raise AssertionError(_NONE)


from . import amp  # noqa: E402, F401
