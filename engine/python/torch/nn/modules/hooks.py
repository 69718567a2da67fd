"""Hooks of modules: the tables they are kept in, their handles, and the call that runs them around ``forward``."""

import itertools
from collections import OrderedDict

import torch
from torch._warn import warn

_numbers = itertools.count()


class RemovableHandle:
    """Keeps a hook in a table until ``remove()``; also a context manager."""

    def __init__(self, table, hook, prepend=False, marked=()):
        self.id = next(_numbers)
        self._tables = (table, *marked)
        table[self.id] = hook
        for others in marked:
            others[self.id] = True
        if prepend:
            table.move_to_end(self.id, last=False)

    def remove(self):
        """Takes the hook away; a second time does nothing."""
        for table in self._tables:
            table.pop(self.id, None)

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.remove()


# ---- hooks of all modules ----


class _Global:
    """What is called for every module: the same tables as a module has, once for all."""

    def __init__(self):
        self.forward_hooks = OrderedDict()
        self.forward_hooks_with_kwargs = OrderedDict()
        self.forward_hooks_always_called = OrderedDict()
        self.forward_pre_hooks = OrderedDict()
        self.backward_hooks = OrderedDict()
        self.backward_pre_hooks = OrderedDict()
        #: None while there are none: a module's backward hooks are all full ones or all of the older kind.
        self.full_backward_hooks = None
        self.registrations = {"buffer": OrderedDict(), "module": OrderedDict(), "parameter": OrderedDict()}

    def any(self):
        return self.forward_hooks or self.forward_pre_hooks or self.backward_hooks or self.backward_pre_hooks


everywhere = _Global()


def reset():
    """A new run: no hooks of all modules."""
    everywhere.__init__()


def registered(kind, module, name, value):
    """What becomes of a buffer, module or parameter that is about to be registered."""
    for hook in everywhere.registrations[kind].values():
        answer = hook(module, name, value)
        if answer is not None:
            value = answer
    return value


def register_module_forward_hook(hook, *, with_kwargs=False, always_call=False):
    """``hook(module, args, output)`` after every module's forward."""
    marked = []
    if with_kwargs:
        marked.append(everywhere.forward_hooks_with_kwargs)
    if always_call:
        marked.append(everywhere.forward_hooks_always_called)
    return RemovableHandle(everywhere.forward_hooks, hook, marked=marked)


def register_module_forward_pre_hook(hook):
    """``hook(module, args)`` before every module's forward."""
    return RemovableHandle(everywhere.forward_pre_hooks, hook)


def register_module_full_backward_pre_hook(hook):
    """``hook(module, grad_output)`` before every module's backward."""
    return RemovableHandle(everywhere.backward_pre_hooks, hook)


def _register_everywhere(hook, full):
    if everywhere.full_backward_hooks is (not full):
        raise RuntimeError(
            "Cannot use both regular backward hooks and full backward hooks as a global Module hook. "
            "Please use only one of them."
        )
    everywhere.full_backward_hooks = full
    return RemovableHandle(everywhere.backward_hooks, hook)


def register_module_full_backward_hook(hook):
    """``hook(module, grad_input, grad_output)`` when a module's gradients have been computed."""
    return _register_everywhere(hook, True)


def register_module_backward_hook(hook):
    """The older form, which sees the last operator of the module alone."""
    return _register_everywhere(hook, False)


def register_module_buffer_registration_hook(hook):
    """``hook(module, name, buffer)`` when a buffer is registered; may answer another one."""
    return RemovableHandle(everywhere.registrations["buffer"], hook)


def register_module_module_registration_hook(hook):
    """``hook(module, name, submodule)`` when a module is registered; may answer another one."""
    return RemovableHandle(everywhere.registrations["module"], hook)


def register_module_parameter_registration_hook(hook):
    """``hook(module, name, param)`` when a parameter is registered; may answer another one."""
    return RemovableHandle(everywhere.registrations["parameter"], hook)


# ---- the call ----


def run_forward(module, args, kwargs):
    """``module.forward`` with all the hooks around it, in PyTorch's order."""
    if not module._forward_hooks_always_called and not everywhere.forward_hooks_always_called:
        return _run(module, args, kwargs, set())
    done = set()
    try:
        return _run(module, args, kwargs, done)
    except Exception:
        _call_the_rest(module, args, kwargs, done)
        raise


