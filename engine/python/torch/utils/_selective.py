"""Selective checkpoints: a policy says for each operator whether its result is kept or computed again.

In forward a mode notes what each call of each operator was: a kept result or a mark. While forward is run again,
another mode hands the kept ones out in the same order.
"""

import enum
from collections import defaultdict

from .. import _ops, _overloads
from . import _pytree
from ._python_dispatch import TorchDispatchMode


class CheckpointPolicy(enum.Enum):
    """What a policy answers for one call of an operator."""

    MUST_SAVE = 0
    PREFER_SAVE = 1
    MUST_RECOMPUTE = 2
    PREFER_RECOMPUTE = 3
    MUST_CPU_OFFLOAD = 4
    PREFER_CPU_OFFLOAD = 5


class SelectiveCheckpointContext:
    """What a policy is told: whether forward is being run again, and the operator's result."""

    def __init__(self, *, is_recompute, op_output=None):
        self.is_recompute = is_recompute
        self.op_output = op_output


#: A call that is computed again; one whose result was handed out.
_RECOMPUTE, _CONSUMED = object(), object()
_KEPT = (CheckpointPolicy.MUST_SAVE, CheckpointPolicy.PREFER_SAVE)
_DIFFERENT = (
    "This can happen if the operations in the checkpointed region are nondeterministic or depend on global state that "
    "changed between forward and backward."
)
_TWICE = (
    "Trying to backward an extra time. You are only allowed to backward once on any region computed under selective "
    "activation checkpoint."
)
_MUTATED = "Tensor cached during selective activation checkpoint has been mutated"


def _ignored(func):
    """Checkpoints detach what they keep, more often in one run than in the other."""
    return func is _overloads.ops.aten.detach.default


class _VersionWrapper:
    """A kept result and the version that it had."""

    def __init__(self, val):
        self.val = val
        self.version = val._version if hasattr(val, "_version") else None

    def get_val(self, allow_cache_entry_mutation):
        """The result. Raises RuntimeError where it was changed in place."""
        if self.version is not None and not allow_cache_entry_mutation and self.val._version != self.version:
            raise RuntimeError(_MUTATED)
        return self.val


def _kept(result):
    return _VersionWrapper(result.detach() if hasattr(result, "detach") else result)


class _CachingTorchDispatchMode(TorchDispatchMode):
    """Around forward."""

    def __init__(self, policy_fn, storage, ac_graph_id=None):
        self.policy_fn = policy_fn
        self.storage = storage
        self.func_counter = defaultdict(int)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        out = func(*args, **kwargs)
        if _ignored(func):
            return out
        index = self.func_counter[func]
        self.func_counter[func] += 1
        context = SelectiveCheckpointContext(is_recompute=False, op_output=out)
        policy = self.policy_fn(context, func, *args, **kwargs)
        keep = policy if isinstance(policy, bool) else policy in _KEPT
        self.storage[func][index] = _pytree.tree_map(_kept, out) if keep else _RECOMPUTE
        return out


class _CachedTorchDispatchMode(TorchDispatchMode):
    """Around forward when it is run again."""

    def __init__(self, policy_fn, storage, allow_cache_entry_mutation=False):
        self.storage = storage
        self.allow_cache_entry_mutation = allow_cache_entry_mutation
        self.func_counter = defaultdict(int)

    def __enter__(self):
        self.func_counter.clear()
        return super().__enter__()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if _ignored(func):
            return func(*args, **(kwargs or {}))
        index = self.func_counter[func]
        self.func_counter[func] += 1
        calls = self.storage.get(func)
        if calls is None:
            raise RuntimeError(f"{func} encountered during backward but not found in storage. {_DIFFERENT}")
        entry = calls.get(index)
        if entry is None:
            raise RuntimeError(
                f"{func} invocation index {index} encountered during backward but not found in storage. {_DIFFERENT}"
            )
        if entry is _CONSUMED:
            raise RuntimeError(_TWICE)
        if entry is _RECOMPUTE:
            return func(*args, **(kwargs or {}))
        calls[index] = _CONSUMED
        return _pytree.tree_map(lambda kept: kept.get_val(self.allow_cache_entry_mutation), entry)


def create_selective_checkpoint_contexts(policy_fn_or_list, allow_cache_entry_mutation=False):
    """Two contexts for the ``context_fn`` of ``checkpoint``: results that the policy keeps are not computed again.

    The policy is a function of a :class:`SelectiveCheckpointContext`, an operator and its arguments, or a list of the
    operators to keep. Unless ``allow_cache_entry_mutation``, backward raises RuntimeError where a kept result was changed.
    """
    if isinstance(policy_fn_or_list, list):
        for op in policy_fn_or_list:
            _check(op)

        def policy_fn(context, op, *args, **kwargs):
            return op in policy_fn_or_list

    elif callable(policy_fn_or_list):
        policy_fn = policy_fn_or_list
    else:
        raise TypeError("policy_fn_or_list must be either a function or a list of ops.")
    storage = defaultdict(dict)
    return (
        _CachingTorchDispatchMode(policy_fn, storage),
        _CachedTorchDispatchMode(None, storage, allow_cache_entry_mutation),
    )


def _check(op):
    if isinstance(op, _ops.OpOverload):
        return
    more = ""
    if isinstance(op, _ops.OpOverloadPacket):
        more = (
            "Please update the OpOverloadPacket to a specific OpOverload.For example, if you have `torch.ops.aten.mm`, "
            "change it to `torch.ops.aten.mm.default`."
        )
    raise ValueError(f"Expected op in `op_list` to be an OpOverload but got: {op} of type {type(op)}. {more}")


for _each in (
    CheckpointPolicy,
    SelectiveCheckpointContext,
    _CachingTorchDispatchMode,
    _CachedTorchDispatchMode,
    create_selective_checkpoint_contexts,
):
    _each.__module__ = "torch.utils.checkpoint"
