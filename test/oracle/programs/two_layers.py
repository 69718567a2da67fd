# A network of two layers from matrices, with the loss printed as it falls.
import torch
import torch.nn.functional as F

torch.manual_seed(1)
X = torch.randn(32, 4)
T = (X[:, 0] * X[:, 1] > 0).long()
W1 = (torch.randn(4, 8) * 0.5).requires_grad_()
b1 = torch.zeros(8, requires_grad=True)
W2 = (torch.randn(8, 2) * 0.5).requires_grad_()
b2 = torch.zeros(2, requires_grad=True)
params = [W1, b1, W2, b2]
for step in range(60):
    hidden = torch.tanh(X @ W1 + b1)
    logits = hidden @ W2 + b2
    loss = F.cross_entropy(logits, T)
    grads = torch.autograd.grad(loss, params)
    with torch.no_grad():
        for p, g in zip(params, grads):
            p.sub_(0.5 * g)
    if step % 20 == 0:
        print(f"{loss.item():.4f}")
accuracy = (logits.argmax(dim=1) == T).float().mean()
print(accuracy, loss)
