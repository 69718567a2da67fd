import torch
from torch import nn
from torch.utils.checkpoint import checkpoint, checkpoint_sequential

torch.manual_seed(0)
block = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 4))
x = torch.randn(5, 4, requires_grad=True)
torch.manual_seed(1)
plain = block(x)
plain.sum().backward()
expected = x.grad.clone()
weight = block[0].weight.grad.clone()
x.grad = None
block.zero_grad()
torch.manual_seed(1)
saved = checkpoint(block, x, use_reentrant=False)
saved.sum().backward()
print(torch.equal(plain, saved), torch.equal(expected, x.grad), torch.equal(weight, block[0].weight.grad))
deep = nn.Sequential(*[nn.Sequential(nn.Linear(4, 4), nn.ReLU()) for _ in range(6)])
out = checkpoint_sequential(deep, 3, x, use_reentrant=False)
(g1,) = torch.autograd.grad(out.sum(), x)
(g2,) = torch.autograd.grad(deep(x).sum(), x)
print(torch.allclose(g1, g2))
