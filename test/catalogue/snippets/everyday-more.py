# %% [grad] a non-leaf parameter
import math
w = torch.randn(3, 2, requires_grad=True) / math.sqrt(3)  #~
loss = (torch.randn(4, 3) @ w).pow(2).mean()
loss.backward()
w.data -= 0.1 * w.grad  #! autograd/none-gradient #! autograd/non-leaf-grad
#+ Ask for the gradient at the end: .requires_grad_()

# %% [grad] detach in the middle of an encoder decoder
torch.manual_seed(0)
enc, dec = nn.Linear(4, 2), nn.Linear(2, 4)  #! nn/unused-parameter
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters()])
x = torch.randn(8, 4)
for i in range(3):
    z = enc(x).detach()  #~
    loss = F.mse_loss(dec(z), x)
    opt.zero_grad()
    loss.backward()  #~
    opt.step()
#+ Stay in the graph: remove .detach()

# %% [grad] .data in forward
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(3, 4), nn.Linear(4, 1)  #! nn/unused-parameter
    def forward(self, x):
        h = torch.relu(self.a(x)).data  #~
        return self.b(h)
net = Net()
loss = net(torch.randn(5, 3)).pow(2).mean()
loss.backward()  #~
#+ Stay in the graph: remove .data

# %% [grad] numpy in the middle
torch.manual_seed(0)
a = nn.Linear(3, 3)
h = a(torch.randn(2, 3))
h2 = torch.tensor(h.tolist()) * 2  #~
h2.sum().backward()  #! autograd/no-grad-root
#+ Stay in the graph: use h itself

# %% [grad] float loss accumulates then backward
torch.manual_seed(0)
model = nn.Linear(3, 1)
total = 0.0
for i in range(3):
    total += F.mse_loss(model(torch.randn(4, 3)), torch.zeros(4, 1)).item()  #~
total.backward()  #! autograd/escaped-backward
#+ Stay in the graph: remove .item()

# %% [grad] in-place relu on input leaf
x = torch.randn(4, requires_grad=True)  #~
F.relu(x, inplace=True).sum().backward()  #! autograd/leaf-in-place
#+ Make a new tensor: inplace=False

# %% [grad] weight clamp outside no_grad (WGAN)
torch.manual_seed(0)
D = nn.Linear(3, 1)  #~
opt = torch.optim.RMSprop(D.parameters(), lr=1e-3)
loss = D(torch.randn(4, 3)).mean()
loss.backward()
opt.step()
for p in D.parameters():
    p.clamp_(-0.01, 0.01)  #! autograd/leaf-in-place
#+ Change it without recording: with torch.no_grad()

# %% [grad] normalise weights in place
torch.manual_seed(0)
w = torch.randn(3, 3, requires_grad=True)  #~
w /= w.norm()  #! autograd/leaf-in-place
(w ** 2).sum().backward()
#+ Change it without recording: with torch.no_grad()

# %% [grad] index assign in output
torch.manual_seed(0)
x = torch.randn(4, requires_grad=True)
y = torch.sigmoid(x)  #~
y[0] = 0  #~
y.sum().backward()  #! autograd/saved-overwritten #~
#+ Change a copy: y = y.clone()

# %% [grad] attention mask in place after softmax
torch.manual_seed(0)
q = torch.randn(2, 3, 4, requires_grad=True)
att = (q @ q.transpose(1, 2)).softmax(-1)  #~
att[:, 0] = 0  #~
(att @ q).sum().backward()  #! autograd/saved-overwritten #~
#+ Change a copy: att = att.clone()

# %% [grad] grad wrt loss intermediate
x = torch.tensor([1., 2.], requires_grad=True)  #~
h = x * 3  #~
loss = (h ** 2).sum()
loss.backward()
print(h.grad)  #! autograd/non-leaf-grad
#+ Keep the gradient of h: h.retain_grad()

# %% [grad] autograd.grad wrt unused
x = torch.tensor(1., requires_grad=True)
y = torch.tensor(2., requires_grad=True)  #~
z = x ** 2  #~
print(torch.autograd.grad(z, [x, y]))  #! autograd/unused-input
#+ Take zeros for what is not used: materialize_grads=True

