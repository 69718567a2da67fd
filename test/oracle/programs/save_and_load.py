import io

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 3)
x, y = torch.randn(16, 3), torch.randn(16, 1)


def train(model, optimizer, scheduler, steps):
    for _ in range(steps):
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    return loss.item()


train(model, optimizer, scheduler, 5)
buffer = io.BytesIO()
torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict(), "epoch": 5}, buffer)
buffer.seek(0)
saved = torch.load(buffer)
print(list(saved), saved["epoch"], list(saved["model"]))
other = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
print(other.load_state_dict(saved["model"]))
again = torch.optim.Adam(other.parameters(), lr=1.0)
again.load_state_dict(saved["optimizer"])
schedule = torch.optim.lr_scheduler.StepLR(again, 3)
schedule.load_state_dict(saved["scheduler"])
print(again.param_groups[0]["lr"], schedule.last_epoch)
a = train(model, optimizer, scheduler, 5)
b = train(other, again, schedule, 5)
print(a == b, all(torch.equal(p, q) for p, q in zip(model.parameters(), other.parameters())))
try:
    other.load_state_dict({"0.weight": torch.zeros(3, 3)})
except RuntimeError as error:
    print(error)
print(other.load_state_dict({"0.weight": torch.zeros(4, 3)}, strict=False))
