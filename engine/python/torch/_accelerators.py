"""torch.mps, torch.xpu, torch.accelerator: they answer that there is none."""

import sys
import types


def _module(name, **functions):
    made = types.ModuleType(f"torch.{name}", f"torch.{name}: there is none.")
    made.is_available = lambda: False
    made.device_count = lambda: 0
    made.manual_seed = made.manual_seed_all = lambda seed: None
    made.empty_cache = lambda: None
    vars(made).update(functions)
    sys.modules[made.__name__] = made
    return made


def _none(device=None):
    raise RuntimeError("Cannot access accelerator device when none is available.")


mps = _module("mps", seed=lambda: None)
xpu = _module("xpu")
mtia = _module("mtia")
accelerator = _module("accelerator", current_accelerator=lambda check_available=False: None, synchronize=_none)
