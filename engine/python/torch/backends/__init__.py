"""torch.backends: switches of accelerators that are not here."""

from types import SimpleNamespace

#: Settings that programs often write; they are kept and have no effect.
cudnn = SimpleNamespace(
    enabled=True, deterministic=False, benchmark=False, allow_tf32=True, is_available=lambda: False, version=lambda: None
)
cuda = SimpleNamespace(matmul=SimpleNamespace(allow_tf32=False), is_built=lambda: False)
mps = SimpleNamespace(is_available=lambda: False, is_built=lambda: False)
mkl = SimpleNamespace(is_available=lambda: False)
openmp = SimpleNamespace(is_available=lambda: False)