# %% [grad] second derivative without create_graph
x = torch.tensor(2., requires_grad=True)
y = x ** 3
g = torch.autograd.grad(y, x)[0]  #~
g2 = torch.autograd.grad(g, x)[0]  #! autograd/no-grad-root
#+ Give the gradient a graph: create_graph=True

# %% [grad] hessian in loop without retain
x = torch.tensor([1., 2.], requires_grad=True)
y = (x ** 3).sum()  #~
g, = torch.autograd.grad(y, x, create_graph=True)
for i in range(2):
    print(torch.autograd.grad(g[i], x))  #! autograd/second-backward #~
#+ Keep the graph: retain_graph=True

# %% [grad] jacobian rows
x = torch.tensor([1., 2.], requires_grad=True)
y = torch.stack([x[0] * x[1], x[0] ** 2])  #~
for i in range(2):
    y[i].backward()  #! autograd/second-backward #~
    print(x.grad)
#+ Move the forward pass into the loop: y

# %% [grad] cross entropy one hot int
torch.manual_seed(0)
logits = torch.randn(3, 4, requires_grad=True)  #~
t = F.one_hot(torch.tensor([0, 1, 2]), 4)  #~
F.cross_entropy(logits, t).backward()  #! tensor/dtype
#+ Give it the class numbers themselves: torch.tensor([0, 1, 2])

# %% [grad] cross entropy target of shape [N,1]
torch.manual_seed(0)
logits = torch.randn(3, 4, requires_grad=True)  #~
t = torch.tensor([[0], [1], [2]])  #~
F.cross_entropy(logits, t).backward()  #! tensor/shape
#+ One class number for each row: t.squeeze(1)

# %% [grad] bce with int target
torch.manual_seed(0)
logits = torch.randn(3, requires_grad=True)  #~
F.binary_cross_entropy_with_logits(logits, torch.tensor([0, 1, 1])).backward()  #! tensor/dtype
#+ Compare floats: torch.tensor([0, 1, 1]).float()

# %% [grad] embedding with float index
emb = nn.Embedding(5, 3)
emb(torch.tensor([1., 2.])).sum().backward()  #! tensor/dtype
#+ Indices are integers: torch.tensor([1., 2.]).long()

# %% [grad] conv without batch channel
conv = nn.Conv2d(1, 4, 3)  #~
out = conv(torch.randn(8, 28, 28))  #! tensor/shape #~
#+ Add the dimension of channels: torch.randn(8, 28, 28).unsqueeze(1)

# %% [grad] flatten forgotten
torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Linear(2 * 6 * 6, 3))  #~
net(torch.randn(4, 1, 8, 8))  #! tensor/shape #~
#+ Flatten what the layer is given: nn.Flatten()

# %% [grad] wrong flatten size
torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(100, 3))  #~
net(torch.randn(4, 1, 8, 8))  #! tensor/shape #~
#+ Let the layer take what it is given: nn.Linear(72, ...)

# %% [grad] view instead of reshape
x = torch.randn(2, 3, requires_grad=True)  #~
y = x.t().view(6)  #! tensor/shape #~
y.sum().backward()
#+ Let it copy where it has to: reshape

# %% [grad] optimizer made twice in loop
torch.manual_seed(0)
model = nn.Linear(3, 1)
x, y = torch.randn(8, 3), torch.randn(8, 1)
for i in range(3):
    opt = torch.optim.Adam(model.parameters(), lr=0.1)  #! optim/made-anew
    opt.zero_grad()
    F.mse_loss(model(x), y).backward()
    opt.step()  #~
#+ Make it once, before the loop

# %% [grad] scheduler before optimizer each epoch
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.StepLR(opt, 1)
for i in range(3):
    sched.step()  #! optim/scheduler-first
    opt.zero_grad()
    model(torch.randn(4, 3)).pow(2).mean().backward()
    opt.step()  #~
#+ Call sched.step() after opt.step()

# %% [grad] zero grad between backward and step
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(3):
    loss = model(torch.randn(4, 3)).pow(2).mean()
    loss.backward()  #~
    opt.zero_grad()  #~
    opt.step()  #! optim/cleared-before-step
#+ Clear the gradients before backward()

# %% [grad] inference mode then training
torch.manual_seed(0)
backbone, head = nn.Linear(3, 4), nn.Linear(4, 1)
with torch.inference_mode():
    feats = backbone(torch.randn(5, 3))  #~
