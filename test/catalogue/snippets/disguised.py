# %% [grad] requires_grad is set on a loss that was detached
torch.manual_seed(0)
model = nn.Linear(2, 1)
out = model(torch.randn(4, 2)).detach()  #~
loss = out.mean()
loss.requires_grad = True  #~
loss.backward()  #! autograd/leaf-root
#+ remove .detach()

# %% [grad] requires_grad is set on data
x = torch.tensor(2.0)
x.requires_grad = True
y = x * 1
y.backward()

# %% [grad] the gradient of an input that was normalised
x = torch.rand(3)
x = (x - 0.5) / 2
x.requires_grad_()
(x ** 2).sum().backward()

# %% [grad] zero_ before the first backward
w = torch.ones(2, requires_grad=True)
for step in range(2):
    loss = (w ** 2).sum()
    w.grad.zero_()  #! autograd/none-gradient
    loss.backward()
#+ w.grad = None

# %% [grad] zero_ after backward
w = torch.ones(2, requires_grad=True)
for step in range(2):
    loss = (w ** 2).sum()
    if w.grad is not None:
        w.grad.zero_()
    loss.backward()

# %% [grad] the update makes a new tensor
w = torch.ones(2, requires_grad=True)
for step in range(2):
    loss = (w ** 2).sum()
    loss.backward()
    w = w - 0.1 * w.grad  #! autograd/none-gradient #! autograd/non-leaf-grad #~
#+ w -= 0.1 * w.grad

# %% [grad] numbers are taken out inside the list
preds = [torch.tensor(0.3, requires_grad=True), torch.tensor(0.7, requires_grad=True)]
loss = torch.tensor([p.item() ** 2 for p in preds]).mean()  #~
loss.backward()  #! autograd/no-grad-root
#+ torch.stack

# %% [grad] an unrolled state goes through the optimizer
torch.manual_seed(0)
cell = nn.Linear(7, 4)
opt = torch.optim.SGD(cell.parameters(), lr=0.1)
hidden = torch.zeros(1, 4)
for step in range(3):
    opt.zero_grad()
    hidden = torch.tanh(cell(torch.cat([torch.randn(1, 3), hidden], 1)))  #~
    loss = hidden.pow(2).mean()
    loss.backward()  #! autograd/second-backward
    opt.step()
#+ hidden = hidden.detach()

# %% [grad] a tuple of states
torch.manual_seed(0)
lstm = nn.LSTM(3, 4)
state = (torch.zeros(1, 1, 4), torch.zeros(1, 1, 4))
for step in range(2):
    lstm.zero_grad()
    out, state = lstm(torch.randn(5, 1, 3), state)
    out.pow(2).mean().backward()  #! autograd/second-backward
#+ tuple(each.detach() for each in state)

# %% [grad] a running total is where backward starts
torch.manual_seed(0)
model = nn.Linear(2, 1)
total = 0
for i in range(3):
    loss = model(torch.randn(4, 2)).pow(2).mean()  #~
    total += loss
    model.zero_grad()
    total.backward()  #! autograd/second-backward
#+ loss.backward()

# %% [grad] the discriminator reaches into the generator
torch.manual_seed(0)
G, D = nn.Linear(4, 2), nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
fake = G(torch.randn(6, 4))
d_loss = F.binary_cross_entropy(D(fake), torch.zeros(6, 1))
d_loss.backward()  #~
D.zero_grad()
g_loss = F.binary_cross_entropy(D(fake), torch.ones(6, 1))
g_loss.backward()  #! autograd/second-backward
#+ fake.detach()

# %% [grad] an unrolled state goes through weights that were updated
torch.manual_seed(0)
rnn = nn.Linear(7, 4)
head = nn.Linear(7, 1)
opt = torch.optim.SGD([*rnn.parameters(), *head.parameters()], lr=0.1)
hidden = torch.zeros(1, 4)
for step in range(3):
    opt.zero_grad()
    both = torch.cat([torch.randn(1, 3), hidden], 1)
    hidden = rnn(both)  #~
    loss = head(both).mean()
    loss.backward()  #! autograd/saved-overwritten
    opt.step()  #~
#+ hidden = hidden.detach()

# %% [grad] through a list of numbers and back
torch.manual_seed(0)
w = torch.tensor([1.0, 2.0], requires_grad=True)  #~
v = torch.tensor([3.0, 4.0], requires_grad=True)
h = torch.tensor((w * 2).tolist())  #! autograd/escaped-value
(h * v).sum().backward()
#+ itself

# %% [grad] a learning rate at which the loss overflows
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(1, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.SGD(net.parameters(), lr=1.0)
x = torch.linspace(-5, 5, 32).unsqueeze(1)
y = x ** 2
for i in range(60):
    loss = F.mse_loss(net(x), y)  #! autograd/non-finite
    opt.zero_grad()
    loss.backward()
    opt.step()
#+ lr=0.01
