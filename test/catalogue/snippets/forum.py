# %% [grad] the scheduler steps before the optimizer
torch.manual_seed(0)
model = nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(opt, step_size=2)
for epoch in range(3):
    scheduler.step()  #! optim/scheduler-first
    opt.zero_grad()
    model(torch.randn(4, 2)).pow(2).mean().backward()
    opt.step()  #~
#+ scheduler.step() after opt.step()

# %% [grad] the scheduler steps behind the optimizer
torch.manual_seed(0)
model = nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(opt, step_size=2)
for epoch in range(3):
    opt.zero_grad()
    model(torch.randn(4, 2)).pow(2).mean().backward()
    opt.step()
    scheduler.step()

# %% [grad] LBFGS without a closure
w = torch.tensor([2.0], requires_grad=True)
opt = torch.optim.LBFGS([w], lr=0.5)
loss = ((w - 1) ** 2).sum()
opt.zero_grad()
loss.backward()
opt.step()  #! optim/closure
#+ opt.step(closure)

# %% [grad] LBFGS with a closure
w = torch.tensor([2.0], requires_grad=True)
opt = torch.optim.LBFGS([w], lr=0.5)
def closure():
    opt.zero_grad()
    loss = ((w - 1) ** 2).sum()
    loss.backward()
    return loss
for i in range(2):
    opt.step(closure)

# %% [grad] numpy of a prediction
torch.manual_seed(0)
model = nn.Linear(2, 1)
prediction = model(torch.randn(3, 2))  #~
values = prediction.numpy()  #! autograd/numpy-of-graph
#+ .tolist()

# %% [grad] class numbers that begin at one
torch.manual_seed(0)
logits = nn.Linear(3, 3)(torch.randn(3, 3))  #~
target = torch.tensor([1, 2, 3])  #~
loss = F.cross_entropy(logits, target)  #! tensor/index
loss.backward()
#+ target - 1

# %% [grad] class numbers in range
torch.manual_seed(0)
loss = F.cross_entropy(nn.Linear(3, 3)(torch.randn(3, 3)), torch.tensor([0, 1, 2]))
loss.backward()

# %% [grad] an embedding index that is too large
torch.manual_seed(0)
emb = nn.Embedding(5, 2)  #~
ids = torch.tensor([0, 5])  #~
emb(ids).sum().backward()  #! tensor/index
#+ Make room for 6

# %% [grad] binary cross entropy of an integer target
torch.manual_seed(0)
logits = nn.Linear(3, 1)(torch.randn(3, 3)).squeeze(1)  #~
target = torch.tensor([0, 1, 1])  #~
loss = F.binary_cross_entropy_with_logits(logits, target)  #! tensor/dtype
loss.backward()
#+ 

# %% [grad] binary cross entropy of what is no probability
torch.manual_seed(0)
out = nn.Linear(3, 1)(torch.randn(4, 3))  #~
target = torch.tensor([[0.0], [1.0], [1.0], [0.0]])  #~
loss = F.binary_cross_entropy(out * 5, target)  #! nn/not-a-probability
loss.backward()
#+ with_logits

# %% [grad] a linear layer in the wrong order
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(4, 2))  #~
y = net(torch.randn(3, 4))  #! tensor/shape
y.sum().backward()
#+ nn.Linear(8

# %% [grad] rounding in the middle
w = torch.tensor([0.4, 1.6], requires_grad=True)
q = w.long().float()  #~
loss = (q - 1).pow(2).sum()
loss.backward()  #! autograd/no-grad-root
#+ remove .long

# %% [grad] a loss gathered from numbers
torch.manual_seed(0)
net = nn.Linear(2, 1)
losses = []
for i in range(3):
    losses.append(net(torch.randn(4, 2)).mean().item())  #~
total = torch.tensor(losses).mean()
total.backward()  #! autograd/no-grad-root
#+ torch.stack

# %% [grad] the forward pass under no_grad as a decorator
torch.manual_seed(0)
net = nn.Linear(2, 1)

@torch.no_grad()
def predict(x):
    return net(x)  #~

loss = predict(torch.randn(3, 2)).mean()
loss.backward()  #! autograd/no-grad-root
#+ @torch.no_grad()

# %% [grad] gradient descent in place
w = torch.tensor([3.0], requires_grad=True)  #~
for step in range(3):
    loss = (w - 1).pow(2).sum()
    loss.backward()
    w -= 0.1 * w.grad  #! autograd/leaf-in-place
#+ torch.no_grad()

# %% [grad] the gradient is cleared before there is one
w = torch.tensor([3.0], requires_grad=True)
for step in range(3):
    w.grad.zero_()  #! autograd/none-gradient
    loss = (w - 1).pow(2).sum()
    loss.backward()
#+ w.grad = None

# %% [grad] the hidden state of an LSTM is carried on
torch.manual_seed(0)
rnn = nn.LSTM(2, 3)
opt = torch.optim.SGD(rnn.parameters(), lr=0.1)
state = (torch.zeros(1, 1, 3), torch.zeros(1, 1, 3))
for step in range(3):
    out, state = rnn(torch.randn(4, 1, 2), state)  #~
    loss = out.pow(2).mean()
    opt.zero_grad()
    loss.backward()  #! autograd/second-backward
    opt.step()
