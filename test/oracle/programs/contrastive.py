import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(11)
encoder = nn.Sequential(nn.Linear(5, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Linear(12, 4))
temperature = nn.Parameter(torch.tensor(0.5))
optimizer = torch.optim.Adam([{"params": encoder.parameters()}, {"params": [temperature], "lr": 0.05}], lr=0.01)
data = torch.randn(8, 5)


def info_nce(a, b):
    z = F.normalize(torch.cat([a, b]), dim=1)
    n = a.size(0)
    logits = z @ z.T / temperature.clamp_min(0.05)
    logits = logits.masked_fill(torch.eye(2 * n, dtype=torch.bool), float("-inf"))
    targets = torch.cat([torch.arange(n) + n, torch.arange(n)])
    return F.cross_entropy(logits, targets)


for step in range(25):
    views = [data + 0.2 * torch.randn_like(data) for _ in range(2)]
    loss = info_nce(*(encoder(view) for view in views))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 6 == 0:
        print(step, f"{loss.item():.3f} {temperature.item():.3f}")
print(encoder[1].running_mean.shape, encoder[1].num_batches_tracked)
