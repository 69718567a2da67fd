# torch.testing._internal: the helpers that tests of one's own use.
# --- tests of parameters and devices
import unittest
from torch.testing._internal.common_device_type import dtypes, instantiate_device_type_tests, onlyCPU, onlyCUDA
from torch.testing._internal.common_utils import TestCase, instantiate_parametrized_tests, parametrize, subtest


class TestValues(TestCase):
    @parametrize("a", [1, 2])
    @parametrize("b,c", [(1, 2), subtest((3, 4), name="named")])
    def test_both(self, a, b, c):
        print("both", a, b, c)

    @parametrize("flag", [True, False])
    @parametrize("number", [0.5])
    def test_flag(self, flag, number):
        self.assertTrue(flag)


class TestDevices(TestCase):
    @dtypes(torch.float32, torch.float64)
    def test_dtype(self, device, dtype):
        print(device, dtype)

    @onlyCPU
    def test_device(self, device):
        print(device, self.device_type)

    @parametrize("k", [1, 2])
    def test_k(self, device, k):
        print(device, k)


instantiate_parametrized_tests(TestValues)
space = {"TestDevices": TestDevices}
instantiate_device_type_tests(TestDevices, space)
for cls in (TestValues, space["TestDevicesCPU"]):
    names = unittest.defaultTestLoader.getTestCaseNames(cls)
    print(names)
    result = unittest.TestResult()
    for name in names:
        cls(name).run(result)
    print(result.testsRun, len(result.failures), len(result.errors))
# --- what is equal
import unittest
from torch.testing._internal.common_utils import TestCase


class Test(TestCase):
    def runTest(self):
        pass


case = Test()
one, nan = torch.ones(2), float("nan")
for x, y, options in (
    (one, torch.ones(2), {}),
    (one, one + 1e-7, {}),
    (one, one + 0.1, {}),
    (one, one + 0.1, {"atol": 0.2, "rtol": 0}),
    (one, one.double(), {}),
    (one, one.double(), {"exact_dtype": False}),
    (torch.tensor(2.0), 2.0, {}),
    (torch.tensor([2]), 2, {}),
    (one, 1.0, {}),
    (one, None, {}),
    (1.0, 1.0 + 1e-9, {}),
    (1, 2, {}),
    (nan, nan, {}),
    (torch.tensor(nan), torch.tensor(nan), {"equal_nan": False}),
    ("a", "b", {}),
    (None, None, {}),
    ([one, 2], [one, 2], {}),
    ([1], [1, 2], {}),
    ({"k": one}, {"k": one}, {}),
    ({"k": one}, {"l": one}, {}),
    (torch.Size([2]), (2,), {}),
    (True, 1, {}),
    (torch.tensor([True]), torch.tensor([True]), {}),
    (torch.ones(2, 3), torch.ones(3, 2), {}),
):
    try:
        case.assertEqual(x, y, **options)
        print("equal")
    except AssertionError:
        print("not equal")
    except ValueError as error:
        print(error)
case.assertNotEqual(one, torch.zeros(2))
case.assertNotEqual(1, 2)
# --- gradients are checked
from torch.testing._internal.common_utils import gradcheck, gradgradcheck

x = torch.tensor([0.5, 1.5], dtype=torch.float64, requires_grad=True)
print(gradcheck(torch.sin, (x,)), gradgradcheck(torch.sin, (x,)))
