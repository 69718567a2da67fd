"""Warnings that point at the user's line, whatever lies between it and the place that warns."""

import os
import sys
import warnings

#: Files below this are the package's own. Generated functions carry it in their file name too.
FOLDER = os.path.dirname(os.path.abspath(__file__))

#: Keys of warnings that PyTorch gives once in a process: here once in a run.
_given = set()


#: Beginnings of warnings that PyTorch gives at a line of its own: Python shows each of them once, not once for each
#: line of the user's.
_AT_ONE_PLACE = (
    "optimizer contains a parameter group",
    "torch.utils.checkpoint: the use_reentrant",
    "To get the last learning rate",
    "size_average and reduce args",
    "dropout option adds dropout",
    "`torch.nn.utils.weight_norm`",
    "torch.cuda.amp.GradScaler is enabled",
    "Input #",
)
#: Python's own records of what such lines have given, by what is warned of or by the class whose forward() warned.
_registries = {}

_MODULES = os.path.join(FOLDER, "nn", "modules", "")


def warn(text, category=UserWarning):
    """Warns at the innermost line outside this package."""
    place = "" if text.startswith(_AT_ONE_PLACE) else None
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(FOLDER):
        # What a module's forward() calls warns at the module's line in PyTorch, wherever the module is called.
        if place is None and frame.f_code.co_name == "forward" and frame.f_code.co_filename.startswith(_MODULES):
            place = frame.f_code.co_qualname
        frame = frame.f_back
    if place is None:
        warnings.warn(text, category, skip_file_prefixes=(FOLDER,))
        return
    registry = _registries.setdefault(place, {})
    key = (text, category, frame.f_lineno)
    if any(type(known) is tuple and known[:2] == key[:2] for known in registry):
        # Given already under these filters: this line has then been used up as well.
        registry[key] = 1
    name = frame.f_globals.get("__name__", "__main__")
    warnings.warn_explicit(text, category, frame.f_code.co_filename, frame.f_lineno, name, registry)


_always = [False]


def set_warn_always(value, /):
    """Whether warnings that are given once are given each time."""
    _always[0] = bool(value)


def is_warn_always_enabled():
    """Whether warnings that are given once are given each time."""
    return _always[0]


def warn_once(text, category=UserWarning):
    """The same, once in a run."""
    if text not in _given or _always[0]:
        _given.add(text)
        warn(text, category)


def reset():
    """A new run: everything may be warned about again."""
    _given.clear()
    _registries.clear()
    _always[0] = False
