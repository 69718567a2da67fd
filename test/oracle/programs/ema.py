import torch
from torch import nn
from torch.optim.swa_utils import SWALR, AveragedModel, get_ema_multi_avg_fn, update_bn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 1))
ema = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.9))
swa = AveragedModel(model)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = SWALR(optimizer, swa_lr=0.02, anneal_epochs=5)
x = torch.randn(32, 3)
y = x.sum(1, keepdim=True)
by_hand = {name: p.detach().clone() for name, p in model.named_parameters()}
for step in range(20):
    loss = nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    ema.update_parameters(model)
    with torch.no_grad():
        for name, p in model.named_parameters():
            by_hand[name].lerp_(p, 0.1)
    if step >= 10:
        swa.update_parameters(model)
        scheduler.step()
update_bn(x.split(8), swa)
print(ema.n_averaged, swa.n_averaged, f"{scheduler.get_last_lr()[0]:.4f}")
mine = swa.module[0].weight
theirs = ema.module[3].weight
print(list(ema.state_dict())[:3], swa(x).shape)
