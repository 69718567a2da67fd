# %% [grad] a squared tensor is changed by +=
x = torch.tensor([1.0, 2.0], requires_grad=True)
h = x * 2
s = h ** 2  #~
h += 1  #~
s.sum().backward()  #! autograd/saved-overwritten
#+ Make a new tensor: h = h + 1
#+ x.grad becomes tensor([8., 16.])

# %% [grad] a sum is changed by *=
x = torch.tensor([1.0, 2.0], requires_grad=True)
h = x + 1
h *= 2
h.sum().backward()

# %% [grad] exp_ in place after it was saved
x = torch.tensor([0.5, 1.0], requires_grad=True)
y = x * 3
z = torch.sigmoid(y)  #~
z.exp_()  #~
z.sum().backward()  #! autograd/saved-overwritten
#+ z = z.exp

# %% [grad] exp out of place
x = torch.tensor([0.5, 1.0], requires_grad=True)
y = x * 3
z = torch.sigmoid(y)
z = z.exp()
z.sum().backward()

# %% [grad] relu with inplace=True on a saved tensor
torch.manual_seed(0)
x = torch.randn(4, requires_grad=True)
h = x.exp()
y = F.relu(h - 1) * h  #~
a = F.relu(h, inplace=True)  #~
(y + a).sum().backward()  #! autograd/saved-overwritten
#+ inplace=False

# %% [grad] relu with inplace=True on a tensor that nobody saved
torch.manual_seed(0)
x = torch.randn(4, requires_grad=True)
h = x * 2
a = F.relu(h, inplace=True)
a.sum().backward()

# %% [grad] nn.ReLU(inplace=True) behind a skip connection
torch.manual_seed(0)
conv = nn.Linear(3, 3)
act = nn.ReLU(inplace=True)
x = torch.randn(2, 3)
h = torch.tanh(conv(x))  #~
out = act(h) + h ** 2  #~
out.sum().backward()  #! autograd/saved-overwritten
#+ inplace=False

# %% [grad] nn.ReLU behind a skip connection
torch.manual_seed(0)
conv = nn.Linear(3, 3)
act = nn.ReLU()
x = torch.randn(2, 3)
h = torch.tanh(conv(x))
out = act(h) + h ** 2
out.sum().backward()

# %% [grad] an element is written after the product
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
h = x * 1.0
p = h * h  #~
h[0] = 0.0  #~
p.sum().backward()  #! autograd/saved-overwritten
#+ Change a copy: h = h.clone()

# %% [grad] an element is written before the product
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
h = x * 1.0
h[0] = 0.0
p = h * h
p.sum().backward()

# %% [grad] step() between two backward passes
torch.manual_seed(0)
a = nn.Linear(2, 2)
b = nn.Linear(2, 1)
opt = torch.optim.SGD([*a.parameters(), *b.parameters()], lr=0.1)
h = a(torch.randn(3, 2))
one = b(h).mean()
two = b(h).pow(2).mean()
one.backward(retain_graph=True)
opt.step()  #~
two.backward()  #! autograd/saved-overwritten
#+ Move step() behind the backward pass

# %% [grad] step() after two backward passes
torch.manual_seed(0)
a = nn.Linear(2, 2)
b = nn.Linear(2, 1)
opt = torch.optim.SGD([*a.parameters(), *b.parameters()], lr=0.1)
h = a(torch.randn(3, 2))
one = b(h).mean()
two = b(h).pow(2).mean()
(one + two).backward()
opt.step()

# %% [grad] weights are updated by hand before backward
w = torch.tensor([1.0, 2.0], requires_grad=True)
loss = (w ** 2).sum()  #~
with torch.no_grad():
    w -= 0.1  #~
loss.backward()  #! autograd/saved-overwritten
#+ Move the change behind the backward pass
#+ Compute loss anew

# %% [grad] weights are updated by hand after backward
w = torch.tensor([1.0, 2.0], requires_grad=True)
loss = (w ** 2).sum()
loss.backward()
with torch.no_grad():
    w -= 0.1 * w.grad

# %% [grad] rows are filled into one buffer
x = torch.tensor([1.0, 2.0], requires_grad=True)
buffer = torch.zeros(2)
total = 0.0
for i in range(2):
    buffer[i] = x[i] * 2  #~
    total = total + (buffer ** 2).sum()  #~
total.backward()  #! autograd/saved-overwritten
#+ buffer = buffer.clone()

# %% [grad] rows are filled into one buffer that is used once
x = torch.tensor([1.0, 2.0], requires_grad=True)
buffer = torch.zeros(2)
for i in range(2):
    buffer[i] = x[i] * 2
total = (buffer ** 2).sum()
total.backward()

# %% [grad] normalised in place
x = torch.tensor([3.0, 4.0], requires_grad=True)
v = x * 1
n = v.norm()  #~
v /= n  #~
v.sum().backward()  #! autograd/saved-overwritten
#+ v = v / n

# %% [grad] normalised out of place
x = torch.tensor([3.0, 4.0], requires_grad=True)
v = x * 1
v = v / v.norm()
v.sum().backward()
