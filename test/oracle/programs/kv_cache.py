# Attention step by step with cached keys and values, rotary and sinusoidal positions.
import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(0)

class Attn(nn.Module):

    def __init__(self, d, h):
        super().__init__()
        self.qkv = nn.Linear(d, 3 * d, bias=False)
        self.o = nn.Linear(d, d, bias=False)
        self.h = h

    def forward(self, x, cache=None):
        B, T, D = x.shape
        q, k, v = (t.unflatten(-1, (self.h, -1)).transpose(1, 2) for t in self.qkv(x).chunk(3, -1))
        if cache is not None:
            k = torch.cat([cache[0], k], dim=2)
            v = torch.cat([cache[1], v], dim=2)
        L = k.size(2)
        mask = torch.ones(T, L, dtype=torch.bool).tril(diagonal=L - T)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return (self.o(y.transpose(1, 2).flatten(2)), (k, v))

def rope(x, base=10000.0):
    T, D = x.shape[-2:]
    inv = 1.0 / base ** (torch.arange(0, D, 2).float() / D)
    ang = torch.outer(torch.arange(T).float(), inv)
    cos, sin = (ang.cos(), ang.sin())
    x1, x2 = (x[..., ::2], x[..., 1::2])
    return torch.stack((x1 * cos - x2 * sin, x1 * sin + x2 * cos), dim=-1).flatten(-2)
a = Attn(8, 2).eval()
x = torch.randn(1, 6, 8)
with torch.inference_mode():
    full, _ = a(x)
    cache = None
    outs = []
    for t in range(6):
        o, cache = a(x[:, t:t + 1], cache)
        outs.append(o)
    inc = torch.cat(outs, 1)
print(torch.allclose(full, inc, atol=1e-06), [tuple(c.shape) for c in cache], full.is_inference())
print(full)
r = rope(torch.arange(12.0).view(1, 3, 4).requires_grad_())
print(r)
r.sum().backward()
from collections import deque, OrderedDict, namedtuple
Cache = namedtuple('Cache', 'k v')
c = Cache(*cache)
print(c)

def alibi(n):
    s = torch.tensor([2 ** (-8 * i / n) for i in range(1, n + 1)])
    p = torch.arange(4)
    return s[:, None, None] * (p[None, :] - p[:, None])[None].clamp(max=0)
print(alibi(2))
pe = torch.zeros(5, 6)
pos = torch.arange(0, 5).unsqueeze(1)
div = torch.exp(torch.arange(0, 6, 2) * (-torch.log(torch.tensor(10000.0)) / 6))
pe[:, 0::2] = torch.sin(pos * div)
pe[:, 1::2] = torch.cos(pos * div)
print(pe)
