import torch

torch.manual_seed(0)
x = torch.cat([torch.randn(20, 2) + 1, torch.randn(20, 2) - 1])
y = torch.cat([torch.ones(20), torch.zeros(20)])
w = torch.zeros(2, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for step in range(100):
    p = torch.sigmoid(x @ w + b)
    loss = -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean() + 0.01 * w.pow(2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.5 * w.grad
        b -= 0.5 * b.grad
    w.grad.zero_()
    b.grad.zero_()
    if step % 25 == 0:
        print(step, f"{loss.item():.4f}")
accuracy = ((p > 0.5) == y.bool()).float().mean()
print(w, b, accuracy)
