# %% [grad] a leaf is updated without no_grad
w = torch.tensor([1.0, 2.0], requires_grad=True)  #~
(w ** 2).sum().backward()
w -= 0.1 * w.grad  #! autograd/leaf-in-place
#+ with torch.no_grad()

# %% [grad] a leaf is updated under no_grad
w = torch.tensor([1.0, 2.0], requires_grad=True)
(w ** 2).sum().backward()
with torch.no_grad():
    w -= 0.1 * w.grad

# %% [grad] a leaf is filled in place
w = torch.zeros(3, requires_grad=True)  #~
w.fill_(0.5)  #! autograd/leaf-in-place
(w ** 2).sum().backward()
#+ with torch.no_grad()

# %% [grad] a leaf is filled by nn.init
w = torch.zeros(3, requires_grad=True)
nn.init.constant_(w, 0.5)
(w ** 2).sum().backward()

# %% [grad] two leaves are updated one after the other
w = torch.tensor(2.0, requires_grad=True)  #~
b = torch.tensor(1.0, requires_grad=True)
((w * 3 + b) ** 2).backward()
w -= 0.1 * w.grad  #! autograd/leaf-in-place
b -= 0.1 * b.grad
#+ Change them without recording: with torch.no_grad()

# %% [grad] an element of a leaf is written
w = torch.zeros(3, requires_grad=True)  #~
w[0] = 1.0  #! autograd/leaf-view-in-place
w.sum().backward()
#+ with torch.no_grad()

# %% [grad] an element of a computed tensor is written
w = torch.zeros(3, requires_grad=True)
h = w * 1
h[0] = 1.0
h.sum().backward()

# %% [grad] a view of a leaf is changed
w = torch.ones(2, 2, requires_grad=True)  #~
row = w[0]  #~
row.mul_(2)  #! autograd/leaf-view-in-place
#+

# %% [grad] a part of split is changed
x = torch.ones(4, requires_grad=True)
h = x * 2
a, b = h.split(2)  #~
a += 1  #! autograd/view-in-place
(a.sum() + b.sum()).backward()
#+ a = a + 1

# %% [grad] a slice is changed
x = torch.ones(4, requires_grad=True)
h = x * 2
a, b = h[:2], h[2:]
a += 1
(a.sum() + b.sum()).backward()

# %% [grad] requires_grad of a computed tensor is switched off
x = torch.ones(2, requires_grad=True)
h = x * 2  #~
h.requires_grad_(False)  #! autograd/non-leaf-requires-grad
#+ h = h.detach()

# %% [grad] requires_grad of a computed tensor is set to False
x = torch.ones(2, requires_grad=True)
h = x * 2  #~
h.requires_grad = False  #! autograd/non-leaf-requires-grad
#+ h = h.detach()

# %% [grad] requires_grad of a leaf is switched off
x = torch.ones(2, requires_grad=True)
h = x.detach() * 2
x.requires_grad_(False)
print(h)

# %% [grad] integers cannot require grad
x = torch.tensor([1, 2, 3], requires_grad=True)  #! autograd/integer-requires-grad
y = (x * 2.0).sum()
y.backward()
#+ Make them floats: 1. instead of 1

# %% [grad] arange makes integers
x = torch.arange(3)  #~
x.requires_grad_()  #! autograd/integer-requires-grad
#+ dtype=torch.float32

# %% [grad] arange of floats
x = torch.arange(3.0)
x.requires_grad_()
(x * 2).sum().backward()

# %% [grad] an inference tensor is saved
w = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    t = torch.ones(2) * 3  #~
y = (w * t).sum()  #! autograd/inference-saved
y.backward()
#+ torch.no_grad()
#+ t = t.clone()

# %% [grad] an inference tensor is only added
w = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    t = torch.ones(2) * 3
y = (w + t).sum()
y.backward()

# %% [grad] an inference tensor is changed in place
with torch.inference_mode():
    t = torch.ones(2)  #~
t.add_(1)  #! autograd/inference-in-place
#+
