"""torch.compiler: nothing is compiled, and code that asks runs as it is written."""

from ._warn import warn_once

_NOTE = (
    "torch.compile: nothing is compiled in Gradient Inspector's engine; the code runs as it is written, with the same "
    "results."
)


def compile(model=None, **_):
    """The function or module itself: what PyTorch compiles computes the same."""
    warn_once(_NOTE)
    return model if model is not None else lambda function: function


def is_compiling():
    """False."""
    return False


is_dynamo_compiling = is_compiling


def disable(fn=None, recursive=True, **_):
    """The function itself."""
    return fn if fn is not None else lambda function: function


def allow_in_graph(fn):
    """The function itself."""
    return fn


def reset():
    """Accepted: there is nothing to forget."""


def cudagraph_mark_step_begin():
    """Accepted: there are no CUDA graphs."""
