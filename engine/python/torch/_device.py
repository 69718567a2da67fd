"""torch.device. The engine computes on the CPU alone."""

from ._errors import not_available

_KINDS = (
    "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, "
    "mtia, privateuseone"
)
_KNOWN = frozenset(_KINDS.split(", "))


class device:
    """Where a tensor lives: ``torch.device("cpu")``."""

    __slots__ = ("type", "index")

    def __new__(cls, type="cpu", index=None):
        made = object.__new__(cls)
        if isinstance(type, device):
            made.type, made.index = type.type, type.index
            return made
        if isinstance(type, int):
            made.type, made.index = "cuda", type
            return made
        name, _, number = type.partition(":")
        if name not in _KNOWN:
            raise RuntimeError(f"Expected one of {_KINDS} device type at start of device string: {name}")
        if number:
            if not number.isdigit():
                raise RuntimeError(f"Invalid device string: '{type}'")
            if index is not None:
                raise RuntimeError(
                    f"type (string) must not include an index because index was passed explicitly: {type}"
                )
            index = int(number)
        made.type, made.index = name, index
        return made

    def __eq__(self, other):
        if not isinstance(other, device):
            return NotImplemented
        return self.type == other.type and self.index == other.index

    def __hash__(self):
        return hash((self.type, self.index))

    def __str__(self):
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self):
        return f"device(type='{self.type}'" + (")" if self.index is None else f", index={self.index})")

    def __reduce__(self):
        return device, (self.type,) if self.index is None else (self.type, self.index)

    def __enter__(self):
        require_cpu(self)
        return self

    def __exit__(self, *_):
        pass


device.__module__ = "torch"
CPU = device("cpu")


def require_cpu(place):
    """Raises what a PyTorch without accelerators raises where ``place`` is no CPU."""
    if place is None:
        return
    wanted = place if type(place) is device else device(place)
    if wanted.type == "cpu":
        return
    if wanted.type == "cuda":
        raise AssertionError("Torch not compiled with CUDA enabled")
    raise not_available(f"the device '{wanted}'")