head(feats).sum().backward()  #! autograd/inference-saved
#+ Make a normal tensor of it: feats = feats.clone()

# %% [grad] set_grad_enabled left off
torch.manual_seed(0)
model = nn.Linear(3, 1)
torch.set_grad_enabled(False)
val = model(torch.randn(4, 3)).mean()
loss = model(torch.randn(4, 3)).pow(2).mean()  #~
loss.backward()  #! autograd/no-grad-root
torch.set_grad_enabled(True)
#+ Record it: remove the call that switches recording off

# %% [grad] std of a single element
x = torch.tensor([3.0], requires_grad=True)
s = x.std()  #! autograd/non-finite
s.backward()  #~
print(x.grad)

# %% [grad] log of zero probability
p = torch.tensor([0.0, 0.4, 0.6], requires_grad=True)
ent = -(p * p.log()).sum()  #! autograd/non-finite #~
ent.backward()  #~
print(p.grad)
#+ Stay away from zero: p + 1e-12

# %% [grad] division by std zero
x = torch.ones(4, requires_grad=True)
z = (x - x.mean()) / x.std()  #! autograd/non-finite
z.sum().backward()  #~
print(x.grad)
#+ Stay away from zero: x.std() + 1e-12

# %% [grad] acos at one
c = torch.tensor([1.0, 0.5], requires_grad=True)
torch.acos(c).sum().backward()  #! autograd/non-finite #~
print(c.grad)
#+ Stay inside the bounds: c.clamp(-1 + 1e-6, 1 - 1e-6)

# %% [grad] pow fraction at zero
x = torch.tensor([0.0, 4.0], requires_grad=True)
(x ** 0.5).sum().backward()  #! autograd/non-finite #~
print(x.grad)
#+ Stay away from zero: x + 1e-12

# %% [grad] exp overflow softmax by hand
x = torch.tensor([100., 200.], requires_grad=True)
p = x.exp() / x.exp().sum()  #! autograd/non-finite #~
p[0].backward()  #~
print(x.grad)
#+ Use what cannot overflow: torch.softmax(x, -1)

# %% [grad] learned temperature with item
torch.manual_seed(0)
t = nn.Parameter(torch.tensor(1.5))
logits = torch.randn(4, 3)
loss = F.cross_entropy(logits / t.item(), torch.tensor([0, 1, 2, 0]))  #~
loss.backward()  #! autograd/no-grad-root
#+ Stay in the graph: remove .item()

# %% [grad] custom Function called directly
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 2
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return 2 * x * g
x = torch.tensor(3., requires_grad=True)
y = Square()(x)  #! autograd/custom-function #~
y.backward()
#+ Apply it: Square.apply(...)

# %% [grad] custom function forgets save, uses ctx attr modified
class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.y = y  #! autograd/ctx-attribute
        return y
    @staticmethod
    def backward(ctx, g):
        return g * ctx.y
x = torch.tensor(1., requires_grad=True)
Exp.apply(x).backward()
print(x.grad)
#+ Save it where the version check sees it: save_for_backward

# %% [grad] requires_grad typo
x = torch.ones(3)
x.require_grad = True  #! autograd/misspelt-attribute
(x ** 2).sum().backward()  #! autograd/no-grad-root
#+ Write requires_grad

# %% [grad] grad of a list of losses
torch.manual_seed(0)
model = nn.Linear(3, 1)
losses = [model(torch.randn(4, 3)).pow(2).mean() for _ in range(3)]  #~
loss = sum(losses)
for l in losses:
    l.backward()  #~
loss.backward()  #! autograd/second-backward
#+ Compute loss, losses anew before the second backward()

# %% [grad] comparing param to itself in early stopping
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
prev = model.state_dict()
model(torch.randn(4, 3)).pow(2).mean().backward()
opt.step()  #~
for k, v in model.state_dict().items():  #~
    print(k, (v - prev[k]).abs().max())  #! tensor/same-memory
#+ Keep copies of the values: value.clone()

# %% [grad] shared list multiplication of a layer
torch.manual_seed(0)
layer = nn.Linear(4, 4)
net = nn.Sequential(*[layer] * 3, nn.Linear(4, 1))
net.requires_grad = False  #! nn/frozen-attribute
net(torch.randn(2, 4)).sum().backward()

