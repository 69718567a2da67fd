"""torch.nn.parallel: models on several accelerators. There is none, so the model itself computes."""

from .. import _missing
from .modules.module import Module

__all__ = ["DataParallel"]


class DataParallel(Module):
    """``module``, called as it is: PyTorch's wrapper does the same where it finds no accelerator."""

    def __init__(self, module, device_ids=None, output_device=None, dim=0):
        super().__init__()
        self.module = module
        self.device_ids = []

    def forward(self, *inputs, **kwargs):
        return self.module(*inputs, **kwargs)


#: What needs several processes or accelerators.
for _name in ("DistributedDataParallel", "data_parallel", "gather", "parallel_apply", "replicate", "scatter"):
    globals()[_name] = _missing.function(f"torch.nn.parallel.{_name}")
