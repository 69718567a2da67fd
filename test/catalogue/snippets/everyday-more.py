# %% [grad] a non-leaf parameter
import math
w = torch.randn(3, 2, requires_grad=True) / math.sqrt(3)  #~
loss = (torch.randn(4, 3) @ w).pow(2).mean()
loss.backward()
w.data -= 0.1 * w.grad  #! autograd/none-gradient #! autograd/non-leaf-grad
#+ Ask for the gradient at the end: .requires_grad_()

# %% [grad] detach in the middle of an encoder decoder
torch.manual_seed(0)
enc, dec = nn.Linear(4, 2), nn.Linear(2, 4)  #! nn/unused-parameter
opt = torch.optim.Adam([*enc.parameters(), *dec.parameters()])
x = torch.randn(8, 4)
for i in range(3):
    z = enc(x).detach()  #~
    loss = F.mse_loss(dec(z), x)
    opt.zero_grad()
    loss.backward()  #~
    opt.step()
#+ Stay in the graph: remove .detach()

# %% [grad] .data in forward
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(3, 4), nn.Linear(4, 1)  #! nn/unused-parameter
    def forward(self, x):
        h = torch.relu(self.a(x)).data  #~
        return self.b(h)
net = Net()
loss = net(torch.randn(5, 3)).pow(2).mean()
loss.backward()  #~
#+ Stay in the graph: remove .data

# %% [grad] numpy in the middle
torch.manual_seed(0)
a = nn.Linear(3, 3)
h = a(torch.randn(2, 3))
h2 = torch.tensor(h.tolist()) * 2  #~
h2.sum().backward()  #! autograd/no-grad-root
#+ Stay in the graph: use h itself

# %% [grad] float loss accumulates then backward
torch.manual_seed(0)
model = nn.Linear(3, 1)
total = 0.0
for i in range(3):
    total += F.mse_loss(model(torch.randn(4, 3)), torch.zeros(4, 1)).item()  #~
total.backward()  #! autograd/escaped-backward
#+ Stay in the graph: remove .item()

# %% [grad] in-place relu on input leaf
x = torch.randn(4, requires_grad=True)  #~
F.relu(x, inplace=True).sum().backward()  #! autograd/leaf-in-place
#+ Make a new tensor: inplace=False

# %% [grad] weight clamp outside no_grad (WGAN)
torch.manual_seed(0)
D = nn.Linear(3, 1)  #~
opt = torch.optim.RMSprop(D.parameters(), lr=1e-3)
loss = D(torch.randn(4, 3)).mean()
loss.backward()
opt.step()
for p in D.parameters():
    p.clamp_(-0.01, 0.01)  #! autograd/leaf-in-place
#+ Change it without recording: with torch.no_grad()

# %% [grad] normalise weights in place
torch.manual_seed(0)
w = torch.randn(3, 3, requires_grad=True)  #~
w /= w.norm()  #! autograd/leaf-in-place
(w ** 2).sum().backward()
#+ Change it without recording: with torch.no_grad()

# %% [grad] index assign in output
torch.manual_seed(0)
x = torch.randn(4, requires_grad=True)
y = torch.sigmoid(x)  #~
y[0] = 0  #~
y.sum().backward()  #! autograd/saved-overwritten #~
#+ Change a copy: y = y.clone()

# %% [grad] attention mask in place after softmax
torch.manual_seed(0)
q = torch.randn(2, 3, 4, requires_grad=True)
att = (q @ q.transpose(1, 2)).softmax(-1)  #~
att[:, 0] = 0  #~
(att @ q).sum().backward()  #! autograd/saved-overwritten #~
#+ Change a copy: att = att.clone()

# %% [grad] grad wrt loss intermediate
x = torch.tensor([1., 2.], requires_grad=True)  #~
h = x * 3  #~
loss = (h ** 2).sum()
loss.backward()
print(h.grad)  #! autograd/non-leaf-grad
#+ Keep the gradient of h: h.retain_grad()

# %% [grad] autograd.grad wrt unused
x = torch.tensor(1., requires_grad=True)
y = torch.tensor(2., requires_grad=True)  #~
z = x ** 2  #~
print(torch.autograd.grad(z, [x, y]))  #! autograd/unused-input
#+ Take zeros for what is not used: materialize_grads=True

# %% [grad] second derivative without create_graph
x = torch.tensor(2., requires_grad=True)
y = x ** 3
g = torch.autograd.grad(y, x)[0]  #~
g2 = torch.autograd.grad(g, x)[0]  #! autograd/no-grad-root
#+ Give the gradient a graph: create_graph=True

