"""torch.testing._internal.common_utils: TestCase and what stands around tests."""

import contextlib
import functools
import gc
import inspect
import itertools
import random
import sys
import unittest
import warnings

import torch

from ..._missing import function as _missing_function
from ...autograd import gradcheck as _gradcheck
from ...autograd import gradgradcheck as _gradgradcheck
from .._comparison import assert_close

SEED = 1234
IS_WINDOWS = IS_MACOS = IS_LINUX = IS_CI = IS_FBCODE = IS_SANDCASTLE = False
TEST_CUDA = TEST_XPU = TEST_MPS = TEST_HPU = TEST_MKL = TEST_NUMPY = TEST_SCIPY = TEST_PRIVATEUSE1 = False
TEST_WITH_ROCM = TEST_WITH_ASAN = TEST_WITH_TSAN = TEST_WITH_UBSAN = False
TEST_WITH_TORCHDYNAMO = TEST_WITH_TORCHINDUCTOR = TEST_WITH_CROSSREF = TEST_WITH_SLOW = TEST_WITH_SLOW_GRADCHECK = False


def set_rng_seed(seed=None):
    """The seed that every test begins with."""
    seed = SEED if seed is None else seed
    torch.manual_seed(seed)
    random.seed(seed)


def _plain(value):
    return isinstance(value, (int, float, bool, complex))


class TestCase(unittest.TestCase):
    """unittest's, where tensors are compared with PyTorch's tolerances."""

    maxDiff = None

    def setUp(self):
        """Random numbers begin anew."""
        set_rng_seed()

    def assertEqual(
        self,
        x,
        y,
        msg=None,
        *,
        atol=None,
        rtol=None,
        equal_nan=True,
        exact_dtype=True,
        exact_device=False,
        exact_layout=False,
        exact_stride=False,
        exact_is_coalesced=False,
    ):
        """Tensors and numbers are equal within tolerances, what contains them element by element."""
        tolerance = {"atol": atol, "rtol": rtol, "equal_nan": equal_nan}
        try:
            _compare(x, y, exact_dtype, exact_stride, tolerance)
        except AssertionError as error:
            text = msg(str(error)) if callable(msg) else f"{error}\n{msg}" if msg else str(error)
            raise self.failureException(text) from None

    def assertNotEqual(self, x, y, msg=None, *, atol=None, rtol=None, **options):
        """The opposite."""
        try:
            self.assertEqual(x, y, atol=atol, rtol=rtol, **options)
        except AssertionError:
            return
        raise self.failureException(msg or f"{x!r} and {y!r} are equal")

    def assertEqualIgnoreType(self, *args, **kwargs):
        """The same, whatever the dtypes are."""
        return self.assertEqual(*args, exact_dtype=False, **kwargs)

    def assertEqualTypeString(self, x, y):
        """Devices and dtypes are the same."""
        self.assertEqual((x.device, x.dtype, x.is_sparse), (y.device, y.dtype, y.is_sparse))

    def assertObjectIn(self, obj, iterable):
        """One of the items is this very object."""
        if not any(item is obj for item in iterable):
            raise AssertionError("object not found in iterable")

    def assertNotWarn(self, callable, msg=""):
        """A call gives no warnings."""
        with warnings.catch_warnings(record=True) as given:
            warnings.simplefilter("always")
            callable()
        self.assertTrue(len(given) == 0, msg)

    @contextlib.contextmanager
    def assertWarnsOnceRegex(self, category, regex=""):
        """What is inside gives exactly one such warning."""
        with set_warn_always_context(True), warnings.catch_warnings(record=True) as given:
            warnings.simplefilter("always")
            yield
        self.assertEqual(len(given), 1, msg=str([str(each.message) for each in given]))
        self.assertTrue(issubclass(given[0].category, category))
        self.assertRegex(str(given[0].message), regex)

    def assertExpected(self, s, subname=None):
        """A text that PyTorch has in files of its repository: there are none here, so nothing is compared."""
        raise unittest.SkipTest("expected texts are in files of PyTorch's repository")

    def assertExpectedInline(self, actual, expect, skip=0):
        """A text is what stands in the test."""
        unittest.TestCase.assertEqual(self, str(actual), expect)

    def assertExpectedRaises(self, exc_type, callable, *args, **kwargs):
        """A call raises."""
        self.assertRaises(exc_type, callable, *args, **kwargs)


