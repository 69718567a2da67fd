# Proximal policy optimisation with categorical actions, normal distributions beside.
import torch, torch.nn as nn, math
from torch.distributions import Categorical, Normal, kl_divergence
torch.manual_seed(0)

class AC(nn.Module):

    def __init__(self, s, a):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(s, 16), nn.Tanh())
        self.pi = nn.Linear(16, a)
        self.v = nn.Linear(16, 1)
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.orthogonal_(m.weight, math.sqrt(2))
                nn.init.constant_(m.bias, 0.0)

    def forward(self, x):
        h = self.body(x)
        return (Categorical(logits=self.pi(h)), self.v(h).squeeze(-1))
net = AC(3, 4)
opt = torch.optim.Adam(net.parameters(), lr=0.0025, eps=1e-05)
obs = torch.randn(32, 3)
rew = torch.randn(32)
done = (torch.rand(32) > 0.9).float()
with torch.no_grad():
    d, v = net(obs)
    a = d.sample()
    lp = d.log_prob(a)
adv = torch.zeros_like(rew)
last = 0
for t in reversed(range(31)):
    delta = rew[t] + 0.99 * v[t + 1] * (1 - done[t]) - v[t]
    adv[t] = last = delta + 0.99 * 0.95 * (1 - done[t]) * last
ret = adv + v
for ep in range(4):
    for mb in torch.randperm(32).split(8):
        d, nv = net(obs[mb])
        logr = d.log_prob(a[mb]) - lp[mb]
        r = logr.exp()
        with torch.no_grad():
            kl = (r - 1 - logr).mean()
            clipfrac = ((r - 1.0).abs() > 0.2).float().mean()
        A = adv[mb]
        A = (A - A.mean()) / (A.std() + 1e-08)
        pg = torch.max(-A * r, -A * torch.clamp(r, 1 - 0.2, 1 + 0.2)).mean()
        vl = 0.5 * ((nv - ret[mb]) ** 2).mean()
        ent = d.entropy().mean()
        loss = pg - 0.01 * ent + 0.5 * vl
        opt.zero_grad()
        loss.backward()
        gn = nn.utils.clip_grad_norm_(net.parameters(), 0.5)
        opt.step()
    print(ep, f'{pg:.4f} {vl:.4f} {ent:.4f} {kl.item():.2e} {clipfrac:.3f} {gn:.3f}')
print(d, d.probs[0], d.sample((2,)).shape, d.logits.grad_fn.name())
n1 = Normal(torch.zeros(2), torch.ones(2))
n2 = Normal(torch.tensor([1.0, 2.0]), 0.5)
print(kl_divergence(n1, n2), n1.rsample(), n2.log_prob(torch.zeros(2)), n2, n1.entropy())
print(n2.cdf(torch.ones(2)))
try:
    Categorical(probs=torch.tensor([-1.0, 2.0]))
except ValueError as e:
    print(e)
