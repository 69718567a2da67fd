"""__torch_function__: how classes take part in torch's functions, their own subclasses of Tensor first of all.

The written functions have a fast path for exact tensors. What is no exact tensor comes to the full parser, which
asks here; and the methods that a subclass of Tensor inherits are wrapped when the class is made, so that the fast
path of tensors pays nothing for it.
"""

import functools

#: Classes whose objects are plain tensors to all functions; nn/parameter.py adds its own.
_exact = set()
_state = {"disabled": 0, "modes off": 0, "functions": False, "methods": False}


def _disabled_torch_function_impl(func, types, args, kwargs):
    """As ``__torch_function__`` of a class: its objects are tensors like any other."""
    with DisableTorchFunctionSubclass():
        return func(*args, **(kwargs or {}))


class DisableTorchFunctionSubclass:
    """Within it, no ``__torch_function__`` is asked."""

    def __enter__(self):
        _state["disabled"] += 1
        return self

    def __exit__(self, *_):
        _state["disabled"] -= 1
        return False


class DisableTorchFunction(DisableTorchFunctionSubclass):
    """Within it, neither classes nor modes are asked."""

    def __enter__(self):
        _state["modes off"] += 1
        _told()
        return super().__enter__()

    def __exit__(self, *_):
        _state["modes off"] -= 1
        _told()
        return super().__exit__()


DisableTorchFunctionSubclass.__module__ = DisableTorchFunction.__module__ = "torch._C"


# ---- modes

#: The modes around the code that runs, the innermost last.
_modes = []


def _told():
    """The fast paths do not serve while there is a mode to ask."""
    from . import _dispatch

    _dispatch.set_asking(bool(_modes) and not _state["modes off"])


def push_mode(mode):
    """``mode`` is asked about every function from now on."""
    _wrap_everything()
    _modes.append(mode)
    _told()


def pop_mode():
    """Takes the innermost mode away and answers it."""
    mode = _modes.pop()
    _told()
    return mode


def mode_stack():
    """All modes, the innermost last."""
    return list(_modes)


def reset():
    """No modes."""
    _modes.clear()
    _state.update({"disabled": 0, "modes off": 0})
    _told()


class _Found(list):
    """The arguments that want to be asked, behind a mode: there need not be any."""

    def __bool__(self):
        return True


def _asked_mode(func, found, args, kwargs):
    """What the innermost mode answers; meanwhile the next one is the innermost."""
    mode = pop_mode()
    try:
        types = tuple(type(value) for value in found)
        if not types and len(args) == 1 and not kwargs and _without_parser(func) and _is_tensor(args[0]):
            types = (type(args[0]),)
        return mode, mode.__torch_function__(func, types, args, kwargs or None)
    finally:
        _modes.append(mode)
        _told()


def _is_tensor(value):
    from ._handles import Tensor

    return isinstance(value, Tensor)


def _without_parser(func):
    """Whether a function takes nothing but a tensor: PyTorch names that tensor's type to modes."""
    overloads = getattr(func, "_overloads", None)
    return overloads is None or overloads.no_arguments


def exact(cls):
    """Says that objects of the class are plain tensors."""
    _exact.add(cls)


class _Declined(TypeError):
    """Nobody answered."""


_Declined.__name__ = _Declined.__qualname__ = "TypeError"


def _takes_part(value):
    kind = type(value)
    if kind in _exact or kind in _PLAIN:
        return False
    own = getattr(kind, "__torch_function__", None)
    return own is not None and own is not _disabled_torch_function_impl


_PLAIN = frozenset((int, float, bool, str, list, tuple, dict, type(None), slice, range, type(Ellipsis)))


def _order(found):
    """PyTorch's order: from left to right, but a subclass before the class it is made from. One of each type."""
    ordered = []
    for value in found:
        kind = type(value)
        if any(type(other) is kind for other in ordered):
            continue
        place = len(ordered)
        for index, other in enumerate(ordered):
            if issubclass(kind, type(other)):
                place = index
                break
        ordered.insert(place, value)
    return ordered


def taking_part(args, kwargs=None):
    """The arguments that want to be asked, elements of lists among them; usually none."""
    if _modes and not _state["modes off"]:
        return _Found(_objects(args, kwargs))
    return _objects(args, kwargs)


def _objects(args, kwargs):
    if _state["disabled"]:
        return ()
    found = None
    for value in (*args, *kwargs.values()) if kwargs else args:
        kind = type(value)
        if kind is list or kind is tuple:
            for item in value:
                if _takes_part(item):
                    found = [*(found or ()), item]
        elif kind not in _PLAIN and kind not in _exact and _takes_part(value):
            found = [*(found or ()), value]
    return _order(found) if found else ()


