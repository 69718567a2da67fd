"""The little of numpy that does nothing to what torch computes: its constants, `np.random.seed`, type names."""

import math


class ndarray:
    """numpy.ndarray: nothing is one."""


def _ignore(*args, **kwargs):
    return None


def module(name, rest):
    from ..absent import Absent

    made = Absent(name)
    if rest == "":
        for key, value in {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan, "newaxis": None}.items():
            setattr(made, key, value)
        made.ndarray = ndarray
        made.set_printoptions = _ignore
        made.random = module("numpy.random", "random")
    elif rest == "random":
        made.seed = _ignore
    return made
