# Both kinds of checkpoints, what they recompute and refuse.
import torch, torch.nn as nn
from torch.utils.checkpoint import checkpoint, checkpoint_sequential
torch.manual_seed(0)
calls = []

class B(nn.Module):

    def __init__(s):
        super().__init__()
        s.l = nn.Linear(3, 3)
        s.d = nn.Dropout(0.5)

    def forward(s, x, scale=1.0):
        calls.append(torch.is_grad_enabled())
        return s.d(torch.tanh(s.l(x))) * scale
b = B()
x = torch.randn(2, 3, requires_grad=True)
for re in (True, False):
    calls.clear()
    x.grad = None
    b.zero_grad()
    torch.manual_seed(1)
    y = checkpoint(b, x, use_reentrant=re)
    y.sum().backward()
    print(re, calls, x.grad, b.l.weight.grad[0], y.grad_fn.name())
    torch.manual_seed(1)
    x.grad = None
    b(x).sum().backward()
    print(x.grad)
print(checkpoint(b, x, scale=2.0, use_reentrant=False).shape)
try:
    checkpoint(b, x, scale=2.0, use_reentrant=True)
except ValueError as e:
    print(e)
n = torch.randn(2, 3)
y = checkpoint(b, n, use_reentrant=False)
print(y.requires_grad)
s = nn.Sequential(*[nn.Linear(3, 3) for _ in range(4)])
o = checkpoint_sequential(s, 2, x, use_reentrant=False)
o.sum().backward()
print(o.shape, s[0].weight.grad is not None)
o = checkpoint(b, x, use_reentrant=True)
try:
    torch.autograd.grad(o.sum(), x)
except RuntimeError as e:
    print(str(e)[:120])
print(torch.autograd.grad(checkpoint(b, x, use_reentrant=False).sum(), x)[0].shape)
st = {'n': 0}

def flaky(t):
    st['n'] += 1
    return t.sin() if st['n'] == 1 else t.sin().cos()
try:
    checkpoint(flaky, x, use_reentrant=False).sum().backward()
except Exception as e:
    print(type(e).__name__, str(e).split('\n')[0])
with torch.no_grad():
    print(checkpoint(b, x, use_reentrant=False).requires_grad)
out = checkpoint(lambda a, b: (a * b, a + b), x, n, use_reentrant=False)
print(len(out), out[0].requires_grad)
