# Which dtype comes out.
import torch

i = torch.tensor([1, 2])
f = torch.tensor([1.5, 2.5])
d = torch.tensor([1.0, 2.0], dtype=torch.float64)
b = torch.tensor([True, False])
print((i + f).dtype, (f + d).dtype, (i * 2.0).dtype, (b + 1).dtype, (i / 2).dtype, (i // 2).dtype)
print((f * torch.tensor(2.0, dtype=torch.float64)).dtype, (b & b).dtype, (i > 1).dtype, (b * f).dtype)
print(i / 2, i // 2, i % 2, -i, i**2, 2**i, 7 // i)
print(i.sum().dtype, b.sum(), i.float().mean(), f.to(torch.int64), d.float())
print(torch.tensor([1, 2.5]).dtype, torch.arange(3).dtype, torch.arange(3.0).dtype, torch.full((2,), 7).dtype)
