"""Optimizer: parameter groups with their settings, state per parameter, and what all optimizers share."""

import functools
from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from copy import deepcopy
from itertools import chain

import torch
from torch import _engine
from torch import _errors
from torch._dispatch import are_exact, site
from torch._own_methods import own_methods
from torch._warn import warn
from torch.nn.modules.hooks import RemovableHandle


class _Required:
    def __repr__(self):
        return "<required parameter>"


required = _Required()

#: Hooks of all optimizers.
_before_every_step = OrderedDict()
_after_every_step = OrderedDict()

#: A kind of hook -> the table it is kept in.
_HOOKS = {
    "step_pre": "_optimizer_step_pre_hooks",
    "step_post": "_optimizer_step_post_hooks",
    "state_dict_pre": "_optimizer_state_dict_pre_hooks",
    "state_dict_post": "_optimizer_state_dict_post_hooks",
    "load_state_dict_pre": "_optimizer_load_state_dict_pre_hooks",
    "load_state_dict_post": "_optimizer_load_state_dict_post_hooks",
}


def register_optimizer_step_pre_hook(hook):
    """``hook(optimizer, args, kwargs)`` before every optimizer's step."""
    return RemovableHandle(_before_every_step, hook)


def register_optimizer_step_post_hook(hook):
    """``hook(optimizer, args, kwargs)`` after every optimizer's step."""
    return RemovableHandle(_after_every_step, hook)


def reset():
    """A new run: no hooks of all optimizers."""
    _before_every_step.clear()
    _after_every_step.clear()


def _with_hooks(function):
    """A class's ``step`` with the hooks around it."""

    @functools.wraps(function)
    def step(*args, **kwargs):
        self = args[0]
        if _before_every_step or self._optimizer_step_pre_hooks:
            for hook in list(chain(_before_every_step.values(), self._optimizer_step_pre_hooks.values())):
                answer = hook(self, args, kwargs)
                if answer is None:
                    continue
                if not (isinstance(answer, tuple) and len(answer) == 2):
                    raise RuntimeError(
                        f"{function} must return None or a tuple of (new_args, new_kwargs), but got {answer}."
                    )
                args, kwargs = answer
        if len(args) == 1 and not kwargs:
            # With a closure the gradients come only now.
            _tell("step", (param for group in self.param_groups for param in group["params"]))
        if hasattr(self, "_opt_called"):
            self._opt_called = True
        result = function(*args, **kwargs)
        if self._optimizer_step_post_hooks or _after_every_step:
            for hook in list(chain(self._optimizer_step_post_hooks.values(), _after_every_step.values())):
                hook(self, args, kwargs)
        return result

    step.hooked = True
    return step


def _tell(what, params):
    """Tells the recorder, where there is one."""
    place = site()
    if place:
        _engine.tell_optimizer(place, what, *[param._h for param in params])


