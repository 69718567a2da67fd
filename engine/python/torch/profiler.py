"""torch.profiler: labels of what runs; the profiler itself says that it is not here when it is made."""

import enum

from ._missing import function, module_getattr
from .autograd.profiler import record_function  # noqa: F401


class ProfilerActivity(enum.Enum):
    """What a profiler would look at."""

    CPU = 0
    XPU = 1
    MTIA = 2
    CUDA = 3
    HPU = 4
    PrivateUse1 = 5


profile = function("torch.profiler.profile")
schedule = function("torch.profiler.schedule")
tensorboard_trace_handler = function("torch.profiler.tensorboard_trace_handler")

__getattr__ = module_getattr(__name__)