# %% [grad] model call in loss with wrong squeeze
torch.manual_seed(0)
model = nn.Linear(3, 1)
x, y = torch.randn(8, 3), torch.randn(8)  #~
criterion = nn.MSELoss()
loss = criterion(model(x), y)  #! nn/loss-broadcast #~
loss.backward()
#+ Give y the shape of model(x): .view_as(model(x))

# %% [grad] notebook style last line shows the model
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 2), nn.Dropout())
model.train()
x = torch.randn(3, 2)
out = model(x)
out.shape
x.grad
model

# %% [grad] quantised net with straight through and a report in no_grad
torch.manual_seed(0)
w = torch.randn(4, requires_grad=True)
opt = torch.optim.SGD([w], lr=0.1)
for i in range(3):
    q = w + (torch.sign(w) - w).detach()
    loss = (q - 1).pow(2).mean() + 0.1 * w.pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print((torch.sign(w) == 1).float().mean())

# %% [grad] relu that is dead in a lesson
x = torch.tensor([-1.0, -2.0], requires_grad=True)
torch.relu(x).sum().backward()
print(x.grad)

# %% [grad] rounding only for what is counted
torch.manual_seed(0)
model = nn.Linear(3, 1)
x, y = torch.randn(8, 3), torch.randint(0, 2, (8, 1)).float()
logits = model(x)
loss = F.binary_cross_entropy_with_logits(logits, y)
loss.backward()
acc = (torch.sigmoid(logits).round() == y).float().mean()

# %% [grad] floor in a position encoding
torch.manual_seed(0)
t = torch.rand(4, requires_grad=True)
frac = t * 3 - torch.floor(t * 3)
frac.sum().backward()

# %% [grad] new parameters in a list for the fast weights
torch.manual_seed(0)
model = nn.Linear(3, 1)
loss = model(torch.randn(4, 3)).pow(2).mean()
grads = torch.autograd.grad(loss, model.parameters(), create_graph=True)
fast = []
for p, g in zip(model.parameters(), grads):
    p = p - 0.1 * g
    fast.append(p)
out = F.linear(torch.randn(4, 3), *fast)
out.pow(2).mean().backward()

# %% [grad] norm of gradients in a loop
torch.manual_seed(0)
model = nn.Linear(3, 1)
model(torch.randn(4, 3)).pow(2).mean().backward()
total = 0.0
for p in model.parameters():
    g = p.grad.detach() - 0.0
    total += g.norm().item() ** 2
print(total ** 0.5)

# %% [grad] weight decay by hand in the loss
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(2):
    loss = model(torch.randn(4, 3)).pow(2).mean()
    for p in model.parameters():
        loss = loss + 1e-3 * p.pow(2).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()

# %% [grad] state dict passed to another model
torch.manual_seed(0)
a, b = nn.Linear(3, 1), nn.Linear(3, 1)
opt = torch.optim.SGD(a.parameters(), lr=0.1)
state = a.state_dict()
a(torch.randn(4, 3)).pow(2).mean().backward()
opt.step()
b.load_state_dict(state)

# %% [grad] state dict reloaded right away
torch.manual_seed(0)
a = nn.Linear(3, 1)
a.load_state_dict(a.state_dict())
a(torch.randn(4, 3)).pow(2).mean().backward()

# %% [grad] differences of two parameters
torch.manual_seed(0)
a, b = nn.Linear(3, 1), nn.Linear(3, 1)
gap = sum((p - q).pow(2).sum() for p, q in zip(a.parameters(), b.parameters()))
gap.backward()

# %% [grad] contrastive loss of a batch with itself
torch.manual_seed(0)
z = F.normalize(torch.randn(4, 8, requires_grad=True), dim=1)
sim = z @ z.t()
F.cross_entropy(sim / 0.1, torch.arange(4)).backward()

# %% [grad] pairwise distances of points with themselves
torch.manual_seed(0)
p = torch.randn(4, 2, requires_grad=True)
d = (p.unsqueeze(0) - p.unsqueeze(1)).pow(2).sum(-1)
d.sum().backward()