def _forward_hooks(module):
    """(id, hook, with kwargs, always) of the global hooks, then the module's own."""
    for number, hook in list(everywhere.forward_hooks.items()):
        yield (
            number,
            hook,
            number in everywhere.forward_hooks_with_kwargs,
            number in everywhere.forward_hooks_always_called,
        )
    for number, hook in list(module._forward_hooks.items()):
        yield (
            number,
            hook,
            number in module._forward_hooks_with_kwargs,
            number in module._forward_hooks_always_called,
        )


def _call_the_rest(module, args, kwargs, done):
    """After an error: the hooks that are always called, and were not yet."""
    for number, hook, with_kwargs, always in _forward_hooks(module):
        if not always or number in done:
            continue
        try:
            hook(module, args, kwargs, None) if with_kwargs else hook(module, args, None)
        except Exception as error:
            kind = "global module " if number in everywhere.forward_hooks else "module "
            warn(
                f"{kind}forward hook with ``always_call=True`` raised an exception that was silenced as another "
                f"error was raised in forward: {error}"
            )


def _run(module, args, kwargs, done):
    for hook in list(everywhere.forward_pre_hooks.values()):
        args = _replaced(args, hook(module, args))
    for number, hook in list(module._forward_pre_hooks.items()):
        if number not in module._forward_pre_hooks_with_kwargs:
            args = _replaced(args, hook(module, args))
            continue
        answer = hook(module, args, kwargs)
        if answer is not None:
            if not (isinstance(answer, tuple) and len(answer) == 2):
                raise RuntimeError(
                    f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {answer}."
                )
            args, kwargs = answer
    full, older = _backward_hooks(module)
    before = [*everywhere.backward_pre_hooks.values(), *module._backward_pre_hooks.values()]
    backward = _BackwardHooks(module, full, before) if full or before else None
    if backward:
        args = backward.watch_inputs(args)
    result = module.forward(*args, **kwargs)
    for number, hook, with_kwargs, always in _forward_hooks(module):
        if always:
            done.add(number)
        answer = hook(module, args, kwargs, result) if with_kwargs else hook(module, args, result)
        if answer is not None:
            result = answer
    if backward:
        if not isinstance(result, (torch.Tensor, tuple)):
            warn(
                "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received "
                f"{type(result)}"
            )
        result = backward.watch_outputs(result)
    if older:
        _watch_last_node(module, older, args, result)
    return result


def _replaced(args, answer):
    if answer is None:
        return args
    return answer if isinstance(answer, tuple) else (answer,)


def _backward_hooks(module):
    """The full ones, and those of the older kind."""
    full, older = [], []
    if everywhere.full_backward_hooks is not None:
        (full if everywhere.full_backward_hooks else older).extend(everywhere.backward_hooks.values())
    if module._is_full_backward_hook is not None:
        (full if module._is_full_backward_hook else older).extend(module._backward_hooks.values())
    return full, older


def _watch_last_node(module, hooks, args, result):
    """The older kind of backward hook sees the gradients of the node that made the output, whatever that is."""
    _warn_of_older_hook(args, result)
    value = result
    while not isinstance(value, torch.Tensor):
        if isinstance(value, dict):
            value = next(item for item in value.values() if isinstance(item, torch.Tensor))
        else:
            value = value[0]
    if value.grad_fn is None:
        return
    for hook in hooks:
        value.grad_fn.register_hook(
            lambda grads, incoming, hook=hook: hook(module, grads, incoming)
        )


def _warn_of_older_hook(args, result):
    def tensors(value):
        return isinstance(value, torch.Tensor) or (
            isinstance(value, tuple) and all(isinstance(item, torch.Tensor) for item in value)
        )

    if not tensors(result):
        warn(
            "Using non-full backward hooks on a Module that does not return a single Tensor or a tuple of Tensors is "
            "deprecated and will be removed in future versions. This hook will be missing some of the grad_output. "
            "Please use register_full_backward_hook to get the documented behavior.",
            FutureWarning,
        )
    elif not tensors(args):
        warn(
            "Using non-full backward hooks on a Module that does not take as input a single Tensor or a tuple of "
            "Tensors is deprecated and will be removed in future versions. This hook will be missing some of the "
            "grad_input. Please use register_full_backward_hook to get the documented behavior.",
            FutureWarning,
        )
    else:
        outputs = result if isinstance(result, tuple) else (result,)
        nodes = {out.grad_fn for out in outputs if out.grad_fn is not None}
        if len(nodes) > 1:
            warn(
                "Using a non-full backward hook when outputs are generated by different autograd Nodes is deprecated "
                "and will be removed in future versions. This hook will be missing some grad_output. Please use "
                "register_full_backward_hook to get the documented behavior.",
                FutureWarning,
            )
            return
        inputs = {arg.grad_fn for arg in args if arg.requires_grad}
        reached = {node for made in nodes for node, _ in made.next_functions}
        if nodes and inputs - {None} != reached - {None} and reached:
            warn(
                "Using a non-full backward hook when the forward contains multiple autograd Nodes is deprecated and "
                "will be removed in future versions. This hook will be missing some grad_input. Please use "
                "register_full_backward_hook to get the documented behavior.",
                FutureWarning,
            )


