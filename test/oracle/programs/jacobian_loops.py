# Jacobians and Hessians row by row, and by torch.autograd.functional.
import torch
from torch.autograd.functional import jacobian, hessian

def f(x):
    return torch.stack([x[0] ** 2 * x[1], 5 * x[0] + x[1].sin()])
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = f(x)
J = torch.stack([torch.autograd.grad(y[i], x, retain_graph=True)[0] for i in range(2)])
print(J, jacobian(f, x))
for i in range(2):
    x.grad = None
    y[i].backward(retain_graph=True)
    print(x.grad)
print(torch.autograd.grad(y, x, torch.eye(2)[0], retain_graph=True))
print([torch.autograd.grad(y, x, e, retain_graph=True)[0] for e in torch.eye(2)])
g = lambda x: (x ** 3).sum() + x[0] * x[1]
print(hessian(g, x), hessian(lambda a, b: (a * b).sum(), (torch.ones(2), torch.ones(2))))
gr, = torch.autograd.grad(g(x), x, create_graph=True)
H = torch.stack([torch.autograd.grad(gr[i], x, retain_graph=True)[0] for i in range(2)])
print(H, torch.linalg.eigvalsh(H))
v = torch.tensor([1.0, -1.0])
print(torch.autograd.grad(gr @ v, x, retain_graph=True)[0], torch.autograd.grad(gr, x, v)[0])
m = torch.nn.Linear(2, 3)
jac = jacobian(m, torch.ones(1, 2))
print(jac.shape, torch.equal(jac[0, :, 0], m.weight))
jj = jacobian(lambda a, b: (a * b, a + b), (torch.ones(2), torch.ones(2) * 3))
print(jj)
print(jacobian(lambda t: t.exp(), torch.zeros(2), create_graph=True))
print(jacobian(lambda t: torch.zeros(2), torch.ones(2)))
try:
    jacobian(lambda t: torch.zeros(2), torch.ones(2), strict=True)
except RuntimeError as e:
    print(e)
try:
    hessian(lambda t: t * 2, torch.ones(2))
except RuntimeError as e:
    print(e)
try:
    jacobian(f, torch.ones(2), vectorize=True)
    print('vectorized')
except Exception as e:
    print(type(e).__name__)
div = sum((torch.autograd.grad(f(x)[i], x)[0][i] for i in range(2)))
print(div, torch.trace(jacobian(f, x)))
eps = 0.001
fd = torch.stack([(f(x.detach() + eps * e) - f(x.detach() - eps * e)) / (2 * eps) for e in torch.eye(2)], 1)
print((fd - J).abs().max() < 0.01)
per = []
for xi, yi in zip(torch.eye(2), torch.zeros(2, 3)):
    per.append(torch.autograd.grad(torch.nn.functional.mse_loss(m(xi), yi), m.weight)[0])
print(torch.stack(per).shape)
fisher = {n: torch.zeros_like(p) for n, p in m.named_parameters()}
for xi in torch.eye(2):
    m.zero_grad()
    torch.log_softmax(m(xi), 0)[0].backward()
    for n, p in m.named_parameters():
        fisher[n] += p.grad ** 2
print({n: tuple(v.shape) for n, v in fisher.items()})