# %% [grad] autoencoder target is the input
torch.manual_seed(0)
ae = nn.Sequential(nn.Linear(4, 2), nn.ReLU(), nn.Linear(2, 4))
opt = torch.optim.Adam(ae.parameters())
x = torch.rand(8, 4)
for i in range(2):
    opt.zero_grad()
    F.mse_loss(ae(x), x).backward()
    opt.step()

# %% [grad] hard example mining with sort and topk
torch.manual_seed(0)
model = nn.Linear(3, 2)
losses = F.cross_entropy(model(torch.randn(8, 3)), torch.randint(0, 2, (8,)), reduction="none")
losses.topk(3).values.mean().backward()

# %% [grad] label smoothing by hand and nll of log probabilities
torch.manual_seed(0)
scores = torch.randn(4, 3, requires_grad=True)
logp = F.log_softmax(scores, 1)
loss = 0.9 * F.nll_loss(logp, torch.tensor([0, 1, 2, 0])) - 0.1 * logp.mean()
loss.backward()

# %% [grad] ctc and log softmax in a module
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 3), nn.LogSoftmax(dim=1))
crit = nn.NLLLoss()
crit(net(torch.randn(5, 4)), torch.randint(0, 3, (5,))).backward()

# %% [grad] sigmoid and cross entropy on other heads
torch.manual_seed(0)
body, gate, head = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 3)
x = torch.randn(6, 4)
h = body(x) * torch.sigmoid(gate(x))
F.cross_entropy(head(h), torch.randint(0, 3, (6,))).backward()

# %% [grad] attention softmax inside a classifier
torch.manual_seed(0)
q, k, head = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 3)
x = torch.randn(6, 4)
a = torch.softmax(q(x) @ k(x).t(), -1) @ x
F.cross_entropy(head(a), torch.randint(0, 3, (6,))).backward()

# %% [grad] clip by value between, gradient logging after the step
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(3):
    opt.zero_grad()
    model(torch.randn(4, 3)).pow(2).mean().backward()
    torch.nn.utils.clip_grad_value_(model.parameters(), 0.5)
    opt.step()
    norm = max(p.grad.abs().max().item() for p in model.parameters())

# %% [grad] clipping with accumulation
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(4):
    (model(torch.randn(4, 3)).pow(2).mean() / 2).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    if i % 2 == 1:
        opt.step()
        opt.zero_grad()

# %% [grad] gan that clips the critic
torch.manual_seed(0)
G, D = nn.Linear(2, 2), nn.Linear(2, 1)
og, od = torch.optim.RMSprop(G.parameters()), torch.optim.RMSprop(D.parameters())
for i in range(2):
    fake = G(torch.randn(8, 2)).detach()
    loss = D(fake).mean() - D(torch.randn(8, 2)).mean()
    od.zero_grad()
    loss.backward()
    od.step()
    with torch.no_grad():
        for p in D.parameters():
            p.clamp_(-0.1, 0.1)
    og.zero_grad()
    (-D(G(torch.randn(8, 2))).mean()).backward()
    og.step()

# %% [grad] hypernetwork
torch.manual_seed(0)
class Hyper(nn.Module):
    def __init__(self):
        super().__init__()
        self.gen = nn.Linear(2, 6)
    def forward(self, c, x):
        w = self.gen(c).view(2, 3)
        return F.linear(x, w)
h = Hyper()
h(torch.randn(2), torch.randn(4, 3)).sum().backward()

# %% [grad] lazy layer
torch.manual_seed(0)
net = nn.Sequential(nn.LazyLinear(4), nn.ReLU(), nn.Linear(4, 1))
net(torch.randn(2, 3)).sum().backward()

# %% [grad] learned input inside forward
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 2)
    def forward(self, x):
        x = x.requires_grad_(True)
        u = self.a(x).sum()
        g, = torch.autograd.grad(u, x, create_graph=True)
        return u + g.pow(2).sum()
net = Net()
net(torch.randn(3, 2)).backward()

# %% [grad] parameters in a list that are registered too
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(2, 2))
        self.b = nn.Parameter(torch.zeros(2))
        self.all = [self.w, self.b]
    def forward(self, x):
        return x @ self.w + self.b
net = Net()
net(torch.randn(3, 2)).sum().backward()

