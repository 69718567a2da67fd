# Sorting, ranks, soft ranks and overlaps of boxes.
import torch
torch.manual_seed(0)
x = torch.randn(5, requires_grad=True)
v, i = x.sort(descending=True)
(v * torch.arange(5.0)).sum().backward()
print(v, i, x.grad)
rank = i.argsort()
print(rank, x.detach().argsort().argsort())
t = torch.tensor([3, 1, 2, 1, 3])
print(t.sort(), t.sort(stable=True).indices, t.argsort(descending=True, stable=True))
print(t.unique(), t.unique(return_inverse=True, return_counts=True))
print(t.unique_consecutive(), t.bincount(), t.topk(2), t.mode(), t.median())
print((t[:, None] == t).sum(1), torch.isin(t, torch.tensor([1])))
print(t.eq(1).nonzero().flatten(), t.max(0), t.argmin())
print(torch.tensor([[1, 2], [1, 2], [0, 5]]).unique(dim=0))

def soft_rank(s, tau=0.1):
    return torch.sigmoid((s[None] - s[:, None]) / tau).sum(1) + 0.5
x.grad = None
soft_rank(x)[0].backward()
print(soft_rank(x), x.grad)
y = torch.tensor([2.0, 0.0, 1.0])
s = torch.tensor([0.3, 0.2, 0.5], requires_grad=True)
pairs = torch.log(1 + torch.exp(-(s[:, None] - s[None]) * torch.sign(y[:, None] - y[None])))
pr = pairs[y[:, None] > y[None]].mean()
pr.backward()
print(pr, s.grad)
o = s.argsort(descending=True)
dcg = ((2 ** y[o] - 1) / torch.log2(torch.arange(3.0) + 2)).sum()
print(dcg, (2 ** y.sort(descending=True)[0] - 1) / torch.log2(torch.arange(2.0, 5)))
b = torch.tensor([[0.0, 0, 2, 2], [1, 1, 3, 3], [5, 5, 6, 6]])
sc = torch.tensor([0.9, 0.8, 0.7])

def iou(a, b):
    lt, rb = (torch.max(a[:, None, :2], b[:, :2]), torch.min(a[:, None, 2:], b[:, 2:]))
    wh = (rb - lt).clamp(min=0)
    inter = wh[..., 0] * wh[..., 1]
    ar = lambda z: (z[:, 2] - z[:, 0]) * (z[:, 3] - z[:, 1])
    return inter / (ar(a)[:, None] + ar(b) - inter)
print(iou(b, b))
keep, order = ([], sc.argsort(descending=True))
while order.numel():
    k = order[0]
    keep.append(k.item())
    order = order[1:][iou(b[k][None], b[order[1:]])[0] <= 0.1]
print(keep)
