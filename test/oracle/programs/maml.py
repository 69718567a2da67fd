import torch
import torch.nn.functional as F

torch.manual_seed(0)
w1 = (torch.randn(8, 1) * 0.5).requires_grad_()
b1 = torch.zeros(8, requires_grad=True)
w2 = (torch.randn(1, 8) * 0.5).requires_grad_()
b2 = torch.zeros(1, requires_grad=True)
params = [w1, b1, w2, b2]


def forward(x, params):
    w1, b1, w2, b2 = params
    return F.linear(torch.tanh(F.linear(x, w1, b1)), w2, b2)


def task():
    a, phase = torch.rand(1) * 4 + 1, torch.rand(1) * 3
    def sample(n):
        x = torch.rand(n, 1) * 10 - 5
        return x, a * torch.sin(x + phase)
    return sample


optimizer = torch.optim.Adam(params, lr=0.01)
for iteration in range(10):
    optimizer.zero_grad()
    total = 0.0
    for _ in range(3):
        sample = task()
        x, y = sample(5)
        inner = F.mse_loss(forward(x, params), y)
        grads = torch.autograd.grad(inner, params, create_graph=True)
        fast = [p - 0.05 * g for p, g in zip(params, grads)]
        x, y = sample(5)
        outer = F.mse_loss(forward(x, fast), y) / 3
        outer.backward()
        total += outer.item()
    optimizer.step()
    if iteration % 3 == 0:
        print(iteration, f"{total:.3f}")
print(fast[0].grad_fn.name(), fast[0].is_leaf, w1.is_leaf)
first_order = torch.autograd.grad(F.mse_loss(forward(x, params), y), params)
