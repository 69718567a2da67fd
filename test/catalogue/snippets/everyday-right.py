# %% [grad] gan
torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
D = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Dropout(0.3), nn.Linear(8, 1))
og = torch.optim.Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.999))
od = torch.optim.Adam(D.parameters(), lr=2e-4, betas=(0.5, 0.999))
bce = nn.BCEWithLogitsLoss()
for i in range(3):
    real = torch.randn(16, 2)
    with torch.no_grad():
        fake = G(torch.randn(16, 4))
    od.zero_grad()
    d_loss = bce(D(real), torch.ones(16, 1)) + bce(D(fake), torch.zeros(16, 1))
    d_loss.backward()
    od.step()
    og.zero_grad()
    g_loss = bce(D(G(torch.randn(16, 4))), torch.ones(16, 1))
    g_loss.backward()
    og.step()

# %% [grad] wgan-gp
torch.manual_seed(0)
D = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
od = torch.optim.Adam(D.parameters(), lr=1e-4)
for i in range(2):
    real, fake = torch.randn(8, 2), torch.randn(8, 2)
    eps = torch.rand(8, 1)
    mix = (eps * real + (1 - eps) * fake).requires_grad_(True)
    score = D(mix)
    grads, = torch.autograd.grad(score, mix, torch.ones_like(score), create_graph=True)
    gp = ((grads.norm(2, dim=1) - 1) ** 2).mean()
    loss = D(fake).mean() - D(real).mean() + 10 * gp
    od.zero_grad()
    loss.backward()
    od.step()

# %% [grad] dqn with target net
torch.manual_seed(0)
import copy
q = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
target = copy.deepcopy(q)
target.requires_grad_(False)
target.eval()
opt = torch.optim.Adam(q.parameters(), lr=1e-3)
for step in range(4):
    s, a, r, s2 = torch.randn(8, 4), torch.randint(0, 2, (8,)), torch.randn(8), torch.randn(8, 4)
    with torch.no_grad():
        y = r + 0.99 * target(s2).max(1).values
    qa = q(s).gather(1, a.unsqueeze(1)).squeeze(1)
    loss = F.smooth_l1_loss(qa, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 2 == 0:
        target.load_state_dict(q.state_dict())

# %% [grad] ema
torch.manual_seed(0)
import copy
model = nn.Linear(3, 1)
ema = copy.deepcopy(model)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(3):
    opt.zero_grad()
    model(torch.randn(8, 3)).pow(2).mean().backward()
    opt.step()
    with torch.no_grad():
        for pe, p in zip(ema.parameters(), model.parameters()):
            pe.mul_(0.9).add_(p, alpha=0.1)

# %% [grad] maml
torch.manual_seed(0)
w = torch.randn(3, 1, requires_grad=True)
meta = torch.optim.SGD([w], lr=0.01)
for it in range(2):
    meta.zero_grad()
    total = 0
    for task in range(2):
        x, y = torch.randn(5, 3), torch.randn(5, 1)
        inner = F.mse_loss(x @ w, y)
        g, = torch.autograd.grad(inner, w, create_graph=True)
        fast = w - 0.1 * g
        total = total + F.mse_loss(torch.randn(5, 3) @ fast, torch.randn(5, 1))
    total.backward()
    meta.step()

# %% [grad] maml with functional_call
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
params = dict(model.named_parameters())
for it in range(2):
    opt.zero_grad()
    fast = params
    for k in range(2):
        loss = torch.func.functional_call(model, fast, (torch.randn(5, 3),)).pow(2).mean()
        grads = torch.autograd.grad(loss, list(fast.values()), create_graph=True)
        fast = {n: p - 0.1 * g for (n, p), g in zip(fast.items(), grads)}
    outer = torch.func.functional_call(model, fast, (torch.randn(5, 3),)).pow(2).mean()
    outer.backward()
    opt.step()

# %% [grad] accumulation on purpose
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(8):
    loss = F.mse_loss(model(torch.randn(4, 3)), torch.randn(4, 1)) / 4
    loss.backward()
    if (i + 1) % 4 == 0:
        opt.step()
        opt.zero_grad()

# %% [grad] best state with deepcopy
torch.manual_seed(0)
import copy
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
best, best_state = 1e9, None
x, y = torch.randn(8, 3), torch.randn(8, 1)
for i in range(4):
    opt.zero_grad()
    loss = F.mse_loss(model(x), y)
    loss.backward()
    if loss.item() < best:
        best, best_state = loss.item(), copy.deepcopy(model.state_dict())
    opt.step()
model.load_state_dict(best_state)

# %% [grad] clone before and after
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
before = model.weight.detach().clone()
model(torch.randn(8, 3)).pow(2).mean().backward()
opt.step()
print(torch.equal(before, model.weight))

# %% [grad] clip in the right place
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(3):
    opt.zero_grad()
    (100 * model(torch.randn(8, 3))).pow(2).mean().backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()

# %% [grad] train and eval with dropout and bn
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 2))
opt = torch.optim.AdamW(model.parameters(), lr=1e-2)
x, y = torch.randn(32, 4), torch.randint(0, 2, (32,))
for epoch in range(3):
    model.train()
    for xb, yb in zip(x.split(16), y.split(16)):
        opt.zero_grad()
        loss = F.cross_entropy(model(xb), yb)
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        acc = (model(x).argmax(1) == y).float().mean().item()
    print(f"{epoch} {loss.item():.4f} {acc:.3f}")