# %% [grad] hessian in loop without retain
x = torch.tensor([1., 2.], requires_grad=True)
y = (x ** 3).sum()  #~
g, = torch.autograd.grad(y, x, create_graph=True)
for i in range(2):
    print(torch.autograd.grad(g[i], x))  #! autograd/second-backward #~
#+ Keep the graph: retain_graph=True

# %% [grad] jacobian rows
x = torch.tensor([1., 2.], requires_grad=True)
y = torch.stack([x[0] * x[1], x[0] ** 2])  #~
for i in range(2):
    y[i].backward()  #! autograd/second-backward #~
    print(x.grad)
#+ Move the forward pass into the loop: y

# %% [grad] cross entropy one hot int
torch.manual_seed(0)
logits = torch.randn(3, 4, requires_grad=True)  #~
t = F.one_hot(torch.tensor([0, 1, 2]), 4)  #~
F.cross_entropy(logits, t).backward()  #! tensor/dtype
#+ Give it the class numbers themselves: torch.tensor([0, 1, 2])

# %% [grad] cross entropy target of shape [N,1]
torch.manual_seed(0)
logits = torch.randn(3, 4, requires_grad=True)  #~
t = torch.tensor([[0], [1], [2]])  #~
F.cross_entropy(logits, t).backward()  #! tensor/shape
#+ One class number for each row: t.squeeze(1)

# %% [grad] bce with int target
torch.manual_seed(0)
logits = torch.randn(3, requires_grad=True)  #~
F.binary_cross_entropy_with_logits(logits, torch.tensor([0, 1, 1])).backward()  #! tensor/dtype
#+ Compare floats: torch.tensor([0, 1, 1]).float()

# %% [grad] embedding with float index
emb = nn.Embedding(5, 3)
emb(torch.tensor([1., 2.])).sum().backward()  #! tensor/dtype
#+ Indices are integers: torch.tensor([1., 2.]).long()

# %% [grad] conv without batch channel
conv = nn.Conv2d(1, 4, 3)  #~
out = conv(torch.randn(8, 28, 28))  #! tensor/shape #~
#+ Add the dimension of channels: torch.randn(8, 28, 28).unsqueeze(1)

# %% [grad] flatten forgotten
torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Linear(2 * 6 * 6, 3))  #~
net(torch.randn(4, 1, 8, 8))  #! tensor/shape #~
#+ Flatten what the layer is given: nn.Flatten()

# %% [grad] wrong flatten size
torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(100, 3))  #~
net(torch.randn(4, 1, 8, 8))  #! tensor/shape #~
#+ Let the layer take what it is given: nn.Linear(72, ...)

# %% [grad] view instead of reshape
x = torch.randn(2, 3, requires_grad=True)  #~
y = x.t().view(6)  #! tensor/shape #~
y.sum().backward()
#+ Let it copy where it has to: reshape

# %% [grad] optimizer made twice in loop
torch.manual_seed(0)
model = nn.Linear(3, 1)
x, y = torch.randn(8, 3), torch.randn(8, 1)
for i in range(3):
    opt = torch.optim.Adam(model.parameters(), lr=0.1)  #! optim/made-anew
    opt.zero_grad()
    F.mse_loss(model(x), y).backward()
    opt.step()  #~
#+ Make it once, before the loop

# %% [grad] scheduler before optimizer each epoch
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
sched = torch.optim.lr_scheduler.StepLR(opt, 1)
for i in range(3):
    sched.step()  #! optim/scheduler-first
    opt.zero_grad()
    model(torch.randn(4, 3)).pow(2).mean().backward()
    opt.step()  #~
#+ Call sched.step() after opt.step()

# %% [grad] zero grad between backward and step
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for i in range(3):
    loss = model(torch.randn(4, 3)).pow(2).mean()
    loss.backward()  #~
    opt.zero_grad()  #~
    opt.step()  #! optim/cleared-before-step
#+ Clear the gradients before backward()

# %% [grad] inference mode then training
torch.manual_seed(0)
backbone, head = nn.Linear(3, 4), nn.Linear(4, 1)
with torch.inference_mode():
    feats = backbone(torch.randn(5, 3))  #~
head(feats).sum().backward()  #! autograd/inference-saved
#+ Make a normal tensor of it: feats = feats.clone()

