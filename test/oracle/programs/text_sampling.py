# Sampling of tokens: top-k, top-p, beams, Gumbel noise.
import torch, torch.nn.functional as F
torch.manual_seed(0)
lg = torch.randn(2, 8)

def top_k(l, k):
    v, _ = l.topk(k)
    return l.masked_fill(l < v[..., -1:], float('-inf'))

def top_p(l, p):
    s, i = torch.sort(l, descending=True)
    cp = F.softmax(s, -1).cumsum(-1)
    rm = cp > p
    rm[..., 1:] = rm[..., :-1].clone()
    rm[..., 0] = False
    return l.masked_fill(rm.scatter(-1, i, rm), float('-inf'))
print(top_k(lg, 3), top_p(lg, 0.7), sep='\n')
print(torch.multinomial(F.softmax(top_k(lg, 3), -1), 1), lg.argmax(-1))
print(torch.distributions.Categorical(logits=top_p(lg, 0.5)).sample((3,)).T)

def beam(f, n, k=2):
    seqs = [([0], 0.0)]
    for _ in range(n):
        c = [(s + [j], sc + lp) for s, sc in seqs for j, lp in enumerate(F.log_softmax(f(s), 0).tolist())]
        seqs = sorted(c, key=lambda t: -t[1])[:k]
    return seqs
T = torch.randn(4, 4)
print([(s, round(v, 4)) for s, v in beam(lambda s: T[s[-1]], 4)])
pen = lg.clone()
prev = torch.tensor([[1, 2], [3, 3]])
sc = pen.gather(1, prev)
print(pen.scatter(1, prev, torch.where(sc < 0, sc * 1.2, sc / 1.2)))
u = torch.rand_like(lg)
print((lg - torch.log(-torch.log(u))).argmax(-1), F.gumbel_softmax(lg, tau=0.5, hard=True).sum(-1))
