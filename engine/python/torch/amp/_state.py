"""What autocast is set to: on or off and the dtype for each kind of device. Only the CPU's is known to the engine."""

from .. import _device, _dtype, _engine
from .._warn import warn

#: The dtypes that regions cast to unless they say otherwise.
_DTYPES = {
    "cpu": _dtype.bfloat16,
    "xla": _dtype.bfloat16,
    "hpu": _dtype.bfloat16,
    "cuda": _dtype.float16,
    "hip": _dtype.float16,
    "xpu": _dtype.float16,
    "mps": _dtype.float16,
    "ipu": _dtype.float16,
    "mtia": _dtype.float16,
    "privateuseone": _dtype.float16,
}
_dtypes = dict(_DTYPES)
_enabled = {}
_common = {"nesting": 0, "cache": True}


def reset():
    """Off everywhere, as after the import."""
    _dtypes.clear()
    _dtypes.update(_DTYPES)
    _enabled.clear()
    _common.update(nesting=0, cache=True)
    _tell()


def _tell():
    _engine.set_autocast(_enabled.get("cpu", False), _dtypes["cpu"]._code, _common["cache"])


def _checked(function, value, kind, name, position=1):
    if type(value) is not kind:
        shown = {bool: "bool", str: "str"}.get(kind, "torch.dtype")
        raise TypeError(
            f"{function}(): argument '{name}' (position {position}) must be {shown}, not {type(value).__name__}"
        )
    return value


def _kind(function, device_type):
    return _device.device(_checked(function, device_type, str, "device_type")).type


def is_available(device_type):
    """Whether PyTorch's autocast knows a kind of device. Raises RuntimeError for what is none."""
    return _kind("_is_autocast_available", device_type) in _DTYPES


def is_autocast_enabled(device_type="cuda", /):
    """Whether operators on a kind of device cast their arguments now."""
    kind = _kind("is_autocast_enabled", device_type)
    if kind not in _DTYPES:
        raise RuntimeError("unknown device type for autocast in get_autocast_dispatch_key_from_device_type")
    return _enabled.get(kind, False)


def set_autocast_enabled(*args):
    """``set_autocast_enabled(device_type, enabled)``; one argument means "cuda"."""
    if len(args) == 1:
        kind, enabled = "cuda", _checked("set_autocast_enabled", args[0], bool, "enabled")
    else:
        kind, enabled = args
        kind = _kind("set_autocast_enabled", kind)
        _checked("set_autocast_enabled", enabled, bool, "enabled", 2)
    _enabled[kind] = enabled
    _tell()


def get_autocast_dtype(*args, device_type=None):
    """What autocast casts to on a kind of device. Raises RuntimeError where it knows none."""
    if not args and device_type is None:
        raise TypeError('get_autocast_dtype() missing 1 required positional arguments: "device_type"')
    kind = _kind("get_autocast_dtype", args[0] if args else device_type)
    if kind not in _dtypes:
        raise RuntimeError("unsupported scalarType")
    return _dtypes[kind]


def set_autocast_dtype(*args):
    """``set_autocast_dtype(device_type, dtype)``."""
    if len(args) < 2:
        missing = '"dtype"' if args else '"device_type", "dtype"'
        raise TypeError(f"set_autocast_dtype() missing {2 - len(args)} required positional arguments: {missing}")
    kind = _kind("set_autocast_dtype", args[0])
    _dtypes[kind] = _checked("set_autocast_dtype", args[1], _dtype.dtype, "dtype", 2)
    _tell()


def is_autocast_cache_enabled():
    """Whether casts of parameters are kept until the outermost region ends."""
    return _common["cache"]


def set_autocast_cache_enabled(enabled, /):
    """Sets that. Raises TypeError for what is no bool."""
    if type(enabled) is not bool:
        raise TypeError(f"enabled must be a bool (got {type(enabled).__name__})")
    _common["cache"] = enabled
    _tell()


def clear_autocast_cache():
    """Forgets the casts that were kept."""
    _engine.forget_casts()


def autocast_increment_nesting():
    """A region begins: how many there are now."""
    _common["nesting"] += 1
    return _common["nesting"]


def autocast_decrement_nesting():
    """A region ends: how many are left."""
    _common["nesting"] -= 1
    return _common["nesting"]


# ---- the older names, one for each kind of device


def _older(kind, name):
    def is_enabled():
        warn(_instead(f"is_autocast_{name}_enabled()", f"is_autocast_enabled('{kind}')"), DeprecationWarning)
        return is_autocast_enabled(kind)

    def set_enabled(enabled, /):
        warn(
            _instead(f"set_autocast_{name}_enabled(enabled)", f"set_autocast_enabled('{kind}', enabled)"),
            DeprecationWarning,
        )
        set_autocast_enabled(kind, enabled)

    def get_dtype():
        warn(_instead(f"get_autocast_{name}_dtype()", f"get_autocast_dtype('{kind}')"), DeprecationWarning)
        return get_autocast_dtype(kind)

    def set_dtype(dtype, /):
        warn(
            _instead(f"set_autocast_{name}_dtype(dtype)", f"set_autocast_dtype('{kind}', dtype)"),
            DeprecationWarning,
        )
        set_autocast_dtype(kind, dtype)

    made = {f"get_autocast_{name}_dtype": get_dtype, f"set_autocast_{name}_dtype": set_dtype}
    if kind != "cuda":
        made[f"is_autocast_{name}_enabled"] = is_enabled
        made[f"set_autocast_{name}_enabled"] = set_enabled
    for key, function in made.items():
        function.__name__ = function.__qualname__ = key
        function.__doc__ = f"The older form of {key.replace(f'_{name}', '')} for {kind!r}."
    return made


def _instead(old, new):
    return f"torch.{old} is deprecated. Please use torch.{new} instead."


FUNCTIONS = {
    function.__name__: function
    for function in (
        is_autocast_enabled,
        set_autocast_enabled,
        get_autocast_dtype,
        set_autocast_dtype,
        is_autocast_cache_enabled,
        set_autocast_cache_enabled,
        clear_autocast_cache,
        autocast_increment_nesting,
        autocast_decrement_nesting,
    )
}
for _older_kind, _older_name in (("cpu", "cpu"), ("cuda", "gpu"), ("ipu", "ipu"), ("xla", "xla")):
    FUNCTIONS.update(_older(_older_kind, _older_name))
for _value in FUNCTIONS.values():
    _value.__module__ = "torch"
