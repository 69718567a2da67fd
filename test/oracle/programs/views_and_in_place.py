# Views share memory and history with their base.
import torch

x = torch.arange(6.0).reshape(2, 3).requires_grad_()
y = x * 2
row = y[0]
row.mul_(10)
print(y)
print(row)
column = y[:, 1]
column += 1
print(column.grad_fn.name(), y.grad_fn.name())
y.sum().backward()
print(x.grad)
z = torch.ones(4, requires_grad=True).clone()
z[1:3] = torch.tensor([5.0, 6.0])
z[0] *= 4
print(z, z._version)
flat = torch.arange(4.0).view(2, 2).t()
print(flat.is_contiguous(), flat.stride(), flat.contiguous().stride())
