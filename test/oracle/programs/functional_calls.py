# Modules called with other parameters: ties, unknown names, strictness.
import torch, torch.nn as nn
from torch.func import functional_call

class N(nn.Module):

    def __init__(s):
        super().__init__()
        s.l = nn.Linear(2, 2)
        s.register_buffer('b', torch.zeros(2))
        s.tied = s.l.weight

    def forward(s, x):
        return s.l(x) + s.b + s.tied.sum()
torch.manual_seed(0)
m = N()
x = torch.ones(1, 2)

def t(f):
    try:
        print('ok', f())
    except Exception as e:
        print(type(e).__name__, e)
one = {'l.weight': torch.ones(2, 2), 'l.bias': torch.ones(2), 'b': torch.ones(2)}
t(lambda: functional_call(m, one, x))
t(lambda: functional_call(m, one, (x,), tie_weights=False))
t(lambda: functional_call(m, {'tied': torch.zeros(2, 2)}, x))
t(lambda: functional_call(m, {'foo': torch.ones(1)}, x))
t(lambda: functional_call(m, {'l.foo': torch.ones(1)}, x))
t(lambda: functional_call(m, {'q.foo': torch.ones(1)}, x))
t(lambda: functional_call(m, {'foo': torch.ones(1)}, x, strict=True))
t(lambda: functional_call(m, {'l.weight': torch.ones(2, 2)}, x, strict=True))
t(lambda: functional_call(m, {**one, 'foo': torch.ones(1)}, x, strict=True))
t(lambda: functional_call(m, (one, {'b': torch.zeros(2)}), x))
t(lambda: functional_call(m, ({'l.weight': torch.ones(2, 2)}, {'b': torch.zeros(2)}), (x,)))
t(lambda: functional_call(m, 3, x))
t(lambda: functional_call(m, {'b': 3}, x))
t(lambda: functional_call(m, {}, x))
t(lambda: functional_call(m, one, 3))
t(lambda: functional_call(m, one, x, {'y': 1}))
t(lambda: functional_call(m, one, kwargs={'x': x}))
t(lambda: functional_call(m, {'': torch.ones(1)}, x))
t(lambda: functional_call(m, {'l.weight': torch.ones(2, 2), 'tied': torch.zeros(2, 2)}, x))
t(lambda: functional_call(m, {'l': torch.ones(1)}, x))
t(lambda: functional_call(m, {'training': torch.ones(1)}, x))
print(hasattr(m, 'foo'), m.l.weight.requires_grad, m.b)
