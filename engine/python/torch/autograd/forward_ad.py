"""torch.autograd.forward_ad: forward mode, which this engine does not compute."""

from .._errors import not_available


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    raise not_available(f"torch.autograd.forward_ad.{name}")
