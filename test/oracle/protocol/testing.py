"""torch.testing: what assert_close says, and what make_tensor makes."""

import torch
from torch.testing import assert_close


def t(*a, **k):
    try:
        assert_close(*a, **k)
        print("pass")
    except BaseException as e:
        print(type(e).__name__)
        print(e)
    print("--")


T = torch.tensor
t(T([1.,2.]),T([1.,2.]))
t(T([1.,2.,3.]),T([1.,2.5,3.]))
t(T([[1.,2.],[3,4]]),T([[1.,2.5],[9.,4.]]))
t(T(1.),T(2.))
t(1.0,2.0)
t(1,2)
t(1,1.0)
t(True,False)
t(T([1.]),T([1.],dtype=torch.float64))
t(T([1.]),T([1.],dtype=torch.float64),check_dtype=False)
t(T([1.]),T([[1.]]))
t(T([1.]),1.0)
t([T([1.]),T([2.])],[T([1.]),T([3.])])
t({'a':T([1.])},{'a':T([2.])})
t({'a':1},{'b':1})
t([1],[1,2])
t(T([float('nan')]),T([float('nan')]))
t(T([float('nan')]),T([float('nan')]),equal_nan=True)
t(T([1,2]),T([1,3]))
t(T([1.]),T([1.1]),rtol=1e-3,atol=1e-3)
t(T([1.]),T([1.1]),rtol=1e-3)
t(T([1.]),T([1.1]),rtol=0.2,atol=0.)
t(T([1.]),T([2.]),msg="hello")
t(T([1.]),T([2.]),msg=lambda m: "X "+m)
t("a","a")
t(None,None)
t(T([True]),T([False]))
t(T([1.]),[1.])
t(float('nan'),float('nan'))
t(T(1),T(2))
t(1.0,2.0,rtol=0,atol=0)
t(T([1.,2.]),T([1.,3.]),rtol=0,atol=0)
t(T([[[1.,2.]]]),T([[[1.,float('inf')]]]))
t(T([]),T([]))
t(torch.ones(2,requires_grad=True),torch.ones(2))
t(torch.ones(2,2).t(),torch.ones(2,2),check_stride=True)
t(torch.nn.Parameter(T([1.])),T([2.]),allow_subclasses=False)
t(T([0.]),T([1.]))
t(T([1.]),T([0.]))
t(1.,0.)
t(torch.ones(3,dtype=torch.float16),torch.ones(3,dtype=torch.float16)*1.002)
t([[1,T(1.)]],[[1,T(2.)]])
t(object(),object())
t(complex(1,2),complex(1,3))
t(T([1,2],dtype=torch.uint8),T([2,1],dtype=torch.uint8))
t((T(1),),[T(1)])
t(torch.ones(2,requires_grad=True),torch.zeros(2,requires_grad=True))

def made(*shape, **options):
    torch.manual_seed(0)
    try:
        x = torch.testing.make_tensor(*shape, device="cpu", **options)
        print(x, x.stride())
    except BaseException as error:
        print(type(error).__name__, error)


for dtype in (torch.float32, torch.float64, torch.int64, torch.int8, torch.uint8, torch.bool, torch.float16, torch.bfloat16):
    made((2, 2), dtype=dtype)
made(3, dtype=torch.float32)
made(2, 3, dtype=torch.float32)
made((2, 2), dtype=torch.float32, low=0, high=1)
made((2, 2), dtype=torch.float32, noncontiguous=True)
made((2, 2), dtype=torch.float32, requires_grad=True)
made((2, 2), dtype=torch.int64, low=0, high=2, exclude_zero=True)
made((2,), dtype=torch.float32, low=2, high=1)
made((2,), dtype=torch.int64, requires_grad=True)
made((2,), dtype=torch.float32, low=float("nan"))
made((2,), dtype=torch.uint8, low=-5, high=300)
made((2,), dtype=torch.int64, low=1, high=1)
made((2,), dtype=torch.bool, low=3, high=9)