class BackwardHookFunction(torch.autograd.Function):
    """The identity: a node of its own, at which a module's gradients can be seen and replaced."""

    @staticmethod
    def forward(ctx, *tensors):
        ctx.mark_non_differentiable(*(tensor for tensor in tensors if not tensor.requires_grad))
        return tensors

    @staticmethod
    def backward(ctx, *grads):
        return grads


class _BackwardHooks:
    """Sees the gradients at a module's outputs and inputs, for one call of it."""

    def __init__(self, module, hooks, before):
        self.module = module
        self.hooks = hooks
        self.before = before
        self.grad_outputs = None
        self.inputs = None
        self.count = 0

    def _passed(self, values, watch):
        """The values with their tensors behind a node of their own, and where those are; None where none count."""
        places = [i for i, value in enumerate(values) if isinstance(value, torch.Tensor)]
        if not (torch.is_grad_enabled() and any(values[i].requires_grad for i in places)):
            return values, None
        passed = BackwardHookFunction.apply(*(values[i] for i in places))
        watch(next(tensor.grad_fn for tensor in passed if tensor.grad_fn is not None))
        found = list(values)
        for i, tensor in zip(places, passed, strict=True):
            found[i] = tensor
        return tuple(found) if type(values) is tuple else type(values)(*found), places

    def watch_inputs(self, args):
        self.count = len(args)
        args, self.inputs = self._passed(args, lambda node: node.register_hook(self._input_hook))
        return args

    def watch_outputs(self, result):
        outputs = result if isinstance(result, tuple) else (result,)

        def watch(node):
            node.register_hook(lambda _grads, incoming: self._output_hook(places, len(outputs), incoming))

        places = [i for i, out in enumerate(outputs) if isinstance(out, torch.Tensor)]
        watched, _ = self._passed(outputs, watch)
        return watched if isinstance(result, tuple) else watched[0]

    @staticmethod
    def _spread(places, length, grads):
        spread = [None] * length
        for i, grad in zip(places, grads, strict=True):
            spread[i] = grad
        return tuple(spread)

    def _output_hook(self, places, length, incoming):
        self.grad_outputs = self._spread(places, length, incoming)
        for hook in self.before:
            answer = hook(self.module, self.grad_outputs)
            if answer is None:
                continue
            if len(answer) != length:
                raise RuntimeError(
                    "Backward pre hook returned an invalid number of grad_output, "
                    f"got {len(answer)}, but expected {length}"
                )
            self.grad_outputs = answer
        grad_outputs = self.grad_outputs
        if self.inputs is None:
            self._without_inputs()
        return tuple(grad_outputs[i] for i in places)

    def _without_inputs(self):
        """No input requires grad: the hooks are called already here."""
        warn(
            "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs "
            "require gradients. See https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html"
            "#torch.nn.Module.register_full_backward_hook for more details."
        )
        for hook in self.hooks:
            answer = hook(self.module, (None,) * self.count, self.grad_outputs)
            if answer is not None and not (isinstance(answer, tuple) and all(item is None for item in answer)):
                raise RuntimeError(
                    "Backward hook for Modules where no input requires gradient should always return None or None for "
                    "all gradients."
                )
        self.grad_outputs = None

    def _input_hook(self, grads, _incoming):
        # Where the output's gradients did not come by, as in a second derivative, there is nothing to tell.
        if self.grad_outputs is None:
            return None
        grad_inputs = self._spread(self.inputs, self.count, grads)
        for hook in self.hooks:
            answer = hook(self.module, grad_inputs, self.grad_outputs)
            if answer is None:
                continue
            if len(answer) != len(grad_inputs):
                raise RuntimeError(
                    "Backward hook returned an invalid number of grad_input, "
                    f"got {len(answer)}, but expected {len(grad_inputs)}"
                )
            grad_inputs = answer
        self.grad_outputs = None
        return tuple(grad_inputs[i] for i in self.inputs)
