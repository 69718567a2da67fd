"""torch.device. The engine computes on the CPU alone."""

import re

from ._errors import not_available

_KINDS = (
    "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, "
    "mtia, privateuseone"
)
_KNOWN = frozenset(_KINDS.split(", "))


_WORD = re.compile("[a-zA-Z_]+")
_NO_ACCELERATOR = "Cannot access accelerator device when none is available."
_FORMS = ("(torch.device device)", "(str type, int index = -1)")


def _asked(args, kwargs):
    """(type or device, index or None) of a call of ``torch.device``."""
    if len(args) == 1 and not kwargs and isinstance(args[0], (str, int, device)) and not isinstance(args[0], bool):
        return args[0], None
    from . import _parameters

    given = [*args, *kwargs.values()]
    if len(given) == 1 and isinstance(given[0], (str, device)) and not set(kwargs) - {"type", "device"}:
        return given[0], None
    forms = [_parameters.Signature("device", _parameters.parse_text(text), text) for text in _FORMS]
    if len(given) == 2:
        values = forms[1].bind(args, kwargs, raising=True)
        return values["type"], values["index"]
    _parameters.no_match("device", forms, args, kwargs)


class device:
    """Where a tensor lives: ``torch.device("cpu")``."""

    __slots__ = ("type", "index")

    def __new__(cls, *args, **kwargs):
        kind, index = _asked(args, kwargs)
        made = object.__new__(cls)
        if isinstance(kind, device):
            made.type, made.index = kind.type, kind.index
            return made
        if isinstance(kind, int):
            raise RuntimeError(_NO_ACCELERATOR)
        if not kind:
            raise RuntimeError("Device string must not be empty")
        name, colon, number = kind.partition(":")
        if name not in _KNOWN:
            if not _WORD.fullmatch(name):
                raise RuntimeError(f"Invalid device string: '{kind}'")
            raise RuntimeError(f"Expected one of {_KINDS} device type at start of device string: {name}")
        if colon:
            if not number.isdigit() or (number[0] == "0" and number != "0"):
                raise RuntimeError(f"Invalid device string: '{kind}'")
            if index is not None:
                raise RuntimeError(
                    f"type (string) must not include an index because index was passed explicitly: {kind}"
                )
            index = int(number)
        elif index is not None and index < 0:
            raise RuntimeError("Device index must not be negative")
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
    if wanted.type in ("cuda", "xpu"):
        raise AssertionError(f"Torch not compiled with {wanted.type.upper()} enabled")
    if wanted.type in ("mps", "xla", "vulkan"):
        raise RuntimeError(f"PyTorch is not linked with support for {wanted.type} devices")
    raise not_available(f"the device '{wanted}'")
