"""TorchDispatchMode: code that is asked in the place of every operator's kernel, below autograd.

The engine asks for the innermost mode's answer (engine/ops/intercepted.ts). While a mode answers, it is off the stack,
and what it calls is computed by the next one or by the kernels, without history.
"""

import json

from . import _engine, _registry
from ._dtype import BY_CODE
from ._handles import remember, wrap_all
from ._overloads import overload_of, split

#: The innermost is the last.
_stack = []
_state = {"below": False, "off": 0}


def _apply():
    _engine.set_dispatch_modes(0 if _state["off"] else len(_stack), _state["below"])


def push(mode):
    """``mode`` is asked first from now on."""
    _stack.append(mode)
    _apply()


def pop():
    """Takes the innermost mode away and answers it."""
    mode = _stack.pop()
    _apply()
    return mode


def stack():
    """All modes, the innermost last."""
    return list(_stack)


def current():
    """The innermost mode or None."""
    return _stack[-1] if _stack else None


class disabled:
    """Inside, no mode is asked."""

    def __enter__(self):
        _state["off"] += 1
        _apply()

    def __exit__(self, *_):
        _state["off"] -= 1
        _apply()


class reentrant:
    """Inside the code of a mode: operators have history again."""

    def __enter__(self):
        self.below, _state["below"] = _state["below"], False
        _apply()

    def __exit__(self, *_):
        _state["below"] = self.below
        _apply()


def _number(kind, text):
    if kind == 0:
        return bool(text)
    return int(text) if kind == 1 else float(text.replace("Infinity", "inf"))


def ask(number, *handles):
    """What the innermost mode answers for an operator: a list of tensors."""
    entry = _registry.ENTRIES[number]
    text = _engine.intercepted_arguments()
    tensors = [remember(tensor) for tensor in wrap_all(handles)]

    def made(described):
        if "t" in described:
            return tensors[described["t"]]
        if "d" in described:
            return BY_CODE[described["d"]]
        return _number(*described["n"])

    args, kwargs = split(entry, json.loads(text, object_hook=made))
    mode, below = _stack.pop(), _state["below"]
    _state["below"] = True
    _apply()
    try:
        result = mode.__torch_dispatch__(overload_of(entry, args), (), args, kwargs)
    finally:
        _stack.append(mode)
        _state["below"] = below
        _apply()
    return _results(entry, result)


def _results(entry, result):
    from ._tensor import Tensor

    found = list(result) if isinstance(result, (list, tuple)) else [result]
    for item in found:
        if not isinstance(item, Tensor):
            raise TypeError(
                f"__torch_dispatch__ must answer tensors for aten::{entry.key}, not {type(item).__name__}"
            )
    return found


def reset():
    """No modes."""
    _stack.clear()
    _state.update(below=False, off=0)
    _apply()
