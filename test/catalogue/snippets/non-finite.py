# %% [grad] where with the square root of what is not chosen
a = torch.tensor([0.0, 4.0], requires_grad=True)
y = torch.where(a > 0, a.sqrt(), torch.zeros_like(a))  #! autograd/where-nan #~
y.sum().backward()  #~
print(a.grad)
#+ torch.where inside as well

# %% [grad] where inside as well
a = torch.tensor([0.0, 4.0], requires_grad=True)
safe = torch.where(a > 0, a, torch.ones_like(a))
y = torch.where(a > 0, safe.sqrt(), torch.zeros_like(a))
y.sum().backward()

# %% [grad] where with a logarithm on a line of its own
p = torch.tensor([0.0, 0.5], requires_grad=True)
logs = torch.log(p)  #! autograd/where-nan
y = torch.where(p > 0, p * logs, torch.zeros(2))  #~
y.sum().backward()
#+

# %% [grad] the length of a zero vector
v = torch.zeros(3, requires_grad=True)
n = (v ** 2).sum().sqrt()  #! autograd/non-finite
n.backward()
print(v.grad)
#+ v.norm()

# %% [grad] norm() of a zero vector
v = torch.zeros(3, requires_grad=True)
v.norm().backward()

# %% [grad] entropy with a probability of zero
p = torch.tensor([0.0, 1.0], requires_grad=True)
h = -(p * p.log()).sum()  #! autograd/non-finite
h.backward()
#+ Stay away from zero

# %% [grad] entropy without a probability of zero
p = torch.tensor([0.25, 0.75], requires_grad=True)
h = -(p * p.log()).sum()
h.backward()

# %% [grad] the logarithm of a softmax that is zero
s = torch.tensor([[0.0, 200.0]], requires_grad=True)
loss = -torch.log(torch.softmax(s, dim=1))[0, 0]  #! autograd/non-finite #! nn/log-of-softmax
loss.backward()

# %% [grad] a division by zero
x = torch.tensor([1.0, 0.0], requires_grad=True)
y = (1 / x).sum()  #! autograd/non-finite
y.backward()
#+ Stay away from zero

# %% [grad] a division by what is not zero
x = torch.tensor([1.0, 0.5], requires_grad=True)
y = (1 / x).sum()
y.backward()

# %% [grad] exp is too large
x = torch.tensor(100.0, requires_grad=True)
y = torch.exp(x)  #! autograd/non-finite
z = torch.log(1 + y)
z.backward()

# %% [grad] softplus is not
x = torch.tensor(100.0, requires_grad=True)
z = F.softplus(x)
z.backward()

# %% [grad] the square root of a negative number in a loop
w = torch.tensor(1.0, requires_grad=True)
for i in range(30):
    loss = torch.sqrt(w - 0.1 * i)  #! autograd/non-finite
    w.grad = None
    loss.backward()

# %% [grad] minus infinity in a mask
scores = torch.tensor([[1.0, 2.0, 3.0]], requires_grad=True)
mask = torch.tensor([[True, True, False]])
p = torch.softmax(scores.masked_fill(~mask, float("-inf")), dim=-1)
p[0, 0].backward()

# %% [grad] the standard deviation of equal numbers
x = torch.tensor([2.0, 2.0, 2.0], requires_grad=True)
y = (x - x.mean()) / x.std()  #! autograd/non-finite
y.sum().backward()

# %% [grad] anomaly mode finds NaN
a = torch.tensor([0.0, 4.0], requires_grad=True)
with torch.autograd.set_detect_anomaly(True):
    y = (a.sqrt() * torch.tensor([0.0, 1.0])).sum()  #~
    y.backward()  #! autograd/nan-gradient
#+ Stay away from zero

# %% [grad] anomaly mode finds nothing
a = torch.tensor([1.0, 4.0], requires_grad=True)
with torch.autograd.set_detect_anomaly(True):
    y = (a.sqrt() * torch.tensor([0.0, 1.0])).sum()
    y.backward()
