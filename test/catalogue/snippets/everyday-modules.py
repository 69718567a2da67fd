# %% [grad] eval in a helper function, class based
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.5))
        self.out = nn.Linear(8, 2)
    def forward(self, x):
        return self.out(self.body(x))  #~
def validate(net, x, y):
    net.eval()  #~
    with torch.no_grad():
        return (net(x).argmax(1) == y).float().mean().item()
def train_one(net, opt, x, y):
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()  #~
    opt.step()  #! nn/training-in-evaluation-mode
    return loss.item()
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
x, y = torch.randn(32, 4), torch.randint(0, 2, (32,))
for epoch in range(3):
    train_one(net, opt, x, y)
    print(f"{validate(net, x, y):.2f}")
#+ Begin with training: net.train()

# %% [grad] lightning-like trainer
torch.manual_seed(0)
class Trainer:
    def __init__(self):
        self.net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
        self.opt = torch.optim.SGD(self.net.parameters(), lr=0.1)
    def step(self, x):
        self.opt.zero_grad()
        loss = self.net(x).pow(2).mean()  #~
        loss.backward()  #~
        self.opt.step()  #! nn/training-in-evaluation-mode
    def val(self, x):
        self.net.eval()  #~
        with torch.no_grad():
            return self.net(x).mean()
t = Trainer()
for i in range(3):
    t.step(torch.randn(8, 3))
    t.val(torch.randn(8, 3))
#+ Begin with training: self.net.train()

# %% [grad] forgotten brackets on eval and item
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 4), nn.Dropout(), nn.Linear(4, 1))
model.eval  #! python/not-called
with torch.no_grad():
    print(model(torch.ones(1, 2)))  #! nn/evaluating-in-training-mode
#+ Call it: model.eval()

# %% [grad] best weights kept in a dict on self
torch.manual_seed(0)
class Stopper:
    best = None
    def check(self, loss, model):
        if self.best is None or loss < self.best:
            self.best = loss
            self.state = model.state_dict()  #~
stop = Stopper()
model = nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.5)
x, y = torch.randn(8, 2), torch.randn(8, 1)
for i in range(4):
    opt.zero_grad()
    loss = F.mse_loss(model(x), y)
    loss.backward()
    stop.check(loss.item(), model)
    opt.step()  #~
model.load_state_dict(stop.state)  #! nn/state-dict-alias
#+ Keep copies of the values: value.clone()

# %% [grad] update lost in a function
torch.manual_seed(0)
def sgd(params, lr):
    for p in params:  #~
        p = p - lr * p.grad  #! optim/update-lost
model = nn.Linear(2, 1)  #~
for i in range(2):
    model.zero_grad()
    model(torch.randn(4, 2)).pow(2).mean().backward()
    sgd(model.parameters(), 0.1)
#+ Change it in place, without recording: p -= lr * p.grad

# %% [grad] floor division in the loss path
torch.manual_seed(0)
w = torch.randn(4, requires_grad=True)
((w * 10) // 1).pow(2).sum().backward()  #! autograd/no-derivative #~
print(w.grad)
#+ Divide without rounding: (w * 10) / 1

# %% [grad] ceil in a module
torch.manual_seed(0)
class Q(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(3, 2)
    def forward(self, x):
        return torch.ceil(self.l(x))  #! autograd/flat-operator #~
q = Q()
opt = torch.optim.SGD(q.parameters(), lr=0.1)
for i in range(2):
    opt.zero_grad()
    F.mse_loss(q(torch.randn(4, 3)), torch.ones(4, 2)).backward()  #~
    opt.step()
#+ Leave ceil out of the loss

# %% [grad] layer in forward, inline
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 8)
    def forward(self, x):
        x = torch.relu(self.fc(x))
        return nn.Linear(8, 1)(x)  #! nn/layer-in-forward
net = Net()
net(torch.randn(2, 4)).sum().backward()  #~
#+ Make it once, in __init__: self.linear = nn.Linear(8, 1)

# %% [grad] optimizer in the loop with a learning rate
torch.manual_seed(0)
model = nn.Linear(3, 1)
for epoch in range(2):
    for batch in range(3):
        opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)  #! optim/made-anew
        opt.zero_grad()
        model(torch.randn(4, 3)).pow(2).mean().backward()
        opt.step()  #~
