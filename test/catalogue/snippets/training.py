# %% [grad] step before backward
torch.manual_seed(0)
model = nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(4, 2)
loss = model(x).pow(2).mean()
opt.step()  #! optim/step-without-gradient
loss.backward()  #~
#+ Call step() after backward()

# %% [grad] backward before step
torch.manual_seed(0)
model = nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(4, 2)
loss = model(x).pow(2).mean()
loss.backward()
opt.step()

# %% [grad] cleared between backward and step
torch.manual_seed(0)
model = nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(4, 2)
for epoch in range(3):
    loss = model(x).pow(2).mean()
    loss.backward()  #~
    opt.zero_grad()  #~
    opt.step()  #! optim/cleared-before-step
#+ Clear the gradients before backward()

# %% [grad] cleared after step
torch.manual_seed(0)
model = nn.Linear(2, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(4, 2)
for epoch in range(3):
    loss = model(x).pow(2).mean()
    loss.backward()
    opt.step()
    opt.zero_grad()

# %% [grad] a layer replaced after the optimizer was made
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.1)  #~
model[2] = nn.Linear(3, 2)  #! optim/stale-parameters
loss = model(torch.randn(4, 2)).pow(2).mean()
loss.backward()
opt.step()
#+ Make the optimizer after it

# %% [grad] a layer replaced before the optimizer was made
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
model[2] = nn.Linear(3, 2)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
loss = model(torch.randn(4, 2)).pow(2).mean()
loss.backward()
opt.step()

# %% [grad] modules in a plain list
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 2), nn.Linear(2, 2)]  #! nn/unregistered-modules
        self.head = nn.Linear(2, 1)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x).relu()
        return self.head(x)

net = Net()
net(torch.randn(3, 2)).sum().backward()
#+ nn.ModuleList

# %% [grad] modules in nn.ModuleList
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2)])
        self.sizes = [2, 2, 1]
        self.head = nn.Linear(2, 1)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x).relu()
        return self.head(x)

net = Net()
net(torch.randn(3, 2)).sum().backward()

# %% [grad] a tensor that is no parameter
class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.factor = torch.ones(1, requires_grad=True)  #! nn/unregistered-tensor

    def forward(self, x):
        return x * self.factor

scale = Scale()
scale(torch.randn(3)).sum().backward()
#+ nn.Parameter

# %% [grad] a tensor that is a parameter, and a constant
class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.factor = nn.Parameter(torch.ones(1))
        self.offset = torch.zeros(1)

    def forward(self, x):
        return x * self.factor + self.offset

scale = Scale()
scale(torch.randn(3)).sum().backward()

# %% [grad] module.requires_grad = False
torch.manual_seed(0)
backbone = nn.Linear(2, 2)
head = nn.Linear(2, 1)
backbone.requires_grad = False  #! nn/frozen-attribute
head(backbone(torch.randn(3, 2))).sum().backward()
#+ backbone.requires_grad_(False)

# %% [grad] module.requires_grad_(False)
torch.manual_seed(0)
backbone = nn.Linear(2, 2)
head = nn.Linear(2, 1)
backbone.requires_grad_(False)
head(backbone(torch.randn(3, 2))).sum().backward()

# %% [grad] a layer that forward forgets
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.used = nn.Linear(2, 1)
        self.forgotten = nn.Linear(2, 1)  #! nn/unused-parameter

    def forward(self, x):
        return self.used(x)

net = Net()
net(torch.randn(3, 2)).sum().backward()  #~

# %% [grad] a layer that forward uses twice
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.used = nn.Linear(2, 2)

    def forward(self, x):
        return self.used(self.used(x))

net = Net()
net(torch.randn(3, 2)).sum().backward()

# %% [grad] an optimizer without parameters
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 2)]  #! nn/unregistered-modules

net = Net()
opt = torch.optim.SGD(net.parameters(), lr=0.1)  #! optim/parameters

