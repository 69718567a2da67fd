"""Module: the base of all layers. It keeps parameters, buffers and children by name, and calls ``forward``."""

from collections import OrderedDict
from typing import TypeVar

import torch
from torch._dispatch import is_recording

from ..parameter import Buffer, Parameter
from .hooks import RemovableHandle, everywhere, registered, run_forward
from .hooks import (  # noqa: F401
    register_module_backward_hook,
    register_module_buffer_registration_hook,
    register_module_forward_hook,
    register_module_forward_pre_hook,
    register_module_full_backward_hook,
    register_module_full_backward_pre_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)
from .state import Stateful, _IncompatibleKeys  # noqa: F401

try:
    from gradient_runner.surroundings import enter_module as _enter
    from gradient_runner.surroundings import leave_module as _leave
    from gradient_runner.surroundings import switch_module as _switch
except ImportError:

    def _enter(_module):
        pass

    def _leave():
        pass

    def _switch(_module, _training):
        pass


def _indent(text):
    first, *rest = text.split("\n")
    return "\n".join([first, *("  " + line for line in rest)])


#: A module's tables, in the order in which PyTorch makes them.
_TABLES = (
    ("_parameters", dict),
    ("_buffers", dict),
    ("_non_persistent_buffers_set", set),
    ("_backward_pre_hooks", OrderedDict),
    ("_backward_hooks", OrderedDict),
    ("_is_full_backward_hook", lambda: None),
    ("_forward_hooks", OrderedDict),
    ("_forward_hooks_with_kwargs", OrderedDict),
    ("_forward_hooks_always_called", OrderedDict),
    ("_forward_pre_hooks", OrderedDict),
    ("_forward_pre_hooks_with_kwargs", OrderedDict),
    ("_state_dict_hooks", OrderedDict),
    ("_state_dict_pre_hooks", OrderedDict),
    ("_load_state_dict_pre_hooks", OrderedDict),
    ("_load_state_dict_post_hooks", OrderedDict),
    ("_modules", dict),
)


def _forward_unimplemented(self, *input):
    """What the module computes. Raises NotImplementedError unless a subclass defines it."""
    raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')


