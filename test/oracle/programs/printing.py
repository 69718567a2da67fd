# How tensors print.
import torch

print(torch.tensor(3), torch.tensor(3.0), torch.tensor(True))
print(torch.tensor([1.0, 2.5, 1e-3]), torch.tensor([1e10, 1.0]), torch.tensor([1e-8, 1.0]))
print(torch.zeros(2, 0), torch.empty(0), torch.tensor([]))
print(torch.arange(12).reshape(3, 4), torch.ones(2, 2, dtype=torch.float64))
print(torch.arange(2000), torch.eye(3, dtype=torch.bool))
print(torch.tensor([float("nan"), float("inf"), -float("inf"), 1.0]))
x = torch.tensor([1.0, 2.0], requires_grad=True)
print(x, x * 2, (x * 2).sum(), x.detach(), sep="\n")
print(x.shape, x.dtype, x.size(0), x.device, x.type())
print(f"{x[0]:.2f}", f"{x.sum().item():>8.3f}", repr(x.tolist()))
print(torch.arange(24.0).reshape(2, 3, 4))
