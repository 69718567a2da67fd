# %% [grad] optimizer.step without parentheses
torch.manual_seed(0)
model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(8, 3), torch.randn(8, 1)
for epoch in range(3):
    optimizer.zero_grad()
    loss = F.mse_loss(model(x), y)
    loss.backward()
    optimizer.step  #! python/not-called
#+ Call it: optimizer.step()

# %% [grad] loss.backward without parentheses
model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(8, 3), torch.randn(8, 1)
for epoch in range(3):
    optimizer.zero_grad()
    loss = F.mse_loss(model(x), y)
    loss.backward  #! python/not-called
    optimizer.step()
#+ Call it: loss.backward()

# %% [grad] zero_grad without parentheses
model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(8, 3), torch.randn(8, 1)
for epoch in range(3):
    optimizer.zero_grad  #! python/not-called
    loss = F.mse_loss(model(x), y)
    loss.backward()  #! autograd/accumulated-gradient
    optimizer.step()
#+ Call it: optimizer.zero_grad()

# %% [grad] criterion called as constructor
model = nn.Linear(3, 1)
x, y = torch.randn(8, 3), torch.randn(8, 1)  #~
loss = nn.MSELoss(model(x), y)  #! tensor/truth-value #~
loss.backward()
#+ Make the module first, then call it: nn.MSELoss()(...)

# %% [grad] criterion class not instantiated
model = nn.Linear(3, 4)
criterion = nn.CrossEntropyLoss
x, y = torch.randn(8, 3), torch.randint(0, 4, (8,))  #~
loss = criterion(model(x), y)  #! tensor/truth-value #~
loss.backward()
#+ Make the module first: nn.CrossEntropyLoss()

# %% [grad] no_grad without parentheses
w = torch.ones(2, requires_grad=True)
(w ** 2).sum().backward()
with torch.no_grad:  #! python/TypeError
    w -= 0.1 * w.grad
#+ Call it: torch.no_grad()

# %% [grad] forgotten model.train after validation
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 1))
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
x, y = torch.randn(32, 4), torch.randn(32, 1)
for epoch in range(3):
    opt.zero_grad()
    loss = F.mse_loss(model(x), y)  #~
    loss.backward()  #~
    opt.step()  #! nn/training-in-evaluation-mode
    model.eval()  #~
    with torch.no_grad():
        print(F.mse_loss(model(x), y))
#+ Switch back to training: model.train()

# %% [grad] BatchNorm net trained in eval
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 8)
        self.bn = nn.BatchNorm1d(8)
        self.out = nn.Linear(8, 2)
    def forward(self, x):
        return self.out(F.relu(self.bn(self.fc(x))))  #~
net = Net()
net.eval()  #~
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
x, y = torch.randn(16, 4), torch.randint(0, 2, (16,))
for i in range(3):
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()  #~
    optimizer.step()  #! nn/training-in-evaluation-mode
#+ Switch back to training: net.train()

# %% [grad] evaluation of BatchNorm in training mode
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
x, y = torch.randn(16, 4), torch.randint(0, 2, (16,))
for i in range(3):
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()
    optimizer.step()
with torch.no_grad():  #~
    acc = (net(x).argmax(1) == y).float().mean()  #! nn/evaluating-in-training-mode
print(acc)
#+ Call net.eval() before

# %% [grad] F.dropout without training flag
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 8)
        self.fc2 = nn.Linear(8, 1)
    def forward(self, x):
        x = F.relu(self.fc1(x))
        x = F.dropout(x, 0.5)  #! nn/dropout-always-on
        return self.fc2(x)
net = Net()
net.eval()  #~
with torch.no_grad():
    print(net(torch.ones(1, 4)))
#+ Let it follow train() and eval(): training=self.training

# %% [grad] layer added after optimizer
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
opt = torch.optim.SGD(model.parameters(), lr=0.1)  #~
model.append(nn.Linear(8, 1))  #! optim/stale-parameters
x, y = torch.randn(8, 4), torch.randn(8, 1)
for i in range(3):
    opt.zero_grad()
    F.mse_loss(model(x), y).backward()
    opt.step()
