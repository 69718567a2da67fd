# %% [grad] backward from two numbers
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x ** 2  #~
y.backward()  #! autograd/non-scalar-backward
#+ y.sum(): x.grad becomes tensor([2., 4.])
#+ y.mean(): x.grad becomes tensor([1., 2.])
#+ gradient=torch.ones_like(y)

# %% [grad] backward from one number in brackets
x = torch.tensor([1.0], requires_grad=True)
y = x ** 2
y.backward()

# %% [grad] backward from a loss without reduction
x = torch.tensor([1.0, 2.0], requires_grad=True)
loss = F.mse_loss(x, torch.zeros(2), reduction="none")  #~
loss.backward()  #! autograd/non-scalar-backward
#+ loss.mean()

# %% [grad] autograd.grad of a matrix
x = torch.ones(2, 2, requires_grad=True)
y = x * 3  #~
(g,) = torch.autograd.grad(y, x)  #! autograd/non-scalar-backward
#+ grad_outputs=torch.ones_like(y)

# %% [grad] autograd.grad of a matrix with grad_outputs
x = torch.ones(2, 2, requires_grad=True)
y = x * 3
(g,) = torch.autograd.grad(y, x, grad_outputs=torch.ones_like(y))

# %% [grad] gradient= of another shape
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * 2  #~
y.backward(gradient=torch.ones(2))  #! autograd/gradient-shape
#+ torch.ones_like(y)

# %% [grad] gradient= of the same count in another shape
x = torch.ones(2, 3, requires_grad=True)
y = x * 2  #~
v = torch.arange(6.0)  #~
y.backward(v)  #! autograd/gradient-shape
#+ Give it the shape of y

# %% [grad] gradient= of the same shape
x = torch.ones(2, 3, requires_grad=True)
y = x * 2
v = torch.arange(6.0).view(2, 3)
y.backward(v)

# %% [grad] a gradient by what was not used
x = torch.tensor(1.0, requires_grad=True)
z = torch.tensor(2.0, requires_grad=True)  #~
y = x * 3  #~
gx, gz = torch.autograd.grad(y, [x, z])  #! autograd/unused-input
#+ materialize_grads=True
#+ allow_unused=True

# %% [grad] a gradient by what was not used, allowed
x = torch.tensor(1.0, requires_grad=True)
z = torch.tensor(2.0, requires_grad=True)
y = x * 3
gx, gz = torch.autograd.grad(y, [x, z], allow_unused=True)

# %% [grad] a gradient by what was cut off
x = torch.tensor(1.0, requires_grad=True)
z = torch.tensor(2.0, requires_grad=True)
y = x * z.detach()  #~
gx, gz = torch.autograd.grad(y, [x, z])  #! autograd/unused-input
#+ remove .detach()

# %% [grad] a gradient by a copy that was not used
x = torch.ones(2, requires_grad=True)
y = (x * 3).sum()
xc = x.clone()  #~
(g,) = torch.autograd.grad(y, xc)  #! autograd/unused-input
#+

# %% [grad] a gradient by the copy that was used
x = torch.ones(2, requires_grad=True)
xc = x.clone()
y = (xc * 3).sum()
(g,) = torch.autograd.grad(y, xc)

# %% [grad] a gradient by what does not require grad
x = torch.tensor([1.0, 2.0])  #~
w = torch.tensor([3.0, 4.0], requires_grad=True)
y = (w * x).sum()
(g,) = torch.autograd.grad(y, x)  #! autograd/no-grad-input
#+ requires_grad=True

# %% [grad] a gradient by an input that requires grad
x = torch.tensor([1.0, 2.0]).requires_grad_()
w = torch.tensor([3.0, 4.0], requires_grad=True)
y = (w * x).sum()
(g,) = torch.autograd.grad(y, x)
