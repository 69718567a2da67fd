"""torch.utils.checkpoint: forward is run again in backward instead of keeping what it saved."""

import contextlib

from .._errors import not_available
from .._random import fork_rng, get_rng_state, set_rng_state
from .._tensor import Tensor
from .._warn import warn
from ..amp.autocast_mode import autocast_region
from ..autograd import Function, _is_checkpoint_valid, backward
from ..autograd.grad_mode import _quietly
from . import _recompute
from ._recompute import CheckpointError

_PASS_IT = (
    "{}: the use_reentrant parameter should be passed explicitly. {} use_reentrant=False is recommended, but if you need to "
    "preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for more details on the "
    "differences between the two variants."
)
_LATER = "Starting in PyTorch 2.9, calling checkpoint without use_reentrant will raise an exception."
_LATER_SEQUENTIAL = "In version 2.9 we will raise an exception if use_reentrant is not passed."
_NOT_VALID = (
    "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to "
    ".backward(). To resolve this error, you can either set use_reentrant=False, or call .backward() without passing the "
    "`inputs` argument."
)

#: What `set_checkpoint_early_stop` and `set_checkpoint_debug_enabled` have set.
_settings = {"early_stop": None, "debug": None}


@contextlib.contextmanager
def _setting(name, value):
    before = _settings[name]
    _settings[name] = value
    try:
        yield
    finally:
        _settings[name] = before


def set_checkpoint_early_stop(enable):
    """Inside, whether checkpoints stop running forward again once they have all that backward needs."""
    return _setting("early_stop", enable)


def set_checkpoint_debug_enabled(enabled):
    """Inside, whether checkpoints explain their errors; None leaves it to each of them."""
    return _setting("debug", enabled)


def detach_variable(inputs):
    """Copies of a tuple's tensors without history that require grad as these do. Raises RuntimeError for no tuple."""
    if not isinstance(inputs, tuple):
        raise RuntimeError(
            f"Only tuple of tensors is supported. Got Unsupported input type: {type(inputs).__name__}"
        )
    found = []
    for own in inputs:
        if isinstance(own, Tensor):
            made = own.detach()
            made.requires_grad = own.requires_grad
            own = made
        found.append(own)
    return tuple(found)


def check_backward_validity(inputs):
    """Warns where no input requires grad."""
    if not any(own.requires_grad for own in inputs if isinstance(own, Tensor)):
        warn("None of the inputs have requires_grad=True. Gradients will be None")


class CheckpointFunction(Function):
    """Runs ``run_function`` without recording, and once more, recorded, when its gradient is wanted."""

    @staticmethod
    def forward(ctx, run_function, preserve_rng_state, *args):
        """What ``run_function`` answers."""
        check_backward_validity(args)
        ctx.run_function = run_function
        ctx.preserve_rng_state = preserve_rng_state
        ctx.autocast = autocast_region()
        if preserve_rng_state:
            ctx.fwd_cpu_state = get_rng_state()
        ctx.inputs = [None if isinstance(arg, Tensor) else arg for arg in args]
        ctx.tensor_indices = [i for i, arg in enumerate(args) if isinstance(arg, Tensor)]
        ctx.save_for_backward(*(args[i] for i in ctx.tensor_indices))
        with _quietly(False):
            return run_function(*args)

    @staticmethod
    def backward(ctx, *gradients):
        """Gradients of the inputs, by a backward pass of its own."""
        if not _is_checkpoint_valid():
            raise RuntimeError(_NOT_VALID)
        inputs = list(ctx.inputs)
        for place, tensor in zip(ctx.tensor_indices, ctx.saved_tensors):
            inputs[place] = tensor
        with fork_rng(enabled=ctx.preserve_rng_state):
            if ctx.preserve_rng_state:
                set_rng_state(ctx.fwd_cpu_state)
            inputs = detach_variable(tuple(inputs))
            with _quietly(True), ctx.autocast():
                outputs = ctx.run_function(*inputs)
        outputs = (outputs,) if isinstance(outputs, Tensor) else outputs
        pairs = [
            (output, gradient)
            for output, gradient in zip(outputs, gradients)
            if isinstance(output, Tensor) and output.requires_grad
        ]
        if not pairs:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        backward([output for output, _ in pairs], [gradient for _, gradient in pairs])
        return (None, None, *(own.grad if isinstance(own, Tensor) else None for own in inputs))


def noop_context_fn():
    """Two contexts that do nothing."""
    return contextlib.nullcontext(), contextlib.nullcontext()


def checkpoint(
    function,
    *args,
    use_reentrant=None,
    context_fn=noop_context_fn,
    determinism_check="default",
    debug=False,
    early_stop=True,
    **kwargs,
):
    """Runs ``function(*args, **kwargs)`` and keeps its inputs alone; backward runs it again."""
    if use_reentrant is None:
        warn(_PASS_IT.format("torch.utils.checkpoint", _LATER))
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs and use_reentrant:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if use_reentrant:
        if context_fn is not noop_context_fn or debug is not False:
            raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
        return CheckpointFunction.apply(function, preserve, *args)
    if debug if _settings["debug"] is None else _settings["debug"]:
        if context_fn is not noop_context_fn:
            raise ValueError("debug=True is incompatible with non-default context_fn")
        raise not_available("debug=True of torch.utils.checkpoint.checkpoint()")
    stop = early_stop if _settings["early_stop"] is None else _settings["early_stop"]
    return _recompute.run(function, preserve, context_fn, determinism_check, stop, args, kwargs)


def checkpoint_sequential(functions, segments, input, use_reentrant=None, **kwargs):
    """Runs functions one after the other in ``segments`` checkpoints, the last of which is none."""
    if use_reentrant is None:
        warn(_PASS_IT.format("torch.utils.checkpoint.checkpoint_sequential", _LATER_SEQUENTIAL))
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    from ..nn import Sequential

    if isinstance(functions, Sequential):
        functions = list(functions.children())

    def part(start, end):
        def forward(value):
            for function in functions[start:end]:
                value = function(value)
            return value

        return forward

    size = len(functions) // segments
    end = 0
    for start in range(0, size * (segments - 1), size):
        end = start + size
        input = checkpoint(part(start, end), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return part(end, len(functions))(input)


class GraphExecGroup:
    """Backward calls inside run each checkpoint again once at most; they may not need the same saved tensors."""

    def __enter__(self):
        if _recompute.group[0] is not None:
            raise RuntimeError(
                f"GraphExecGroup contexts cannot be nested. Already inside group {_recompute.group[0]}"
            )
        _recompute.group[0] = self
        return self

    def __exit__(self, *_):
        _recompute.group[0] = None


def reset():
    """As after the import."""
    _settings.update(early_stop=None, debug=None)
    _recompute.group[0] = None


#: What is loaded when it is first asked for.
_SELECTIVE = (
    "CheckpointPolicy",
    "SelectiveCheckpointContext",
    "create_selective_checkpoint_contexts",
    "_CachedTorchDispatchMode",
    "_CachingTorchDispatchMode",
)


def __getattr__(name):
    if name in _SELECTIVE:
        from . import _selective

        return getattr(_selective, name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


__all__ = [
    "CheckpointError",
    "CheckpointFunction",
    "CheckpointPolicy",
    "GraphExecGroup",
    "SelectiveCheckpointContext",
    "check_backward_validity",
    "checkpoint",
    "checkpoint_sequential",
    "create_selective_checkpoint_contexts",
    "detach_variable",
    "noop_context_fn",
    "set_checkpoint_debug_enabled",
    "set_checkpoint_early_stop",
]