class Module(Stateful):
    """Base class of everything that has parameters. Subclasses call ``super().__init__()`` and define ``forward``."""

    training: bool
    dump_patches = False
    #: Whether ``__init__`` hands its arguments on, for classes with several bases.
    call_super_init = False
    T_destination = TypeVar("T_destination", bound=dict)

    def __init__(self, *args, **kwargs):
        """Makes the tables for parameters, buffers, children and hooks."""
        own = type(self).__name__
        if not self.call_super_init:
            if kwargs:
                raise TypeError(f"{own}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'")
            if args:
                raise TypeError(f"{own}.__init__() takes 1 positional argument but {len(args) + 1} were given")
        attributes = self.__dict__
        attributes["training"] = True
        for name, make in _TABLES:
            attributes[name] = make()
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    forward = _forward_unimplemented

    def __call__(self, *args, **kwargs):
        hooked = (
            self._backward_hooks
            or self._backward_pre_hooks
            or self._forward_hooks
            or self._forward_pre_hooks
            or everywhere.forward_hooks
            or everywhere.forward_pre_hooks
            or everywhere.backward_hooks
            or everywhere.backward_pre_hooks
        )
        if not is_recording():
            return run_forward(self, args, kwargs) if hooked else self.forward(*args, **kwargs)
        # The inspector folds the graph by calls of modules.
        _enter(self)
        try:
            return run_forward(self, args, kwargs) if hooked else self.forward(*args, **kwargs)
        finally:
            _leave()

    def __setstate__(self, state):
        self.__dict__.update(state)
        for name, make in _TABLES:
            self.__dict__.setdefault(name, make())

    # ---- attributes ----

    def __setattr__(self, name, value):
        tables = self.__dict__
        if isinstance(value, Parameter):
            if "_parameters" not in tables:
                raise AttributeError("cannot assign parameters before Module.__init__() call")
            self._claim(name, "_buffers", "_modules")
            self.register_parameter(name, value)
        elif name in tables.get("_parameters", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{torch.typename(value)}' as parameter '{name}' (torch.nn.Parameter or None expected)"
                )
            self.register_parameter(name, value)
        elif isinstance(value, Module):
            if "_modules" not in tables:
                raise AttributeError("cannot assign module before Module.__init__() call")
            self._claim(name, "_parameters", "_buffers")
            tables["_modules"][name] = registered("module", self, name, value)
        elif name in tables.get("_modules", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{torch.typename(value)}' as child module '{name}' (torch.nn.Module or None expected)"
                )
            tables["_modules"][name] = registered("module", self, name, value)
        elif isinstance(value, Buffer) or name in tables.get("_buffers", ()):
            self._set_buffer(name, value)
        else:
            object.__setattr__(self, name, value)

    def _set_buffer(self, name, value):
        if value is not None and not isinstance(value, torch.Tensor):
            raise TypeError(
                f"cannot assign '{torch.typename(value)}' as buffer '{name}' "
                "(torch.nn.Buffer, torch.Tensor or None expected)"
            )
        if isinstance(value, Buffer):
            persistent = value.persistent
            self._claim(name, "_parameters", "_modules")
        else:
            persistent = name not in self._non_persistent_buffers_set
        self.register_buffer(name, value, persistent)

    def _claim(self, name, *others):
        """The name now belongs to one table: it leaves the others and the plain attributes."""
        tables = self.__dict__
        tables.pop(name, None)
        for table in others:
            tables[table].pop(name, None)
        tables["_non_persistent_buffers_set"].discard(name)

    def __getattr__(self, name):
        tables = self.__dict__
        for table in ("_parameters", "_buffers", "_modules"):
            if name in tables.get(table, ()):
                return tables[table][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name):
        for table in (self._parameters, self._buffers, self._modules):
            if name in table:
                del table[name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self):
        own = [*object.__dir__(self), *self._parameters, *self._modules, *self._buffers]
        return sorted(name for name in set(own) if not name[0].isdigit())

    def register_parameter(self, name, param):
        """Adds a parameter (or None) under ``name``. Raises TypeError, KeyError, ValueError for what cannot be one."""
        if "_parameters" not in self.__dict__:
            raise AttributeError("cannot assign parameters before Module.__init__() call")
        self._check_name("parameter", name)
        self._check_free(name, self._parameters)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{torch.typename(param)}' object to parameter '{name}' "
                "(torch.nn.Parameter or None required)"
            )
        if param is not None and param.grad_fn is not None:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created explicitly. "
                f"To express '{name}' as a function of another Tensor, compute the value in the forward() method."
            )
        self._parameters[name] = param if param is None else registered("parameter", self, name, param)

    def register_buffer(self, name, tensor, persistent=True):
        """Adds a tensor that is kept but not trained; ``persistent`` ones are part of ``state_dict()``."""
        if "_buffers" not in self.__dict__:
            raise AttributeError("cannot assign buffer before Module.__init__() call")
        self._check_name("buffer", name)
        self._check_free(name, self._buffers)
        if tensor is not None and not isinstance(tensor, torch.Tensor):
            raise TypeError(
                f"cannot assign '{torch.typename(tensor)}' object to buffer '{name}' (torch Tensor or None required)"
            )
        self._buffers[name] = registered("buffer", self, name, tensor)
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name, module):
        """Adds a child (or None) under ``name``."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{torch.typename(module)} is not a Module subclass")
        if isinstance(name, str):
            self._check_free(name, self._modules)
        self._check_name("module", name)
        self._modules[name] = registered("module", self, name, module)

    def register_module(self, name, module):
        """Another name of ``add_module``."""
        self.add_module(name, module)

    @staticmethod
    def _check_name(what, name):
        if not isinstance(name, str):
            raise TypeError(f"{what} name should be a string. Got {torch.typename(name)}")
        if "." in name:
            shown = f", got: {name}" if what == "module" else ""
            raise KeyError(f'{what} name can\'t contain "."{shown}')
        if name == "":
            raise KeyError(f'{what} name can\'t be empty string ""')

    def _check_free(self, name, table):
        if name not in table and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")

    # ---- looking around ----

    def named_modules(self, memo=None, prefix="", remove_duplicate=True):
        """Itself and everything below, depth first, each once."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, child in self._modules.items():
            if child is not None:
                yield from child.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self):
        for _, module in self.named_modules():
            yield module

    def named_children(self):
        seen = set()
        for name, child in self._modules.items():
            if child is not None and child not in seen:
                seen.add(child)
                yield name, child

    def children(self):
        for _, child in self.named_children():
            yield child

    def _named_members(self, table, prefix, recurse, remove_duplicate=True):
        seen = set()
        modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for path, module in modules:
            for name, value in getattr(module, table).items():
                if value is None or id(value) in seen:
                    continue
                if remove_duplicate:
                    seen.add(id(value))
                yield (f"{path}.{name}" if path else name), value

    def named_parameters(self, prefix="", recurse=True, remove_duplicate=True):
        yield from self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse=True):
        for _, param in self.named_parameters(recurse=recurse):
            yield param

    def named_buffers(self, prefix="", recurse=True, remove_duplicate=True):
        yield from self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse=True):
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def _member(self, path):
        """What lies at a dotted path, and the module that has it. Raises AttributeError where there is nothing."""
        parent, _, name = path.rpartition(".")
        module = self.get_submodule(parent)
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        return module, name, getattr(module, name)

    def get_submodule(self, target):
        """The module at a dotted path. Raises AttributeError where there is none."""
        if target == "":
            return self
        _, name, found = self._member(target)
        if not isinstance(found, Module):
            raise AttributeError(f"`{name}` is not an nn.Module")
        return found

    def set_submodule(self, target, module, strict=False):
        """Puts a module at a dotted path; with ``strict`` only where there is one already."""
        if target == "":
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Module):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        parent, _, name = target.rpartition(".")
        owner = self.get_submodule(parent)
        if strict and not hasattr(owner, name):
            raise AttributeError(f"{owner._get_name()} has no attribute `{name}`")
        if hasattr(owner, name) and not isinstance(getattr(owner, name), Module):
            raise AttributeError(f"`{name}` is not an nn.Module")
        setattr(owner, name, module)

    def get_parameter(self, target):
        """The parameter at a dotted path. Raises AttributeError where there is none."""
        _, name, found = self._member(target)
        if not isinstance(found, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return found

    def get_buffer(self, target):
        """The buffer at a dotted path. Raises AttributeError where there is none."""
        module, name, found = self._member(target)
        if name not in module._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return found

    # ---- changing all ----

    def apply(self, fn):
        """Calls ``fn`` on every module below, then on itself."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def _apply(self, fn, recurse=True):
        if recurse:
            for child in self.children():
                child._apply(fn)
        for param in self._parameters.values():
            if param is None:
                continue
            with torch.no_grad():
                param.data = fn(param.data)
                if param.grad is not None:
                    param.grad.data = fn(param.grad.data)
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    def to(self, *args, **kwargs):
        """Floating point parameters and buffers in another dtype. The only device is the CPU."""
        # What the arguments mean for a tensor that they would not change tells what they are.
        dtype = torch.empty(0, dtype=torch.bool).to(*args, **kwargs).dtype
        if dtype is torch.bool:
            return self
        if not dtype.is_floating_point:
            raise TypeError(f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype}")
        return self._floating(dtype)

    def _floating(self, dtype):
        return self._apply(lambda t: t.to(dtype) if t.is_floating_point() else t)

    def float(self):
        """Floating point parameters and buffers as float32."""
        return self._floating(torch.float32)

    def double(self):
        """Floating point parameters and buffers as float64."""
        return self._floating(torch.float64)

    def half(self):
        """Floating point parameters and buffers as float16."""
        return self._floating(torch.float16)

    def bfloat16(self):
        """Floating point parameters and buffers as bfloat16."""
        return self._floating(torch.bfloat16)

    def type(self, dst_type):
        """All parameters and buffers in another type."""
        return self._apply(lambda t: t.type(dst_type))

    def to_empty(self, *, device, recurse=True):
        """All parameters and buffers with fresh memory."""
        return self._apply(lambda t: torch.empty_like(t, device=device), recurse=recurse)

    def cpu(self):
        """Everything is on the CPU."""
        return self

    def cuda(self, device=None):
        """Raises what PyTorch raises where there is no GPU."""
        return self._apply(lambda t: t.cuda(device))

    def xpu(self, device=None):
        """Raises what PyTorch raises where there is no such device."""
        return self._apply(lambda t: t.xpu(device))

    def ipu(self, device=None):
        """Raises what PyTorch raises where there is no such device."""
        return self._apply(lambda t: t.ipu(device))

    def mtia(self, device=None):
        """Raises what PyTorch raises where there is no such device."""
        return self._apply(lambda t: t.mtia(device))

    def share_memory(self):
        """There is one process: nothing changes."""
        return self

    def compile(self, *args, **kwargs):
        """The module runs as it is written: ``torch.compile`` says so."""
        torch.compile(self, *args, **kwargs)

    def train(self, mode=True):
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        _switch(self, mode)
        for child in self.children():
            child.train(mode)
        return self

    def eval(self):
        return self.train(False)

    def requires_grad_(self, requires_grad=True):
        for param in self.parameters():
            param.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none=True):
        for param in self.parameters():
            if param.grad is None:
                continue
            if set_to_none:
                param.grad = None
            else:
                param.grad.detach_() if param.grad.grad_fn is not None else param.grad.requires_grad_(False)
                param.grad.zero_()

    # ---- hooks ----

    def register_forward_hook(self, hook, *, prepend=False, with_kwargs=False, always_call=False):
        """``hook(module, args, output)`` after forward; what it returns (unless None) replaces the output."""
        marked = []
        if with_kwargs:
            marked.append(self._forward_hooks_with_kwargs)
        if always_call:
            marked.append(self._forward_hooks_always_called)
        return RemovableHandle(self._forward_hooks, hook, prepend, marked)

    def register_forward_pre_hook(self, hook, *, prepend=False, with_kwargs=False):
        """``hook(module, args)`` before forward; what it returns (unless None) replaces the arguments."""
        marked = [self._forward_pre_hooks_with_kwargs] if with_kwargs else []
        return RemovableHandle(self._forward_pre_hooks, hook, prepend, marked)

    def register_full_backward_hook(self, hook, prepend=False):
        """``hook(module, grad_input, grad_output)`` when the gradients of the inputs have been computed."""
        return self._register_backward(hook, True, prepend)

    def register_backward_hook(self, hook):
        """The older form, which sees the gradients of the module's last operator alone."""
        return self._register_backward(hook, False, False)

    def _register_backward(self, hook, full, prepend):
        if self._is_full_backward_hook is (not full):
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single Module. "
                "Please use only one of them."
            )
        self._is_full_backward_hook = full
        return RemovableHandle(self._backward_hooks, hook, prepend)

    def register_full_backward_pre_hook(self, hook, prepend=False):
        """``hook(module, grad_output)`` before the module's backward; may replace the gradients."""
        return RemovableHandle(self._backward_pre_hooks, hook, prepend)

    # ---- printing ----

    def _get_name(self):
        return type(self).__name__

    def extra_repr(self):
        """What stands between the parentheses; subclasses say their settings."""
        return ""

    def __repr__(self):
        extra = self.extra_repr()
        own = extra.split("\n") if extra else []
        children = [f"({name}): {_indent(repr(child))}" for name, child in self._modules.items()]
        if len(own) == 1 and not children:
            return f"{self._get_name()}({own[0]})"
        if not own and not children:
            return f"{self._get_name()}()"
        return f"{self._get_name()}(\n  " + "\n  ".join([*own, *children]) + "\n)"