#+ each.detach()

# %% [grad] truncated backpropagation
torch.manual_seed(0)
rnn = nn.LSTM(2, 3)
opt = torch.optim.SGD(rnn.parameters(), lr=0.1)
state = (torch.zeros(1, 1, 3), torch.zeros(1, 1, 3))
for step in range(3):
    state = tuple(each.detach() for each in state)
    out, state = rnn(torch.randn(4, 1, 2), state)
    opt.zero_grad()
    out.pow(2).mean().backward()
    opt.step()

# %% [grad] actor and critic share an advantage
torch.manual_seed(0)
actor = nn.Linear(3, 1)
critic = nn.Linear(3, 1)
s = torch.randn(4, 3)
advantage = torch.ones(4, 1) - critic(s)  #~
critic_loss = advantage.pow(2).mean()
critic_loss.backward()  #~
actor_loss = -(actor(s) * advantage).mean()
actor_loss.backward()  #! autograd/second-backward
#+ on the sum

# %% [grad] an inplace relu after a sigmoid
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.ReLU(inplace=True))
y = net(torch.randn(2, 2))  #~
y.sum().backward()  #! autograd/saved-overwritten
#+ inplace=False

# %% [grad] a residual added in place
torch.manual_seed(0)
lin = nn.Linear(2, 2)
x = torch.randn(3, 2)
h = torch.tanh(lin(x))  #~
h += x  #~
h.sum().backward()  #! autograd/saved-overwritten
#+ h = h + x

# %% [grad] rows normalised in place
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
e = x.exp()  #~
e /= e.sum(dim=1, keepdim=True)  #~
e[:, 0].sum().backward()  #! autograd/saved-overwritten
#+ e = e /

# %% [grad] a buffer filled step by step that is used on the way
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
out = torch.zeros(3)
out[0] = x[0]
for i in range(1, 3):
    out[i] = out[i - 1] * x[i]  #~
out.sum().backward()  #! autograd/saved-overwritten
#+ out[i - 1].clone()

# %% [grad] a buffer filled out of place
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
parts = [x[0]]
for i in range(1, 3):
    parts.append(parts[-1] * x[i])
torch.stack(parts).sum().backward()

# %% [grad] a buffer written once
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
out = torch.zeros(3)
for i in range(3):
    out[i] = x[i] * 2
out.sum().backward()

# %% [grad] a masked write into a leaf
w = torch.randn(4, requires_grad=True)  #~
w[w < 0] = 0.0  #! autograd/leaf-in-place
w.sum().backward()
#+ 

# %% [grad] backward of per-sample losses
torch.manual_seed(0)
net = nn.Linear(2, 3)
loss = F.cross_entropy(net(torch.randn(4, 2)), torch.tensor([0, 1, 2, 0]), reduction="none")  #~
loss.backward()  #! autograd/non-scalar-backward
#+ loss.mean()

# %% [grad] a gradient penalty without create_graph
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
x = torch.randn(3, 2, requires_grad=True)
(g,) = torch.autograd.grad(net(x).sum(), x)  #~
penalty = (g.norm(dim=1) - 1).pow(2).mean()
penalty.backward()  #! autograd/no-grad-root
#+ create_graph=True

# %% [grad] an embedding of floats
torch.manual_seed(0)
emb = nn.Embedding(5, 2)
ids = torch.tensor([0.0, 3.0])  #~
emb(ids).sum().backward()  #! tensor/dtype
#+ Write integers

# %% [grad] a distance of a point to itself
p = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
d = (p[:, None] - p[None]).pow(2).sum(-1).sqrt()  #! autograd/non-finite
d.sum().backward()  #~
#+ 

# %% [grad] backward of a list of losses
x = torch.tensor([1.0, 2.0], requires_grad=True)
losses = [(x * 2).sum(), (x * 3).sum()]
losses.backward()  #! autograd/escaped-backward
#+ sum(losses)

# %% [grad] SGD without a list
w = torch.tensor([1.0], requires_grad=True)  #~
opt = torch.optim.SGD(w, lr=0.1)  #! optim/parameters
#+ [w]

# %% [grad] train and eval take turns
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.BatchNorm1d(4), nn.Linear(4, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.01)
x, y = torch.randn(8, 3), torch.randn(8, 1)
for epoch in range(3):
    model.train()
    opt.zero_grad()
    F.mse_loss(model(x), y).backward()
    opt.step()
    model.eval()
    with torch.no_grad():
        print(F.mse_loss(model(x), y).item())

# %% [grad] a saliency map in evaluation mode
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 2)).eval()
x = torch.randn(1, 3, requires_grad=True)
model(x)[0, 1].backward()
print(x.grad)

# %% [grad] a frozen backbone in evaluation mode
torch.manual_seed(0)
backbone = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)).eval().requires_grad_(False)
head = nn.Linear(4, 1)
opt = torch.optim.SGD(head.parameters(), lr=0.1)
loss = head(backbone(torch.randn(5, 3))).pow(2).mean()
loss.backward()
opt.step()

