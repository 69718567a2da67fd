# %% [grad] a write through .data after saving
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x ** 2  #~
x.data.mul_(10)  #! autograd/hidden-write
y.sum().backward()  #~
#+ Move the change behind the backward pass

# %% [grad] a write through .data after backward
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x ** 2
y.sum().backward()
x.data.mul_(10)

# %% [grad] += on .data between forward and backward
w = torch.tensor([1.0, 2.0], requires_grad=True)
loss = (w * w).sum()  #~
w.data += 1.0  #! autograd/hidden-write
loss.backward()  #~
#+

# %% [grad] += on .data of what nobody saved
w = torch.tensor([1.0, 2.0], requires_grad=True)
loss = (w + 3).sum()
w.data += 1.0
loss.backward()

# %% [grad] the gradient of an intermediate result
x = torch.tensor(2.0, requires_grad=True)  #~
y = x * 3  #~
z = y ** 2
z.backward()
print(y.grad)  #! autograd/non-leaf-grad
#+ y.retain_grad()

# %% [grad] the gradient of an intermediate result, kept
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
y.retain_grad()
z = y ** 2
z.backward()
print(y.grad)

# %% [grad] the leaf was cast
w = torch.randn(3, requires_grad=True).double()  #~
(w ** 2).sum().backward()
print(w.grad)  #! autograd/non-leaf-grad
#+ .requires_grad_()

# %% [grad] the leaf was scaled and nobody looked
torch.manual_seed(0)
w = torch.randn(3, requires_grad=True) * 0.1  #~ #! autograd/leaf-lost
loss = (w ** 2).sum()
loss.backward()
#+ .requires_grad_()

# %% [grad] the leaf was asked at the end
torch.manual_seed(0)
w = (torch.randn(3) * 0.1).requires_grad_()
loss = (w ** 2).sum()
loss.backward()

# %% [grad] a tensor of tensors
a = torch.tensor(1.0, requires_grad=True)
b = a * 2  #~
t = torch.tensor([b, b + 1])  #! autograd/rebuilt-tensor
print(t)
#+ torch.stack

# %% [grad] a stack of tensors
a = torch.tensor(1.0, requires_grad=True)
b = a * 2
t = torch.stack([b, b + 1])
t.sum().backward()

# %% [grad] a tensor of detached tensors
a = torch.tensor(1.0, requires_grad=True)
b = a * 2
t = torch.tensor([b.detach(), b.detach() + 1])
b.backward()

# %% [grad] a scale that left the graph
x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor(3.0, requires_grad=True)  #~
scale = (w * 2).item()  #! autograd/escaped-value
loss = (x * scale).sum()
loss.backward()  #~
#+ remove .item()

# %% [grad] item() beside the graph
x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor(3.0, requires_grad=True)
loss = (x * w).sum()
history = [loss.item()]
loss.backward()

# %% [grad] float() of a loss
x = torch.tensor([1.0, 2.0], requires_grad=True)
loss = float((x ** 2).sum().detach())
(x ** 2).sum().backward()

# %% [grad] a tensor kept on ctx
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.x = x  #! autograd/ctx-attribute
        return x * x

    @staticmethod
    def backward(ctx, grad):
        return grad * 2 * ctx.x

x = torch.tensor(3.0, requires_grad=True)
Square.apply(x).backward()
#+ save_for_backward

# %% [grad] a number kept on ctx
class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        return x * factor

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.factor, None

x = torch.tensor(3.0, requires_grad=True)
Scale.apply(x, 2.0).backward()
