"""torch.testing: comparison of results with a message that says where they differ, and random tensors for tests."""

import warnings

from .._errors import not_available
from .._missing import module_getattr
from ._comparison import assert_close
from ._creation import make_tensor

__getattr__ = module_getattr(__name__)


def assert_allclose(actual, expected, rtol=None, atol=None, equal_nan=True, msg=""):
    """The deprecated form of ``assert_close``: dtypes are not compared, NaN equals NaN."""
    warnings.warn(
        "`torch.testing.assert_allclose()` is deprecated since 1.12 and will be removed in a future release. "
        "Please use `torch.testing.assert_close()` instead. "
        "You can find detailed upgrade instructions in https://github.com/pytorch/pytorch/issues/61844.",
        FutureWarning,
        stacklevel=2,
    )
    if (rtol is None) != (atol is None):
        raise not_available("torch.testing.assert_allclose with only one of rtol and atol")
    assert_close(
        actual,
        expected,
        rtol=rtol,
        atol=atol,
        equal_nan=equal_nan,
        check_device=True,
        check_dtype=False,
        check_stride=False,
        msg=msg or None,
    )
