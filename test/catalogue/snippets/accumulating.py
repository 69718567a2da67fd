# %% [grad] a loop without zero_grad
torch.manual_seed(0)
model = nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(8, 2), torch.randn(8, 1)
for epoch in range(3):
    loss = F.mse_loss(model(x), y)
    loss.backward()  #! autograd/accumulated-gradient
    opt.step()  #~
#+ opt.zero_grad()

# %% [grad] a loop with zero_grad
torch.manual_seed(0)
model = nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(8, 2), torch.randn(8, 1)
for epoch in range(3):
    loss = F.mse_loss(model(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()

# %% [grad] a loop by hand without clearing
w = torch.tensor([1.0, -2.0], requires_grad=True)
for step in range(3):
    loss = (w ** 2).sum()
    loss.backward()  #! autograd/accumulated-gradient
    with torch.no_grad():
        w -= 0.1 * w.grad  #~
#+ w.grad = None

# %% [grad] a loop by hand with zero_
w = torch.tensor([1.0, -2.0], requires_grad=True)
for step in range(3):
    loss = (w ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad.zero_()

# %% [grad] two different calls
x = torch.tensor(2.0, requires_grad=True)
y = x ** 2
y.backward()  #~
z = x ** 3
z.backward()  #! autograd/accumulated-gradient
print(x.grad)
#+ x.grad = None

# %% [grad] gradients of small batches are summed on purpose
torch.manual_seed(0)
model = nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    opt.zero_grad()
    for part in torch.randn(4, 2, 2):
        (model(part).pow(2).mean() / 4).backward()
    opt.step()

# %% [grad] a second name for the gradient
x = torch.tensor([1.0, 2.0], requires_grad=True)
(x ** 2).sum().backward()
before = x.grad  #! autograd/gradient-alias
(x ** 3).sum().backward()  #~ #! autograd/accumulated-gradient
print(before, x.grad)
#+ .clone()

# %% [grad] a copy of the gradient
x = torch.tensor([1.0, 2.0], requires_grad=True)
(x ** 2).sum().backward()
before = x.grad.clone()
x.grad = None
(x ** 3).sum().backward()
print(before, x.grad)

# %% [grad] losses are added up with their graphs
w = torch.tensor(2.0, requires_grad=True)
total = 0
for i in range(4):
    loss = (w * i - 1) ** 2
    w.grad = None
    loss.backward()  #~
    total += loss  #! autograd/graph-kept
print(total)
#+ loss.item()
#+ loss.detach()

# %% [grad] losses are added up as numbers
w = torch.tensor(2.0, requires_grad=True)
total = 0
for i in range(4):
    loss = (w * i - 1) ** 2
    w.grad = None
    loss.backward()
    total += loss.item()
print(total)

# %% [grad] losses are added up and backward goes through the sum
w = torch.tensor(2.0, requires_grad=True)
total = 0
for i in range(4):
    total = total + (w * i - 1) ** 2
total.backward()

# %% [grad] backward with create_graph
x = torch.tensor(3.0, requires_grad=True)  #~
y = x ** 3
y.backward(create_graph=True)  #! autograd/create-graph-cycle
z = x.grad ** 2
print(z)
#+ torch.autograd.grad

# %% [grad] autograd.grad with create_graph
x = torch.tensor(3.0, requires_grad=True)
y = x ** 3
(g,) = torch.autograd.grad(y, x, create_graph=True)
z = g ** 2
print(z)

# %% [grad] a list of losses with their graphs
w = torch.tensor(2.0, requires_grad=True)
losses = []
for i in range(4):
    loss = (w * i - 1) ** 2  #! autograd/graph-kept
    w.grad = None
    loss.backward()  #~
    losses.append(loss)
print(len(losses))
#+ loss.item()

# %% [grad] a list of numbers
w = torch.tensor(2.0, requires_grad=True)
losses = []
for i in range(4):
    loss = (w * i - 1) ** 2
    w.grad = None
    loss.backward()
    losses.append(loss.item())

# %% [grad] a list of losses that backward goes through at once
w = torch.tensor(2.0, requires_grad=True)
losses = []
for i in range(4):
    losses.append((w * i - 1) ** 2)
torch.stack(losses).mean().backward()

# %% [grad] an update that makes a new tensor
w = torch.tensor([1.0, 2.0], requires_grad=True)
for step in range(2):
    loss = (w ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad = None
