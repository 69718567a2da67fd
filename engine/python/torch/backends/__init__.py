"""torch.backends: switches of accelerators that are not here, as modules that can be imported."""

import sys
from types import ModuleType


def _module(name, doc, **switches):
    """``torch.backends.NAME``: settings that programs often write are kept and have no effect."""
    module = ModuleType(f"{__name__}.{name}", doc)
    module.__dict__.update(switches)
    sys.modules[module.__name__] = module
    return module


class _Matmul:
    """torch.backends.cuda.matmul."""

    allow_tf32 = False
    allow_fp16_reduced_precision_reduction = True
    allow_bf16_reduced_precision_reduction = True


cudnn = _module(
    "cudnn",
    "cuDNN, which is not here.",
    enabled=True,
    deterministic=False,
    benchmark=False,
    benchmark_limit=10,
    allow_tf32=True,
    is_available=lambda: False,
    version=lambda: None,
)
cuda = _module("cuda", "CUDA, which is not here.", matmul=_Matmul(), is_built=lambda: False)
mps = _module("mps", "Metal, which is not here.", is_available=lambda: False, is_built=lambda: False)
mkl = _module("mkl", "Intel's MKL, which is not here.", is_available=lambda: False)
openmp = _module("openmp", "OpenMP, which is not here.", is_available=lambda: False)
