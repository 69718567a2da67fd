"""What the engine calls in Python: hooks, custom Functions, the report of anomaly mode. Never raises across the border."""

from . import _engine, _errors, _held
from ._handles import remember, wrap_all, wrap_known
from ._warn import warn, warn_once

RAISED = -1
NOTHING = -2

#: Results must live until the engine has read their handles.
_kept = []


def _leave(tensors):
    """Leaves handles in the shared ints; returns how many."""
    _kept[:] = tensors
    for index, tensor in enumerate(tensors):
        _engine.INTS[index] = 0 if tensor is None else remember(tensor)._h
    return len(tensors)


def _given(handles):
    """The tensors that a callback is given: what it keeps of them goes on its way and comes again."""
    return [remember(tensor) for tensor in wrap_all(handles)]


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


def _functions(numbers):
    """The hooks that are there now; one that another takes away runs all the same, as in PyTorch."""
    return [_held.OBJECTS[number] for number in numbers if number in _held.OBJECTS]


def _tensor_hooks(count, *rest):
    gradient = wrap_known(rest[count])
    changed = False
    for hook in _functions(rest[:count]):
        result = hook(gradient)
        if result is not None:
            _same_kind(result, gradient, hook)
            gradient, changed = result, True
    return _leave([gradient]) if changed else NOTHING


def _accumulate_hooks(count, *rest):
    variable = wrap_known(rest[count])
    for hook in _functions(rest[:count]):
        if hook(variable) is not None:
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


def _pre_hooks(count, *rest):
    given = tuple(_given(rest[count:]))
    changed = False
    for hook in _functions(rest[:count]):
        result = _replaced(hook(given), given, hook)
        if result is not None:
            given, changed = tuple(result), True
    return _leave(list(given)) if changed else NOTHING


def _post_hooks(count, *rest):
    outgoing_count, *handles = rest[count:]
    tensors = _given(handles)
    outgoing, incoming = tuple(tensors[:outgoing_count]), tuple(tensors[outgoing_count:])
    changed = False
    for hook in _functions(rest[:count]):
        result = _replaced(hook(outgoing, incoming), outgoing, hook)
        if result is not None:
            outgoing, changed = tuple(result), True
    return _leave(list(outgoing)) if changed else NOTHING


def _function(number, *gradients):
    from .autograd.function import run_backward

    return _leave(run_backward(number, _given(gradients)))


def _anomaly(traceback, node, induced):
    from .autograd.anomaly_mode import report

    report(traceback, node, induced)
    return NOTHING


_CATEGORIES = {
    "UserWarning": UserWarning,
    "FutureWarning": FutureWarning,
    "DeprecationWarning": DeprecationWarning,
    "RuntimeWarning": RuntimeWarning,
}


def _warning(_):
    category, _, often = _engine.warning_category().partition(", ")
    give = warn_once if often == "once" else warn
    give(_engine.warning_message(), _CATEGORIES.get(category, UserWarning))
    return NOTHING


def _pack(hooks, handle):
    from .autograd._saving import pack

    return pack(wrap_known(handle), _held.OBJECTS[hooks] if hooks else None)


def _unpack(number):
    from .autograd._saving import unpack

    return _leave([unpack(number)])


def _forget(number):
    _held.let_go(number)
    return NOTHING


def _final(number):
    _held.let_go(number)()
    return NOTHING


def _before_write(_, handle):
    from .autograd._mutation import before_write

    before_write(wrap_known(handle))
    return NOTHING


def _dispatch_mode(number, *handles):
    from ._dispatch_modes import ask

    return _leave(ask(number, *handles))


def let_go(_=0):
    """The engine has read the handles of the last results."""
    _kept.clear()
    return NOTHING


_HANDLERS = (
    _tensor_hooks,
    _accumulate_hooks,
    _pre_hooks,
    _post_hooks,
    _function,
    _anomaly,
    _warning,
    _pack,
    _unpack,
    _forget,
    _final,
    _before_write,
    _dispatch_mode,
    let_go,
)


def dispatch(kind, number, *rest):
    """One call of the engine's: how many handles it left, or that it returned nothing, or that it raised."""
    try:
        return _HANDLERS[kind](number, *rest)
    except BaseException as error:
        _errors.keep(error)
        return RAISED
