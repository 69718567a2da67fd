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
