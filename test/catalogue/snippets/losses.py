# %% [grad] a column against a row
torch.manual_seed(0)
model = nn.Linear(2, 1)
x, y = torch.randn(5, 2), torch.randn(5)  #~
loss = F.mse_loss(model(x), y)  #! nn/loss-broadcast
loss.backward()
#+ .view_as(
#+ .squeeze(-1)

# %% [grad] a column against a column
torch.manual_seed(0)
model = nn.Linear(2, 1)
x, y = torch.randn(5, 2), torch.randn(5, 1)
loss = F.mse_loss(model(x), y)
loss.backward()

# %% [grad] nn.MSELoss of a column against a row
torch.manual_seed(0)
model = nn.Linear(2, 1)
criterion = nn.MSELoss()
x = torch.randn(4, 2)
y = torch.randn(4)  #~
prediction = model(x)  #~
loss = criterion(prediction, y)  #! nn/loss-broadcast
loss.backward()
#+ .view_as(prediction)

# %% [grad] a loss by hand of a column against a row
torch.manual_seed(0)
model = nn.Linear(2, 1)
x = torch.randn(4, 2)
y = torch.randn(4)  #~
prediction = model(x)  #~
loss = ((prediction - y) ** 2).mean()  #! nn/loss-broadcast
loss.backward()
#+ .view_as(prediction)

# %% [grad] all pairs on purpose
x = torch.randn(4, requires_grad=True)
y = torch.randn(4)
d = ((x[:, None] - y[None, :]) ** 2).mean()
d.backward()

# %% [grad] a bias is added
torch.manual_seed(0)
w = torch.randn(3, 2, requires_grad=True)
b = torch.zeros(2, requires_grad=True)
loss = (torch.randn(4, 3) @ w - b).pow(2).mean()
loss.backward()

# %% [grad] cross_entropy of a softmax
torch.manual_seed(0)
model = nn.Linear(4, 3)
x = torch.randn(6, 4)
t = torch.tensor([0, 1, 2, 0, 1, 2])
p = F.softmax(model(x), dim=1)  #~
loss = F.cross_entropy(p, t)  #! nn/double-softmax
loss.backward()
#+ remove softmax

# %% [grad] cross_entropy of scores
torch.manual_seed(0)
model = nn.Linear(4, 3)
x = torch.randn(6, 4)
t = torch.tensor([0, 1, 2, 0, 1, 2])
loss = F.cross_entropy(model(x), t)
p = F.softmax(model(x), dim=1)
loss.backward()

# %% [grad] nn.Softmax before nn.CrossEntropyLoss
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))
t = torch.tensor([0, 1, 2, 0, 1, 2])
out = net(torch.randn(6, 4))  #~
loss = nn.CrossEntropyLoss()(out, t)  #! nn/double-softmax
loss.backward()
#+ remove the softmax layer

# %% [grad] nll_loss of a softmax
torch.manual_seed(0)
x = torch.randn(3, 4, requires_grad=True)
p = F.softmax(x, dim=1)  #~
loss = F.nll_loss(p, torch.tensor([0, 1, 2]))  #! nn/log-probabilities
loss.backward()
#+ log_softmax

# %% [grad] nll_loss of a log_softmax
torch.manual_seed(0)
x = torch.randn(3, 4, requires_grad=True)
p = F.log_softmax(x, dim=1)
loss = F.nll_loss(p, torch.tensor([0, 1, 2]))
loss.backward()

# %% [grad] a sigmoid before the loss that takes one itself
torch.manual_seed(0)
x = torch.randn(4, requires_grad=True)
p = torch.sigmoid(x)  #~
loss = F.binary_cross_entropy_with_logits(p, torch.ones(4))  #! nn/double-softmax
loss.backward()
#+ remove sigmoid

# %% [grad] a sigmoid before binary_cross_entropy
torch.manual_seed(0)
x = torch.randn(4, requires_grad=True)
p = torch.sigmoid(x)
loss = F.binary_cross_entropy(p, torch.ones(4))
loss.backward()

# %% [grad] the logarithm of a softmax
torch.manual_seed(0)
x = torch.randn(2, 3, requires_grad=True)
logp = torch.log(F.softmax(x, dim=-1))  #! nn/log-of-softmax
(-logp[0, 1]).backward()
#+ F.log_softmax

# %% [grad] integers in a loss of floats are promoted
x = torch.randn(3, requires_grad=True)
t = torch.tensor([1, 2, 3])
loss = F.mse_loss(x, t)
loss.backward()

# %% [grad] float class numbers
x = torch.randn(3, 4, requires_grad=True)
t = torch.tensor([0.0, 1.0, 2.0])  #~
loss = F.cross_entropy(x, t)  #! tensor/dtype
#+ .long()

# %% [grad] integer class numbers
x = torch.randn(3, 4, requires_grad=True)
t = torch.tensor([0, 1, 2])
loss = F.cross_entropy(x, t)

# %% [grad] a class that does not exist
x = torch.randn(3, 2, requires_grad=True)
t = torch.tensor([0, 1, 2])  #~
loss = F.cross_entropy(x, t)  #! tensor/index

# %% [grad] a matrix the wrong way round
a = torch.ones(2, 3, requires_grad=True)  #~
b = torch.ones(2, 3)  #~
c = a @ b  #! tensor/shape
#+ b.T

# %% [grad] a matrix the right way round
a = torch.ones(2, 3, requires_grad=True)
b = torch.ones(2, 3)
c = a @ b.T

# %% [grad] a layer that expects another width
torch.manual_seed(0)
layer = nn.Linear(3, 2)
x = torch.randn(4, 5)  #~
y = layer(x)  #! tensor/shape
#+ nn.Linear(5, ...)

# %% [grad] a convolution that expects other channels
net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(5, 2, 3))  #~
x = torch.randn(1, 3, 8, 8)  #~
y = net(x)  #! tensor/shape
#+ nn.Conv2d(4, ...)

# %% [grad] convolutions that fit
net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 2, 3))
x = torch.randn(1, 3, 8, 8)
y = net(x)

# %% [grad] sizes that do not broadcast
a = torch.ones(3, requires_grad=True)  #~
b = torch.ones(4)  #~
c = a + b  #! tensor/shape

# %% [grad] doubles among floats
torch.manual_seed(0)
layer = nn.Linear(3, 2)
x = torch.ones(4, 3, dtype=torch.float64)  #~
y = layer(x)  #! tensor/dtype
#+ dtype=torch.float32
