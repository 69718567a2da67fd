# nn and optim as everyday code uses them.
import torch
from torch import nn

torch.manual_seed(3)
model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
print(model)
data = torch.rand(16, 2)
target = data.sum(dim=1, keepdim=True)
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
loss_fn = nn.MSELoss()
for epoch in range(50):
    optimizer.zero_grad()
    loss = loss_fn(model(data), target)
    loss.backward()
    optimizer.step()
print(f"{loss.item():.5f}")
print(sum(p.numel() for p in model.parameters()))
for name, p in model.named_parameters():
    print(name, tuple(p.shape), p.grad is not None)
