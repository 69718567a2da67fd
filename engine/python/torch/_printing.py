"""How tensors print: the engine writes the text, the options are here."""

from . import _engine
from ._errors import last

_PROFILES = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80, "sci_mode": None},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80, "sci_mode": None},
    "full": {"precision": 4, "threshold": None, "edgeitems": 3, "linewidth": 80, "sci_mode": None},
}
_options = dict(_PROFILES["default"])


def set_printoptions(
    precision=None, threshold=None, edgeitems=None, linewidth=None, profile=None, sci_mode=None
):
    """How many digits and elements are printed; ``profile``: "default", "short" or "full"."""
    if profile is not None:
        _options.update(_PROFILES.get(profile, {}))
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    _options.update((name, value) for name, value in given.items() if value is not None)
    _options["sci_mode"] = sci_mode
    _tell()


def _tell():
    threshold = _options["threshold"]
    _engine.set_print_options(
        _options["precision"],
        float("inf") if threshold is None else threshold,
        _options["edgeitems"],
        _options["linewidth"],
        _options["sci_mode"],
    )


def reset():
    """PyTorch's own options again."""
    _options.update(_PROFILES["default"])
    _tell()


def text_of(tensor):
    """``repr`` of a tensor."""
    kind = type(tensor)
    text = _engine.format_tensor(tensor._h, "tensor" if kind in _PLAIN else kind.__name__)
    if text == -1:
        raise last()
    return f"Parameter({text})" if "_is_param" in tensor.__dict__ else text


#: The classes whose objects print as ``tensor(...)``; nn/parameter.py adds Parameter.
_PLAIN = set()
