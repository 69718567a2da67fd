"""Checkpoints that keep nothing of what forward saves: it is computed again when backward first asks for one of them.

Every tensor that forward saves is stood for by a `_Stand`. When backward wants one, forward is run again, and the
tensors that it saves this time are dealt out to the stands in the same order.
"""

import itertools
import weakref

from .. import _C
from ..amp.autocast_mode import autocast_region
from .._random import fork_rng, get_rng_state, set_rng_state
from .._tensor import Tensor
from ..autograd import _saving
from ..autograd.grad_mode import _quietly
from ..autograd.graph import saved_tensors_hooks


class CheckpointError(RuntimeError):
    """Forward did something else when it was run again."""


CheckpointError.__module__ = "torch.utils.checkpoint"

TIP = """
Tip: To see a more detailed error message, either pass `debug=True` to
`torch.utils.checkpoint.checkpoint(...)` or wrap the code block
with `with torch.utils.checkpoint.set_checkpoint_debug_enabled(True):` to
enable checkpoint‑debug mode globally.

If this error occurs under torch.compile with automatic_dynamic_shapes enabled,
it may be because the recomputation selected a different compiled graph than the
forward pass (e.g., a dynamic graph instead of the original static graph).
To fix this, either:
  - Use torch._dynamo.mark_dynamic() to explicitly mark varying dimensions as
    dynamic upfront, avoiding the static-to-dynamic transition.
  - Call torch._C._dynamo.eval_frame._set_lru_cache(False) to disable LRU cache
    reordering, which can change which graph is checked first between forward
    and recompute.
See https://github.com/pytorch/pytorch/issues/166926 for more details and
workaround examples.
"""
UNPACKED = (
    "torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked once. {}If you are calling "
    "ctx.saved_tensors in backward, make sure to do so only once. Otherwise please open an issue with details on your use "
    "case."
)
OVERLAP = (
    "Performing two backward calls that overlap (i.e. require the same saved activation in order to compute gradients) is "
    "not allowed while under the torch.utils.checkpoint.GraphExecGroup context. "
)
SUPPRESSED = (
    "torch.utils.checkpoint: the forward context provided by context_fn suppressed an exception raised during the "
    "checkpointed forward. This is not supported because checkpoint cannot return a value for a failed forward."
)

_outside = itertools.count(-2, -1)
#: The GraphExecGroup around the code that runs, or None.
group = [None]


class _Stop(Exception):
    """Everything that backward needs has been computed again."""


class _Stand:
    """Stands for a tensor that forward saved."""

    __slots__ = ("given", "__weakref__")

    def __init__(self):
        #: Backward pass -> the key of the recomputed tensor; None once it was handed out.
        self.given = {}


class _Key:
    __slots__ = ("__weakref__",)


def _described(tensor):
    return {"shape": tensor.shape, "dtype": tensor.dtype, "device": tensor.device}


#: What of a tensor must be the same in both runs.
CHECKS = {"default": _described, "none": lambda _: None}


class _Argument:
    """An argument of forward, kept as a node would keep it: through the hooks of checkpoints around this one."""

    def __init__(self, tensor):
        self.number = _saving.pack_argument(tensor)
        self.tensor = tensor if self.number is None else None
        self.version = None if tensor.is_inference() else tensor._version

    def unpack(self):
        """The tensor again."""
        return self.tensor if self.number is None else _saving.unpack_argument(self.number)


class Frame:
    """One call of ``checkpoint``."""

    def __init__(self, function, early_stop, describe, arguments):
        self.function = function
        self.early_stop = early_stop
        self.describe = describe
        self.arguments = [_Argument(own) if isinstance(own, Tensor) else own for own in arguments]
        self.stands = []
        self.descriptions = []
        self.complete = False
        self.lenient = False
        #: Backward pass -> what was recomputed for it, and how much.
        self.recomputed = {}
        self.counts = {}
        self.done = set()

    def hooks(self):
        """The hooks around forward."""

        def pack(tensor):
            stand = _Stand()
            self.stands.append(weakref.ref(stand))
            self.descriptions.append(self.describe(tensor))
            return stand

        return saved_tensors_hooks(pack, self._unpack)

    def _unpack(self, stand):
        run = group[0]
        if run is None:
            run = _C._current_graph_task_id()
            if run == -1:
                run = next(_outside)
        if run not in self.done:
            self._run_again(run)
        if stand.given.get(run) is None:
            raise CheckpointError(UNPACKED.format(OVERLAP if group[0] is not None else ""))
        key, stand.given[run] = stand.given[run], None
        return self.recomputed[run][key]

    def _run_again(self, run):
        arguments = [own.unpack() if isinstance(own, _Argument) else own for own in self.arguments]
        self.recomputed[run] = weakref.WeakKeyDictionary()
        self.counts[run] = 0
        try:
            with self._recomputing(run), _quietly(True):
                self.function(*arguments)
        except _Stop:
            pass
        self.done.add(run)
        if not self.lenient:
            self._compare(run)

    def _recomputing(self, run):
        own = weakref.ref(self)

        def pack(tensor):
            frame = own()
            kept = tensor.detach() if tensor.requires_grad else tensor
            position = frame.counts[run]
            frame.counts[run] += 1
            if position >= len(frame.stands):
                # Backward inside of forward comes to what forward has not saved yet.
                if not frame.complete:
                    frame.lenient = True
                    return kept
                raise CheckpointError(
                    "torch.utils.checkpoint: trying to save more tensors during recomputation than during the original "
                    f"forward pass.\n{TIP}"
                )
            stand = frame.stands[position]()
            if stand is not None:
                key = stand.given[run] = _Key()
                frame.recomputed[run][key] = kept
            if frame.early_stop and position + 1 == len(frame.stands):
                raise _Stop
            return kept

        return saved_tensors_hooks(pack, lambda kept: kept)

    def _compare(self, run):
        if len(self.stands) != self.counts[run]:
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward and "
                f"recomputation.\nNumber of tensors saved during forward: {len(self.stands)}\nNumber of tensors saved during "
                f"recomputation: {self.counts[run]}.\n{TIP}"
            )
        differing = ""
        for position, (reference, before) in enumerate(zip(self.stands, self.descriptions)):
            stand = reference()
            if stand is None:
                continue
            now = self.describe(self.recomputed[run][stand.given[run]])
            if now != before:
                differing += f"tensor at position {position}:\nsaved metadata: {before}\nrecomputed metadata: {now}\n"
        if differing:
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during "
                f"the forward pass.\n{differing}.\n{TIP}"
            )


def run(function, preserve_rng_state, context_fn, determinism_check, early_stop, args, kwargs):
    """Runs ``function`` and keeps its arguments alone."""
    if determinism_check not in CHECKS:
        raise ValueError(
            f"determinism_check should be one of {list(CHECKS)}, but got {determinism_check}"
        )
    before, again = context_fn()
    region = autocast_region()
    state = get_rng_state() if preserve_rng_state else None

    def recompute(*own):
        with fork_rng(enabled=preserve_rng_state):
            if preserve_rng_state:
                set_rng_state(state)
            with region(), again:
                function(*own, **kwargs)

    if not _C.is_grad_enabled():
        return function(*args, **kwargs)
    frame = Frame(recompute, early_stop, CHECKS[determinism_check], args)
    finished = False
    with frame.hooks(), before:
        result = function(*args, **kwargs)
        finished = True
    if not finished:
        raise RuntimeError(SUPPRESSED)
    frame.complete = True
    return result


__all__ = ["CHECKS", "CheckpointError", "Frame", "group", "run"]
