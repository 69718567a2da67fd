"""Warnings that point at the user's line, whatever lies between it and the place that warns."""

import os
import warnings

#: Files below this are the package's own. Generated functions carry it in their file name too.
FOLDER = os.path.dirname(os.path.abspath(__file__))

#: Keys of warnings that PyTorch gives once in a process: here once in a run.
_given = set()


def warn(text, category=UserWarning):
    """Warns at the innermost line outside this package."""
    warnings.warn(text, category, skip_file_prefixes=(FOLDER,))


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
    _always[0] = False
