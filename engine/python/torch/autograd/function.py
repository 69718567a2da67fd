"""torch.autograd.Function: operators whose forward and backward the user writes in Python."""

import functools
import inspect
import itertools
from collections import OrderedDict

from .. import _C, _engine, _handles, _held, _hooks, _overrides
from .._dispatch import site
from .._errors import check
from .._handles import wrap
from .._tensor import Tensor
from .._warn import warn
from . import grad_mode

_function_ids = itertools.count()
_LEGACY = (
    "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd function with "
    "static forward method. (Example: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
)


class FunctionCtx:
    """What ``ctx`` offers to forward and backward."""

    def save_for_backward(self, *tensors):
        """Keeps tensors for backward, as ``ctx.saved_tensors``. To be called once, in forward or setup_context."""
        self.to_save = tensors

    def save_for_forward(self, *tensors):
        """Keeps tensors for ``jvp``, which is not called here."""
        for tensor in tensors:
            if not (isinstance(tensor, Tensor) or tensor is None):
                raise AssertionError(
                    "save_for_forward expects all arguments to be tensors; you should save non-tensors as attributes on "
                    "ctx."
                )
        self.saved_for_forward = tensors

    def mark_dirty(self, *args):
        """Names inputs that forward changed in place."""
        self.dirty_tensors = args

    def mark_shared_storage(self, *pairs):
        """Deprecated, does nothing."""
        warn(
            "`mark_shared_storage` is deprecated. Tensors with shared storages are automatically tracked. Note that calls "
            "to `set_()` are not tracked",
            FutureWarning,
        )

    def mark_non_differentiable(self, *args):
        """Names outputs that have no gradient."""
        self.non_differentiable = args

    def set_materialize_grads(self, value):
        """Whether gradients that did not arrive are zeros (the default) or None."""
        self.materialize_grads = value


class _HookMixin:
    @staticmethod
    def _register_hook(backward_hooks, hook):
        hooks = OrderedDict() if backward_hooks is None else backward_hooks
        handle = _hooks.RemovableHandle(lambda: hooks.pop(handle.id, None))
        hooks[handle.id] = hook
        return hooks, handle


class BackwardCFunction(_C._FunctionBase, FunctionCtx, _HookMixin):
    """A node of the graph and the ``ctx`` of one ``apply`` at the same time."""

    __slots__ = ()
    materialize_grads = True

    def _get_user_fn(self):
        """The backward that the user wrote: ``backward`` or ``vjp``."""
        cls = self._forward_cls
        own = cls.backward is not Function.backward
        other = cls.vjp is not Function.vjp
        if own and other:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement "
                "one of them."
            )
        return cls.vjp if other else cls.backward

    def apply(self, *args):
        """Runs the user's backward."""
        function = self._get_user_fn()
        if self._forward_cls.boxed_grads_call:
            return function(self, list(args))
        return function(self, *args)

    def apply_jvp(self, *args):
        """Runs the user's ``jvp``."""
        return self._forward_cls.jvp(self, *args)

    def __call__(self, *args):
        raise TypeError(f"'{type(self).__name__}' object is not callable")


BackwardCFunction.__module__ = FunctionCtx.__module__ = _HookMixin.__module__ = "torch.autograd.function"


class FunctionMeta(type):
    """Gives each Function the class of its nodes: ``<Name>Backward``."""

    def __init__(cls, name, bases, attributes):
        backward = type(f"{name}Backward", (BackwardCFunction,), {"_forward_cls": cls})
        backward.__module__ = "torch.autograd.function"
        backward._autograd_function_id = next(_function_ids)
        cls._backward_cls = backward
        super().__init__(name, bases, attributes)