# %% [grad] two optimizers in stages
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
x, y = torch.randn(8, 3), torch.randn(8, 1)
for lr in (0.1, 0.01, 0.001):
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    for i in range(3):
        opt.zero_grad()
        F.mse_loss(model(x), y).backward()
        opt.step()

# %% [grad] inner optimizer on a copy per task
torch.manual_seed(0)
import copy
base = nn.Linear(3, 1)
for task in range(4):
    model = copy.deepcopy(base)
    opt = torch.optim.SGD(model.parameters(), lr=0.1)
    opt.zero_grad()
    model(torch.randn(4, 3)).pow(2).mean().backward()
    opt.step()
    with torch.no_grad():
        for b, m in zip(base.parameters(), model.parameters()):
            b += 0.1 * (m - b)

# %% [grad] unfreezing with add_param_group
torch.manual_seed(0)
body, head = nn.Linear(3, 4), nn.Linear(4, 1)
body.requires_grad_(False)
opt = torch.optim.SGD(head.parameters(), lr=0.1)
for i in range(2):
    if i == 1:
        body.requires_grad_(True)
        opt.add_param_group({"params": body.parameters(), "lr": 0.01})
    opt.zero_grad()
    head(body(torch.randn(4, 3))).pow(2).mean().backward()
    opt.step()

# %% [grad] dropout functions under a training loop and eval with the flag
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(3, 3)
        self.d = nn.Dropout(0.5)
    def forward(self, x):
        return self.d(F.dropout(self.l(x), 0.1, self.training))
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(2):
    net.train()
    opt.zero_grad()
    net(torch.randn(4, 3)).pow(2).mean().backward()
    opt.step()
    net.eval()
    with torch.no_grad():
        net(torch.randn(4, 3))

# %% [grad] adversarial training: attack in eval, step in train
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(8, 4), torch.randint(0, 2, (8,))
for i in range(3):
    model.eval()
    xa = x.clone().requires_grad_(True)
    F.cross_entropy(model(xa), y).backward()
    xa = (xa + 0.1 * xa.grad.sign()).detach()
    model.train()
    opt.zero_grad()
    F.cross_entropy(model(xa), y).backward()
    opt.step()

# %% [grad] batch statistics are recalibrated on purpose
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(2):
    opt.zero_grad()
    net(torch.randn(16, 4)).pow(2).mean().backward()
    opt.step()
net.train()
with torch.no_grad():
    for i in range(4):
        net(torch.randn(16, 4))

# %% [grad] dcgan discriminator step with batch norm generator
torch.manual_seed(0)
G = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
D = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
og, od = torch.optim.Adam(G.parameters()), torch.optim.Adam(D.parameters())
one, zero = torch.ones(8, 1), torch.zeros(8, 1)
for i in range(2):
    with torch.no_grad():
        fake = G(torch.randn(8, 4))
    od.zero_grad()
    (F.binary_cross_entropy_with_logits(D(torch.randn(8, 2)), one) + F.binary_cross_entropy_with_logits(D(fake), zero)).backward()
    od.step()
    og.zero_grad()
    F.binary_cross_entropy_with_logits(D(G(torch.randn(8, 4))), one).backward()
    og.step()

# %% [grad] siamese without gradient on one side (simsiam)
torch.manual_seed(0)
enc, pred = nn.Linear(4, 4), nn.Linear(4, 4)
opt = torch.optim.SGD([*enc.parameters(), *pred.parameters()], lr=0.1)
for i in range(2):
    x = torch.randn(8, 4)
    z1, z2 = enc(x + 0.1 * torch.randn_like(x)), enc(x + 0.1 * torch.randn_like(x))
    loss = -F.cosine_similarity(pred(z1), z2.detach()).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()

# %% [grad] vq-vae with straight through and commitment
torch.manual_seed(0)
enc, dec = nn.Linear(4, 2), nn.Linear(2, 4)
book = nn.Embedding(8, 2)
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters(), *book.parameters()])
x = torch.randn(6, 4)
for i in range(2):
    z = enc(x)
    idx = torch.cdist(z, book.weight).argmin(1)
    e = book(idx)
    q = z + (e - z).detach()
    loss = F.mse_loss(dec(q), x) + F.mse_loss(e, z.detach()) + 0.25 * F.mse_loss(z, e.detach())
    opt.zero_grad()
    loss.backward()
    opt.step()