#+ Make it once, before the loop

# %% [grad] frozen by a misspelt attribute
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
for p in model[0].parameters():
    p.require_grad = False  #! autograd/misspelt-attribute
opt = torch.optim.SGD(model.parameters(), lr=0.1)
model(torch.randn(4, 3)).pow(2).mean().backward()
opt.step()
#+ Write requires_grad

# %% [grad] parameter list in a dict
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(1))
        self.w = {"a": nn.Parameter(torch.randn(2, 1)), "b": nn.Parameter(torch.randn(2, 1))}  #! nn/unregistered-tensor
    def forward(self, x):
        return x @ self.w["a"] + x @ self.w["b"] + self.bias
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
net(torch.randn(3, 2)).pow(2).mean().backward()
opt.step()
#+ Register the parameters: nn.ParameterDict

# %% [grad] if on a tensor
x = torch.tensor([1.0, -1.0], requires_grad=True)  #~
if x > 0:  #! tensor/truth-value #~
    y = x * 2
else:
    y = x * 3
y.sum().backward()
#+ Ask whether all of them are: (x > 0).all()

# %% [grad] python max of two tensors
a = torch.tensor([1.0, 5.0], requires_grad=True)  #~
b = torch.tensor([2.0, 3.0])  #~
max(a, b).sum().backward()  #! tensor/truth-value #~
#+ Take the larger of each pair: torch.maximum

# %% [grad] parameters not called in optimizer
model = nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters, lr=0.1)  #! python/TypeError
#+ Call it: model.parameters()

# %% [grad] softmax probability into bce with logits, binary
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
crit = nn.BCEWithLogitsLoss()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(2):
    opt.zero_grad()
    crit(net(torch.randn(4, 2)), torch.ones(4, 1)).backward()  #! nn/double-softmax #~
    opt.step()
#+ Give it the scores: remove the sigmoid layer

# %% [grad] the target network is the network
torch.manual_seed(0)
q = nn.Linear(3, 2)
opt = torch.optim.SGD(q.parameters(), lr=0.1)
s = torch.randn(5, 3)
out = q(s)
target = out.detach()  #~
target[:, 0] = 1.0  #~
loss = F.mse_loss(out, target)  #! tensor/same-memory
opt.zero_grad()
loss.backward()
opt.step()
#+ Keep the values of now: .clone()

# %% [grad] comparing old and new list of weights
torch.manual_seed(0)
model = nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
old = list(model.parameters())  #~
model(torch.randn(4, 2)).pow(2).mean().backward()
opt.step()  #~
for o, n in zip(old, model.parameters()):
    print(torch.equal(o, n))  #! tensor/same-memory
#+ Keep copies: .detach().clone()

# %% [grad] clip in the wrong place with amp-like structure
torch.manual_seed(0)
model = nn.Linear(2, 1)
opt = torch.optim.Adam(model.parameters(), lr=0.1)
for i in range(3):
    loss = model(torch.randn(4, 2)).pow(2).mean()
    opt.zero_grad()
    nn.utils.clip_grad_norm_(model.parameters(), 0.1)  #! optim/clip-order
    loss.backward()  #~
    opt.step()  #~
#+ Clip between backward() and step()

# %% [grad] evaluation inside a function that restores the mode
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.1), nn.Linear(8, 1))
opt = torch.optim.Adam(model.parameters())
x, y = torch.randn(16, 4), torch.randn(16, 1)
@torch.no_grad()
def evaluate(m):
    was = m.training
    m.eval()
    loss = F.mse_loss(m(x), y)
    m.train(was)
    return loss.item()
for epoch in range(3):
    opt.zero_grad()
    F.mse_loss(model(x), y).backward()
    opt.step()
    evaluate(model)

# %% [grad] trainer class
torch.manual_seed(0)
class Trainer:
    def __init__(self, model):
        self.model = model
        self.opt = torch.optim.SGD(model.parameters(), lr=0.1)
    def fit(self, x, y, n):
        for i in range(n):
            self.model.train()
            self.opt.zero_grad()
            loss = F.cross_entropy(self.model(x), y)
            loss.backward()
            self.opt.step()
            self.model.eval()
            with torch.no_grad():
                acc = (self.model(x).argmax(-1) == y).float().mean()
