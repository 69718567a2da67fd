# Derivatives of derivatives, and a Hessian row by row.
import torch

x = torch.tensor([0.5, -1.2, 2.0], requires_grad=True)
y = (x**3 + torch.sin(x) * x.exp()).sum()
(g,) = torch.autograd.grad(y, x, create_graph=True)
print(g)
(h,) = torch.autograd.grad(g.sum(), x, create_graph=True)
print(h)
(t,) = torch.autograd.grad(h.sum(), x)
print(t)


def rosenbrock(p):
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


p = torch.tensor([-1.0, 2.0], requires_grad=True)
value = rosenbrock(p)
(grad,) = torch.autograd.grad(value, p, create_graph=True)
H = torch.stack([torch.autograd.grad(grad[i], p, retain_graph=True)[0] for i in range(2)])
print(value, grad, H, sep="\n")
print(torch.autograd.functional.hessian(rosenbrock, p.detach()))