# %% [grad] set_grad_enabled left off
torch.manual_seed(0)
model = nn.Linear(3, 1)
torch.set_grad_enabled(False)
val = model(torch.randn(4, 3)).mean()
loss = model(torch.randn(4, 3)).pow(2).mean()  #~
loss.backward()  #! autograd/no-grad-root
torch.set_grad_enabled(True)
#+ Record it: remove the call that switches recording off

# %% [grad] std of a single element
x = torch.tensor([3.0], requires_grad=True)
s = x.std()  #! autograd/non-finite
s.backward()  #~
print(x.grad)

# %% [grad] log of zero probability
p = torch.tensor([0.0, 0.4, 0.6], requires_grad=True)
ent = -(p * p.log()).sum()  #! autograd/non-finite #~
ent.backward()  #~
print(p.grad)
#+ Stay away from zero: p + 1e-12

# %% [grad] division by std zero
x = torch.ones(4, requires_grad=True)
z = (x - x.mean()) / x.std()  #! autograd/non-finite
z.sum().backward()  #~
print(x.grad)
#+ Stay away from zero: x.std() + 1e-12

# %% [grad] acos at one
c = torch.tensor([1.0, 0.5], requires_grad=True)
torch.acos(c).sum().backward()  #! autograd/non-finite #~
print(c.grad)
#+ Stay inside the bounds: c.clamp(-1 + 1e-6, 1 - 1e-6)

# %% [grad] pow fraction at zero
x = torch.tensor([0.0, 4.0], requires_grad=True)
(x ** 0.5).sum().backward()  #! autograd/non-finite #~
print(x.grad)
#+ Stay away from zero: x + 1e-12

# %% [grad] exp overflow softmax by hand
x = torch.tensor([100., 200.], requires_grad=True)
p = x.exp() / x.exp().sum()  #! autograd/non-finite #~
p[0].backward()  #~
print(x.grad)
#+ Use what cannot overflow: torch.softmax(x, -1)

# %% [grad] learned temperature with item
torch.manual_seed(0)
t = nn.Parameter(torch.tensor(1.5))
logits = torch.randn(4, 3)
loss = F.cross_entropy(logits / t.item(), torch.tensor([0, 1, 2, 0]))  #~
loss.backward()  #! autograd/no-grad-root
#+ Stay in the graph: remove .item()

# %% [grad] custom Function called directly
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 2
    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return 2 * x * g
x = torch.tensor(3., requires_grad=True)
y = Square()(x)  #! autograd/custom-function #~
y.backward()
#+ Apply it: Square.apply(...)

# %% [grad] custom function forgets save, uses ctx attr modified
class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.y = y  #! autograd/ctx-attribute
        return y
    @staticmethod
    def backward(ctx, g):
        return g * ctx.y
x = torch.tensor(1., requires_grad=True)
Exp.apply(x).backward()
print(x.grad)
#+ Save it where the version check sees it: save_for_backward

# %% [grad] requires_grad typo
x = torch.ones(3)
x.require_grad = True  #! autograd/misspelt-attribute
(x ** 2).sum().backward()  #! autograd/no-grad-root
#+ Write requires_grad

# %% [grad] grad of a list of losses
torch.manual_seed(0)
model = nn.Linear(3, 1)
losses = [model(torch.randn(4, 3)).pow(2).mean() for _ in range(3)]  #~
loss = sum(losses)
for l in losses:
    l.backward()  #~
loss.backward()  #! autograd/second-backward
#+ Compute loss, losses anew before the second backward()

# %% [grad] comparing param to itself in early stopping
torch.manual_seed(0)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
prev = model.state_dict()
model(torch.randn(4, 3)).pow(2).mean().backward()
opt.step()  #~
for k, v in model.state_dict().items():  #~
    print(k, (v - prev[k]).abs().max())  #! tensor/same-memory
#+ Keep copies of the values: value.clone()

# %% [grad] shared list multiplication of a layer
torch.manual_seed(0)
layer = nn.Linear(4, 4)
net = nn.Sequential(*[layer] * 3, nn.Linear(4, 1))
net.requires_grad = False  #! nn/frozen-attribute
net(torch.randn(2, 4)).sum().backward()

# %% [grad] model call in loss with wrong squeeze
torch.manual_seed(0)
model = nn.Linear(3, 1)
x, y = torch.randn(8, 3), torch.randn(8)  #~
criterion = nn.MSELoss()
loss = criterion(model(x), y)  #! nn/loss-broadcast #~
loss.backward()
#+ Give y the shape of model(x): .view_as(model(x))
