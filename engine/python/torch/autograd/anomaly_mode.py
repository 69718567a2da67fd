"""Anomaly mode: where the forward operator was called whose backward failed."""

import os
import sys
import traceback

from .. import _dispatch, _engine
from .._warn import FOLDER, warn

_ENABLED = (
    "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging."
)

#: Files of the package, and of what runs the user's code.
_NOT_USERS = (FOLDER, os.path.join(os.path.dirname(FOLDER), "gradient_runner"))

#: Number -> the stack of the forward call, as text. Node.traceback on the other side is the number.
_stacks = {}


def _note_stack():
    """Notes the stack of the operator that is about to run."""
    frame = sys._getframe(1)
    stack = [entry for entry in traceback.extract_stack(frame) if not entry.filename.startswith(_NOT_USERS)]
    number = len(_stacks) + 1
    _stacks[number] = "".join(traceback.format_list(stack))
    _engine.set_traceback(number)


def _switch(enabled, check_nan):
    _engine.set_anomaly_mode(bool(enabled), bool(check_nan))
    _dispatch.set_anomaly(_note_stack if enabled else None)


def is_anomaly_enabled():
    """Whether anomaly mode is on."""
    return _engine.anomaly_mode()


def is_anomaly_check_nan_enabled():
    """Whether anomaly mode looks for NaN in gradients."""
    return _engine.anomaly_check_nan()


class detect_anomaly:
    """Inside, backward raises RuntimeError at the node whose gradient is NaN, and prints its forward call."""

    def __init__(self, check_nan=True):
        self.previous = (_engine.anomaly_mode(), _engine.anomaly_check_nan())
        self.check_nan = check_nan
        warn(_ENABLED)

    def __enter__(self):
        _switch(True, self.check_nan)

    def __exit__(self, *_):
        _switch(*self.previous)


class set_detect_anomaly:
    """Switches anomaly mode on or off, at once; as a context manager until its end."""

    def __init__(self, mode, check_nan=True):
        self.previous = (_engine.anomaly_mode(), _engine.anomaly_check_nan())
        _switch(mode, check_nan)

    def __enter__(self):
        pass

    def __exit__(self, *_):
        _switch(*self.previous)


def report(number, handle, induced):
    """Warns which forward call made the node that failed, or (``induced``) one whose backward made that node."""
    name = _engine.node_name(handle)
    stack = _stacks.get(number)
    if induced:
        beginning, told = f"\n\nPrevious calculation was induced by {name}.", "that induced the previous calculation"
    else:
        beginning, told = f"Error detected in {name}.", "that caused the error"
    if stack is None:
        text = (
            f"{beginning} No forward pass information available. "
            "Enable detect anomaly during forward pass for more information."
        )
    else:
        text = f"{beginning} Traceback of forward call {told}:\n{stack}"
    try:
        warn(text)
    except Warning:
        # Where warnings are errors, the one that is on its way stays the one that is raised.
        traceback.print_exc()


def reset():
    """Anomaly mode off, stacks forgotten."""
    _stacks.clear()
    _switch(False, True)


