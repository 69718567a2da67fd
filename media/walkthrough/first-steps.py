# Gradient Inspector: first steps. Nothing is to be installed, and everything below runs while you type.

# %% [grad] 1. A gradient
# Point at x, at y, at the *, at backward(). Then change 3.0.
x = torch.tensor(3.0, requires_grad=True)
y = x * x  #?
y.backward()
print(x.grad)

# %% [grad] 2. A mistake, and who made it
# The graph was freed by the first call. The light bulb offers what was tried and helps.
a = torch.tensor([1.0, 2.0], requires_grad=True)
loss = (a**2).sum()
loss.backward()
loss.backward()

# %% [grad] 3. A loop
# Point at error: its first value, its last, and the curve between.
w = torch.tensor(0.0, requires_grad=True)
for step in range(40):
    error = (w - 2.0) ** 2
    error.backward()
    with torch.no_grad():
        w -= 0.05 * w.grad
    w.grad = None
w  #?

# %% [grad] 4. No gradient, and why
# Point at b: where was it lost?
b = torch.tensor(2.0, requires_grad=True)
k = torch.tensor(1.0, requires_grad=True)
c = b.detach() * 3
(c * k).backward()
