import torch
import torch.nn as nn

torch.manual_seed(0)
u = nn.Sequential(nn.Linear(1, 12), nn.Tanh(), nn.Linear(12, 12), nn.Tanh(), nn.Linear(12, 1)).double()
optimizer = torch.optim.Adam(u.parameters(), lr=0.01)


def residual(x):
    y = u(x)
    (dy,) = torch.autograd.grad(y, x, torch.ones_like(y), create_graph=True)
    (ddy,) = torch.autograd.grad(dy, x, torch.ones_like(dy), create_graph=True)
    return ddy + y


inside = torch.linspace(0, 3, 20, dtype=torch.float64).reshape(-1, 1).requires_grad_()
edge = torch.zeros(1, 1, dtype=torch.float64, requires_grad=True)
for step in range(60):
    y0 = u(edge)
    (slope,) = torch.autograd.grad(y0, edge, create_graph=True)
    loss = residual(inside).pow(2).mean() + 5 * (y0.squeeze() ** 2 + (slope.squeeze() - 1) ** 2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 15 == 0:
        print(step, f"{loss.item():.5f}")
answer = u(inside).detach()
print(answer.dtype, slope.grad_fn.name())