#+ Make the optimizer after it

# %% [grad] head replaced after optimizer
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 8)
        self.head = nn.Linear(8, 10)  #~
    def forward(self, x):
        return self.head(torch.relu(self.body(x)))
net = Net()
opt = torch.optim.Adam(net.parameters())  #~
net.head = nn.Linear(8, 2)  #! optim/stale-parameters
x, y = torch.randn(8, 4), torch.randint(0, 2, (8,))
for i in range(3):
    opt.zero_grad()
    F.cross_entropy(net(x), y).backward()
    opt.step()
#+ Make the optimizer after it

# %% [grad] backward in the no_grad block
model = nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
with torch.no_grad():
    out = model(torch.randn(4, 2))  #~
    loss = out.mean()
    loss.backward()  #! autograd/no-grad-root
    opt.step()
#+ Record it: move it out of the with block

# %% [grad] nll_loss with raw scores
torch.manual_seed(0)
model = nn.Linear(4, 3)
x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
loss = F.nll_loss(model(x), y)  #! nn/log-probabilities #~
loss.backward()
#+ Use the loss that takes the log_softmax itself: cross_entropy

# %% [grad] NLLLoss with log of nothing, module
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
criterion = nn.NLLLoss()
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
for i in range(5):
    opt.zero_grad()
    loss = criterion(model(x), y)  #! nn/log-probabilities #~
    loss.backward()
    opt.step()
print(loss)
#+ Use the loss that takes the log_softmax itself: nn.CrossEntropyLoss

# %% [grad] kl_div of probabilities
torch.manual_seed(0)
logits = torch.randn(4, 3, requires_grad=True)
target = torch.softmax(torch.randn(4, 3), 1)
loss = F.kl_div(torch.softmax(logits, 1), target, reduction='batchmean')  #! nn/log-probabilities #~
loss.backward()
#+ Give it logarithms: log_softmax

# %% [grad] sigmoid before cross entropy
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 3), nn.Sigmoid())
x, y = torch.randn(8, 4), torch.randint(0, 3, (8,))
loss = nn.CrossEntropyLoss()(model(x), y)  #! nn/double-softmax #~
loss.backward()
#+ Give it the scores: remove the sigmoid layer

# %% [grad] round in the loss
torch.manual_seed(0)
model = nn.Linear(3, 1)
x, y = torch.randn(8, 3), torch.randint(0, 3, (8, 1)).float()
pred = torch.round(model(x))  #! autograd/flat-operator #~
loss = F.mse_loss(pred, y)
loss.backward()  #~
print(model.weight.grad)
#+ Let the gradient pass it, straight through: pred + (torch.round(pred) - pred).detach()

# %% [grad] sign accuracy as a loss
torch.manual_seed(0)
w = torch.randn(3, requires_grad=True)
x, y = torch.randn(8, 3), torch.sign(torch.randn(8))
loss = (torch.sign(x @ w) - y).abs().mean()  #! autograd/flat-operator #~
loss.backward()  #~
print(w.grad)
#+ Take a smooth step: torch.tanh

# %% [grad] threshold by comparison
torch.manual_seed(0)
w = torch.randn(3, requires_grad=True)
x, y = torch.randn(8, 3), torch.randint(0, 2, (8,)).float()
pred = (torch.sigmoid(x @ w) > 0.5).float()  #~
loss = F.binary_cross_entropy(pred, y)
loss.backward()  #! autograd/no-grad-root
#+ Compute the loss from the numbers themselves: torch.sigmoid(x @ w)

# %% [grad] loop variable rebinding
torch.manual_seed(0)
model = nn.Linear(3, 1)  #~
x, y = torch.randn(8, 3), torch.randn(8, 1)
for step in range(3):
    model.zero_grad()
    loss = F.mse_loss(model(x), y)
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():  #~
            p = p - 0.1 * p.grad  #! optim/update-lost
