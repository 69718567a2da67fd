# %% [grad] dropout in place behind tanh
torch.manual_seed(0)
x = torch.randn(4, requires_grad=True)
h = torch.tanh(x)  #~
h.mul_(0.5)  #~
h.sum().backward()  #! autograd/saved-overwritten
#+ h = h.mul

# %% [grad] dropout in place behind a sum
torch.manual_seed(0)
x = torch.randn(4, requires_grad=True)
h = x + 1
h.mul_(0.5)
h.sum().backward()

# %% [grad] a mask is written into a softmax
s = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
p = torch.softmax(s, dim=0)  #~
p[0] = 0.0  #~
p.sum().backward()  #! autograd/saved-overwritten
#+ p = p.clone()

# %% [grad] a mask is written before the softmax
s = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
m = s * 1
m[0] = float("-inf")
p = torch.softmax(m, dim=0)
p[1].backward()

# %% [grad] a running state is multiplied in place
x = torch.tensor([1.0, 2.0], requires_grad=True)
state = x * 1
total = torch.zeros(())
for i in range(3):
    total = total + (state ** 2).sum()  #~
    state *= 0.5  #~
total.backward()  #! autograd/saved-overwritten
#+ state = state * 0.5

# %% [grad] a running state is multiplied
x = torch.tensor([1.0, 2.0], requires_grad=True)
state = x * 1
total = torch.zeros(())
for i in range(3):
    total = total + (state ** 2).sum()
    state = state * 0.5
total.backward()

# %% [grad] a parameter is initialised in place
class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(2, 2))  #~
        self.weight.fill_(0.5)  #! autograd/leaf-in-place

layer = Layer()
#+ with torch.no_grad()

# %% [grad] a parameter is initialised by nn.init
class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(2, 2))
        nn.init.constant_(self.weight, 0.5)

    def forward(self, x):
        return x @ self.weight

layer = Layer()
layer(torch.ones(1, 2)).sum().backward()

# %% [grad] parts of unbind are changed
x = torch.ones(2, 3, requires_grad=True)
a, b = (x * 2).unbind(0)  #~
a.mul_(3)  #! autograd/view-in-place
(a + b).sum().backward()
#+ a = a.mul

# %% [grad] rows are changed one by one
x = torch.ones(2, 3, requires_grad=True)
h = x * 2
a, b = h[0], h[1]
a.mul_(3)
(a + b).sum().backward()

# %% [grad] a view made under no_grad is changed
x = torch.ones(4, requires_grad=True)
h = x * 2
with torch.no_grad():
    v = h[:2]  #~
v.mul_(2)  #! autograd/view-in-place
#+

# %% [grad] what nobody saved is clamped between forward and backward
torch.manual_seed(0)
layer = nn.Linear(2, 1)
mid = layer(torch.randn(3, 2)).tanh()
out = layer.weight.sum() * mid.mean()
with torch.no_grad():
    layer.bias.clamp_(-0.1, 0.1)
out.backward()