def _compare(x, y, exact_dtype, exact_stride, tolerance):
    if isinstance(x, torch.Tensor) or isinstance(y, torch.Tensor):
        count = (x if _plain(y) else y).numel() if _plain(x) or _plain(y) else 1
        if count != 1:
            raise ValueError(
                f"Only single element tensor-likes can be compared against a number. Got {count} elements instead."
            )
        if _plain(x):
            x, exact_dtype = torch.tensor(x), False
        if _plain(y):
            y, exact_dtype = torch.tensor(y), False
        if not (isinstance(x, torch.Tensor) and isinstance(y, torch.Tensor)):
            raise AssertionError(f"{x!r} and {y!r} cannot be compared")
        if x.dim() == 0 and y.numel() == 1 or y.dim() == 0 and x.numel() == 1:
            x, y = (x.reshape(()), y.reshape(())) if not exact_dtype else (x, y)
        assert_close(
            x.detach(), y.detach(), check_dtype=exact_dtype, check_stride=exact_stride, **_complete(tolerance)
        )
    elif isinstance(x, bool) or isinstance(y, bool) or isinstance(x, (str, bytes)) or x is None or y is None:
        if x != y:
            raise AssertionError(f"{x!r} and {y!r} are not equal")
    elif _plain(x) and _plain(y):
        assert_close(x, y, check_dtype=False, **_complete(tolerance))
    elif isinstance(x, dict) and isinstance(y, dict):
        if set(x) != set(y):
            raise AssertionError(f"the keys {list(x)!r} and {list(y)!r} are not equal")
        for key in x:
            _compare(x[key], y[key], exact_dtype, exact_stride, tolerance)
    elif isinstance(x, (list, tuple)) and isinstance(y, (list, tuple)):
        if len(x) != len(y):
            raise AssertionError(f"{len(x)} and {len(y)} items: {x!r} and {y!r}")
        for one, other in zip(x, y):
            _compare(one, other, exact_dtype, exact_stride, tolerance)
    elif x != y:
        raise AssertionError(f"{x!r} and {y!r} are not equal")


def _complete(tolerance):
    """Both tolerances, where one is given."""
    found = dict(tolerance)
    if (found["atol"] is None) != (found["rtol"] is None):
        found["atol"], found["rtol"] = found["atol"] or 0.0, found["rtol"] or 0.0
    return found


def run_tests(argv=None):
    """Runs the tests of the main module and prints how they went."""
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    result = unittest.TextTestRunner(stream=sys.stderr).run(suite)
    if not result.wasSuccessful():
        raise AssertionError(f"{len(result.failures)} tests failed, {len(result.errors)} raised")


# ---- gradients


def _checked(check, args, kwargs):
    # Batches of gradients are computed one by one, so that there is nothing to compare them with.
    options = {**kwargs, "check_batched_grad": False}
    if options.get("fast_mode") is None:
        options["fast_mode"] = True
    return check(*args, **options)


def gradcheck(fn, inputs, **kwargs):
    """``torch.autograd.gradcheck``, in fast mode unless said otherwise."""
    return _checked(_gradcheck, (fn, inputs), kwargs)


def gradgradcheck(fn, inputs, grad_outputs=None, **kwargs):
    """``torch.autograd.gradgradcheck``, in fast mode unless said otherwise."""
    return _checked(_gradgradcheck, (fn, inputs, grad_outputs), kwargs)


# ---- contexts and decorators


