# A line through noisy points by gradient descent, everything by hand.
import torch

torch.manual_seed(0)
x = torch.linspace(-1, 1, 20)
y = 3 * x - 0.5 + 0.1 * torch.randn(20)
w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for step in range(100):
    prediction = w * x + b
    loss = ((prediction - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        b -= 0.1 * b.grad
    w.grad.zero_()
    b.grad.zero_()
    if step % 25 == 0:
        print(step, f"{loss.item():.4f}")
print(w, b)
