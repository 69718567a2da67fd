# A bigram model and an MLP of characters, with gradients by hand.
import torch, torch.nn.functional as F, random
words = ['emma', 'olivia', 'ava', 'isabella', 'sophia', 'mia', 'zoe']
chars = sorted(set(''.join(words)))
stoi = {s: i + 1 for i, s in enumerate(chars)}
stoi['.'] = 0
itos = {i: s for s, i in stoi.items()}
V = len(itos)
N = torch.zeros((V, V), dtype=torch.int32)
for w in words:
    chs = ['.'] + list(w) + ['.']
    for c1, c2 in zip(chs, chs[1:]):
        N[stoi[c1], stoi[c2]] += 1
P = (N + 1).float()
P /= P.sum(1, keepdims=True)
print(N[0], P[0], P.sum(1))
g = torch.Generator().manual_seed(2147483647)
for i in range(5):
    out, ix = ([], 0)
    while True:
        ix = torch.multinomial(P[ix], num_samples=1, replacement=True, generator=g).item()
        out.append(itos[ix])
        if ix == 0:
            break
    print(''.join(out))
xs, ys = ([], [])
for w in words:
    chs = ['.'] + list(w) + ['.']
    for a, b in zip(chs, chs[1:]):
        xs.append(stoi[a])
        ys.append(stoi[b])
xs, ys = (torch.tensor(xs), torch.tensor(ys))
num = xs.nelement()
print('number of examples: ', num)
W = torch.randn((V, V), generator=g, requires_grad=True)
for k in range(20):
    xenc = F.one_hot(xs, num_classes=V).float()
    logits = xenc @ W
    counts = logits.exp()
    probs = counts / counts.sum(1, keepdims=True)
    loss = -probs[torch.arange(num), ys].log().mean() + 0.01 * (W ** 2).mean()
    W.grad = None
    loss.backward()
    W.data += -50 * W.grad
    if k % 5 == 0:
        print(loss.item())
block = 3
C = torch.randn((V, 2), generator=g)
W1 = torch.randn((6, 20), generator=g) * (5 / 3) / 6 ** 0.5
bngain = torch.ones((1, 20))
bnbias = torch.zeros((1, 20))
W2 = torch.randn((20, V), generator=g) * 0.01
b2 = torch.zeros(V)
params = [C, W1, bngain, bnbias, W2, b2]
for p in params:
    p.requires_grad = True
X, Y = ([], [])
for w in words:
    ctx = [0] * block
    for ch in w + '.':
        X.append(ctx)
        Y.append(stoi[ch])
        ctx = ctx[1:] + [stoi[ch]]
X, Y = (torch.tensor(X), torch.tensor(Y))
print(X.shape, X.dtype, sum((p.nelement() for p in params)))
running = torch.zeros((1, 20))
for i in range(30):
    ix = torch.randint(0, X.shape[0], (16,), generator=g)
    emb = C[X[ix]]
    hpre = emb.view(emb.shape[0], -1) @ W1
    mean = hpre.mean(0, keepdim=True)
    std = hpre.std(0, keepdim=True)
    hpre = bngain * (hpre - mean) / std + bnbias
    with torch.no_grad():
        running = 0.999 * running + 0.001 * mean
    h = torch.tanh(hpre)
    logits = h @ W2 + b2
    loss = F.cross_entropy(logits, Y[ix])
    for p in params:
        p.grad = None
    for t in (logits, h, hpre):
        t.retain_grad()
    loss.backward()
    for p in params:
        p.data += -0.1 * p.grad
    if i % 10 == 0:
        print(f'{i:7d}/{30:7d}: {loss.item():.4f}')
dlogits = F.softmax(logits, 1)
dlogits[range(16), Y[ix]] -= 1
dlogits /= 16
print(torch.allclose(dlogits, logits.grad, atol=1e-06))
print((dlogits - logits.grad).abs().max().item() < 1e-07)
print(running[0, :3])
# What is left of the last step is compared through what it printed.
del xenc, counts, probs, W2, logits, hpre, h, t, dlogits, emb