class Optimizer:
    """Base class. Subclasses write ``step``, or the two methods that the one here calls for each parameter."""

    def __init__(self, params, defaults):
        self.defaults = defaults
        for table in _HOOKS.values():
            setattr(self, table, OrderedDict())
        self._patch_step_function()
        if isinstance(params, torch.Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                + torch.typename(params)
            )
        self.state = defaultdict(dict)
        self.param_groups = []
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def _patch_step_function(self):
        cls = type(self)
        if not getattr(cls.step, "hooked", False):
            cls.step = _with_hooks(cls.step)

    def __getstate__(self):
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state):
        self.__dict__.update(state)
        for table in _HOOKS.values():
            self.__dict__.setdefault(table, OrderedDict())
        self._patch_step_function()
        self.defaults.setdefault("differentiable", False)

    def __repr__(self):
        lines = [f"{type(self).__name__} ("]
        for i, group in enumerate(self.param_groups):
            lines += [""] * (i > 0) + [f"Parameter Group {i}"]
            lines += [f"    {name}: {group[name]}" for name in sorted(group) if name != "params"]
        return "\n".join(lines) + "\n)"

    # ---- parameters ----

    def add_param_group(self, param_group):
        """Adds parameters with settings of their own. Raises TypeError or ValueError for what cannot be optimised."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        if isinstance(params, torch.Tensor):
            params = [params]
        elif isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
                "will change between runs. Please use a list instead."
            )
        params = list(params)
        names = [param[0] for param in params if isinstance(param, tuple)]
        params = [param[1] if isinstance(param, tuple) else param for param in params]
        param_group["params"] = params
        if names:
            if len(names) != len(params):
                raise ValueError(
                    "all optimizer params should be with/without names. Some param names are missing"
                )
            param_group["param_names"] = names
        self._check_params(params)
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ValueError(f"parameter group didn't specify a value of required optimization parameter {name}")
            param_group.setdefault(name, default)
        self._check_group(param_group)
        self.param_groups.append(param_group)
        _tell("made", params)

    def _check_params(self, params):
        for param in params:
            if not isinstance(param, torch.Tensor):
                raise TypeError("optimizer can only optimize Tensors, but one of the params is " + torch.typename(param))
            if not self.defaults.get("differentiable") and not (param.is_leaf or param.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")

    def _check_group(self, group):
        """That the group goes with the others: no parameter twice, all with names or none."""
        own = {id(param) for param in group["params"]}
        if len(own) != len(group["params"]):
            warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; "
                "see github.com/pytorch/pytorch/issues/40967 for more information"
            )
        for other in self.param_groups:
            if ("param_names" in group) != ("param_names" in other):
                what = "with names" if "param_names" in group else "without names"
                raise ValueError(
                    "all optimizer param groups should be with/without names. "
                    f"cannot add param group {what} to the optimizer"
                )
            if any(id(param) in own for param in other["params"]):
                raise ValueError("some parameters appear in more than one parameter group")

    # ---- steps ----

    def zero_grad(self, set_to_none=True):
        """Takes the gradients away, or fills them with zeros."""
        for group in self.param_groups:
            params = group["params"]
            if set_to_none and are_exact(params):
                at_once("clear_grads", params)
                continue
            for param in params:
                if param.grad is None:
                    continue
                if set_to_none:
                    param.grad = None
                    continue
                if param.grad.grad_fn is not None:
                    param.grad.detach_()
                else:
                    param.grad.requires_grad_(False)
                param.grad.zero_()

    def step(self, closure=None):
        """One update of all parameters that have a gradient; answers what ``closure`` returns."""
        raise NotImplementedError

    # ---- state ----

    def state_dict(self):
        """State by the parameter's number, and the groups with numbers in place of parameters."""
        for hook in self._optimizer_state_dict_pre_hooks.values():
            hook(self)
        numbers = {}
        groups = []
        for group in self.param_groups:
            for param in group["params"]:
                numbers.setdefault(id(param), len(numbers))
            packed = {name: value for name, value in group.items() if name != "params"}
            packed["params"] = [numbers[id(param)] for param in group["params"]]
            groups.append(packed)
        state = {
            (numbers[id(key)] if isinstance(key, torch.Tensor) else key): value for key, value in self.state.items()
        }
        found = {"state": state, "param_groups": groups}
        for hook in self._optimizer_state_dict_post_hooks.values():
            answer = hook(self, found)
            if answer is not None:
                found = answer
        return found

    def load_state_dict(self, state_dict):
        """Takes over settings and state. Raises ValueError where the groups differ in number or size."""
        state_dict = state_dict.copy()
        for hook in self._optimizer_load_state_dict_pre_hooks.values():
            answer = hook(self, state_dict)
            if answer is not None:
                state_dict = answer
        saved = deepcopy(state_dict["param_groups"])
        own = self.param_groups
        if len(saved) != len(own):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(a["params"]) != len(b["params"]) for a, b in zip(own, saved)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        by_number = {
            number: param
            for group, other in zip(own, saved)
            for number, param in zip(other["params"], group["params"])
        }
        state = defaultdict(dict)
        for key, value in state_dict["state"].items():
            if key in by_number:
                state[by_number[key]] = _for_param(by_number[key], value)
            else:
                state[key] = value
        groups = []
        for group, other in zip(own, saved):
            names = {"param_names": group["param_names"]} if "param_names" in group else {}
            groups.append({**names, **other, "params": group["params"]})
        self.__setstate__({"state": state, "param_groups": groups})
        for hook in self._optimizer_load_state_dict_post_hooks.values():
            hook(self)


