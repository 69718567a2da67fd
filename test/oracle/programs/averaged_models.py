# Averages of weights: SWA, exponential ones, batch norm updated.
import torch, torch.nn as nn, copy
from torch.optim.swa_utils import AveragedModel, SWALR, update_bn, get_ema_multi_avg_fn
torch.manual_seed(0)
m = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
opt = torch.optim.SGD(m.parameters(), lr=0.1)
swa = AveragedModel(m)
sch = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=10)
swas = SWALR(opt, swa_lr=0.05, anneal_epochs=2)
data = [(torch.randn(4, 2), torch.randn(4, 1)) for _ in range(3)]
for e in range(6):
    for x, y in data:
        opt.zero_grad()
        nn.functional.mse_loss(m(x), y).backward()
        opt.step()
    if e > 2:
        swa.update_parameters(m)
        swas.step()
    else:
        sch.step()
    print(e, opt.param_groups[0]['lr'])
update_bn([d[0] for d in data], swa)
print(swa.n_averaged, swa.module[1].running_mean, swa(data[0][0]).flatten())
ema = AveragedModel(m, multi_avg_fn=get_ema_multi_avg_fn(0.9))
ema.update_parameters(m)
print(list(ema.state_dict())[:3], ema)

class EMA:

    def __init__(s, model, d):
        s.d = d
        s.shadow = {n: p.clone().detach() for n, p in model.named_parameters() if p.requires_grad}
        s.backup = {}

    @torch.no_grad()
    def update(s, model):
        for n, p in model.named_parameters():
            s.shadow[n].mul_(s.d).add_(p, alpha=1 - s.d)

    def apply(s, model):
        for n, p in model.named_parameters():
            s.backup[n] = p.data
            p.data = s.shadow[n]

    def restore(s, model):
        for n, p in model.named_parameters():
            p.data = s.backup[n]
e = EMA(m, 0.9)
opt.step()
e.update(m)
w = m[0].weight.clone()
e.apply(m)
print((m[0].weight - w).abs().max())
e.restore(m)
print(torch.equal(m[0].weight, w))