# %% [grad] frozen backbone in eval
torch.manual_seed(0)
backbone = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU())
head = nn.Linear(8, 2)
backbone.eval()
for p in backbone.parameters():
    p.requires_grad = False
opt = torch.optim.SGD(head.parameters(), lr=0.1)
for i in range(3):
    opt.zero_grad()
    F.cross_entropy(head(backbone(torch.randn(8, 4))), torch.randint(0, 2, (8,))).backward()
    opt.step()

# %% [grad] batchnorm layers kept in eval while finetuning
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
model.train()
for m in model.modules():
    if isinstance(m, nn.BatchNorm1d):
        m.eval()
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(3):
    opt.zero_grad()
    F.cross_entropy(model(torch.randn(8, 4)), torch.randint(0, 2, (8,))).backward()
    opt.step()

# %% [grad] adversarial attack in eval mode
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(), nn.Linear(8, 2)).eval()
x = torch.randn(2, 4, requires_grad=True)
loss = F.cross_entropy(model(x), torch.tensor([0, 1]))
loss.backward()
adv = x + 0.1 * x.grad.sign()
print(model(adv.detach()).argmax(1))

# %% [grad] pgd
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)).eval()
x0, y = torch.randn(2, 4), torch.tensor([0, 1])
x = x0.clone()
for i in range(3):
    x.requires_grad_(True)
    g, = torch.autograd.grad(F.cross_entropy(model(x), y), x)
    x = x.detach() + 0.01 * g.sign()
    x = torch.min(torch.max(x, x0 - 0.03), x0 + 0.03)

# %% [grad] straight through
torch.manual_seed(0)
x = torch.randn(4, requires_grad=True)
q = x + (torch.round(x) - x).detach()
q.pow(2).sum().backward()
print(x.grad)

# %% [grad] dice magic box
torch.manual_seed(0)
logp = torch.randn(4, requires_grad=True)
box = torch.exp(logp - logp.detach())
(box * torch.tensor([1., 2., 3., 4.])).mean().backward()

# %% [grad] reinforce with baseline
torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))
value = nn.Linear(4, 1)
opt = torch.optim.Adam([*policy.parameters(), *value.parameters()], lr=1e-2)
for ep in range(2):
    logps, vals, rews = [], [], []
    s = torch.randn(4)
    for t in range(4):
        d = torch.distributions.Categorical(logits=policy(s))
        a = d.sample()
        logps.append(d.log_prob(a))
        vals.append(value(s).squeeze(-1))
        rews.append(float(a))
        s = torch.randn(4)
    returns = torch.tensor(rews).flip(0).cumsum(0).flip(0)
    vals = torch.stack(vals)
    adv = returns - vals.detach()
    loss = -(torch.stack(logps) * adv).mean() + F.mse_loss(vals, returns)
    opt.zero_grad()
    loss.backward()
    opt.step()