# %% [grad] an accumulation over small batches
torch.manual_seed(0)
model = nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
opt.zero_grad()
for i in range(4):
    loss = model(torch.randn(4, 2)).pow(2).mean() / 4
    loss.backward()
opt.step()
opt.zero_grad()

# %% [grad] a target network
import copy
torch.manual_seed(0)
net = nn.Linear(2, 2)
target = copy.deepcopy(net).requires_grad_(False)
opt = torch.optim.Adam(net.parameters(), lr=0.01)
s = torch.randn(5, 2)
with torch.no_grad():
    best = target(s).max(dim=1).values
loss = F.smooth_l1_loss(net(s)[:, 0], 1 + 0.9 * best)
opt.zero_grad()
loss.backward()
opt.step()
with torch.no_grad():
    for p, q in zip(net.parameters(), target.parameters()):
        q.lerp_(p, 0.1)

# %% [grad] a gan in the right order
torch.manual_seed(0)
G, D = nn.Linear(2, 2), nn.Linear(2, 1)
og, od = torch.optim.SGD(G.parameters(), lr=0.1), torch.optim.SGD(D.parameters(), lr=0.1)
fake = G(torch.randn(4, 2))
od.zero_grad()
(F.softplus(-D(torch.randn(4, 2))).mean() + F.softplus(D(fake.detach())).mean()).backward()
od.step()
og.zero_grad()
F.softplus(-D(fake)).mean().backward()
og.step()

# %% [grad] a straight-through estimator
w = torch.tensor([0.4, 1.6], requires_grad=True)
q = w + (w.round() - w).detach()
(q - 1).pow(2).sum().backward()

# %% [grad] reinforce
torch.manual_seed(0)
policy = nn.Linear(3, 2)
logp = F.log_softmax(policy(torch.randn(4, 3)), dim=1)
action = logp.detach().argmax(dim=1)
reward = torch.tensor([1.0, -1.0, 0.5, 0.0])
loss = -(logp.gather(1, action[:, None]).squeeze(1) * reward).mean()
loss.backward()

# %% [grad] accuracy beside the loss
torch.manual_seed(0)
net = nn.Linear(3, 2)
y = torch.tensor([0, 1, 1, 0])
logits = net(torch.randn(4, 3))
accuracy = (logits.argmax(1) == y).float().mean().item()
F.cross_entropy(logits, y).backward()
print(accuracy)

# %% [grad] running loss as a number
torch.manual_seed(0)
net = nn.Linear(2, 1)
opt = torch.optim.Adam(net.parameters(), lr=0.01)
running = 0.0
for i in range(5):
    opt.zero_grad(set_to_none=True)
    loss = net(torch.randn(4, 2)).pow(2).mean()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
    running += loss.item()
print(running / 5)

# %% [grad] gradient descent by hand
w = torch.tensor([3.0], requires_grad=True)
for step in range(3):
    loss = (w - 1).pow(2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad = None

# %% [grad] two losses with weights
torch.manual_seed(0)
net = nn.Linear(2, 2)
a, b = net(torch.randn(4, 2)).unbind(1)
(a.pow(2).mean() + 0.5 * b.abs().mean()).backward()

# %% [grad] hessian diagonal
x = torch.tensor([1.0, 2.0], requires_grad=True)
(g,) = torch.autograd.grad((x ** 3).sum(), x, create_graph=True)
h = [torch.autograd.grad(g[i], x, retain_graph=True)[0][i] for i in range(2)]
print(h)

# %% [grad] masked mean
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
mask = torch.tensor([1.0, 0.0, 1.0])
((x * mask).sum() / mask.sum()).backward()

# %% [grad] a safe square root
x = torch.tensor([0.0, 4.0], requires_grad=True)
safe = torch.where(x > 0, x, torch.ones_like(x))
torch.where(x > 0, safe.sqrt(), torch.zeros_like(x)).sum().backward()

# %% [grad] a monte carlo dropout
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5), nn.Linear(3, 1))
samples = torch.stack([net(torch.ones(1, 2)) for i in range(4)])
samples.var(0).sum().backward()

# %% [grad] tied weights
torch.manual_seed(0)
class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(6, 3)
        self.out = nn.Linear(3, 6, bias=False)
        self.out.weight = self.emb.weight

    def forward(self, ids):
        return self.out(self.emb(ids))

net = Tied()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
F.cross_entropy(net(torch.tensor([1, 2])), torch.tensor([2, 3])).backward()
opt.step()

# %% [grad] weights initialised without gradient
w = torch.empty(3, 2, requires_grad=True)
nn.init.normal_(w, 0, 0.02)
w.pow(2).sum().backward()

# %% [grad] warm-up by hand
w = torch.tensor([1.0], requires_grad=True)
opt = torch.optim.SGD([w], lr=0.0)
for step in range(3):
    for group in opt.param_groups:
        group["lr"] = 0.1 * (step + 1) / 3
    opt.zero_grad()
    (w ** 2).sum().backward()
    opt.step()
