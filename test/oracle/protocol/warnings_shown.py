# How often warnings are shown, with Python's own filters: per line, once, always, as errors, recorded.
import warnings

import torch


def show(message, category, filename, lineno, file=None, line=None):
    print("  ", category.__name__, str(message)[:60].replace("\n", " "))


def start(title, *filters):
    print(title)
    warnings.resetwarnings()
    warnings.showwarning = show
    for action in filters or ("default",):
        warnings.simplefilter(action)


w = torch.tensor([1.0, 2.0], requires_grad=True)
y = w * 2

start("the same line in a loop")
for _ in range(3):
    y.grad
start("two lines")
y.grad
y.grad
start("always", "always")
for _ in range(2):
    y.grad
start("ignored", "ignore")
y.grad
start("an error", "error")
try:
    y.grad
except UserWarning as error:
    print("   raised", type(error).__name__, str(error)[:40])

start("once in a process")
for _ in range(2):
    float(w[0])
float(w[0])
start("once in a process, also where all are asked for", "always")
float(w[0])
print("  ", torch.is_warn_always_enabled())
torch.set_warn_always(True)
print("  ", torch.is_warn_always_enabled())
float(w[0])
float(w[0])
torch.set_warn_always(False)
float(w[0])

start("losses that broadcast")
for _ in range(2):
    torch.nn.functional.mse_loss(torch.ones(3), torch.ones(3, 1))
torch.nn.functional.mse_loss(torch.ones(3), torch.ones(3, 1))
torch.nn.functional.mse_loss(torch.ones(4), torch.ones(4, 1))
start("copies of tensors")
for _ in range(2):
    torch.tensor(w.detach())
torch.tensor(w.detach())
start("a line of PyTorch's own")
torch.optim.SGD([w, w], lr=0.1)
torch.optim.SGD([w, w], lr=0.1)
start("a line of PyTorch's own, always", "always")
torch.optim.SGD([w, w], lr=0.1)
torch.optim.SGD([w, w], lr=0.1)
start("implicit dimensions")
torch.nn.functional.softmax(torch.ones(2, 2))
torch.nn.functional.softmax(torch.ones(2, 2))
start("degrees of freedom")
for _ in range(2):
    torch.ones(1).var()
torch.ones(1).std()
start("transposes")
torch.ones(2, 2, 2).T
torch.ones(2, 2, 2).T
torch.tensor(1.0).mT
start("reference cycles")
(w * w).sum().backward(create_graph=True)
(w * w).sum().backward(create_graph=True)
w.grad = None

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    y.grad
    torch.add(torch.ones(3), 1, out=torch.ones(2))
print([(item.category.__name__, str(item.message)[:40]) for item in caught])
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="The .grad attribute")
    y.grad
    print("nothing was shown")
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", category=UserWarning)
    torch.tensor(w.detach())
    print("nothing was shown")