class Function(_C._FunctionBase, FunctionCtx, _HookMixin, metaclass=FunctionMeta):
    """Base class: write static ``forward(ctx, *args)`` and ``backward(ctx, *grad_outputs)``, call ``apply``.

    Or ``forward(*args)`` with ``setup_context(ctx, inputs, output)``. backward answers one gradient (or None) per
    argument of forward.
    """

    generate_vmap_rule = False
    #: Whether saved tensors are let go once they were looked at.
    clear_saved_tensors_on_access = False
    #: Whether backward gets its gradients as one list.
    boxed_grads_call = False

    def __init__(self, *args, **kwargs):
        self._n = 0
        warn(
            f"{self.__class__} should not be instantiated. Methods on autograd functions are all static, so you should "
            "invoke them on the class itself. Instantiating an autograd function will raise an error in a future "
            "version of PyTorch.",
            DeprecationWarning,
        )

    __repr__ = object.__repr__

    def __call__(self, *args, **kwargs):
        raise RuntimeError(_LEGACY)

    @staticmethod
    def forward(*args, **kwargs):
        """The operator itself: tensors and anything else in, a tensor or a tuple out."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx, inputs, output):
        """What backward needs, put on ``ctx``, where forward has no ``ctx``."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx, *grad_outputs):
        """Gradients of the outputs to gradients of the arguments."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )

    vjp = backward

    @staticmethod
    def jvp(ctx, *grad_inputs):
        """Forward mode, which is not computed here."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    def vmap(info, in_dims, *args):
        """Batches, which are not computed here."""
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap staticmethod or set "
            "generate_vmap_rule=True."
        )

    @classmethod
    def apply(cls, *args, **kwargs):
        """Runs forward and, where a gradient may be wanted, puts a node into the graph."""
        return _apply(cls, args, kwargs)


Function.__module__ = "torch.autograd.function"


def _bind_defaults(function, args, kwargs):
    """Arguments by position where forward has no ``ctx``."""
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.args


def _bind_names(function, args, kwargs):
    """Arguments by position where forward has a ``ctx``: those given by name are put in their places."""
    parameters = [p for p in inspect.signature(function).parameters.values() if p.kind == p.POSITIONAL_OR_KEYWORD]
    names = [parameter.name for parameter in parameters[1:]]
    placed = list(args)
    for name in kwargs:
        if name not in names:
            raise TypeError(f"forward() got an unexpected keyword argument '{name}'")
        if names.index(name) < len(args):
            raise TypeError(f"forward() got multiple values for argument '{name}'")
    last = max(map(names.index, kwargs))
    for position in range(len(args), last + 1):
        parameter = parameters[position + 1]
        if parameter.name in kwargs:
            placed.append(kwargs[parameter.name])
        elif parameter.default is not parameter.empty:
            placed.append(parameter.default)
        else:
            raise TypeError(f"forward() missing required argument: '{parameter.name}' (position {position})")
    return tuple(placed)


def _apply(cls, args, kwargs):
    has_setup = cls.setup_context is not Function.setup_context
    if has_setup:
        args = _bind_defaults(cls.forward, args, kwargs)
    elif kwargs:
        args = _bind_names(cls.forward, args, kwargs)
    ctx = object.__new__(cls._backward_cls)
    ctx._n = 0
    place = site()
    tensors = [arg for arg in args if isinstance(arg, Tensor)]
    needs = tuple(isinstance(arg, Tensor) and bool(_engine.requires_grad(arg._h)) for arg in args)
    executable = any(needs) and grad_mode.is_grad_enabled()
    ctx.needs_input_grad = needs
    number = 0
    if executable:
        number = _held.keep_context(ctx)
        answer = _engine.function_node(place, number, cls._backward_cls.__name__, *[t._h for t in tensors])
        if answer == -1:
            _held.let_go(number)
        ctx._n = check(answer)
        ctx._inputs = [isinstance(arg, Tensor) for arg in args]
    try:
        with grad_mode._quietly(False):
            if has_setup:
                output = cls.forward(*args)
                cls.setup_context(ctx, args, output)
            else:
                output = cls.forward(ctx, *args)
        return _wrap_outputs(cls, ctx, tensors, output, place, executable)
    except BaseException:
        if number:
            _engine.disown(number)
            _held.let_go(number)
        raise


def _marked(tensors, text):
    """The ids of what was given to ``mark_dirty`` or ``mark_non_differentiable``."""
    for tensor in tensors or ():
        if not isinstance(tensor, Tensor):
            raise RuntimeError(text)
    return {id(tensor) for tensor in tensors or ()}


