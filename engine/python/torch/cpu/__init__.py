"""torch.cpu: the one device that is here, asked as if it were an accelerator."""

import contextlib

__all__ = [
    "is_available",
    "is_initialized",
    "synchronize",
    "current_device",
    "current_stream",
    "stream",
    "set_device",
    "device_count",
    "Stream",
    "StreamContext",
    "Event",
]


def is_available():
    """True."""
    return True


def is_initialized():
    """True: it needs no start."""
    return True


def synchronize(device=None):
    """Nothing to wait for."""


class Stream:
    """Work on the CPU is done when it returns: there is one stream."""

    def __init__(self, priority=-1):
        pass

    def wait_stream(self, stream):
        """Nothing to wait for."""

    def record_event(self):
        """Nothing to note."""

    def wait_event(self, event):
        """Nothing to wait for."""


class Event:
    """A moment in a stream: always past."""

    def query(self):
        """True."""
        return True

    def record(self, stream=None):
        """Nothing to note."""

    def synchronize(self):
        """Nothing to wait for."""

    def wait(self, stream=None):
        """Nothing to wait for."""


_stream = Stream()


def current_stream(device=None):
    """The one stream."""
    return _stream


class StreamContext(contextlib.AbstractContextManager):
    """Within it everything is as outside."""

    def __init__(self, stream):
        self.stream = stream

    def __exit__(self, *_):
        return None


def stream(stream):
    """A context manager that changes nothing."""
    return StreamContext(stream)


def device_count():
    """1."""
    return 1


def set_device(device):
    """Nothing changes: there is one."""


def current_device():
    """The name of the one there is."""
    return "cpu"


from . import amp  # noqa: E402, F401