@contextlib.contextmanager
def disable_gc():
    """Inside, Python's collector does not start by itself."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextlib.contextmanager
def set_warn_always_context(new_val):
    """Inside, whether warnings that are given once are given always."""
    before = torch.is_warn_always_enabled()
    torch.set_warn_always(new_val)
    try:
        yield
    finally:
        torch.set_warn_always(before)


@contextlib.contextmanager
def freeze_rng_state():
    """Inside, random numbers are drawn that are drawn again afterwards."""
    state = torch.get_rng_state()
    try:
        yield
    finally:
        torch.set_rng_state(state)


def suppress_warnings(fn):
    """A test whose warnings nobody sees."""

    @functools.wraps(fn)
    def quiet(*args, **kwargs):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return fn(*args, **kwargs)

    return quiet


def _as_it_is(fn):
    """A condition that does not hold here."""
    return fn


def _with_reason(*args, **_):
    """The same where a reason is given, or not."""
    if len(args) == 1 and callable(args[0]):
        return args[0]
    return _as_it_is


slowTest = skipIfMPS = skipIfNoLapack = skipIfRocm = skipIfXpu = skipIfWindows = skipIfSlowGradcheckEnv = _with_reason
skipIfTorchDynamo = xfailIfTorchDynamo = skipIfTorchInductor = skipIfCrossRef = unMarkDynamoStrictTest = _with_reason
markDynamoStrictTest = skipCUDANonDefaultStreamIf = skipIfHpu = serialTest = _with_reason


class subtest:
    """One set of values of ``parametrize``, with a name."""

    def __init__(self, arg_values, name=None, decorators=None):
        self.arg_values = arg_values
        self.name = name
        self.decorators = decorators or []


class parametrize:
    """Decorates a test that is run with each of several values: ``@parametrize("a,b", [(1, 2), (3, 4)])``."""

    def __init__(self, arg_str, arg_values, name_fn=None):
        self.names = [name.strip() for name in arg_str.split(",") if name.strip()]
        self.values = list(arg_values)
        self.name_fn = name_fn

    def __call__(self, fn):
        fn.parametrize_fn = [self, *getattr(fn, "parametrize_fn", [])]
        return fn

    def _sets(self):
        for position, value in enumerate(self.values):
            given = value if isinstance(value, subtest) else subtest(value)
            values = (given.arg_values,) if len(self.names) == 1 else tuple(given.arg_values)
            name = given.name
            if name is None and self.name_fn is not None:
                name = self.name_fn(*values)
            if name is None:
                name = "_".join(
                    f"{key}_{_shown(item, position)}" for key, item in zip(self.names, values)
                )
            yield name, dict(zip(self.names, values)), given.decorators


def _shown(value, position):
    """How a value appears in a test's name."""
    if isinstance(value, (int, float, str, bool, type(None))):
        return str(value).replace(".", "_")
    if isinstance(value, torch.dtype):
        return str(value).rpartition(".")[2]
    return getattr(value, "__name__", str(position))


def parametrized(fn):
    """(suffix of the name, values by name, decorators) for every set of values of a test."""
    sets = [list(each._sets()) for each in getattr(fn, "parametrize_fn", [])]
    for chosen in itertools.product(*sets):
        values = {}
        for _, own, _ in chosen:
            values.update(own)
        name = "_".join(name for name, _, _ in chosen)
        yield name, values, [decorator for _, _, decorators in chosen for decorator in decorators]


def instantiate_parametrized_tests(generic_cls):
    """Puts one test per set of values into a class in the place of each that is parametrized."""
    for name, fn in list(vars(generic_cls).items()):
        if not (name.startswith("test") and hasattr(fn, "parametrize_fn")):
            continue
        delattr(generic_cls, name)
        for suffix, values, decorators in parametrized(fn):
            add_test(generic_cls, f"{name}_{suffix}", fn, values, decorators)
    return generic_cls


def add_test(cls, name, fn, values, decorators=()):
    """Adds a test that calls ``fn`` with values."""

    @functools.wraps(fn)
    def test(self, _values=values):
        return fn(self, **_values)

    test.__signature__ = inspect.Signature([inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)])
    for decorator in decorators:
        test = decorator(test)
    test.__name__ = name
    test.__qualname__ = f"{cls.__qualname__}.{name}"
    setattr(cls, name, test)


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return _missing_function(f"{__name__}.{name}")