def _for_param(param, value, name=None):
    """Saved state in the dtype of its parameter; the count of steps keeps its own."""
    if isinstance(value, torch.Tensor):
        return value if name == "step" or not param.is_floating_point() else value.to(param.dtype)
    if isinstance(value, dict):
        return {key: _for_param(param, item, key) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return type(value)(_for_param(param, item) for item in value)
    return value


def _hook_method(kind, prepends):
    table = _HOOKS[kind]

    def register(self, hook):
        return RemovableHandle(getattr(self, table), hook)

    def register_prepending(self, hook, prepend=False):
        return RemovableHandle(getattr(self, table), hook, prepend)

    method = register_prepending if prepends else register
    method.__name__ = f"register_{kind}_hook"
    method.__qualname__ = f"Optimizer.{method.__name__}"
    method.__doc__ = f"A hook of the kind that {method.__name__} names; returns a handle that takes it away."
    return method


for _kind in _HOOKS:
    setattr(Optimizer, f"register_{_kind}_hook", _hook_method(_kind, not _kind.startswith("step")))
del _kind


def are_plain(*settings):
    """Whether all are numbers, no tensors."""
    return all(type(value) is float or type(value) is int for value in settings)


def at_once(function, tensors, *settings):
    """What the engine does for many tensors in one crossing (bridge/optimizerFunctions.ts)."""
    handles = [tensor._h for tensor in tensors]
    _errors.check(getattr(_engine, function)(site(), *settings, *handles))


@own_methods("step")
class EachParameter(Optimizer):
    """An optimizer that updates one parameter at a time, as PyTorch does on a CPU.

    Subclasses write ``_new_state(param, group)`` and ``_update(param, grad, state, group)``.
    """

    def step(self, closure=None):
        """One update of all parameters that have a gradient; answers what ``closure`` returns."""
        groups = iter(self.param_groups)
        differentiable = bool(self.defaults.get("differentiable"))
        left = None
        if closure is None and not differentiable:
            # What the engine does in one crossing looks after the mode by itself.
            for group in groups:
                left = self._together(group)
                if left:
                    break
            else:
                return None
        before = torch.is_grad_enabled()
        loss = None
        try:
            _engine.set_grad_mode(differentiable)
            if closure is not None:
                with torch.enable_grad():
                    loss = closure()
            if left:
                self._each(left, group)
            for group in groups:
                self._each(self._together(group), group)
        finally:
            _engine.set_grad_mode(before)
        return loss

    def _each(self, params, group):
        for param in params:
            if param.grad is not None:
                self._step_of(param, group)

    def _step_of(self, param, group):
        state = self.state.get(param) or self._new_state(param, group)
        if group.get("capturable"):
            raise AssertionError(self._no_capture)
        self._update(param, -param.grad if group.get("maximize") else param.grad, state, group)
        # What keeps nothing has no entry.
        if state:
            self.state[param] = state

    def _together(self, group):
        """Updates what the engine can in one crossing; answers the parameters that are left."""
        return group["params"]

    #: PyTorch's words where a graph of a GPU's work is asked for.
    _no_capture = (
        "If capturable=True, params and state_steps must be on supported devices: "
        "['cuda', 'xpu', 'hpu', 'privateuseone', 'xla']."
    )

    def _new_state(self, param, group):
        return {}

    def _update(self, param, grad, state, group):
        raise NotImplementedError


def check(condition, text):
    """Raises ValueError with ``text`` unless ``condition``."""
    if not condition:
        raise ValueError(text)


def check_rate(lr):
    """Raises ValueError for a learning rate that is none."""
    check(not isinstance(lr, torch.Tensor) or lr.numel() == 1, "Tensor lr must be 1-element")
    check(not lr < 0.0, f"Invalid learning rate: {lr}")


def check_betas(betas):
    """Raises ValueError for betas outside [0, 1)."""
    for i in range(2):
        check(0.0 <= betas[i] < 1.0, f"Invalid beta parameter at index {i}: {betas[i]}")


def check_implementation(group):
    """Raises RuntimeError for ways of computing that exclude each other."""
    if group["fused"]:
        if group["differentiable"]:
            raise RuntimeError("`fused` does not support `differentiable`")
        if group["foreach"]:
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")


def number(value):
    """A setting that may be a tensor, as a number where no gradient shall flow into it."""
    if isinstance(value, torch.Tensor) and not value.requires_grad:
        return value.item()
    return value


def count(value=0.0):
    """A count of steps as PyTorch keeps it."""
    return torch.tensor(value, dtype=torch.float64 if torch.get_default_dtype() is torch.float64 else torch.float32)


def decayed(param, grad, group, decoupled=False):
    """The gradient with weight decay added, or the parameter shrunk where that is decoupled."""
    decay = group["weight_decay"]
    if decay == 0:
        return grad
    if decoupled:
        param.mul_(1 - number(group["lr"]) * decay)
        return grad
    return grad.add(param, alpha=decay)
