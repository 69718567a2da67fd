import torch

x = torch.linspace(-1, 1, 20, dtype=torch.float64)
y = 2 * torch.exp(-1.5 * x) + 0.3
params = torch.zeros(3, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.LBFGS([params], lr=1, max_iter=20, line_search_fn="strong_wolfe")
calls = 0


def closure():
    global calls
    calls += 1
    optimizer.zero_grad()
    a, b, c = params
    loss = ((a * torch.exp(b * x) + c - y) ** 2).mean()
    loss.backward()
    return loss


for step in range(4):
    loss = optimizer.step(closure)
    print(step, f"{loss.item():.6f}")
print(params, calls > 20, optimizer)
rosenbrock = torch.tensor([-1.0, 1.5], requires_grad=True)
plain = torch.optim.LBFGS([rosenbrock], lr=0.1, max_iter=5, history_size=4)


def other():
    plain.zero_grad()
    loss = (1 - rosenbrock[0]) ** 2 + 10 * (rosenbrock[1] - rosenbrock[0] ** 2) ** 2
    loss.backward()
    return loss


for _ in range(5):
    last = plain.step(other)
print(f"{last.item():.4f}")
