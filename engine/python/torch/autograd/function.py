"""torch.autograd.Function: operators whose forward and backward the user writes in Python."""

import functools
import inspect
import itertools

from .. import _engine, _node
from .._dispatch import site
from .._errors import check
from .._handles import handles, wrap
from .._tensor import Tensor
from .._warn import warn
from . import grad_mode

_numbers = itertools.count(1)
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
        self.saved_for_forward = tensors

    def mark_dirty(self, *args):
        """Names inputs that forward changed in place."""
        self.dirty_tensors = args

    def mark_non_differentiable(self, *args):
        """Names outputs that have no gradient."""
        self.non_differentiable = args

    def set_materialize_grads(self, value):
        """Whether gradients that did not arrive are zeros (the default) or None."""
        self.materialize_grads = value


class BackwardCFunction(_node.NodeBase, FunctionCtx):
    """A node of the graph and the ``ctx`` of one ``apply`` at the same time."""

    __slots__ = ("__dict__",)
    materialize_grads = True

    def __del__(self):
        try:
            if self._n:
                _engine.node_release(self._n)
        except AttributeError:
            pass

    def __getattr__(self, name):
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    @property
    def saved_tensors(self):
        """What ``save_for_backward`` kept. Raises RuntimeError after the graph was freed."""
        if not self.__dict__.get("_saved", False):
            return ()
        count = check(_engine.function_saved(self._n))
        return tuple(wrap(handle) for handle in _engine.INTS[:count].tolist())

    @property
    def saved_variables(self):
        """The old name of ``saved_tensors``."""
        warn("'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning)
        return self.saved_tensors

    @property
    def _raw_saved_tensors(self):
        return self.saved_tensors

    def apply(self, *args):
        """Runs backward, as a call of ``grad_fn`` does."""
        return self(*args)


BackwardCFunction.__name__ = "BackwardCFunction"
BackwardCFunction.__module__ = FunctionCtx.__module__ = "torch.autograd.function"


class _FunctionMeta(type):
    """Gives each Function the class of its nodes: ``<Name>Backward``."""

    def __init__(cls, name, bases, attributes):
        backward = type(f"{name}Backward", (BackwardCFunction,), {"_forward_cls": cls})
        backward.__module__ = "torch.autograd.function"
        cls._backward_cls = backward
        super().__init__(name, bases, attributes)


class Function(metaclass=_FunctionMeta):
    """Base class: write static ``forward(ctx, *args)`` and ``backward(ctx, *grad_outputs)``, call ``apply``.

    Or ``forward(*args)`` with ``setup_context(ctx, inputs, output)``. backward answers one gradient (or None) per
    argument of forward.
    """

    generate_vmap_rule = False
    materialize_grads = True

    def __init__(self, *args, **kwargs):
        warn(
            f"{self.__class__} should not be instantiated. Methods on autograd functions are all static, so you should "
            "invoke them on the class itself. Instantiating an autograd function will raise an error in a future "
            "version of PyTorch.",
            DeprecationWarning,
        )

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

    @classmethod
    def apply(cls, *args, **kwargs):
        """Runs forward and, where a gradient may be wanted, puts a node into the graph."""
        return _apply(cls, args, kwargs)


Function.__module__ = "torch.autograd.function"


def _bind_defaults(function, args, kwargs):
    signature = inspect.signature(function)
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.args


def _apply(cls, args, kwargs):
    has_setup = cls.setup_context is not Function.setup_context
    if has_setup:
        args = _bind_defaults(cls.forward, args, kwargs)
        kwargs = {}
    number = next(_numbers)
    ctx = object.__new__(cls._backward_cls)
    ctx._n = 0
    place = site()
    tensors = [arg for arg in args if isinstance(arg, Tensor)]
    needs = tuple(isinstance(arg, Tensor) and arg.requires_grad for arg in args)
    executable = any(needs) and grad_mode.is_grad_enabled()
    ctx.needs_input_grad = needs
    if executable:
        ctx._n = check(
            _engine.function_node(place, number, cls._backward_cls.__name__, *[t._h for t in tensors])
        )
        ctx._inputs = [isinstance(arg, Tensor) for arg in args]
        _node.CONTEXTS[number] = ctx
    try:
        with grad_mode._quietly(False):
            if has_setup:
                output = cls.forward(*args)
                cls.setup_context(ctx, args, output)
            else:
                output = cls.forward(ctx, *args, **kwargs)
        result = _wrap_outputs(cls, ctx, tensors, output, place, executable)
    except BaseException:
        _node.CONTEXTS.pop(number, None)
        raise
    return result


def _wrap_outputs(cls, ctx, inputs, output, place, executable):
    unpack = not isinstance(output, tuple)
    outputs = [output] if unpack else list(output)
    dirty = {id(tensor) for tensor in ctx.__dict__.get("dirty_tensors") or ()}
    fixed = {id(tensor) for tensor in ctx.__dict__.get("non_differentiable") or ()}
    given = {id(tensor) for tensor in inputs}
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
        wrapped.append(item if handle == 0 else known[-handle] if -handle in known else wrap(handle))
    if executable:
        ctx._tensor_outputs = [isinstance(item, Tensor) for item in outputs]
        _save(ctx, outputs, wrapped)
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
    ctx = _node.CONTEXTS[number]
    cls = ctx._forward_cls
    own = cls.backward is not Function.backward
    other = cls.vjp is not Function.vjp
    if own and other:
        raise RuntimeError(
            "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement "
            "one of them."
        )
    if ctx.materialize_grads:
        for index, gradient in enumerate(gradients):
            if gradient is None and ctx._tensor_outputs[index]:
                gradients[index] = wrap(_engine.node_zeros(ctx._n, index))
    result = (cls.vjp if other else cls.backward)(ctx, *gradients)
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
        single = not isinstance(outputs, tuple)
        found = [outputs] if single else list(outputs)
        message = "trying to differentiate twice a function that was marked with @once_differentiable"
        places = [i for i, item in enumerate(found) if item is not None]
        # Fresh inputs that require grad, so that the result does as well.
        inputs = []
        for place in places:
            fake = found[place].detach()
            fake.requires_grad = True
            inputs.append(fake)
        delayed = handles(_engine.delayed_error(site(), message, *[t._h for t in inputs]))
        for place, item in zip(places, delayed):
            found[place] = item
        return found[0] if single else tuple(found)

    return wrapper


class InplaceFunction(Function):
    """The old base class of Functions that may work in place."""

    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace


def reset():
    """Forgets all contexts."""
    _node.CONTEXTS.clear()
