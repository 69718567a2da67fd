"""GradScaler: losses times a factor, gradients divided by it, steps left out where they overflow."""

import enum

from .. import _dtype
from .._tensor import Tensor
from .._warn import warn

__all__ = ["OptState", "GradScaler"]


class OptState(enum.Enum):
    """What has been done for an optimizer since the last ``update``."""

    READY = 0
    UNSCALED = 1
    STEPPED = 2


class _Optimizer:
    """What is known of one optimizer: its stage, and whether a gradient overflowed (None: not looked yet)."""

    def __init__(self):
        self.stage = OptState.READY
        self.overflow = None


class GradScaler:
    """Scales a loss so that small gradients survive in half precision; on CUDA, which is not here, it does nothing."""

    def __init__(
        self,
        device="cuda",
        init_scale=2.0**16,
        growth_factor=2.0,
        backoff_factor=0.5,
        growth_interval=2000,
        enabled=True,
    ):
        self._device = device
        self._enabled = enabled
        if device == "cuda" and enabled:
            warn("torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.")
            self._enabled = False
        if not self._enabled:
            return
        if growth_factor <= 1.0:
            raise AssertionError("The growth factor must be > 1.0.")
        if backoff_factor >= 1.0:
            raise AssertionError("The backoff factor must be < 1.0.")
        self._init_scale = init_scale
        self._growth_factor = growth_factor
        self._backoff_factor = backoff_factor
        self._growth_interval = growth_interval
        self._init_growth_tracker = 0
        # Tensors from the first call of scale() on.
        self._scale = None
        self._growth_tracker = None
        self._optimizers = {}

    def _require_scale(self, method):
        if self._scale is None:
            raise AssertionError(
                f"Attempted {method} but _scale is None.  This may indicate your script did not use scaler.scale(loss or "
                "outputs) earlier in the iteration."
            )

    def _of(self, optimizer):
        return self._optimizers.setdefault(id(optimizer), _Optimizer())

    def scale(self, outputs):
        """``outputs`` times the factor; tensors in lists and tuples too. Raises ValueError for anything else."""
        if not self._enabled:
            return outputs
        if isinstance(outputs, Tensor):
            if self._scale is None:
                from .. import full

                self._scale = full((), self._init_scale, dtype=_dtype.float32)
                self._growth_tracker = full((), self._init_growth_tracker, dtype=_dtype.int32)
            return outputs * self._scale
        if not hasattr(outputs, "__iter__"):
            raise ValueError("outputs must be a Tensor or an iterable of Tensors")
        found = map(self.scale, outputs)
        return type(outputs)(found) if isinstance(outputs, (list, tuple)) else found

    def unscale_(self, optimizer):
        """Divides the gradients of the optimizer's parameters by the factor, and notes whether one overflowed.

        Raises RuntimeError the second time before ``update``, and after ``step``.
        """
        if not self._enabled:
            return
        self._require_scale("unscale_")
        known = self._of(optimizer)
        if known.stage is OptState.UNSCALED:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        if known.stage is OptState.STEPPED:
            raise RuntimeError("unscale_() is being called after step().")
        known.overflow = self._unscale(optimizer, self._scale.double().reciprocal().float())
        known.stage = OptState.UNSCALED

    def _unscale(self, optimizer, factor):
        """Whether a gradient is infinite or NaN; None where there is no gradient."""
        from ..autograd.grad_mode import no_grad

        found = None
        with no_grad():
            for group in optimizer.param_groups:
                for parameter in group["params"]:
                    if parameter.grad is None:
                        continue
                    if parameter.grad.dtype is _dtype.float16:
                        raise ValueError("Attempting to unscale FP16 gradients.")
                    found = bool(found) or not bool(parameter.grad.isfinite().all())
                    parameter.grad.mul_(factor)
        return found

    def step(self, optimizer, *args, **kwargs):
        """``optimizer.step()``, unless a gradient is infinite or NaN.

        Raises RuntimeError for a closure, and the second time before ``update``.
        """
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        self._require_scale("step")
        known = self._of(optimizer)
        if known.stage is OptState.STEPPED:
            raise RuntimeError("step() has already been called since the last update().")
        if known.stage is OptState.READY:
            self.unscale_(optimizer)
        if known.overflow is None:
            raise AssertionError("No inf checks were recorded for this optimizer.")
        result = None if known.overflow else optimizer.step(*args, **kwargs)
        known.stage = OptState.STEPPED
        return result

    def update(self, new_scale=None):
        """A new factor: smaller after an overflow, larger after many steps without one."""
        if not self._enabled:
            return
        self._require_scale("update")
        if isinstance(new_scale, float):
            self._scale.fill_(new_scale)
        elif new_scale is not None:
            fits = new_scale.device.type == self._device and new_scale.numel() == 1 and not new_scale.requires_grad
            if not fits:
                raise AssertionError(
                    "new_scale should be a float or a 1-element torch.cuda.FloatTensor or torch.FloatTensor with "
                    "requires_grad=False."
                )
            self._scale.copy_(new_scale)
        else:
            seen = [known.overflow for known in self._optimizers.values() if known.overflow is not None]
            if not seen:
                raise AssertionError("No inf checks were recorded prior to update.")
            self._adapt(any(seen))
        self._optimizers = {}

    def _adapt(self, overflow):
        if overflow:
            self._scale.mul_(self._backoff_factor)
            self._growth_tracker.fill_(0)
            return
        successful = self._growth_tracker.item() + 1
        if successful == self._growth_interval:
            grown = self._scale * self._growth_factor
            if bool(grown.isfinite()):
                self._scale.copy_(grown)
            successful = 0
        self._growth_tracker.fill_(successful)

    def get_scale(self):
        """The factor; 1.0 where it is off."""
        if not self._enabled:
            return 1.0
        return self._init_scale if self._scale is None else self._scale.item()

    def get_growth_factor(self):
        """By how much the factor grows."""
        return self._growth_factor

    def set_growth_factor(self, new_factor):
        """Sets by how much the factor grows."""
        self._growth_factor = new_factor

    def get_backoff_factor(self):
        """By how much it shrinks."""
        return self._backoff_factor

    def set_backoff_factor(self, new_factor):
        """Sets by how much it shrinks."""
        self._backoff_factor = new_factor

    def get_growth_interval(self):
        """After how many steps it grows."""
        return self._growth_interval

    def set_growth_interval(self, new_interval):
        """Sets after how many steps it grows."""
        self._growth_interval = new_interval

    def _get_growth_tracker(self):
        if not self._enabled:
            return 0
        return self._init_growth_tracker if self._growth_tracker is None else self._growth_tracker.item()

    def is_enabled(self):
        """Whether it scales at all."""
        return self._enabled

    def state_dict(self):
        """The factor and what it depends on; empty where it is off."""
        if not self._enabled:
            return {}
        return {
            "scale": self.get_scale(),
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._get_growth_tracker(),
        }

    def load_state_dict(self, state_dict):
        """Takes over what ``state_dict`` gave. Raises RuntimeError for an empty one."""
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError(
                "The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler."
            )
        self._init_scale = state_dict["scale"]
        self._growth_factor = state_dict["growth_factor"]
        self._backoff_factor = state_dict["backoff_factor"]
        self._growth_interval = state_dict["growth_interval"]
        self._init_growth_tracker = state_dict["_growth_tracker"]
        if self._scale is not None:
            self._scale.fill_(self._init_scale)
            self._growth_tracker.fill_(self._init_growth_tracker)

    def __getstate__(self):
        state = self.__dict__.copy()
        if self._enabled:
            if self._optimizers:
                raise AssertionError(
                    "A GradScaler instance may only be pickled at the beginning of an iteration, or at the end after "
                    "scaler.update()."
                )
            state["_init_scale"] = self.get_scale()
            state["_init_growth_tracker"] = self._get_growth_tracker()
            state["_scale"] = state["_growth_tracker"] = None
        return state
