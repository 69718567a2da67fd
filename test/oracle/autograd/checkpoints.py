# torch.utils.checkpoint, both kinds.
# --- with reentrant backward
from torch.utils.checkpoint import checkpoint

x = torch.ones(2, requires_grad=True)
checkpoint(lambda x: (print("run", torch.is_grad_enabled()), x.exp())[1], x, use_reentrant=True).sum().backward()
print(x.grad)
# --- without reentrant backward
from torch.utils.checkpoint import checkpoint

x = torch.ones(2, requires_grad=True)
y = checkpoint(lambda x: (print("run"), x.exp().sin())[1], x, use_reentrant=False)
print(y)
y.sum().backward()
print(x.grad)
# --- use_reentrant should be passed
from torch.utils.checkpoint import checkpoint

print(checkpoint(torch.exp, torch.zeros(1, requires_grad=True)))
# --- reentrant with grad()
from torch.utils.checkpoint import checkpoint

x = torch.ones(2, requires_grad=True)
torch.autograd.grad(checkpoint(torch.exp, x, use_reentrant=True).sum(), x)
# --- reentrant with inputs
from torch.utils.checkpoint import checkpoint

x = torch.ones(2, requires_grad=True)
checkpoint(torch.exp, x, use_reentrant=True).sum().backward(inputs=[x])
# --- not reentrant with grad()
from torch.utils.checkpoint import checkpoint

x = torch.ones(2, requires_grad=True)
print(torch.autograd.grad(checkpoint(torch.exp, x, use_reentrant=False).sum(), x))
# --- reentrant without an input that requires grad
from torch.utils.checkpoint import checkpoint

print(checkpoint(torch.exp, torch.ones(2), use_reentrant=True).requires_grad)
# --- keywords
from torch.utils.checkpoint import checkpoint

x = torch.ones(2, requires_grad=True)
checkpoint(lambda x, k: x * k, x, k=3, use_reentrant=False).sum().backward()
print(x.grad)
checkpoint(lambda x, k: x * k, x, k=3, use_reentrant=True)
# --- forward stops when all is there
from torch.utils.checkpoint import checkpoint, set_checkpoint_early_stop


def f(x):
    y = x.exp()
    print("after exp")
    z = y.sin()
    print("after sin")
    return z


x = torch.ones(1, requires_grad=True)
checkpoint(f, x, use_reentrant=False).backward()
with set_checkpoint_early_stop(False):
    y = checkpoint(f, x, use_reentrant=False)
y.backward()
# --- forward differs: fewer tensors
from torch.utils.checkpoint import checkpoint

calls = []


def f(x):
    calls.append(1)
    return x.exp() if len(calls) > 1 else x.exp().sin()


try:
    checkpoint(f, torch.ones(1, requires_grad=True), use_reentrant=False).backward()
except RuntimeError as e:
    print(type(e).__name__, "\n".join(str(e).splitlines()[:3]))
# --- forward differs: other shapes
from torch.utils.checkpoint import checkpoint

calls = []


def f(x):
    calls.append(1)
    return x[: 3 - len(calls)].exp()


try:
    checkpoint(f, torch.ones(3, requires_grad=True), use_reentrant=False).sum().backward()
except RuntimeError as e:
    print(type(e).__name__, "\n".join(str(e).splitlines()[:4]))
# --- forward differs, and nobody looks
from torch.utils.checkpoint import checkpoint

x = torch.ones(2, requires_grad=True)
y = checkpoint(torch.exp, x, use_reentrant=False, determinism_check="none")
y.sum().backward()
print(x.grad)
# --- an unknown determinism check
from torch.utils.checkpoint import checkpoint

checkpoint(torch.exp, torch.ones(1, requires_grad=True), use_reentrant=False, determinism_check="strict")
# --- random numbers are the same
from torch.utils.checkpoint import checkpoint

for reentrant in (True, False):
    torch.manual_seed(1)
    x = torch.ones(3, requires_grad=True)
    y = checkpoint(lambda x: x.exp() * torch.rand(3), x, use_reentrant=reentrant)
    torch.rand(5)
    y.sum().backward()
    print(y, x.grad, torch.rand(1))
# --- nested
from torch.utils.checkpoint import checkpoint


def inner(x):
    print("inner")
    return x.sin().cos()


def outer(x):
    print("outer")
    return checkpoint(inner, x.exp(), use_reentrant=False).exp()


x = torch.ones(2, requires_grad=True)
checkpoint(outer, x, use_reentrant=False).sum().backward()
print(x.grad)
# --- nested, second derivative
from torch.utils.checkpoint import checkpoint

x = torch.tensor(0.5, requires_grad=True)
y = checkpoint(lambda x: checkpoint(lambda x: x.sin(), x, use_reentrant=False).exp(), x, use_reentrant=False)
(g,) = torch.autograd.grad(y, x, create_graph=True)
print(g, torch.autograd.grad(g, x))
# --- contexts
import contextlib
from torch.utils.checkpoint import checkpoint


@contextlib.contextmanager
def told(text):
    print("enter", text)
    yield
    print("exit", text)


x = torch.ones(1, requires_grad=True)
y = checkpoint(torch.exp, x, use_reentrant=False, context_fn=lambda: (told("forward"), told("again")))
y.backward()
# --- contexts with reentrant
from torch.utils.checkpoint import checkpoint

checkpoint(torch.exp, torch.ones(1, requires_grad=True), use_reentrant=True, context_fn=lambda: (None, None))
# --- in sequence
from torch.utils.checkpoint import checkpoint_sequential

x = torch.ones(2, requires_grad=True)
for reentrant in (True, False):
    checkpoint_sequential([torch.sin, torch.exp, torch.cos, torch.tanh], 2, x, use_reentrant=reentrant).sum().backward()
    print(x.grad)
# --- a parameter that is used twice
from torch.utils.checkpoint import checkpoint

w = torch.full((2,), 2.0, requires_grad=True)
x = torch.ones(2, requires_grad=True)
(checkpoint(lambda x: (x * w).exp(), x, use_reentrant=False) * w).sum().backward()
print(w.grad, x.grad)
# --- detached outputs, reentrant
from torch.utils.checkpoint import checkpoint

checkpoint(lambda x: x.detach(), torch.ones(1, requires_grad=True), use_reentrant=True).backward()
# --- no tensor in, several out
from torch.utils.checkpoint import checkpoint

w = torch.ones(2, requires_grad=True)
a, b, c = checkpoint(lambda d: (w * d["k"], None, "text"), {"k": 3}, use_reentrant=False)
print(b, c)
a.sum().backward()
print(w.grad)
