"""torch.testing._internal.common_device_type: tests that are written once for all devices, of which there is the CPU."""

import unittest

from ..._missing import function as _missing_function
from .common_utils import _as_it_is, _with_reason, add_test, parametrized


class dtypes:
    """Decorates a test that is run with each of several dtypes."""

    def __init__(self, *args, device_type="all"):
        self.args = args[0] if len(args) == 1 and isinstance(args[0], (list, tuple)) else args
        self.device_type = device_type

    def __call__(self, fn):
        if self.device_type in ("all", "cpu"):
            fn.dtypes = {**getattr(fn, "dtypes", {}), self.device_type: tuple(self.args)}
        return fn


class dtypesIfCPU(dtypes):
    """The same on the CPU."""

    def __init__(self, *args):
        super().__init__(*args, device_type="cpu")


class dtypesIfCUDA(dtypes):
    """On CUDA: not here."""

    def __init__(self, *args):
        super().__init__(*args, device_type="cuda")


class dtypesIfMPS(dtypes):
    """On MPS: not here."""

    def __init__(self, *args):
        super().__init__(*args, device_type="mps")


class dtypesIfPRIVATEUSE1(dtypes):
    """On a device of one's own: not here."""

    def __init__(self, *args):
        super().__init__(*args, device_type="privateuse1")


def onlyCPU(fn):
    """Runs here."""
    return fn


def onlyOn(device_type):
    """Runs on these devices alone."""
    wanted = (device_type,) if isinstance(device_type, str) else tuple(device_type)
    return _as_it_is if "cpu" in wanted else unittest.skip(f"Only runs on {device_type}")


onlyCUDA, onlyXPU, onlyMPS, onlyPRIVATEUSE1, onlyAccelerator, onlyNativeDeviceTypesAnd = (
    unittest.skip(f"Only runs on {name}") for name in ("cuda", "xpu", "mps", "privateuse1", "accelerators", "devices")
)


def onlyNativeDeviceTypes(fn):
    """Runs here."""
    return fn


def deviceCountAtLeast(num_required_devices):
    """Needs several devices."""
    return unittest.skip(f"fewer than {num_required_devices} devices") if num_required_devices > 1 else _as_it_is


skipCPUIfNoLapack = skipCUDAIfRocm = skipCUDAIf = skipMPS = expectedFailureMPS = expectedFailureCUDA = _with_reason
skipCUDAIfNoMagma = skipCUDAIfNoCusolver = skipXLA = skipLazy = skipXPUIf = largeTensorTest = _with_reason


def skipMeta(fn):
    """There are no meta tensors here."""
    return fn


def instantiate_device_type_tests(
    generic_test_class, scope, except_for=None, only_for=None, include_lazy=False, allow_mps=False, allow_xpu=False
):
    """Puts ``<Name>CPU`` into ``scope``: one test per dtype and set of values, with ``device`` (and ``dtype``)."""
    scope.pop(generic_test_class.__name__, None)
    if except_for is not None and "cpu" in except_for or only_for is not None and "cpu" not in only_for:
        return
    name = f"{generic_test_class.__name__}CPU"
    bases = (generic_test_class,)
    hidden = {each: None for each in dir(generic_test_class) if each.startswith("test")}
    made = type(name, bases, {**hidden, "device_type": "cpu", "__module__": scope.get("__name__", __name__)})
    for each in hidden:
        fn = getattr(generic_test_class, each)
        for suffix, values, decorators in parametrized(fn):
            for dtype in _dtypes_of(fn):
                parts = [each, suffix, "cpu", "" if dtype is None else str(dtype).rpartition(".")[2]]
                own = dict(values)
                names = fn.__code__.co_varnames[: fn.__code__.co_argcount] if hasattr(fn, "__code__") else ("device",)
                if "device" in names or hasattr(fn, "__wrapped__"):
                    own["device"] = "cpu"
                if dtype is not None:
                    own["dtype"] = dtype
                add_test(made, "_".join(part for part in parts if part), fn, own, decorators)
    scope[name] = made


def _dtypes_of(fn):
    found = getattr(fn, "dtypes", None)
    if not found:
        return (None,)
    return found.get("cpu", found.get("all", (None,)))


def get_all_device_types():
    """The devices that are here."""
    return ["cpu"]


def ops(*_, **__):
    """Tests over PyTorch's table of operators. Raises: the table is not here."""
    return _missing_function(f"{__name__}.ops")()


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return _missing_function(f"{__name__}.{name}")