t = Trainer(nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 2)))
t.fit(torch.randn(12, 3), torch.randint(0, 2, (12,)), 3)

# %% [grad] dropout-free model trained in eval
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8), nn.ReLU(), nn.Linear(8, 1)).eval()
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(2):
    opt.zero_grad()
    model(torch.randn(4, 4)).pow(2).mean().backward()
    opt.step()

# %% [grad] dropout with in eval
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.0), nn.Linear(8, 1)).eval()
opt = torch.optim.SGD(model.parameters(), lr=0.1)
opt.zero_grad()
model(torch.randn(4, 4)).pow(2).mean().backward()
opt.step()

# %% [grad] discriminator in eval while the generator trains
torch.manual_seed(0)
G = nn.Linear(2, 4)
D = nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5), nn.Linear(4, 1))
og = torch.optim.Adam(G.parameters())
D.eval()
for i in range(2):
    og.zero_grad()
    (-D(G(torch.randn(8, 2))).mean()).backward()
    og.step()

# %% [grad] prompt tuning of a frozen network in eval
torch.manual_seed(0)
body = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.1), nn.Linear(8, 2)).eval().requires_grad_(False)
prompt = nn.Parameter(torch.zeros(4))
opt = torch.optim.Adam([prompt], lr=0.1)
for i in range(3):
    opt.zero_grad()
    F.cross_entropy(body(torch.randn(6, 4) + prompt), torch.randint(0, 2, (6,))).backward()
    opt.step()

# %% [grad] functional dropout with a plain function in training
torch.manual_seed(0)
w = torch.randn(4, 4, requires_grad=True)
h = F.dropout(torch.randn(3, 4) @ w, 0.5)
h.sum().backward()

