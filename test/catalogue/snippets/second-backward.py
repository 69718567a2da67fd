# %% [grad] two losses over one squared tensor
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x ** 2  #~
a = y.sum()
b = (3 * y).sum()
a.backward()  #~
b.backward()  #! autograd/second-backward
#+ Call backward() once, on the sum: (a + b).backward()
#+ retain_graph=True

# %% [grad] two losses that share nothing that was saved
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x + 1
a = y.sum()
a.backward(retain_graph=True)
x.grad = None
a.backward()

# %% [grad] the forward pass stands before the loop
w = torch.tensor(1.0, requires_grad=True)
x = torch.tensor(2.0)
loss = (w * x - 1) ** 2  #~
for step in range(3):
    w.grad = None
    loss.backward()  #! autograd/second-backward
    with torch.no_grad():
        w.sub_(0.1 * w.grad)
#+ Move the forward pass into the loop

# %% [grad] the forward pass stands in the loop
w = torch.tensor(1.0, requires_grad=True)
x = torch.tensor(2.0)
for step in range(3):
    loss = (w * x - 1) ** 2
    w.grad = None
    loss.backward()
    with torch.no_grad():
        w.sub_(0.1 * w.grad)

# %% [grad] a hidden state is carried from step to step
torch.manual_seed(0)
cell = nn.RNNCell(3, 4)
h = torch.zeros(1, 4)
for step in range(3):
    h = cell(torch.randn(1, 3), h)
    cell.zero_grad()
    h.pow(2).sum().backward()  #! autograd/second-backward
#+ h = h.detach()

# %% [grad] a hidden state is carried without its history
torch.manual_seed(0)
cell = nn.RNNCell(3, 4)
h = torch.zeros(1, 4)
for step in range(3):
    h = cell(torch.randn(1, 3), h.detach())
    cell.zero_grad()
    h.pow(2).sum().backward()

# %% [grad] the same result twice
x = torch.tensor(3.0, requires_grad=True)
y = x * x  #~
y.backward()  #~
y.backward()  #! autograd/second-backward
#+ Compute y anew
#+ retain_graph=True

# %% [grad] the same result twice with retain_graph
x = torch.tensor(3.0, requires_grad=True)
y = x * x
y.backward(retain_graph=True)
x.grad = None
y.backward()

# %% [grad] autograd.grad twice
x = torch.tensor(3.0, requires_grad=True)
y = x.exp()  #~
(g,) = torch.autograd.grad(y, x)  #~
(h,) = torch.autograd.grad(y, x)  #! autograd/second-backward
#+ retain_graph=True

# %% [grad] autograd.grad twice with create_graph
x = torch.tensor(3.0, requires_grad=True)
y = x.exp()
(g,) = torch.autograd.grad(y, x, create_graph=True)
(h,) = torch.autograd.grad(g, x)

# %% [grad] generator and discriminator share a fake that was not detached
torch.manual_seed(0)
G = nn.Linear(2, 2)
D = nn.Linear(2, 1)
fake = G(torch.randn(4, 2))
d_loss = D(fake).sigmoid().mean()
d_loss.backward()  #~
g_loss = -fake.pow(2).mean() + D(fake).mean()
g_loss.backward()  #! autograd/second-backward #! autograd/accumulated-gradient
#+

# %% [grad] generator and discriminator with detach
torch.manual_seed(0)
G = nn.Linear(2, 2)
D = nn.Linear(2, 1)
fake = G(torch.randn(4, 2))
d_loss = D(fake.detach()).sigmoid().mean()
d_loss.backward()
D.zero_grad()
g_loss = -D(fake).mean()
g_loss.backward()
