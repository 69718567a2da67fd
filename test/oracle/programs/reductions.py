# Reductions and their ties.
import torch

x = torch.tensor([[1.0, 5.0, 5.0], [4.0, 2.0, 4.0]], requires_grad=True)
print(x.sum(), x.sum(0), x.mean(dim=1, keepdim=True), x.prod())
print(x.max(), x.max(dim=1), x.min(dim=0).values, x.argmax(), x.argmin(1))
print(x.var(), x.std(0), x.var(dim=1, unbiased=False), x.norm(), x.norm(dim=0))
(g,) = torch.autograd.grad(x.max(), x)
print(g)
(g,) = torch.autograd.grad(x.max(dim=1).values.sum(), x)
print(g)
print(torch.cumsum(x, 1), x.amax(1), torch.logsumexp(x, 0))
values, indices = torch.max(x, 0)
print(values, indices)
