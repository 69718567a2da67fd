"""saved_tensors_hooks and what is built of it: hooks that decide how nodes keep tensors for backward."""

import contextlib
import sys

from .. import _callbacks, _engine, _held
from .._tensor import Tensor

#: Pairs of hooks around the code that runs, the innermost last.
_pairs = []
#: The message of the innermost `disable_saved_tensors_hooks`, or None.
_disabled = [None]


def push(pack_hook, unpack_hook):
    """Tensors are kept by these hooks from now on. Raises RuntimeError where that is disabled."""
    if _disabled[0] is not None:
        raise RuntimeError(_disabled[0])
    _pairs.append((pack_hook, unpack_hook))
    _engine.set_saved_hooks(len(_pairs))


def pop():
    """As before the last ``push``. Without one, nothing happens."""
    if _pairs:
        _pairs.pop()
        _engine.set_saved_hooks(len(_pairs))


def is_enabled():
    """Whether hooks may be pushed."""
    return _disabled[0] is None


def disable(message):
    """Hooks may not be pushed; that raises RuntimeError with ``message``, and so does this where some are."""
    if _pairs:
        raise RuntimeError(message)
    _disabled[0] = message


def enable():
    """Hooks may be pushed again."""
    _disabled[0] = None


#: How many more functions may be inside each other in a pass that another pass has started.
_MORE = 100

#: How many passes are inside each other.
_depth = [0]


class kept:
    """Around a backward pass: hooks that it pushes or pops do so for its own time alone."""

    __slots__ = ("pairs",)

    def __enter__(self):
        self.pairs = tuple(_pairs)
        _depth[0] += 1
        if _depth[0] > 1:
            # PyTorch goes on in another thread, where Python counts anew.
            sys.setrecursionlimit(sys.getrecursionlimit() + _MORE)

    def __exit__(self, *_):
        _depth[0] -= 1
        if _depth[0]:
            sys.setrecursionlimit(sys.getrecursionlimit() - _MORE)
        if len(_pairs) != len(self.pairs):
            _pairs[:] = self.pairs
            _engine.set_saved_hooks(len(_pairs))
        # What the pass let go may have been the last to lead to what Python holds.
        _callbacks.let_go()
        _held.died()


class saved_tensors_hooks:
    """Inside, ``pack_hook(tensor)`` decides what is kept of a saved tensor, ``unpack_hook`` makes it a tensor again."""

    def __init__(self, pack_hook, unpack_hook):
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self):
        push(self.pack_hook, self.unpack_hook)

    def __exit__(self, *_):
        pop()


class save_on_cpu(saved_tensors_hooks):
    """Keeps saved tensors on the CPU, where all of them are anyway."""

    def __init__(self, pin_memory=False, device_type="cuda"):
        def pack(tensor):
            return (tensor.device, tensor.cpu())

        def unpack(packed):
            device, tensor = packed
            return tensor.to(device)

        super().__init__(pack, unpack)


@contextlib.contextmanager
def disable_saved_tensors_hooks(error_message):
    """Inside, entering ``saved_tensors_hooks`` raises RuntimeError with ``error_message``."""
    before = _disabled[0]
    disable(error_message)
    try:
        yield
    finally:
        _disabled[0] = before


for _each in (saved_tensors_hooks, save_on_cpu, disable_saved_tensors_hooks):
    _each.__module__ = "torch.autograd.graph"


def pack(tensor, pair=None):
    """What the engine calls when a node saves a tensor: the number that stands for what the hook made of it."""
    pack_hook, unpack_hook = pair or _pairs[-1]
    # What the hook computes saves nothing by the hook itself.
    _engine.set_saved_hooks(0)
    try:
        made = pack_hook(tensor)
    finally:
        _engine.set_saved_hooks(len(_pairs))
    return _held.keep((made, unpack_hook))


def unpack(number):
    """What the engine calls when a formula needs it again."""
    made, unpack_hook = _held.OBJECTS[number]
    found = unpack_hook(made)
    if not isinstance(found, Tensor):
        raise TypeError(
            f"Output of saved tensor unpack_hook expected to be a Tensor but got result of type {type(found).__name__}"
        )
    return found


def reset():
    """No hooks."""
    _pairs.clear()
    _disabled[0] = None
    _engine.set_saved_hooks(0)


def pack_argument(tensor):
    """Keeps a tensor as a node would, for code that is itself made of hooks; None where no hooks are around it."""
    if not _pairs:
        return None
    pack_hook, unpack_hook = _pairs[-1]
    _engine.set_saved_hooks(0)
    try:
        return (pack_hook(tensor), unpack_hook, tensor.requires_grad)
    finally:
        _engine.set_saved_hooks(len(_pairs))


def unpack_argument(packed):
    """What ``pack_argument`` kept, as a tensor that requires grad as the first one did."""
    made, unpack_hook, requires_grad = packed
    found = unpack_hook(made)
    if requires_grad and not found.requires_grad:
        found = found.detach().requires_grad_()
    return found