# %% [grad] two phase training with one optimizer
torch.manual_seed(0)
enc, dec, cls = nn.Linear(4, 2), nn.Linear(2, 4), nn.Linear(2, 3)
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters()])
oc = torch.optim.Adam(cls.parameters())
x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
for i in range(2):
    opt.zero_grad()
    F.mse_loss(dec(enc(x)), x).backward()
    opt.step()
for i in range(2):
    oc.zero_grad()
    F.cross_entropy(cls(enc(x).detach()), y).backward()
    oc.step()

# %% [grad] policy gradient with an entropy bonus and a critic in one module
torch.manual_seed(0)
class AC(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.pi, self.v = nn.Linear(4, 8), nn.Linear(8, 2), nn.Linear(8, 1)
    def forward(self, s):
        h = torch.tanh(self.body(s))
        return torch.distributions.Categorical(logits=self.pi(h)), self.v(h).squeeze(-1)
ac = AC()
opt = torch.optim.Adam(ac.parameters(), 1e-2)
for i in range(2):
    d, v = ac(torch.randn(6, 4))
    a = d.sample()
    r = torch.randn(6)
    adv = (r - v).detach()
    loss = -(d.log_prob(a) * adv).mean() + 0.5 * (r - v).pow(2).mean() - 0.01 * d.entropy().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()

# %% [grad] SAC style reparameterised sample with log prob
torch.manual_seed(0)
mu, logstd = nn.Linear(3, 2), nn.Parameter(torch.zeros(2))
d = torch.distributions.Normal(mu(torch.randn(5, 3)), logstd.exp())
a = torch.tanh(d.rsample())
loss = (d.log_prob(torch.atanh(a.clamp(-0.99, 0.99))) - torch.log(1 - a.pow(2) + 1e-6)).sum(-1).mean() + a.pow(2).mean()
loss.backward()

# %% [grad] gradient checkpoint in a training loop with dropout
torch.manual_seed(0)
from torch.utils.checkpoint import checkpoint
block, head = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Dropout(0.1)), nn.Linear(4, 1)
opt = torch.optim.SGD([*block.parameters(), *head.parameters()], lr=0.1)
for i in range(2):
    opt.zero_grad()
    head(checkpoint(block, torch.randn(3, 4), use_reentrant=False)).pow(2).mean().backward()
    opt.step()

# %% [grad] early stopping with a saved buffer
torch.manual_seed(0)
import io
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
buffer = io.BytesIO()
torch.save(model.state_dict(), buffer)
for i in range(2):
    opt.zero_grad()
    model(torch.randn(4, 3)).pow(2).mean().backward()
    opt.step()
buffer.seek(0)
model.load_state_dict(torch.load(buffer))

# %% [grad] equality of predictions and labels, and of a tensor with itself
torch.manual_seed(0)
x = torch.randn(4, requires_grad=True)
print(torch.equal(x, x), (x == x).all())
x.sum().backward()

# %% [grad] nan check x != x after a step
torch.manual_seed(0)
w = torch.randn(3, requires_grad=True)
opt = torch.optim.SGD([w], lr=0.1)
for i in range(2):
    opt.zero_grad()
    w.pow(2).sum().backward()
    opt.step()
    assert not (w != w).any()

# %% [grad] power iteration without gradient beside a loss
torch.manual_seed(0)
W = torch.randn(3, 3, requires_grad=True)
u = torch.randn(3)
with torch.no_grad():
    for i in range(3):
        v = F.normalize(W.t() @ u, dim=0)
        u = F.normalize(W @ v, dim=0)
sigma = u @ W @ v
(W / sigma).pow(2).sum().backward()

# %% [grad] fine tuning in evaluation mode of the backbone only
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU())
        self.head = nn.Linear(8, 2)
    def forward(self, x):
        return self.head(self.backbone(x))
    def train(self, mode=True):
        super().train(mode)
        self.backbone.eval()
        return self
net = Net().train()
opt = torch.optim.SGD(net.parameters(), lr=0.01)
for i in range(2):
    opt.zero_grad()
    F.cross_entropy(net(torch.randn(8, 4)), torch.randint(0, 2, (8,))).backward()
    opt.step()
