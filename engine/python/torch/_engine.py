"""The engine's functions, which JavaScript provides after the load; a memory snapshot cannot hold them.

Everything here is looked up as ``_engine.name`` when it is called, so that importing the package needs no engine.
"""

from array import array
from fcntl import fcntl as cross  # the short way: see bridge/shortCalls.ts

#: Small answers come through these two; their addresses are known to JavaScript, so they are never resized.
INTS = array("i", bytes(4 * 4096))
DOUBLE = array("d", bytes(8 * 64))

#: Where the engine's own commands of ``cross`` begin, and the one that gives handles back.
OWN_COMMANDS = 2**30
RELEASE = OWN_COMMANDS + (2046 << 2)
#: Tells what a name was bound to: a handle, and the name's place.
BIND = OWN_COMMANDS + (2047 << 2)

_after_install = []


def after_install(function):
    """Has ``function(provided)`` called once JavaScript's functions are there."""
    _after_install.append(function)
    return function


def install():
    """Takes hold of what JavaScript provides. Called once, after Python has loaded."""
    import _engine as provided

    for name in dir(provided):
        if not name.startswith("_"):
            globals()[name] = getattr(provided, name)
    if not provided.has_system_call():
        globals()["cross"] = provided.cross_by_call
    place_memory(INTS.buffer_info()[0], DOUBLE.buffer_info()[0])  # noqa: F821
    for function in _after_install:
        function(provided)


def set_recording(enabled):
    """Whether operators tell the places they are called from."""
    from . import _dispatch

    _dispatch.set_recording(bool(enabled))


def imitated_version():
    """The version of PyTorch that this package imitates. (`version` is the engine's: a tensor's counter.)"""
    from .version import __version__

    return __version__