# %% [grad] an optimizer of a non-leaf
w = torch.randn(3, requires_grad=True) * 0.1  #~
opt = torch.optim.SGD([w], lr=0.1)  #! optim/parameters
#+ .requires_grad_()

# %% [grad] an optimizer of a leaf
w = (torch.randn(3) * 0.1).requires_grad_()
opt = torch.optim.SGD([w], lr=0.1)

# %% [grad] backward of a float
x = torch.tensor(2.0, requires_grad=True)
loss = ((x - 1) ** 2).item()  #~
loss.backward()  #! autograd/escaped-backward
#+ remove .item()

# %% [grad] a custom function with too few gradients
class Mul(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, grad):  #~
        a, b = ctx.saved_tensors
        return grad * b

a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
c = Mul.apply(a, b)  #~
c.backward()  #! autograd/custom-function

# %% [grad] a custom function with a gradient of another shape
class Total(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        return a.sum()

    @staticmethod
    def backward(ctx, grad):  #~
        return grad * torch.ones(5)

a = torch.ones(3, requires_grad=True)
Total.apply(a).backward()  #! autograd/custom-function #~

# %% [grad] a custom function that fits
class Mul(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, grad):
        a, b = ctx.saved_tensors
        return grad * b, grad * a

a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
c = Mul.apply(a, b)
c.backward()

# %% [grad] deepcopy of a result
import copy

x = torch.ones(2, requires_grad=True)
y = x * 2  #~
z = copy.deepcopy(y)  #! autograd/non-leaf-deepcopy
#+ .detach().clone()

# %% [grad] deepcopy of a leaf
import copy

x = torch.ones(2, requires_grad=True)
z = copy.deepcopy(x)
z.sum().backward()

# %% [grad] a gradient of another size is assigned
x = torch.ones(2, requires_grad=True)  #~
x.grad = torch.ones(3)  #! autograd/grad-assigned

# %% [grad] a state_dict of another size
a = nn.Linear(2, 1)
b = nn.Linear(3, 1)
b.load_state_dict(a.state_dict())  #! nn/state-dict

# %% [grad] a batch of one
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
x = torch.randn(1, 2)  #~
y = net(x)  #! nn/batch-of-one
#+ net.eval()

# %% [grad] a batch of two
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
y = net(torch.randn(2, 2))
y.sum().backward()

# %% [grad] dropout in an evaluation
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5), nn.Linear(3, 1))
with torch.no_grad():  #~
    print(net(torch.randn(2, 2)).shape)  #! nn/evaluating-in-training-mode
#+ net.eval()

# %% [grad] no dropout in an evaluation
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5), nn.Linear(3, 1))
net.eval()
with torch.no_grad():
    print(net(torch.randn(2, 2)).shape)

# %% [grad] steps that are too large
w = torch.tensor([5.0], requires_grad=True)
opt = torch.optim.SGD([w], lr=3.0)
for step in range(20):
    loss = (w ** 2).sum()
    opt.zero_grad()
    loss.backward()  #! optim/diverging
    opt.step()  #~
#+ lr=0.3

# %% [grad] steps that are small enough
w = torch.tensor([5.0], requires_grad=True)
opt = torch.optim.SGD([w], lr=0.1)
for step in range(20):
    loss = (w ** 2).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()

# %% [grad] sigmoids all the way
torch.manual_seed(0)
layers = []
for i in range(12):
    layers += [nn.Linear(4, 4), nn.Sigmoid()]
net = nn.Sequential(*layers)
net(torch.randn(8, 4)).sum().backward()  #! nn/vanishing-gradient

# %% [grad] a short network
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1))
net(torch.randn(8, 4)).mean().backward()

# %% [grad] weights that are too large
torch.manual_seed(0)
net = nn.Sequential(*[nn.Linear(16, 16) for _ in range(8)])
for p in net.parameters():
    nn.init.normal_(p, std=10.0)
net(torch.randn(8, 16)).pow(2).mean().backward()  #! nn/exploding-gradient
