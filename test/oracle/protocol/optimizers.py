"""Optimizers and schedules."""

import torch


def run(make, steps=4):
    torch.manual_seed(0)
    w = torch.randn(3, requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    opt = make([w, b])
    x = torch.randn(6, 3)
    y = torch.randn(6)
    for _ in range(steps):
        opt.zero_grad()
        loss = ((x @ w + b - y) ** 2).mean()
        loss.backward()
        opt.step()
    print(w.detach(), b.detach())
    print(opt)


run(lambda p: torch.optim.SGD(p, lr=0.1))
run(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01, nesterov=True))
run(lambda p: torch.optim.Adam(p, lr=0.1))
run(lambda p: torch.optim.AdamW(p, lr=0.1))
run(lambda p: torch.optim.RMSprop(p, lr=0.01, momentum=0.5))
run(lambda p: torch.optim.Adagrad(p, lr=0.1))
run(lambda p: torch.optim.Adam([{'params': [p[0]], 'lr': 0.5}, {'params': [p[1]]}], lr=0.1, amsgrad=True))
w = torch.ones(2, requires_grad=True)
o = torch.optim.SGD([w], lr=1.0, momentum=0.9)
(w * 2).sum().backward()
o.step()
print(o.state_dict())
print(w, w.grad, w._version)
s = torch.optim.lr_scheduler.StepLR(o, 2, 0.1)
for _ in range(5):
    o.step()
    s.step()
    print(s.get_last_lr(), o.param_groups[0]['lr'])


def closure():
    o.zero_grad()
    l = (w ** 2).sum()
    l.backward()
    return l


print(o.step(closure))
o.zero_grad(set_to_none=False)
print(w.grad)
o.add_param_group({'params': [torch.zeros(1, requires_grad=True)]})
print(len(o.param_groups))
for bad in ['torch.optim.SGD([w],lr=-1)', 'torch.optim.SGD([w*2],lr=1)', 'torch.optim.Adam(w)', 'torch.optim.SGD(w,lr=1)']:
    try:
        print(eval(bad))
    except Exception as e:
        print(bad, type(e).__name__, e)
o = torch.optim.SGD([w], lr=1.0)
for sch in [torch.optim.lr_scheduler.ExponentialLR(o, 0.9), torch.optim.lr_scheduler.CosineAnnealingLR(o, 5), torch.optim.lr_scheduler.LambdaLR(o, lambda e: 0.5 ** e), torch.optim.lr_scheduler.MultiStepLR(o, [1, 3])]:
    for _ in range(3):
        o.step()
        sch.step()
    print(type(sch).__name__, sch.get_last_lr())