# %% [grad] noise multiplied in an evaluation module
torch.manual_seed(0)
class Noisy(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(3, 3)
    def forward(self, x):
        mask = torch.bernoulli(torch.full((3,), 0.5)) * 2
        return self.l(x) * mask
n = Noisy().eval()
n(torch.randn(2, 3))

# %% [grad] relu mask in eval module
torch.manual_seed(0)
class Gate(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(3, 3)
        self.register_buffer("mask", torch.tensor([0.0, 2.0, 2.0]))
    def forward(self, x):
        return self.l(x) * self.mask
g = Gate().eval()
with torch.no_grad():
    g(torch.randn(2, 3))

# %% [grad] new_p in a dictionary by name
torch.manual_seed(0)
model = nn.Linear(2, 1)
model(torch.randn(3, 2)).sum().backward()
updated = {}
for name, p in model.named_parameters():
    p = p - 0.1 * p.grad
    updated[name] = p
print(torch.func.functional_call(model, updated, torch.randn(1, 2)))

# %% [grad] loop variable printed
torch.manual_seed(0)
model = nn.Linear(2, 1)
model(torch.randn(3, 2)).sum().backward()
with torch.no_grad():
    for p in model.parameters():
        step = 0.1 * p.grad
        ratio = step.norm() / p.norm()
        p -= step

# %% [grad] copy_ of an update
torch.manual_seed(0)
model = nn.Linear(2, 1)
model(torch.randn(3, 2)).sum().backward()
with torch.no_grad():
    for p in model.parameters():
        new = p - 0.1 * p.grad
        p.copy_(new)

# %% [grad] data replaced
torch.manual_seed(0)
model = nn.Linear(2, 1)
model(torch.randn(3, 2)).sum().backward()
for p in model.parameters():
    p.data = p.data - 0.1 * p.grad

# %% [grad] views of one memory compared
x = torch.arange(6.0).view(2, 3)
print((x[0] < x[1]).all())
x.add_(1)
print(torch.equal(x[0], x[1]))

# %% [grad] running maximum of a parameter
torch.manual_seed(0)
w = torch.randn(3, requires_grad=True)
best = w.detach().clone()
opt = torch.optim.SGD([w], lr=0.1)
for i in range(3):
    opt.zero_grad()
    (w ** 2).sum().backward()
    opt.step()
    best = torch.maximum(best, w.detach())

# %% [grad] convergence check with a clone
w = torch.tensor([1.0, 2.0], requires_grad=True)
opt = torch.optim.SGD([w], lr=0.1)
for i in range(3):
    before = w.detach().clone()
    opt.zero_grad()
    (w ** 2).sum().backward()
    opt.step()
    if (w - before).abs().max() < 1e-3:
        break

# %% [grad] swapping state between models
torch.manual_seed(0)
a, b = nn.Linear(2, 1), nn.Linear(2, 1)
sa = {k: v.clone() for k, v in a.state_dict().items()}
a.load_state_dict(b.state_dict())
b.load_state_dict(sa)

# %% [grad] sign of a gradient, floor of an index
torch.manual_seed(0)
x = torch.randn(4, requires_grad=True)
loss = (x ** 2).sum()
loss.backward()
step = x.grad.sign()
bins = torch.floor(x.detach() * 3).long()

# %% [grad] a flat branch beside a live one
torch.manual_seed(0)
x = torch.randn(4, requires_grad=True)
(torch.round(x) + x).sum().backward()

# %% [grad] zero gradient at a minimum
x = torch.zeros(2, requires_grad=True)
(x ** 2).sum().backward()
print(x.grad)

# %% [grad] hinge loss that is satisfied
s = torch.tensor([3.0, 5.0], requires_grad=True)
F.relu(1 - s).sum().backward()
print(s.grad)

# %% [grad] nll with log probabilities that sum in float error
torch.manual_seed(0)
logits = torch.randn(4, 3, requires_grad=True)
logp = logits - logits.logsumexp(1, keepdim=True)
F.nll_loss(logp, torch.tensor([0, 1, 2, 0])).backward()

# %% [grad] mixture of experts' log probabilities
torch.manual_seed(0)
a, b = torch.randn(4, 3, requires_grad=True), torch.randn(4, 3, requires_grad=True)
p = 0.5 * a.softmax(1) + 0.5 * b.softmax(1)
F.nll_loss(p.log(), torch.tensor([0, 1, 2, 0])).backward()

# %% [grad] kl of two distributions by log_target
torch.manual_seed(0)
a, b = torch.randn(4, 3, requires_grad=True), torch.randn(4, 3)
F.kl_div(a.log_softmax(1), b.log_softmax(1), reduction="batchmean", log_target=True).backward()

# %% [grad] energy model with scores as a negative log likelihood
torch.manual_seed(0)
e = nn.Linear(2, 1)
opt = torch.optim.SGD(e.parameters(), lr=0.1)
for i in range(2):
    opt.zero_grad()
    (e(torch.randn(4, 2)).mean() - e(torch.randn(4, 2)).mean()).backward()
    opt.step()

# %% [grad] clipping in a loop of two models
torch.manual_seed(0)
a, b = nn.Linear(2, 1), nn.Linear(2, 1)
oa, ob = torch.optim.SGD(a.parameters(), lr=0.1), torch.optim.SGD(b.parameters(), lr=0.1)
for i in range(2):
    for m, o in ((a, oa), (b, ob)):
        o.zero_grad()
        m(torch.randn(4, 2)).pow(2).mean().backward()
        nn.utils.clip_grad_norm_(m.parameters(), 1.0)
        o.step()

# %% [grad] gradient norm is only measured after the step
torch.manual_seed(0)
m = nn.Linear(2, 1)
o = torch.optim.SGD(m.parameters(), lr=0.1)
for i in range(2):
    o.zero_grad()
    m(torch.randn(4, 2)).pow(2).mean().backward()
    o.step()
    norm = nn.utils.get_total_norm([p.grad for p in m.parameters()])

# %% [grad] mlp made in a function and in a loop
torch.manual_seed(0)
def make(width):
    return nn.Sequential(nn.Linear(2, width), nn.ReLU(), nn.Linear(width, 1))
for width in (2, 4):
    net = make(width)
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    for i in range(2):
        opt.zero_grad()
        net(torch.randn(4, 2)).pow(2).mean().backward()
        opt.step()

# %% [grad] a module that builds its layers at the first call
torch.manual_seed(0)
class Late(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = None
    def forward(self, x):
        if self.l is None:
            self.l = nn.Linear(x.shape[1], 1)
        return self.l(x)
late = Late()
late(torch.randn(2, 3))
opt = torch.optim.SGD(late.parameters(), lr=0.1)
late(torch.randn(2, 3)).sum().backward()
opt.step()

# %% [grad] k-fold with the same optimizer class
torch.manual_seed(0)
import copy
x, y = torch.randn(12, 3), torch.randn(12, 1)
start = nn.Linear(3, 1)
for fold in range(3):
    model = copy.deepcopy(start)
    opt = torch.optim.Adam(model.parameters(), lr=0.1)
    for i in range(2):
        opt.zero_grad()
        F.mse_loss(model(x), y).backward()
        opt.step()

# %% [grad] lbfgs per image
torch.manual_seed(0)
for i in range(3):
    img = torch.rand(4, requires_grad=True)
    opt = torch.optim.LBFGS([img])
    def closure():
        opt.zero_grad()
        loss = (img - 0.5).pow(2).sum()
        loss.backward()
        return loss
    opt.step(closure)

# %% [grad] progressive growing: new layer and a new optimizer
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 4))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(4, 2)
opt.zero_grad(); model(x).pow(2).mean().backward(); opt.step()
model.append(nn.Linear(4, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
opt.zero_grad(); model(x).pow(2).mean().backward(); opt.step()

# %% [grad] property and method objects as statements
torch.manual_seed(0)
m = nn.Linear(2, 2)
m.weight.shape
m.weight.T
m.in_features
m.weight.grad

# %% [grad] docstrings, ellipses, names as statements
"""A lesson."""
x = torch.ones(2, requires_grad=True)
...
x
x.sum().backward()

# %% [grad] hooks that detach or clip
x = torch.tensor([1.0, 2.0], requires_grad=True)
h = x.register_hook(lambda g: g.clamp(-1, 1))
(x ** 3).sum().backward()
h.remove()
print(x.grad)

# %% [grad] teacher forcing with argmax feedback
torch.manual_seed(0)
cell, emb, out = nn.GRUCell(4, 4), nn.Embedding(6, 4), nn.Linear(4, 6)
h, tok, loss = torch.zeros(2, 4), torch.zeros(2, dtype=torch.long), 0
for t in range(3):
    h = cell(emb(tok), h)
    logits = out(h)
    loss = loss + F.cross_entropy(logits, torch.randint(0, 6, (2,)))
    tok = logits.argmax(-1)
loss.backward()

# %% [grad] beam search style no_grad inside forward
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k = nn.Linear(3, 3), nn.Linear(3, 3)
    def forward(self, x):
        with torch.no_grad():
            idx = (self.q(x) @ self.k(x).T).argmax(1)
        return (self.q(x) * self.k(x)[idx]).sum()
net = Net()
net(torch.randn(4, 3)).backward()

# %% [grad] momentum encoder with a queue
torch.manual_seed(0)
import copy
q = nn.Linear(4, 3)
k = copy.deepcopy(q).requires_grad_(False)
queue = F.normalize(torch.randn(8, 3), dim=1)
opt = torch.optim.SGD(q.parameters(), lr=0.1)
for i in range(3):
    x = torch.randn(4, 4)
    zq = F.normalize(q(x), dim=1)
    with torch.no_grad():
        zk = F.normalize(k(x), dim=1)
    logits = torch.cat([(zq * zk).sum(1, keepdim=True), zq @ queue.T], 1) / 0.1
    loss = F.cross_entropy(logits, torch.zeros(4, dtype=torch.long))
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        for a, b in zip(k.parameters(), q.parameters()):
            a.mul_(0.9).add_(b, alpha=0.1)
    queue = torch.cat([zk, queue])[:8]

# %% [grad] normalising flow with log det
torch.manual_seed(0)
s, b = nn.Parameter(torch.zeros(2)), nn.Parameter(torch.zeros(2))
opt = torch.optim.Adam([s, b], lr=0.1)
for i in range(2):
    z = torch.randn(8, 2) * s.exp() + b
    loss = -(torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1) + s.sum()).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()

# %% [grad] diffusion training step
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 16), nn.SiLU(), nn.Linear(16, 2))
opt = torch.optim.AdamW(net.parameters())
betas = torch.linspace(1e-4, 0.02, 10)
abar = torch.cumprod(1 - betas, 0)
for i in range(2):
    x0, t = torch.randn(8, 2), torch.randint(0, 10, (8,))
    eps = torch.randn_like(x0)
    a = abar[t].unsqueeze(1)
    xt = a.sqrt() * x0 + (1 - a).sqrt() * eps
    pred = net(torch.cat([xt, t.unsqueeze(1) / 10], 1))
    loss = F.mse_loss(pred, eps)
    opt.zero_grad()
    loss.backward()
    opt.step()

