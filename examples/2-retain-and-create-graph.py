"""retain_graph and create_graph: what backward() frees, and derivatives of derivatives.

Each cell below is run by Gradient Inspector as you type. Hover, look at the lenses, open the inspector.
"""

import torch

# %% [grad] One graph, walked once
# x → y → p. The call frees what y and p had saved: in the inspector those nodes turn pale, and each
# says which call freed it.
x = torch.tensor(2.0, requires_grad=True)
y = x**2
p = 3 * y
p.backward()
x.grad  #?

# %% [grad] A shared sub-graph: the second backward fails
# p and q both go through y = x². p.backward() frees what that square had saved (x), and q.backward()
# needs it. The message is PyTorch's; the related lines are who freed it and where it is needed.
x = torch.tensor(2.0, requires_grad=True)
y = x**2
p = 3 * y
q = 4 * y
p.backward()
q.backward()

# %% [grad] Only the leaf is shared: the second backward works
# Some tutorials say that x itself is destroyed. It is not: a leaf is no part of what is freed. p and q
# have squares of their own here, nothing that q needs was freed, and the gradients add up.
x = torch.tensor(2.0, requires_grad=True)
p = 3 * x**2
q = 4 * x**3
p.backward()
x.grad  #?
q.backward()
x.grad  #?

# %% [grad] Shared, but nothing saved: it works too
# An addition saves nothing, since its derivative needs no value. There is nothing to free.
x = torch.tensor(2.0, requires_grad=True)
y = x + 1
p = y - 3
q = y + 4
p.backward()
q.backward()
x.grad  #?

# %% [grad] Keeping the graph
# Keeps what was saved, and the memory with it. The last backward should let go.
x = torch.tensor(2.0, requires_grad=True)
y = x**2
p = 3 * y
q = 4 * y
p.backward(retain_graph=True)
x.grad  #?
q.backward()
x.grad  #?

# %% [grad] Better, where it can be done: one backward
# The gradient of a sum is the sum of the gradients: no graph need be kept.
x = torch.tensor(2.0, requires_grad=True)
y = x**2
p = 3 * y
q = 4 * y
(p + q).backward()
x.grad  #?

# %% [grad] create_graph: the derivative is differentiable too
# With create_graph=True the backward walk is itself recorded: g is a tensor with a grad_fn.
x = torch.tensor(2.0, requires_grad=True)
y = x**3
(g,) = torch.autograd.grad(y, x, create_graph=True)
g  #?
(g2,) = torch.autograd.grad(g, x, create_graph=True)
g2  #?
(g3,) = torch.autograd.grad(g2, x)
g3  #?

# %% [grad] Without it, the first derivative is the last
x = torch.tensor(2.0, requires_grad=True)
(g,) = torch.autograd.grad(x**3, x)
torch.autograd.grad(g, x)

# %% [grad] A training loop
# The panel folds a loop into one picture with a count. Move the slider to the first or the last round.
w = torch.tensor([0.0, 0.0], requires_grad=True)
target = torch.tensor([1.0, -2.0])
for step in range(20):
    loss = ((w - target) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad = None
loss  #?
w  #?
