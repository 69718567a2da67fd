"""Packages that are not here: the import goes on with a stand-in, and using that says what can be done.

Only an import statement of the user's own is answered like this, and only where the code does not itself provide
for the package being away (`try: import numpy ... except ImportError:`), which Python decides as ever.
"""

import ast
import importlib.abc
import importlib.machinery
import opcode
import sys
import types

from . import sites
from .stand_ins import HINTS, QUIET, find_module

_IMPORT_NAME = opcode.opmap["IMPORT_NAME"]

_guarded = set()  # (file name, line) of imports that the code provides for
_found = []  # [package, kind, site], in the order of the imports


def clear():
    _guarded.clear()
    _found.clear()


def take():
    """Rows [package, kind, site, advice] of the packages that were imported since the last call."""
    rows = [[name, kind, site, advice(name)] for name, kind, site in _found]
    _found.clear()
    return rows


def advice(package):
    return HINTS.get(package, "Python's standard library, torch and the .py files beside the document can be imported.")


def note(statements, filename):
    """Which import statements of a program are inside a `try` that catches their failing."""
    for node in statements:
        if isinstance(node, ast.Try) and any(_catches_import(handler.type) for handler in node.handlers):
            for statement in node.body:
                for inner in ast.walk(statement):
                    if isinstance(inner, (ast.Import, ast.ImportFrom)):
                        _guarded.add((filename, inner.lineno))


def _catches_import(kind):
    if kind is None:
        return True
    names = [kind, *getattr(kind, "elts", ())]
    return any(getattr(name, "id", "") in _CATCHING for name in names)


_CATCHING = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


def _importing_frame():
    """The user's frame whose import statement is being answered, or None."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    if frame is None or not sites.is_user(frame.f_code):
        return None
    if frame.f_code.co_code[frame.f_lasti] != _IMPORT_NAME:
        return None
    return None if (frame.f_code.co_filename, frame.f_lineno) in _guarded else frame


class Absent(types.ModuleType):
    """A package that is not here, or a part of one. Everything but holding it raises."""

    def _refuse(self, path):
        package = self.__name__.partition(".")[0]
        raise ModuleNotFoundError(
            f"No module named '{package}' in Gradient Inspector's engine, which {path} would need. {advice(package)}",
            name=package,
        )

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        path = f"{self.__name__}.{name}"
        code = sys._getframe(1).f_code
        if code.co_filename.startswith("<frozen importlib"):
            # `from numpy import array` asks like this, and then for a module of that name.
            raise AttributeError(name)
        self._refuse(path)

    def __call__(self, *args, **kwargs):
        self._refuse(self.__name__)

    def __mro_entries__(self, bases):
        self._refuse(self.__name__)

    def __instancecheck__(self, instance):
        return False

    def __iter__(self):
        self._refuse(self.__name__)

    def __repr__(self):
        return f"<module '{self.__name__}' (not available in Gradient Inspector's engine)>"


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Asked last, when nobody else knows the module."""

    def find_spec(self, fullname, path=None, target=None):
        package = fullname.partition(".")[0]
        parent = sys.modules.get(fullname.rpartition(".")[0])
        if parent is None and "." in fullname:
            return None
        if parent is not None and not isinstance(parent, Absent) and not hasattr(parent, "__stand_in__"):
            return None
        frame = _importing_frame()
        if frame is None:
            return None
        if parent is None:
            kind = "quiet" if package in QUIET else "absent"
            _found.append([package, kind, sites.of_frame(frame)])
        return importlib.machinery.ModuleSpec(fullname, self, origin="absent", is_package=True)

    def create_module(self, spec):
        return find_module(spec.name) or Absent(spec.name)

    def exec_module(self, module):
        pass


def install():
    clear()
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.append(Finder())
