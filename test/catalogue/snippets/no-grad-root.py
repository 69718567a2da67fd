# %% [grad] detached on the way
w = torch.tensor([1.0, 2.0], requires_grad=True)
h = (w * 2).detach()  #~
loss = h.sum()
loss.backward()  #! autograd/no-grad-root
#+ remove .detach(): w.grad becomes tensor([2., 2.])

# %% [grad] detached beside the way
w = torch.tensor([1.0, 2.0], requires_grad=True)
h = w * 2
scale = h.detach().mean()
loss = (h / scale).sum()
loss.backward()

# %% [grad] .data on the way
w = torch.tensor([1.0, 2.0], requires_grad=True)
h = w.data * 3  #~
h.sum().backward()  #! autograd/no-grad-root
#+ remove .data

# %% [grad] nobody asked for a gradient
w = torch.tensor([1.0, 2.0])  #~
loss = (w ** 2).sum()
loss.backward()  #! autograd/no-grad-root
#+ requires_grad=True: w.grad becomes tensor([2., 4.])

# %% [grad] a gradient was asked for later
w = torch.tensor([1.0, 2.0])
w.requires_grad_()
loss = (w ** 2).sum()
loss.backward()

# %% [grad] a loss built with torch.tensor
w = torch.tensor(2.0, requires_grad=True)
losses = torch.tensor([w * 1, w * 3])  #~
losses.sum().backward()  #! autograd/no-grad-root

# %% [grad] a loss built with torch.stack
w = torch.tensor(2.0, requires_grad=True)
losses = torch.stack([w * 1, w * 3])
losses.sum().backward()

# %% [grad] the number left with item()
w = torch.tensor([1.0, 2.5], requires_grad=True)
value = (w * 3).sum().item()  #~
loss = torch.tensor(value) ** 2
loss.backward()  #! autograd/no-grad-root

# %% [grad] item() only for printing
w = torch.tensor([1.0, 2.5], requires_grad=True)
loss = (w * 3).sum() ** 2
print(loss.item())
loss.backward()

# %% [grad] the forward pass under no_grad
torch.manual_seed(0)
model = nn.Linear(2, 1)
with torch.no_grad():
    loss = model(torch.ones(1, 2)).sum()  #~
loss.backward()  #! autograd/no-grad-root
#+ move it out of the with block

# %% [grad] the evaluation under no_grad
torch.manual_seed(0)
model = nn.Linear(2, 1)
with torch.no_grad():
    print(model(torch.ones(1, 2)).shape)
loss = model(torch.ones(1, 2)).sum()
loss.backward()

# %% [grad] a decorated forward pass
@torch.no_grad()
def forward(w):
    return (w * 2).sum()  #~

w = torch.tensor([1.0, 2.0], requires_grad=True)
forward(w).backward()  #! autograd/no-grad-root
#+ remove @torch.no_grad()

# %% [grad] argmax has no derivative
scores = torch.tensor([0.1, 0.7, 0.2], requires_grad=True)
chosen = scores.argmax()  #~
(chosen * 1.0).backward()  #! autograd/no-grad-root

# %% [grad] max has one
scores = torch.tensor([0.1, 0.7, 0.2], requires_grad=True)
chosen = scores.max()
(chosen * 1.0).backward()

# %% [grad] accuracy as a loss
logits = torch.tensor([[2.0, 1.0], [0.5, 3.0]], requires_grad=True)
target = torch.tensor([0, 1])
accuracy = (logits.argmax(1) == target).float().mean()  #~
(1 - accuracy).backward()  #! autograd/no-grad-root

# %% [grad] integers
x = torch.tensor([1, 2, 3])  #~
y = (x * 2).sum()
y.backward()  #! autograd/no-grad-root
#+ Make them floats

# %% [grad] cast to integers on the way
x = torch.tensor([1.5, 2.5], requires_grad=True)
y = x.long()  #~
(y * 2).float().sum().backward()  #! autograd/no-grad-root
#+ remove .long

# %% [grad] cast to doubles on the way
x = torch.tensor([1.5, 2.5], requires_grad=True)
y = x.double()
(y * 2).sum().backward()

# %% [grad] every parameter is frozen
torch.manual_seed(0)
model = nn.Linear(2, 1)
for p in model.parameters():
    p.requires_grad = False  #~
loss = model(torch.ones(1, 2)).sum()
loss.backward()  #! autograd/no-grad-root
#+ remove the loop that freezes it

# %% [grad] one parameter is frozen
torch.manual_seed(0)
model = nn.Linear(2, 1)
model.weight.requires_grad = False
loss = model(torch.ones(1, 2)).sum()
loss.backward()

# %% [grad] a gradient has no graph without create_graph
x = torch.tensor(2.0, requires_grad=True)
y = x ** 3
(g,) = torch.autograd.grad(y, x)  #~
(g ** 2).backward()  #! autograd/no-grad-root
#+ create_graph=True

# %% [grad] a gradient has a graph with create_graph
x = torch.tensor(2.0, requires_grad=True)
y = x ** 3
(g,) = torch.autograd.grad(y, x, create_graph=True)
(g ** 2).backward()

# %% [grad] the update under no_grad made a new tensor
w = torch.tensor([1.0, 2.0], requires_grad=True)
for step in range(2):
    loss = (w ** 2).sum()
    loss.backward()  #! autograd/no-grad-root
    with torch.no_grad():
        w = w - 0.1 * w.grad  #~
#+ Change it in place, without recording: w -= 0.1 * w.grad

# %% [grad] the update under no_grad is in place
w = torch.tensor([1.0, 2.0], requires_grad=True)
for step in range(2):
    loss = (w ** 2).sum()
    w.grad = None
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
