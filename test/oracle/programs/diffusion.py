# Denoising diffusion: noise schedule, training steps, sampling.
import torch, torch.nn as nn, math
torch.manual_seed(0)
T = 50
betas = torch.linspace(0.0001, 0.02, T)
alphas = 1.0 - betas
ac = torch.cumprod(alphas, axis=0)
acp = nn.functional.pad(ac[:-1], (1, 0), value=1.0)
sqrt_recip = torch.sqrt(1.0 / alphas)
post_var = betas * (1.0 - acp) / (1.0 - ac)

def extract(a, t, shape):
    return a.gather(-1, t.cpu()).reshape(t.shape[0], *(1,) * (len(shape) - 1))

def q_sample(x0, t, noise=None):
    noise = torch.randn_like(x0) if noise is None else noise
    return extract(ac.sqrt(), t, x0.shape) * x0 + extract((1 - ac).sqrt(), t, x0.shape) * noise

class SinPos(nn.Module):

    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, time):
        h = self.dim // 2
        e = math.log(10000) / (h - 1)
        e = torch.exp(torch.arange(h) * -e)
        e = time[:, None] * e[None, :]
        return torch.cat((e.sin(), e.cos()), dim=-1)

class Net(nn.Module):

    def __init__(self):
        super().__init__()
        self.t = nn.Sequential(SinPos(8), nn.Linear(8, 16), nn.SiLU())
        self.a = nn.Linear(2, 16)
        self.b = nn.Sequential(nn.GroupNorm(4, 16), nn.SiLU(), nn.Linear(16, 2))

    def forward(self, x, t):
        return self.b(self.a(x) + self.t(t))
net = Net()
opt = torch.optim.Adam(net.parameters(), 0.01)
x0 = torch.randn(32, 2) * 0.3 + 1
for s in range(20):
    t = torch.randint(0, T, (32,)).long()
    n = torch.randn_like(x0)
    l = nn.functional.smooth_l1_loss(net(q_sample(x0, t, n), t), n)
    opt.zero_grad()
    l.backward()
    opt.step()
    if s % 5 == 0:
        print(f'{s:02d} {l.item():.6f}')

@torch.no_grad()
def p_sample(x, t, i):
    noise = extract(betas, t, x.shape) * net(x, t) / extract((1 - ac).sqrt(), t, x.shape)
    mean = extract(sqrt_recip, t, x.shape) * (x - noise)
    return mean if i == 0 else mean + torch.sqrt(extract(post_var, t, x.shape)) * torch.randn_like(x)
x = torch.randn(3, 2)
for i in reversed(range(T)):
    x = p_sample(x, torch.full((3,), i, dtype=torch.long), i)
print(x, ac[-1], post_var[:3], acp[0])