#+ Change it in place, without recording: p -= 0.1 * p.grad

# %% [grad] best state without copy
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(8, 3), torch.randn(8, 1)
best, best_state = float('inf'), None
for step in range(5):
    opt.zero_grad()
    loss = F.mse_loss(model(x), y)
    if loss.item() < best:
        best = loss.item()
        best_state = model.state_dict()  #~
    loss.backward()
    opt.step()  #~
model.load_state_dict(best_state)  #! nn/state-dict-alias
#+ Keep copies of the values: value.clone()

# %% [grad] weights before and after are the same memory
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
before = model.weight.data  #~
F.mse_loss(model(torch.randn(8, 3)), torch.randn(8, 1)).backward()
opt.step()  #~
after = model.weight.data
print(torch.equal(before, after))  #! tensor/same-memory
#+ Keep the values of now: .clone()

# %% [grad] list of parameters before
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
old = [p for p in model.parameters()]  #~
F.mse_loss(model(torch.randn(8, 3)), torch.randn(8, 1)).backward()
opt.step()  #~
for a, b in zip(old, model.parameters()):
    print((a - b).abs().max())  #! tensor/same-memory
#+ Keep copies: .detach().clone()

# %% [grad] clip before backward
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(8, 3), torch.randn(8, 1)
for i in range(3):
    opt.zero_grad()
    loss = F.mse_loss(model(x), y)
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)  #! optim/clip-order
    loss.backward()  #~
    opt.step()  #~
#+ Clip between backward() and step()

# %% [grad] clip after step
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = 10 * torch.randn(8, 3), 10 * torch.randn(8, 1)
for i in range(3):
    opt.zero_grad()
    loss = F.mse_loss(model(x), y)
    loss.backward()  #~
    opt.step()  #~
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)  #! optim/clip-order
#+ Clip between backward() and step()

# %% [grad] layer in forward
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 8)
    def forward(self, x):
        x = torch.relu(self.fc(x))
        out = nn.Linear(8, 1)  #! nn/layer-in-forward
        return out(x)
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
x, y = torch.randn(8, 4), torch.randn(8, 1)
for i in range(3):
    opt.zero_grad()
    F.mse_loss(net(x), y).backward()  #~
    opt.step()
#+ Make it once, in __init__: self.out = nn.Linear(8, 1)

# %% [grad] parameters in a plain list
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.weights = [nn.Parameter(torch.randn(3, 3)) for _ in range(2)]  #! nn/unregistered-tensor
    def forward(self, x):
        for w in self.weights:
            x = torch.tanh(x @ w)
        return x * self.scale
net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
loss = net(torch.randn(8, 3)).pow(2).mean()
loss.backward()
opt.step()
#+ Register the parameters: nn.ParameterList

# %% [grad] Variable with requires_grad around the loss
model = nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
pred = model(torch.randn(4, 2))
loss = torch.autograd.Variable(F.mse_loss(pred, torch.zeros(4, 1)).data, requires_grad=True)  #~
opt.zero_grad()
loss.backward()  #! autograd/leaf-root
opt.step()  #! optim/step-without-gradient
#+ Stay in the graph: F.mse_loss(pred, torch.zeros(4, 1)) itself

# %% [grad] hidden state across batches
torch.manual_seed(0)
rnn = nn.GRU(3, 4, batch_first=True)
head = nn.Linear(4, 1)
opt = torch.optim.Adam(list(rnn.parameters()) + list(head.parameters()))
h = torch.zeros(1, 2, 4)
for i in range(3):
    x, y = torch.randn(2, 5, 3), torch.randn(2, 1)
    out, h = rnn(x, h)  #~
    loss = F.mse_loss(head(out[:, -1]), y)
    opt.zero_grad()
    loss.backward()  #! autograd/second-backward #~
    opt.step()
