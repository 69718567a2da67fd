# Reading and writing by index, with gradients.
import torch

x = torch.arange(12.0).reshape(3, 4).requires_grad_()
picked = x[[0, 2], [1, 3]]
print(picked)
mask = x > 6
print(x[mask], x[1], x[:, 1:3], x[..., -1], x[None, 0].shape)
(picked.sum() + x[mask].sum() * 2).backward()
print(x.grad)
y = torch.zeros(5)
y[[1, 3]] = torch.tensor([7.0, 8.0])
y[y == 0] = -1
print(y)
i = torch.tensor([0, 1, 1])
print(x.index_select(0, i).shape, x.gather(1, torch.tensor([[0], [3], [2]])))
print(torch.where(x > 5, x, torch.zeros_like(x)))
a, b = x.split(2, dim=1)
print(a.grad_fn.name(), b[0])
