"""Packages that only show or log: every call is taken and nothing happens."""

import types


class Nothing:
    """Takes every call, attribute and index; is empty where something is asked of it."""

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Nothing()

    def __call__(self, *args, **kwargs):
        return Nothing()

    def __getitem__(self, index):
        return Nothing()

    def __setitem__(self, index, value):
        pass

    def __iter__(self):
        return iter(())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def __bool__(self):
        return False

    def __len__(self):
        return 0

    def __repr__(self):
        return "<nothing: plots and logs are not made here>"


def _several(count):
    def call(*args, **kwargs):
        return tuple(Nothing() for _ in range(count))

    return call


#: What code unpacks: `fig, ax = plt.subplots()`.
_UNPACKED = {"subplots": _several(2), "plot": lambda *args, **kwargs: [Nothing()], "hist": _several(3)}


class Quiet(types.ModuleType):
    """A module of such functions."""

    __stand_in__ = True

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        return _UNPACKED.get(name) or Nothing()


def module(name):
    return Quiet(name)
