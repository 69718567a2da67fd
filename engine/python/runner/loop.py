"""asyncio without a browser: a loop that does nothing but tasks and timers, so that asyncio.run() works."""

import asyncio
import time


class _Clock:
    """Stands in for the selector: there is nothing to wait for but time."""

    def select(self, timeout):
        if timeout:
            time.sleep(timeout)
        return []


class Loop(asyncio.BaseEventLoop):
    """Runs coroutines to their end; has no sockets, processes or threads."""

    def __init__(self):
        super().__init__()
        self._selector = _Clock()

    def _process_events(self, event_list):
        pass

    def _write_to_self(self):
        pass


class _Policy:
    """What asyncio asks for a loop."""

    def __init__(self):
        self._loop = None

    def get_event_loop(self):
        if self._loop is None:
            raise RuntimeError("There is no current event loop in thread 'MainThread'.")
        return self._loop

    def set_event_loop(self, loop):
        self._loop = loop

    def new_event_loop(self):
        return Loop()


def install():
    # Pyodide put its own in their place, which need the browser's event loop.
    asyncio.run = asyncio.runners.run
    asyncio.events._set_running_loop(None)
    asyncio.events._event_loop_policy = _Policy()