#+ Start each round without the history of h: h = h.detach()

# %% [grad] hidden state kept on self
torch.manual_seed(0)
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.RNNCell(3, 4)
        self.out = nn.Linear(4, 1)
        self.h = torch.zeros(2, 4)
    def forward(self, x):
        self.h = self.cell(x, self.h)  #~
        return self.out(self.h)
model = Model()
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(2):
    opt.zero_grad()
    loss = model(torch.randn(2, 3)).pow(2).mean()
    loss.backward()  #! autograd/second-backward #~
    opt.step()
#+ Start each call without the history of self.h: self.h.detach()

# %% [grad] target shape in a trained loop
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(8, 3)
y = x.sum(1)  #~
for i in range(3):
    opt.zero_grad()
    loss = ((model(x) - y) ** 2).mean()  #! nn/loss-broadcast #~
    loss.backward()
    opt.step()
#+ Give y the shape of model(x): .view_as(model(x))

# %% [grad] optimizer given the wrong model
torch.manual_seed(0)
net_a, net_b = nn.Linear(3, 3), nn.Linear(3, 1)
opt = torch.optim.SGD(net_a.parameters(), lr=0.1)  #~
x, y = torch.randn(8, 3), torch.randn(8, 1)
for i in range(3):
    opt.zero_grad()
    loss = F.mse_loss(net_b(x), y)
    loss.backward()  #~
    opt.step()  #! optim/step-without-gradient
#+ Give it the parameters of net_b

# %% [grad] frozen everything then train head forgotten
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
for p in model.parameters():
    p.requires_grad = False  #~
opt = torch.optim.SGD(model.parameters(), lr=0.1)
loss = F.cross_entropy(model(torch.randn(4, 4)), torch.tensor([0, 1, 0, 1]))
loss.backward()  #! autograd/no-grad-root
#+ Let it require grad: remove the loop that freezes it

# %% [grad] list passed to torch.tensor in policy gradient
torch.manual_seed(0)
policy = nn.Linear(4, 2)
log_probs, rewards = [], [1.0, 0.5, 2.0]
for t in range(3):
    dist = torch.distributions.Categorical(logits=policy(torch.randn(4)))
    a = dist.sample()
    log_probs.append(dist.log_prob(a))
loss = -(torch.tensor(log_probs) * torch.tensor(rewards)).sum()  #~
loss.backward()  #! autograd/no-grad-root
#+ Keep the graph: torch.stack

# %% [grad] rsample vs sample
torch.manual_seed(0)
mu = torch.zeros(3, requires_grad=True)
sigma = torch.ones(3, requires_grad=True)
z = torch.distributions.Normal(mu, sigma).sample()  #~
loss = (z - 1).pow(2).mean()
loss.backward()  #! autograd/no-grad-root
#+ Draw so that gradients pass: rsample()

# %% [grad] DQN target not detached is fine but in-place target
torch.manual_seed(0)
q = nn.Linear(4, 2)
s, a, r = torch.randn(8, 4), torch.randint(0, 2, (8,)), torch.randn(8)
qs = q(s)
target = qs  #~
target[torch.arange(8), a] = r  #~
loss = F.mse_loss(qs, target)  #! tensor/same-memory
loss.backward()
print(q.weight.grad)
#+ Keep the values of now: .detach().clone()

# %% [grad] softmax in-place subtraction
torch.manual_seed(0)
x = torch.randn(3, requires_grad=True)
p = torch.softmax(x, 0)  #~
p -= p.mean()  #~
p.pow(2).sum().backward()  #! autograd/saved-overwritten #~
#+ Make a new tensor: p = p - p.mean()

# %% [grad] sqrt of zero distance
a = torch.zeros(3, requires_grad=True)
b = torch.zeros(3)
d = torch.sqrt(((a - b) ** 2).sum())  #! autograd/non-finite #~
d.backward()  #~
print(a.grad)
#+ Use (a - b).norm(): its gradient at zero is zero

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