# %% [grad] ppo ratio
torch.manual_seed(0)
policy = nn.Linear(4, 2)
opt = torch.optim.Adam(policy.parameters(), lr=1e-2)
s = torch.randn(16, 4)
with torch.no_grad():
    d = torch.distributions.Categorical(logits=policy(s))
    a = d.sample()
    old = d.log_prob(a)
adv = torch.randn(16)
for k in range(3):
    d = torch.distributions.Categorical(logits=policy(s))
    ratio = (d.log_prob(a) - old).exp()
    loss = -torch.min(ratio * adv, ratio.clamp(0.8, 1.2) * adv).mean() - 0.01 * d.entropy().mean()
    opt.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(policy.parameters(), 0.5)
    opt.step()

# %% [grad] checkpointing
torch.manual_seed(0)
from torch.utils.checkpoint import checkpoint
block = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8))
x = torch.randn(2, 8, requires_grad=True)
y = checkpoint(block, x, use_reentrant=False)
y.sum().backward()

# %% [grad] truncated bptt
torch.manual_seed(0)
lstm = nn.LSTM(3, 4, batch_first=True)
head = nn.Linear(4, 1)
opt = torch.optim.Adam([*lstm.parameters(), *head.parameters()])
state = None
for i in range(3):
    out, state = lstm(torch.randn(2, 5, 3), state)
    state = tuple(s.detach() for s in state)
    loss = head(out).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()

# %% [grad] custom function
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return 2 * x * g
x = torch.tensor([1., 2.], requires_grad=True)
Square.apply(x).sum().backward()
print(x.grad)

# %% [grad] sign STE custom function
class Sign(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sign()
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return g * (x.abs() <= 1)
w = torch.randn(4, requires_grad=True)
Sign.apply(w).sum().backward()

# %% [grad] VAE
torch.manual_seed(0)
enc, dec = nn.Linear(6, 4), nn.Linear(2, 6)
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters()])
x = torch.rand(8, 6)
for i in range(2):
    mu, logvar = enc(x).chunk(2, 1)
    z = mu + torch.randn_like(mu) * (0.5 * logvar).exp()
    rec = F.binary_cross_entropy_with_logits(dec(z), x, reduction='sum')
    kl = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum()
    opt.zero_grad()
    (rec + kl).backward()
    opt.step()

# %% [grad] distillation kl_div
torch.manual_seed(0)
student, teacher = nn.Linear(4, 3), nn.Linear(4, 3)
x = torch.randn(8, 4)
with torch.no_grad():
    t = teacher(x)
loss = F.kl_div(F.log_softmax(student(x) / 2, 1), F.softmax(t / 2, 1), reduction='batchmean') * 4
loss.backward()

# %% [grad] multi loss with shared encoder
torch.manual_seed(0)
enc, a, b = nn.Linear(4, 8), nn.Linear(8, 1), nn.Linear(8, 3)
opt = torch.optim.SGD([*enc.parameters(), *a.parameters(), *b.parameters()], lr=0.1)
x = torch.randn(8, 4)
for i in range(2):
    h = torch.relu(enc(x))
    l1 = a(h).pow(2).mean()
    l2 = F.cross_entropy(b(h), torch.randint(0, 3, (8,)))
    opt.zero_grad()
    l1.backward(retain_graph=True)
    l2.backward()
    opt.step()

# %% [grad] alternate training of two halves
torch.manual_seed(0)
u, v = nn.Parameter(torch.randn(5, 2)), nn.Parameter(torch.randn(4, 2))
M = torch.randn(5, 4)
ou, ov = torch.optim.SGD([u], lr=0.05), torch.optim.SGD([v], lr=0.05)
for i in range(4):
    opt = ou if i % 2 == 0 else ov
    opt.zero_grad()
    (M - u @ v.T).pow(2).mean().backward()
    opt.step()

# %% [grad] gradient reversal
class Rev(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, lam):
        ctx.lam = lam
        return x.view_as(x)
    @staticmethod
    def backward(ctx, g):
        return -ctx.lam * g, None