# %% [grad] learning rate tensor that is detached by float
torch.manual_seed(0)
lr = torch.tensor(0.1, requires_grad=True)  #~
w = torch.tensor(2.0, requires_grad=True)
g, = torch.autograd.grad(w ** 2, w, create_graph=True)
w2 = w - float(lr) * g  #! autograd/escaped-value
(w2 ** 2).backward()  #~
print(lr.grad)
#+ Stay in the graph: remove float()

# %% [grad] numpy-like assignment into a leaf
W = torch.zeros(2, 2, requires_grad=True)  #~
W[0, 0] = 1.0  #! autograd/leaf-view-in-place #~
#+ Change it without recording: with torch.no_grad()

# %% [grad] argmax as a soft choice
torch.manual_seed(0)
logits = torch.randn(3, 4, requires_grad=True)
table = torch.randn(4, 2)
out = table[logits.argmax(1)]  #~
out.sum().backward()  #! autograd/no-grad-root
#+ Choose softly, the mean under a softmax: torch.softmax(logits, -1) @ table

# %% [grad] gumbel sample thrown through argmax
torch.manual_seed(0)
logits = torch.randn(3, 4, requires_grad=True)
y = F.one_hot(F.gumbel_softmax(logits).argmax(-1), 4).float()  #~
(y * torch.arange(4.0)).sum().backward()  #! autograd/no-grad-root
#+ Draw one-hot rows that gradients pass through: hard=True

