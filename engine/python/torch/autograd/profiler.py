"""torch.autograd.profiler: labels of what runs, which nothing listens to; the profilers themselves say so."""

import functools

from .._missing import function, module_getattr


class record_function:
    """A label around code, as a context manager or decorator. Only a profiler would see it."""

    def __init__(self, name, args=None):
        self.name = name
        self.args = args

    def __enter__(self):
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        pass

    def __call__(self, func):
        @functools.wraps(func)
        def labelled(*args, **kwargs):
            with self:
                return func(*args, **kwargs)

        return labelled


profile = function("torch.autograd.profiler.profile")
emit_nvtx = function("torch.autograd.profiler.emit_nvtx")
emit_itt = function("torch.autograd.profiler.emit_itt")
load_nvprof = function("torch.autograd.profiler.load_nvprof")

__getattr__ = module_getattr(__name__)
