"""What the engine calls in Python: hooks, custom Functions, the report of anomaly mode. Never raises across the border."""

from . import _engine, _errors, _hooks
from ._handles import wrap, wrap_known
from ._warn import warn

RAISED = -1
NOTHING = -2

#: Results must live until the engine has read their handles.
_kept = []


def _leave(tensors):
    """Leaves handles in the shared ints; returns how many."""
    _kept[:] = tensors
    for index, tensor in enumerate(tensors):
        _engine.INTS[index] = 0 if tensor is None else tensor._h
    return len(tensors)


def _name_of(hook):
    return getattr(hook, "__name__", None) or repr(hook)


def _same_kind(result, original, hook):
    """Checks what a hook returned in the place of ``original``."""
    from ._tensor import Tensor

    if not isinstance(result, Tensor):
        raise TypeError(f"expected Variable, but hook returned '{type(result).__name__}'")
    if original is None:
        raise RuntimeError("can't replace a None gradient with a non-None value")
    if result.dtype != original.dtype:
        raise RuntimeError(
            f"hook '{_name_of(hook)}' has changed the type of value (was {original.type()} got {result.type()})"
        )
    if result.shape != original.shape:
        raise RuntimeError(f"hook '{_name_of(hook)}' has changed the size of value")


def _tensor_hook(number, handle):
    hook = _hooks.FUNCTIONS.get(number)
    if hook is None:
        return NOTHING
    gradient = wrap(handle)
    result = hook(gradient)
    if result is None:
        return NOTHING
    _same_kind(result, gradient, hook)
    return _leave([result])


def _accumulate_hook(number, handle):
    hook = _hooks.FUNCTIONS.get(number)
    if hook is not None:
        result = hook(wrap_known(handle))
        if result is not None:
            raise RuntimeError("Tensor post accumulate grad hooks should return None.")
    return NOTHING


def _replaced(result, original, hook):
    """The gradients after a node's hook."""
    if result is None:
        return None
    if not isinstance(result, tuple):
        result = (result,) if len(original) == 1 else tuple(result) if isinstance(result, list) else (result,)
    if len(result) != len(original):
        raise RuntimeError(
            f"hook '{_name_of(hook)}' has returned an incorrect number of values "
            f"(got {len(result)}, but expected {len(original)})"
        )
    for new, old in zip(result, original):
        if new is not None:
            _same_kind(new, old, hook)
    return result


def _pre_hook(number, *incoming):
    hook = _hooks.FUNCTIONS.get(number)
    if hook is None:
        return NOTHING
    given = tuple(wrap(handle) for handle in incoming)
    result = _replaced(hook(given), given, hook)
    return NOTHING if result is None else _leave(list(result))


def _post_hook(number, count, *rest):
    hook = _hooks.FUNCTIONS.get(number)
    if hook is None:
        return NOTHING
    tensors = [wrap(handle) for handle in rest]
    outgoing, incoming = tuple(tensors[:count]), tuple(tensors[count:])
    result = _replaced(hook(outgoing, incoming), outgoing, hook)
    return NOTHING if result is None else _leave(list(result))


def _function(number, *gradients):
    from .autograd.function import run_backward

    return _leave(run_backward(number, [wrap(handle) for handle in gradients]))


def _anomaly(traceback, node):
    from .autograd.anomaly_mode import report

    report(traceback, node)
    return NOTHING


_CATEGORIES = {
    "UserWarning": UserWarning,
    "FutureWarning": FutureWarning,
    "DeprecationWarning": DeprecationWarning,
    "RuntimeWarning": RuntimeWarning,
}


def _warning(_):
    warn(_engine.warning_message(), _CATEGORIES.get(_engine.warning_category(), UserWarning))
    return NOTHING


def _pack(_, handle):
    from .autograd.graph import pack

    return pack(wrap_known(handle))


def _unpack(number):
    from .autograd.graph import unpack

    return _leave([unpack(number)])


def _forget(number):
    from .autograd.graph import forget

    forget(number)
    return NOTHING


_HANDLERS = (
    _tensor_hook,
    _accumulate_hook,
    _pre_hook,
    _post_hook,
    _function,
    _anomaly,
    _warning,
    _pack,
    _unpack,
    _forget,
)


def dispatch(kind, number, *rest):
    """One call of the engine's: how many handles it left, or that it returned nothing, or that it raised."""
    try:
        return _HANDLERS[kind](number, *rest)
    except BaseException as error:
        _errors.keep(error)
        return RAISED
