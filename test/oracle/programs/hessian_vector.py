import torch
from torch.autograd.functional import hessian, hvp, jacobian, vhp


def rosenbrock(x):
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


x = torch.tensor([0.5, -0.3, 1.2], dtype=torch.float64, requires_grad=True)
v = torch.tensor([1.0, 2.0, -1.0], dtype=torch.float64)
(g,) = torch.autograd.grad(rosenbrock(x), x, create_graph=True)
(Hv,) = torch.autograd.grad(g @ v, x)
H = hessian(rosenbrock, x.detach())
print(H)
print(torch.allclose(H @ v, Hv), torch.allclose(hvp(rosenbrock, x.detach(), v)[1], Hv))
print(torch.allclose(vhp(rosenbrock, x.detach(), v)[1], Hv))
J = jacobian(lambda t: torch.stack([t.sum(), t.prod(), (t**2).sum()]), x.detach())
print(J)
y = x.detach().clone().requires_grad_()
for step in range(6):
    f = rosenbrock(y)
    (g,) = torch.autograd.grad(f, y, create_graph=True)
    H = torch.stack([torch.autograd.grad(g[i], y, retain_graph=True)[0] for i in range(3)])
    with torch.no_grad():
        y -= torch.linalg.solve(H + 1e-3 * torch.eye(3, dtype=torch.float64), g)
    print(step, f"{f.item():.6f}")
