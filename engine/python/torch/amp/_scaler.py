"""GradScaler: losses times a factor, gradients divided by it, steps left out where they overflow."""

import warnings

from .. import _device
from .._warn import FOLDER


class GradScaler:
    """Scales a loss so that small gradients survive in half precision."""

    def __init__(
        self,
        device="cuda",
        init_scale=2.0**16,
        growth_factor=2.0,
        backoff_factor=0.5,
        growth_interval=2000,
        enabled=True,
    ):
        kind = _device.device(device).type
        if enabled and kind == "cuda":
            warnings.warn(
                "torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.",
                UserWarning,
                skip_file_prefixes=(FOLDER,),
            )
            enabled = False
        self._device = device
        self._enabled = enabled
        self._scale = init_scale
        self._growth_factor = growth_factor
        self._backoff_factor = backoff_factor
        self._growth_interval = growth_interval
        self._growth_tracker = 0
        self._unscaled = {}

    def scale(self, outputs):
        """``outputs`` times the factor; tensors in lists and tuples too."""
        if not self._enabled:
            return outputs
        if isinstance(outputs, (list, tuple)):
            return type(outputs)(self.scale(each) for each in outputs)
        return outputs * self._scale

    def unscale_(self, optimizer):
        """Divides the gradients of the optimizer's parameters by the factor."""
        if not self._enabled:
            return
        if id(optimizer) in self._unscaled:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        overflow = False
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    parameter.grad.detach().mul_(1.0 / self._scale)
                    overflow = overflow or not bool(parameter.grad.isfinite().all())
        self._unscaled[id(optimizer)] = overflow

    def step(self, optimizer, *args, **kwargs):
        """``optimizer.step()``, unless a gradient is infinite or NaN."""
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        if id(optimizer) not in self._unscaled:
            self.unscale_(optimizer)
        return None if self._unscaled[id(optimizer)] else optimizer.step(*args, **kwargs)

    def update(self, new_scale=None):
        """A new factor: smaller after an overflow, larger after many steps without one."""
        if not self._enabled:
            return
        if new_scale is not None:
            self._scale = float(new_scale)
        elif any(self._unscaled.values()):
            self._scale *= self._backoff_factor
            self._growth_tracker = 0
        else:
            self._growth_tracker += 1
            if self._growth_tracker == self._growth_interval:
                self._scale *= self._growth_factor
                self._growth_tracker = 0
        self._unscaled.clear()

    def get_scale(self):
        """The factor; 1.0 where it is off."""
        return self._scale if self._enabled else 1.0

    def get_growth_factor(self):
        """By how much the factor grows."""
        return self._growth_factor

    def get_backoff_factor(self):
        """By how much it shrinks."""
        return self._backoff_factor

    def get_growth_interval(self):
        """After how many steps it grows."""
        return self._growth_interval

    def is_enabled(self):
        """Whether it scales at all."""
        return self._enabled

    def state_dict(self):
        """The factor and what it depends on."""
        if not self._enabled:
            return {}
        return {
            "scale": self._scale,
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._growth_tracker,
        }

    def load_state_dict(self, state_dict):
        """Takes over what ``state_dict`` gave."""
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError(
                "The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler."
            )
        for name, value in state_dict.items():
            setattr(self, name if name.startswith("_") else f"_{name}", value)
