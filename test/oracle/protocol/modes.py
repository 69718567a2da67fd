"""Gradient modes, views, versions, printing options, generators."""

import torch

x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    a = x * 2
    print(a.requires_grad, torch.is_grad_enabled())
    with torch.enable_grad():
        b = x * 2
        print(b.requires_grad)


@torch.no_grad()
def f(x):
    return x * 2


print(f(x).requires_grad)


@torch.no_grad
def f2(x):
    return x * 2


print(f2(x).requires_grad)
torch.set_grad_enabled(False)
print((x * 2).requires_grad)
torch.set_grad_enabled(True)
with torch.set_grad_enabled(False):
    print((x * 2).requires_grad)
with torch.inference_mode():
    c = x * 2
    print(c.requires_grad, c.is_inference(), torch.is_inference_mode_enabled())
print(c.is_inference())
for s in ['c*x', 'c.add_(1)', '(x*c).sum().backward()', 'c.requires_grad_()', 'c._version', 'c+1', 'c[0]', 'c.view(2).is_inference()']:
    try:
        print(s, eval(s))
    except Exception as e:
        print(s, type(e).__name__, e)


@torch.inference_mode()
def g():
    return torch.ones(1).is_inference()


print(g())


@torch.no_grad()
def gen():
    yield torch.is_grad_enabled()
    yield torch.is_grad_enabled()


it = gen()
print(next(it), torch.is_grad_enabled(), next(it))
y = x * 2
y2 = y.detach()
print(y2.requires_grad, y2._version)
y2.add_(1)
print(y._version)
z = y * y
y.add_(1)
try:
    z.sum().backward()
except RuntimeError as e:
    print(e)
d = x.data
d.mul_(5)
print(x, x._version)
v = y[0]
print(v._base is y, v.grad_fn, v._is_view())
v.mul_(2)
print(y, y.grad_fn, v.grad_fn)
torch.set_default_dtype(torch.float64)
print(torch.tensor(1.0).dtype, torch.ones(1), torch.get_default_dtype())
torch.set_default_dtype(torch.float32)
torch.set_printoptions(precision=2, sci_mode=False)
print(torch.tensor([1.23456, 100000.0]))
torch.set_printoptions(profile='default')
torch.set_printoptions(edgeitems=2, threshold=5)
print(torch.arange(10))
torch.set_printoptions(profile='default')
st = torch.get_rng_state()
r1 = torch.rand(2)
torch.set_rng_state(st)
print(torch.equal(r1, torch.rand(2)))
gg = torch.Generator().manual_seed(5)
print(torch.rand(2, generator=gg), torch.randn(3, generator=gg), gg.initial_seed())
with torch.random.fork_rng():
    torch.rand(1)
print(torch.rand(1))