def ask(func, found, args, kwargs):
    """What the first answers that does not decline, modes before classes. Raises TypeError where all do."""
    declined = ""
    if _modes and not _state["modes off"]:
        mode, answer = _asked_mode(func, found, args, kwargs)
        if answer is not NotImplemented:
            return answer
        declined = f"\n  - mode object {mode!r}"
    types = tuple(type(value) for value in found)
    for value in found:
        own = type(value).__torch_function__
        answer = own(func, types, args, kwargs) if kwargs else own(func, types, args)
        if answer is not NotImplemented:
            return answer
    subclasses = declined + "".join(f"\n  - tensor subclass {kind}" for kind in types)
    raise _Declined(
        f"Multiple dispatch failed for '{func.__module__}.{func.__qualname__}'; all __torch_function__ handlers returned "
        f"NotImplemented:\n{subclasses}\n\nFor more information, try re-running with TORCH_LOGS=not_implemented"
    )


def default(cls, func, types, args=(), kwargs=None):
    """``Tensor.__torch_function__``: runs the function; tensors among its results become objects of ``cls``."""
    if not all(issubclass(cls, kind) for kind in types):
        return NotImplemented
    with DisableTorchFunctionSubclass():
        return converted(func(*args, **(kwargs or {})), cls, func)


def converted(result, cls, func=None):
    """A result as an object of ``cls``: PyTorch's default for what a subclass of Tensor gets back."""
    from . import _handles

    tensor = _handles.Tensor
    if cls is tensor or getattr(func, "kept", False):
        return result
    if isinstance(result, tensor):
        return result if isinstance(result, cls) else result.as_subclass(cls)
    if type(result) in (list, tuple):
        return type(result)(converted(item, cls) for item in result)
    if isinstance(result, tuple) and hasattr(type(result), "_make"):
        return type(result)._make(converted(item, cls) for item in result)
    return result


#: Properties whose tensors are another's, and so keep their class.
_KEPT = frozenset(("_backward_hooks", "grad", "_base"))


# ---- subclasses of Tensor

#: Methods that stay as they are: they make objects, or belong to Python.
_OWN = frozenset(
    "__new__ __init__ __del__ __init_subclass__ __torch_function__ __class__ __dict__ __weakref__ __slots__ __hash__ "
    "__doc__ __module__ __dir__ __reduce_ex__ __setstate__ __array_priority__ __deepcopy__ as_subclass _make_subclass "
    "_make_wrapper_subclass __getattribute__ __iter__ __reversed__ __array__ "
    "register_hook register_post_accumulate_grad_hook retain_grad untyped_storage storage storage_type".split()
)
#: Properties that PyTorch does not ask about.
_UNASKED = frozenset(("__cuda_array_interface__", "_grad_fn"))


#: The function that PyTorch names where Python's operator is used.
_OPERATORS = {
    "add": "add", "radd": "add", "iadd": "add_", "sub": "sub", "isub": "sub_", "mul": "mul", "rmul": "mul",
    "imul": "mul_", "truediv": "div", "itruediv": "div_", "mod": "remainder", "pow": "pow", "neg": "neg", "abs": "abs",
    "lt": "lt", "le": "le", "gt": "gt", "ge": "ge", "ne": "ne", "matmul": "matmul",
}  # fmt: skip


def _operator(function):
    """As ``_wrapped`` for ``a + b``: where nobody answers, Python says so in its own words."""

    @functools.wraps(function)
    def method(self, other):
        found = taking_part((self, other))
        if not found:
            return function(self, other)
        try:
            return ask(function, found, (self, other), {})
        except _Declined:
            return NotImplemented

    return method


_UNARY = ("__neg__", "__abs__")


def _wrapped(function):
    @functools.wraps(function)
    def method(self, *args, **kwargs):
        if _state["disabled"]:
            return function(self, *args, **kwargs)
        found = taking_part((self, *args), kwargs)
        if not found:
            return function(self, *args, **kwargs)
        return ask(function, found, (self, *args), kwargs)

    return method


def _accessors(name, own):
    """What is asked about a property that is read or written."""

    def getter(self):
        return own.fget(self)

    def setter(self, value):
        own.fset(self, value)

    getter.__name__ = "__get__"
    setter.__name__ = "__set__"
    getter.kept = name in _KEPT
    getter.__qualname__ = f"Tensor.{name}.__get__"
    setter.__qualname__ = f"Tensor.{name}.__set__"
    getter.__module__ = setter.__module__ = "torch"
    return getter, setter


