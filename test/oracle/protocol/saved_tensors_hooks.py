"""Hooks around saving a tensor and needing it again."""

import torch
from torch.autograd.graph import save_on_cpu, saved_tensors_hooks


def pack(t):
    print("pack", t, t.requires_grad, t.grad_fn)
    return t.tolist()


def unpack(v):
    print("unpack", v)
    return torch.tensor(v)


x = torch.tensor([1.0, 2.0], requires_grad=True)
with saved_tensors_hooks(pack, unpack):
    y = (x * x).exp()
y.sum().backward()
print(x.grad)
with saved_tensors_hooks(pack, unpack):
    y = x**3
(g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
print(g)
print(torch.autograd.grad(g.sum(), x))
with save_on_cpu():
    print((x * x).sum())
try:
    with saved_tensors_hooks(lambda t: t.detach().add_(1), lambda t: t):
        x.exp()
except RuntimeError as error:
    print(error)
try:
    with saved_tensors_hooks(lambda t: t, lambda t: 3):
        y = x * x
    y.sum().backward()
except TypeError as error:
    print(error)
z = x * 1
with saved_tensors_hooks(lambda t: t, lambda t: t):
    y = z * z
z.add_(1)
x.grad = None
y.sum().backward()
print(x.grad)
