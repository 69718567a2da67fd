"""Imports what snippets usually import, so that a memory snapshot holds it and nobody waits for it."""

import importlib

_MODULES = (
    "abc argparse array ast asyncio atexit base64 bisect builtins cmath codecs collections collections.abc "
    "contextlib contextvars copy csv dataclasses datetime decimal difflib dis enum errno fractions functools gc "
    "glob hashlib heapq importlib importlib.machinery importlib.util inspect io itertools json keyword linecache "
    "locale logging math numbers operator os os.path pathlib pickle pprint queue random re shutil signal "
    "statistics string struct sys tempfile textwrap threading time timeit tokenize traceback types typing "
    "unittest uuid warnings weakref"
).split()


def load():
    for name in _MODULES:
        try:
            importlib.import_module(name)
        except ImportError:
            # Pyodide leaves a few modules of the standard library out.
            pass