def _wrapped_property(name, own):
    getter, setter = _accessors(name, own)

    def read(self):
        if _state["disabled"]:
            return own.fget(self)
        return ask(getter, (self,), (self,), {})

    def write(self, value):
        if _state["disabled"]:
            own.fset(self, value)
        else:
            ask(setter, (self,), (self, value), {})

    return property(read, write, own.fdel, own.__doc__)


def wrap_inherited(cls, tensor):
    """Has everything that a subclass inherits from Tensor ask ``__torch_function__`` first."""
    if cls.__torch_function__ is _disabled_torch_function_impl or cls.__module__.startswith("torch."):
        return
    inherited = set()
    for base in cls.__mro__:
        if base is tensor:
            break
        inherited |= base.__dict__.keys()
    for name, value in tensor.__dict__.items():
        if name in inherited or name in _OWN:
            continue
        if isinstance(value, property) and name not in _UNASKED:
            setattr(cls, name, _wrapped_property(name, value))
        elif type(value) is type(wrap_inherited):
            named = tensor.__dict__.get(_OPERATORS.get(name.strip("_"), "")) if name.startswith("__") else None
            setattr(cls, name, (_operator if named and name not in _UNARY else _wrapped)(named or value))
    _wrap_functions()


def _wrap_functions():
    """Functions that are written by hand ask too, from the moment that there is somebody to ask."""
    if _state["functions"]:
        return
    _state["functions"] = True
    import torch

    for module in (torch, torch.nn.functional):
        for name, value in list(vars(module).items()):
            if type(value) is not type(wrap_inherited) or name.startswith("_") or hasattr(value, "_overloads"):
                continue
            if value.__module__.startswith("torch") and name not in _NO_TENSORS:
                setattr(module, name, _asking(value))


def _wrap_everything():
    """For modes the methods and properties of Tensor ask as well, and functions that make tensors."""
    _wrap_functions()
    if _state["methods"]:
        return
    _state["methods"] = True
    import torch

    for name in ("tensor", "as_tensor", "asarray"):
        setattr(torch, name, _asking(getattr(torch, name)))
    tensor = torch.Tensor
    for name, value in list(tensor.__dict__.items()):
        if name in _OWN or name.startswith("_") and name not in _KNOWN_TO_MODES:
            continue
        if isinstance(value, property) and name not in _UNASKED:
            setattr(tensor, name, _property_for_modes(name, value))
        elif type(value) is type(wrap_inherited) and not hasattr(value, "_overloads"):
            named = tensor.__dict__.get(_OPERATORS.get(name.strip("_"), "")) if name.startswith("__") else None
            if named is None:
                setattr(tensor, name, _method_for_modes(value))


#: Of Tensor's own methods for Python those that modes are asked about.
_KNOWN_TO_MODES = frozenset(
    "__getitem__ __setitem__ __len__ __float__ __int__ __bool__ __index__ __repr__ __format__ __invert__ __rsub__ __rpow__ "
    "__rtruediv__ __floordiv__ __rfloordiv__ __contains__ __reversed__ __rmod__ __rmatmul__ _version _base _is_view".split()
)


def _method_for_modes(function):
    @functools.wraps(function)
    def method(self, *args, **kwargs):
        if _modes and not _state["modes off"]:
            return ask(method, _objects((self, *args), kwargs), (self, *args), kwargs)
        return function(self, *args, **kwargs)

    return method


def _property_for_modes(name, own):
    getter, setter = _accessors(name, own)

    def read(self):
        if _modes and not _state["modes off"]:
            return ask(getter, _objects((self,), None), (self,), {})
        return own.fget(self)

    def write(self, value):
        if _modes and not _state["modes off"]:
            ask(setter, _objects((self,), None), (self, value), {})
        else:
            own.fset(self, value)

    return property(read, write if own.fset else None, own.fdel, own.__doc__)


#: Functions that make tensors or settings: nobody takes part in them.
_NO_TENSORS = frozenset("tensor as_tensor asarray is_tensor save load typename compile from_numpy manual_seed".split())


def _asking(function):
    @functools.wraps(function)
    def asking(*args, **kwargs):
        found = taking_part(args, kwargs)
        return ask(asking, found, args, kwargs) if found else function(*args, **kwargs)

    return asking