# %% [grad] loss under autocast style no_grad decorator on forward
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(2, 1)
    @torch.no_grad()
    def forward(self, x):
        return self.l(x)  #~
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
loss = net(torch.randn(4, 2)).pow(2).mean()
loss.backward()  #! autograd/no-grad-root
#+ Record it: remove @torch.no_grad()

# %% [grad] optimizer.zero_grad before printing grads
torch.manual_seed(0)
m = nn.Linear(2, 1)
opt = torch.optim.SGD(m.parameters(), lr=0.1)
m(torch.randn(3, 2)).sum().backward()
opt.step()
opt.zero_grad()  #~
print(m.weight.grad.norm())  #! autograd/none-gradient
#+ Set gradients to zero, not to None: set_to_none=False

# %% [grad] wrong dimension of cross entropy [N, L, C]
torch.manual_seed(0)
logits = torch.randn(2, 5, 3, requires_grad=True)  #~
target = torch.randint(0, 3, (2, 5))  #~
F.cross_entropy(logits, target).backward()  #! tensor/shape
#+ Put the classes second: logits.movedim(-1, 1)

# %% [grad] division by a count that is zero
torch.manual_seed(0)
x = torch.randn(4, requires_grad=True)
mask = x > 100
loss = (x * mask).sum() / mask.sum()  #! autograd/non-finite
loss.backward()  #~
print(x.grad)
#+ Stay away from zero: mask.sum() + 1e-12

# %% [grad] log of softmax underflow
x = torch.tensor([0.0, 200.0], requires_grad=True)
loss = -torch.log(torch.softmax(x, 0))[0]  #! autograd/non-finite #! nn/log-of-softmax
loss.backward()  #~
print(x.grad)
#+ Use F.log_softmax, which stays finite

# %% [grad] where does not protect
x = torch.tensor([0.0, 4.0], requires_grad=True)
y = torch.where(x > 0, torch.log(x), torch.zeros_like(x))  #! autograd/where-nan #~
y.sum().backward()  #~
print(x.grad)
#+ Keep x away from where it is not chosen: torch.where inside as well