f = nn.Linear(3, 3)
Rev.apply(f(torch.randn(2, 3)), 0.5).sum().backward()

# %% [grad] weight tying
torch.manual_seed(0)
class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(10, 4)
        self.out = nn.Linear(4, 10, bias=False)
        self.out.weight = self.emb.weight
    def forward(self, t):
        return self.out(self.emb(t))
lm = LM()
opt = torch.optim.Adam(lm.parameters())
t = torch.randint(0, 10, (2, 5))
F.cross_entropy(lm(t).flatten(0, 1), t.flatten()).backward()
opt.step()

# %% [grad] gumbel softmax hard
torch.manual_seed(0)
logits = torch.randn(4, 3, requires_grad=True)
y = F.gumbel_softmax(logits, tau=1.0, hard=True)
(y * torch.arange(3.)).sum().backward()

# %% [grad] swa
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
avg = {k: torch.zeros_like(v) for k, v in model.state_dict().items()}
for i in range(4):
    opt.zero_grad()
    model(torch.randn(8, 3)).pow(2).mean().backward()
    opt.step()
    for k, v in model.state_dict().items():
        avg[k] += v / 4
model.load_state_dict(avg)

# %% [grad] in place that is fine
x = torch.randn(4, requires_grad=True)
y = x + 1
y *= 2
y.relu_()
y.sum().backward()

# %% [grad] gradient by hand
torch.manual_seed(0)
w, b = torch.randn(3, requires_grad=True), torch.zeros(1, requires_grad=True)
for i in range(3):
    loss = (torch.randn(8, 3) @ w + b).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        for p in (w, b):
            p -= 0.1 * p.grad
            p.grad.zero_()

# %% [grad] old style data update
torch.manual_seed(0)
w = torch.randn(3, requires_grad=True)
for i in range(3):
    loss = (torch.randn(8, 3) @ w).pow(2).mean()
    loss.backward()
    w.data -= 0.1 * w.grad.data
    w.grad.data.zero_()

# %% [grad] new weights out of place each time
torch.manual_seed(0)
w = torch.randn(3, requires_grad=True)
for i in range(3):
    loss = (torch.randn(8, 3) @ w).pow(2).mean()
    g, = torch.autograd.grad(loss, w)
    w = (w - 0.1 * g).detach().requires_grad_()

# %% [grad] neural style optimises the image
torch.manual_seed(0)
net = nn.Conv2d(1, 2, 3).eval().requires_grad_(False)
img = torch.rand(1, 1, 8, 8, requires_grad=True)
opt = torch.optim.LBFGS([img], max_iter=3)
target = net(torch.rand(1, 1, 8, 8))
def closure():
    opt.zero_grad()
    loss = F.mse_loss(net(img), target)
    loss.backward()
    return loss
opt.step(closure)

# %% [grad] physics informed
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.Adam(net.parameters())
for i in range(2):
    t = torch.rand(16, 1, requires_grad=True)
    u = net(t)
    du = torch.autograd.grad(u.sum(), t, create_graph=True)[0]
    loss = (du + u).pow(2).mean() + (net(torch.zeros(1, 1)) - 1).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()

# %% [grad] byol teacher in training mode
torch.manual_seed(0)
import copy
student = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 4))
teacher = copy.deepcopy(student)
opt = torch.optim.SGD(student.parameters(), lr=0.1)
for i in range(2):
    x = torch.randn(16, 4)
    with torch.no_grad():
        t = teacher(x + 0.1 * torch.randn_like(x))
    loss = F.mse_loss(student(x), t)
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        for a, b in zip(teacher.parameters(), student.parameters()):
            a.lerp_(b, 0.01)

# %% [grad] mc dropout
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 1))
model.eval()
for m in model.modules():
    if isinstance(m, nn.Dropout):
        m.train()
with torch.no_grad():
    preds = torch.stack([model(torch.ones(1, 4)) for _ in range(10)])
print(preds.mean(), preds.std())

# %% [grad] functional dropout with flag
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
    def forward(self, x):
        return F.dropout(self.fc(x), 0.5, training=self.training)
net = Net().eval()
with torch.no_grad():
    print(net(torch.ones(1, 4)))