def _wrap_outputs(cls, ctx, inputs, output, place, executable):
    unpack = not isinstance(output, tuple)
    outputs = [output] if unpack else list(output)
    dirty = _marked(ctx.dirty_tensors, "mark_dirty can only accept variables, but argument ")
    fixed = set()
    if executable:
        text = "mark_non_differentiable only accepts variable arguments, but got "
        fixed = _marked(ctx.non_differentiable, text)
    given = {id(tensor) for tensor in inputs}
    if executable and dirty - given:
        text = (
            "ctx.mark_dirty() received a tensor that was not an input. Only input Tensors that have been mutated should "
            "be passed to ctx.mark_dirty()."
        )
        if any(tensor._is_view() for tensor in ctx.dirty_tensors if id(tensor) not in given):
            raise RuntimeError(text)
        warn(text)
    if dirty - {id(item) for item in outputs}:
        raise RuntimeError(
            "Some elements marked as dirty during the forward method were not returned as output. The inputs that are "
            "modified inplace must all be outputs of the Function."
        )
    flat = []
    for item in outputs:
        if isinstance(item, Tensor):
            flags = (id(item) in given) + 2 * (id(item) in dirty) + 4 * (id(item) not in fixed)
            flat += (item._h, flags)
        else:
            flat += (0, 0)
    count = check(
        _engine.function_outputs(place, ctx._n, cls.__name__, len(inputs), *[t._h for t in inputs], *flat)
    )
    known = {item._h: item for item in (*inputs, *(o for o in outputs if isinstance(o, Tensor)))}
    wrapped = []
    for item, handle in zip(outputs, _engine.INTS[:count].tolist()):
        if handle > 1 and id(item) in given and _overrides.taking_part((item,)):
            # An input that is handed on is a view of itself, which its class makes.
            view = wrap(handle)
            wrapped.append(_handles.adopt(view, type(item)) if executable else item.view_as(item))
        else:
            wrapped.append(item if handle == 0 else known[-handle] if -handle in known else wrap(handle))
    if executable:
        ctx._tensor_outputs = [
            isinstance(item, Tensor) and (ctx._materialize_non_diff_grads or id(item) not in fixed)
            for item in outputs
        ]
        _save(ctx, outputs, wrapped)
    else:
        ctx.__dict__.pop("to_save", None)
    for name in ("dirty_tensors", "non_differentiable"):
        ctx.__dict__.pop(name, None)
    return wrapped[0] if unpack else tuple(wrapped)


def _save(ctx, outputs, wrapped):
    saved = ctx.__dict__.pop("to_save", None)
    if saved is None:
        return
    replaced = {id(old): new for old, new in zip(outputs, wrapped)}
    given = []
    for position, tensor in enumerate(saved):
        if tensor is None:
            given.append(0)
        elif isinstance(tensor, Tensor):
            given.append(replaced.get(id(tensor), tensor)._h)
        else:
            raise TypeError(
                f"save_for_backward can only save variables, but argument {position} is of type "
                f"{type(tensor).__name__}"
            )
    check(_engine.function_save(ctx._n, *given))
    ctx._saved = True


def run_backward(number, gradients):
    """What the engine calls for a custom Function's node: one gradient (or None) per tensor argument of forward."""
    ctx = _held.CONTEXTS[number]
    if ctx.materialize_grads:
        for index, gradient in enumerate(gradients):
            if gradient is None and ctx._tensor_outputs[index]:
                gradients[index] = wrap(_engine.node_zeros(ctx._n, index))
    function = ctx._get_user_fn()
    if ctx._forward_cls.boxed_grads_call:
        result = function(ctx, gradients)
    else:
        result = function(ctx, *gradients)
    found = list(result) if isinstance(result, tuple) else [result]
    name = type(ctx).__name__
    expected = len(ctx._inputs)
    if len(found) > expected and all(item is None for item in found[expected:]):
        del found[expected:]
    if len(found) != expected:
        raise RuntimeError(
            f"function {name} returned an incorrect number of gradients (expected {expected}, got {len(found)})"
        )
    answer = []
    for position, (item, is_tensor) in enumerate(zip(found, ctx._inputs)):
        if not is_tensor:
            if item is not None:
                raise RuntimeError(
                    f"function {name} returned a gradient different than None at position {position + 1}, but the "
                    "corresponding forward input was not a Variable"
                )
            continue
        if item is not None and not isinstance(item, Tensor):
            raise RuntimeError(f"expected Variable or None (got {type(item).__name__})")
        answer.append(item)
    return answer


def once_differentiable(fn):
    """Decorates a backward that is not differentiable itself: a second derivative raises RuntimeError."""

    @functools.wraps(fn)
    def wrapper(ctx, *args):
        with grad_mode._quietly(False):
            outputs = fn(ctx, *args)
        if not grad_mode.is_grad_enabled():
            return outputs
        if not any(isinstance(arg, Tensor) and arg.requires_grad for arg in args):
            return outputs
        found = outputs if isinstance(outputs, tuple) else (outputs,)
        error = _C._functions.DelayedError(
            "trying to differentiate twice a function that was marked with @once_differentiable", len(found)
        )
        # Aliases that require grad, so that the result does as well.
        return error(*[None if item is None else item.detach().requires_grad_() for item in found])

    return wrapper


class InplaceFunction(Function):
    """The old base class of Functions that may work in place."""

    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

