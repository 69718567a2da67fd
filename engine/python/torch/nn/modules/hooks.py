"""A module's hooks: handles that take them away again, and the call that runs them."""

import itertools

import torch

_numbers = itertools.count()


class RemovableHandle:
    """Keeps a hook in a table until ``remove()``; also a context manager."""

    def __init__(self, table, hook, prepend=False):
        self.id = next(_numbers)
        self._table = table
        table[self.id] = hook
        if prepend:
            table.move_to_end(self.id, last=False)

    def remove(self):
        self._table.pop(self.id, None)

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.remove()


def run_forward(module, args, kwargs):
    """``module.forward`` with all the hooks around it, in PyTorch's order."""
    for hook, with_kwargs in list(module._forward_pre_hooks.values()):
        if with_kwargs:
            answer = hook(module, args, kwargs)
            if answer is not None:
                if not (isinstance(answer, tuple) and len(answer) == 2):
                    raise RuntimeError(
                        f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {answer}."
                    )
                args, kwargs = answer
        else:
            answer = hook(module, args)
            if answer is not None:
                args = answer if isinstance(answer, tuple) else (answer,)
    backward = _BackwardHooks(module) if module._backward_hooks or module._backward_pre_hooks else None
    if backward:
        args = backward.watch_inputs(args)
    result = module.forward(*args, **kwargs)
    for hook, with_kwargs in list(module._forward_hooks.values()):
        answer = hook(module, args, kwargs, result) if with_kwargs else hook(module, args, result)
        if answer is not None:
            result = answer
    return backward.watch_outputs(result) if backward else result


class BackwardHookFunction(torch.autograd.Function):
    """The identity: a node of its own, at which a module's gradients can be seen and replaced."""

    @staticmethod
    def forward(ctx, *tensors):
        ctx.set_materialize_grads(False)
        return tuple(tensor.view_as(tensor) for tensor in tensors)

    @staticmethod
    def backward(ctx, *grads):
        return grads


class _BackwardHooks:
    """Sees the gradients at a module's outputs and inputs, for one call of it."""

    def __init__(self, module):
        self.module = module
        self.grad_outputs = None
        self.inputs = 0

    def watch_inputs(self, args):
        places = [i for i, arg in enumerate(args) if isinstance(arg, torch.Tensor) and arg.requires_grad]
        self.inputs = len(args)
        if not places:
            return args
        passed = BackwardHookFunction.apply(*(args[i] for i in places))
        watched = list(args)
        for i, tensor in zip(places, passed, strict=True):
            watched[i] = tensor
        passed[0].grad_fn.register_hook(lambda grads, _incoming: self._input_hook(places, grads))
        return tuple(watched)

    def watch_outputs(self, result):
        single = isinstance(result, torch.Tensor)
        outputs = (result,) if single else tuple(result)
        places = [i for i, out in enumerate(outputs) if isinstance(out, torch.Tensor) and out.requires_grad]
        if not places:
            return result
        passed = BackwardHookFunction.apply(*(outputs[i] for i in places))
        watched = list(outputs)
        for i, tensor in zip(places, passed, strict=True):
            watched[i] = tensor
        passed[0].grad_fn.register_prehook(lambda grads: self._output_hook(places, len(outputs), grads))
        return watched[0] if single else type(result)(watched)

    def _spread(self, places, length, grads):
        spread = [None] * length
        for i, grad in zip(places, grads, strict=True):
            spread[i] = grad
        return tuple(spread)

    def _output_hook(self, places, length, grads):
        self.grad_outputs = self._spread(places, length, grads)
        for hook in list(self.module._backward_pre_hooks.values()):
            answer = hook(self.module, self.grad_outputs)
            if answer is not None:
                self.grad_outputs = answer if isinstance(answer, tuple) else (answer,)
        if not self.inputs:
            for hook in list(self.module._backward_hooks.values()):
                hook(self.module, (), self.grad_outputs)
        return tuple(self.grad_outputs[i] for i in places)

    def _input_hook(self, places, grads):
        grad_inputs = self._spread(places, self.inputs, grads)
        for hook in list(self.module._backward_hooks.values()):
            answer = hook(self.module, grad_inputs, self.grad_outputs)
            if answer is not None:
                grad_inputs = answer if isinstance(answer, tuple) else (answer,)
        return tuple(grad_inputs[i] for i in places)
