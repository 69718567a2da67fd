"""torch.autograd.Function in its many forms."""

import torch
from torch.autograd import Function


class Exp(Function):

    @staticmethod
    def forward(ctx, i):
        r = i.exp()
        ctx.save_for_backward(r)
        return r

    @staticmethod
    def backward(ctx, g):
        r, = ctx.saved_tensors
        return g * r


x = torch.tensor([1.0, 2.0], requires_grad=True)
y = Exp.apply(x)
print(y, y.grad_fn.name(), type(y.grad_fn), y.grad_fn.next_functions[0][0].name())
g, = torch.autograd.grad(y.sum(), x, create_graph=True)
print(g)
g2, = torch.autograd.grad(g.sum(), x)
print(g2)


class Two(Function):

    @staticmethod
    def forward(ctx, a, b, k):
        ctx.k = k
        ctx.save_for_backward(a, b)
        return (a * b * k, a + b)

    @staticmethod
    def backward(ctx, g1, g2):
        a, b = ctx.saved_tensors
        print('needs', ctx.needs_input_grad, g1, g2)
        return (g1 * b * ctx.k + g2, g1 * a * ctx.k + g2, None)


a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0)
p, q = Two.apply(a, b, 4)
print(p, q)
p.backward()
print(a.grad)
p, q = Two.apply(a, b, 4)
(p + q).backward()
print(a.grad)


class S(Function):

    @staticmethod
    def forward(x, n=2):
        return x ** n

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, n = inputs
        ctx.save_for_backward(x)
        ctx.n = n

    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return (g * ctx.n * x ** (ctx.n - 1), None)


print(torch.autograd.grad(S.apply(x, 3).sum(), x), torch.autograd.grad(S.apply(x).sum(), x))


class InP(Function):

    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x

    @staticmethod
    def backward(ctx, g):
        return g * 2


z = x * 1
w = InP.apply(z)
print(w is z, z.grad_fn.name(), z._version)
w.sum().backward()
print(x.grad)


class ND(Function):

    @staticmethod
    def forward(ctx, x):
        i = x.argmax()
        m = x.max()
        ctx.mark_non_differentiable(i)
        ctx.save_for_backward(x, i)
        return (m, i)

    @staticmethod
    def backward(ctx, g, gi):
        x, i = ctx.saved_tensors
        print(gi)
        r = torch.zeros_like(x)
        r[i] = g
        return r


x.grad = None
m, i = ND.apply(x)
print(m, i, i.requires_grad)
m.backward()
print(x.grad)


class NM(Function):

    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return (x * 1, x * 2)

    @staticmethod
    def backward(ctx, a, b):
        print(a, b)
        return a if b is None else b


a, b = NM.apply(x)
torch.autograd.grad(a.sum(), x)


class Same(Function):

    @staticmethod
    def forward(ctx, x):
        return x

    @staticmethod
    def backward(ctx, g):
        return -g


y = Same.apply(x)
print(y is x, y, y._is_view())
print(torch.autograd.grad(y.sum(), x))


class View(Function):

    @staticmethod
    def forward(ctx, x):
        return x.view(1, 2)

    @staticmethod
    def backward(ctx, g):
        return g.view(2)


y = View.apply(x * 1)
print(y)
try:
    y.add_(1)
except RuntimeError as e:
    print(e)
with torch.no_grad():
    print(Exp.apply(x))


class Err(Function):

    @staticmethod
    def forward(ctx, x):
        return x * 1

    @staticmethod
    def backward(ctx, g):
        return torch.ones(5)


try:
    Err.apply(x).sum().backward()
except RuntimeError as e:
    print(e)


class Err2(Function):

    @staticmethod
    def forward(ctx, x):
        return x * 1

    @staticmethod
    def backward(ctx, g):
        return 3


try:
    Err2.apply(x).sum().backward()
except Exception as e:
    print(type(e).__name__, e)


class Dict(Function):

    @staticmethod
    def forward(ctx, x, d):
        return (x * d['k'], 5, None)

    @staticmethod
    def backward(ctx, g, a, b):
        print(a, b)
        return (g, None)


r = Dict.apply(x, {'k': 2})
print(r)
r[0].sum().backward()
y = Exp.apply(x)
print(y.grad_fn.saved_tensors, y.grad_fn.needs_input_grad, y.grad_fn.metadata)
y.grad_fn.register_hook(lambda gi, go: print('hook', gi, go))
y.sum().backward()
print(Exp.apply(torch.ones(2)).grad_fn)
