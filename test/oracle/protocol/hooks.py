"""Hooks on tensors, nodes and modules."""

import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
z = y ** 2
h = y.register_hook(lambda g: print('y', g))
h2 = x.register_hook(lambda g: g * 10)
z.register_hook(lambda g: print('z', g))
z.sum().backward()
print(x.grad)
h.remove()
h2.remove()
x.grad = None
z = (x * 2).sum()
z.backward()
print(x.grad)
x.register_post_accumulate_grad_hook(lambda t: print('acc', t.grad, t is x))
(x * 3).sum().backward()
y = x * 2
y.retain_grad()
y.register_hook(lambda g: g * 100)
y.sum().backward()
print(y.grad)
y = (x * 2).relu()
n = y.grad_fn
n.register_prehook(lambda go: (go[0] * 2,))
n.register_hook(lambda gi, go: print('node', gi, go))
y.sum().backward()
print(x.grad)
a = torch.ones(2, requires_grad=True)
b = torch.ones(2, requires_grad=True)
torch.autograd.graph.register_multi_grad_hook([a, b], lambda gs: print('multi', gs))
(a * b * 2).sum().backward()
(a * 3).sum().backward()
torch.autograd.graph.register_multi_grad_hook([a, b], lambda g: print('any', g), mode='any')
(a * b).sum().backward()
try:
    y = x * 2
    y.register_hook(lambda g: 5)
    y.sum().backward()
except Exception as e:
    print(type(e).__name__, e)
try:
    y = x * 2
    y.register_hook(lambda g: torch.ones(7))
    y.sum().backward()
except Exception as e:
    print(type(e).__name__, e)


def bad(g):
    raise KeyError('k')


try:
    y = x * 2
    y.register_hook(bad)
    y.sum().backward()
except KeyError as e:
    print('KeyError', e)
w = torch.tensor(2.0, requires_grad=True)


def inner(g):
    with torch.enable_grad():
        q = w * w
        print('inner', torch.autograd.grad(q, w))


y = x * 1
y.register_hook(inner)
y.sum().backward()
import torch.nn as nn

torch.manual_seed(0)
m = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
m[0].register_forward_hook(lambda mod, i, o: print('fwd', type(mod).__name__, i[0].shape, o.shape))
m[0].register_forward_pre_hook(lambda mod, i: (i[0] * 2,))
m[2].register_full_backward_hook(lambda mod, gi, go: print('bwd', [g.shape if g is not None else None for g in gi], [g.shape for g in go]))
m.register_full_backward_pre_hook(lambda mod, go: print('pre', go[0].shape))
m(torch.ones(4, 2)).sum().backward()
print(m[0].weight.grad)
