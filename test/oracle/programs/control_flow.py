# Graphs made by loops, recursion, generators and conditions.
import torch

def f(x, n):
    y = x
    for i in range(n):
        if y.sum() > 10:
            y = y / 2
        elif y.norm() < 1:
            y = y * 3
        else:
            y = y + x
    while y.norm() > 20:
        y = y * 0.5
    return y
for v in ([1.0, 2.0], [0.1, 0.2], [5.0, 6.0]):
    x = torch.tensor(v, requires_grad=True)
    y = f(x, 5)
    y.sum().backward()
    print(v, y, x.grad)
x = torch.tensor(2.0, requires_grad=True)

def fact(n):
    return x if n == 1 else fact(n - 1) * (x + n)
r = fact(6)
r.backward()
print(r, x.grad)

def newton_sqrt(a, it=6):
    y = a.clone()
    for _ in range(it):
        y = 0.5 * (y + a / y)
    return y
a = torch.tensor(3.0, requires_grad=True)
s = newton_sqrt(a)
s.backward()
print(s, a.grad, 0.5 / 3 ** 0.5)
xs = [torch.tensor(float(i), requires_grad=True) for i in range(4)]
total = sum((x * i for i, x in enumerate(xs)))
total.backward()
print([x.grad for x in xs])
m = max(xs)
m.backward()
print(m, xs[3].grad)
mn = min(xs, key=lambda t: (t - 1.2).abs())
print(mn)
d = {}
for i, k in enumerate('abc'):
    d[k] = torch.randn(1, generator=torch.Generator().manual_seed(i), requires_grad=True)
loss = sum((v ** 2 for v in d.values()))
grads = dict(zip(d, torch.autograd.grad(loss, list(d.values()))))
print({k: f'{g.item():.3f}' for k, g in grads.items()})
try:
    if torch.tensor([1.0, 2.0]) > 0:
        pass
except RuntimeError as e:
    print(e)
print('yes' if torch.tensor(0.1) else 'no', not torch.tensor(0), torch.tensor(1) and 5)
print(torch.tensor(0) or 7)
print(all(torch.tensor([True, True])))
print(torch.tensor(2) > torch.tensor(1) > torch.tensor(0), 1 < torch.tensor(2) < 3)
t = torch.tensor([3.0, 1.0, 2.0])
[print(i, v) for i, v in enumerate(t)]
print([float(v) for v in t if v > 1], sum((v for v in t)), {int(v): v for v in t})
print((lambda *a: a)(*t), max(t), sorted(t, reverse=True))

def gen(model, x):
    for w in model:
        x = x * w
        yield x
ws = torch.ones(3, requires_grad=True) * 2
*_, last = gen(ws, torch.tensor(1.0))
last.backward()
print(last)
try:
    x = torch.tensor(1.0)
    x.backward()
except RuntimeError as e:
    print(type(e).__name__, str(e))
finally:
    print('finally')
import contextlib
cm = contextlib.nullcontext()
with cm:
    print(torch.is_grad_enabled())
with contextlib.ExitStack() as st:
    st.enter_context(torch.no_grad())
    print(torch.is_grad_enabled())
print(torch.is_grad_enabled(), (y := (torch.ones(1) * 2)), eval('y + 1'), [(z := (y * 2))][0])
