# no_grad, enable_grad, set_grad_enabled, inference_mode: as contexts, as decorators, on generators.
# --- no_grad
x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    y = x * 2
print(y.requires_grad, torch.is_grad_enabled())
# --- enable_grad within no_grad
x = torch.ones(2, requires_grad=True)
with torch.no_grad():
    with torch.enable_grad():
        y = x * 2
    print(torch.is_grad_enabled())
print(y.requires_grad)
# --- set_grad_enabled at once
x = torch.ones(2, requires_grad=True)
torch.set_grad_enabled(False)
print((x * 2).requires_grad)
torch.set_grad_enabled(True)
print((x * 2).requires_grad)
# --- set_grad_enabled as a context
with torch.set_grad_enabled(False):
    print(torch.is_grad_enabled())
print(torch.is_grad_enabled())
# --- as decorators
@torch.no_grad()
def f():
    return torch.is_grad_enabled()


@torch.enable_grad
def g():
    return torch.is_grad_enabled()


@torch.set_grad_enabled(False)
def h():
    return torch.is_grad_enabled()


print(f(), g(), h(), torch.is_grad_enabled(), f.__name__)
# --- decorated recursion and exceptions
@torch.no_grad()
def f(n):
    if n == 0:
        raise ValueError("deep")
    f(n - 1)


try:
    f(3)
except ValueError:
    print(torch.is_grad_enabled())
# --- generators
@torch.no_grad()
def gen():
    for _ in range(2):
        got = yield torch.is_grad_enabled()
        print("got", got)
    return "end"


g = gen()
print(next(g), torch.is_grad_enabled(), g.send(5), torch.is_grad_enabled())
try:
    g.send(6)
except StopIteration as e:
    print(e.value)
# --- a generator that is closed
@torch.no_grad()
def gen():
    try:
        yield 1
    finally:
        print("closed", torch.is_grad_enabled())


g = gen()
next(g)
g.close()
# --- a generator that is thrown into
@torch.enable_grad()
def gen():
    try:
        yield 1
    except ValueError:
        yield torch.is_grad_enabled()


with torch.no_grad():
    g = gen()
    next(g)
    print(g.throw(ValueError("x")), torch.is_grad_enabled())
# --- a decorated class
@torch.no_grad()
class Foo:
    def __init__(self):
        self.enabled = torch.is_grad_enabled()


print(Foo().enabled)
# --- leaves made under no_grad
with torch.no_grad():
    x = torch.ones(2, requires_grad=True)
    y = x * 2
print(x.requires_grad, y.requires_grad, y.is_leaf)
# --- grad mode within backward
x = torch.ones(2, requires_grad=True)
x.register_hook(lambda g: print(torch.is_grad_enabled()))
x.sum().backward()
print(torch.is_grad_enabled())
# --- inference mode
with torch.inference_mode():
    x = torch.ones(2)
    print(x.is_inference(), torch.is_inference_mode_enabled(), torch.is_grad_enabled())
print(x.is_inference(), torch.is_inference(x), torch.is_inference_mode_enabled())
# --- inference tensors have no version
with torch.inference_mode():
    x = torch.ones(2)
x._version
# --- inference tensors cannot be saved
with torch.inference_mode():
    x = torch.ones(2)
torch.ones(2, requires_grad=True) * x
# --- inference tensors may be added
with torch.inference_mode():
    x = torch.ones(2)
print((torch.ones(2, requires_grad=True) + x))
# --- inference tensors in place
with torch.inference_mode():
    x = torch.ones(2)
x.add_(1)
# --- inference tensors may not require grad
with torch.inference_mode():
    x = torch.ones(2)
x.requires_grad_()
# --- a clone of an inference tensor is a normal one
with torch.inference_mode():
    x = torch.ones(2)
y = x.clone()
print(y.is_inference(), (torch.ones(2, requires_grad=True) * y).requires_grad)
# --- a view of an inference tensor outside is one too
with torch.inference_mode():
    x = torch.ones(2, 2)
v = x.view(-1)
print(v.is_inference(), v._is_view(), v.requires_grad)
# --- a normal tensor in place in inference mode
x = torch.ones(2, requires_grad=True).clone()
with torch.inference_mode():
    x.add_(1)
print(x.is_inference(), x.requires_grad, x._version)
# --- normal mode within inference mode
x = torch.ones(2, requires_grad=True)
with torch.inference_mode():
    with torch.inference_mode(False):
        y = x * 2
print(y.requires_grad, y.is_inference())
# --- inference mode as a decorator
@torch.inference_mode()
def f(x):
    return x * 2


@torch.inference_mode
def g(x):
    return x * 2


print(f(torch.ones(1, requires_grad=True)).is_inference(), g(torch.ones(1)).is_inference())
# --- set_grad_enabled as text
print(torch.set_grad_enabled(True))
# --- warnings that are given always
torch.set_warn_always(True)
x = torch.ones(1, requires_grad=True)
for _ in range(2):
    (x * x).backward(create_graph=True)
print(torch.is_warn_always_enabled())
# --- inference tensors alone are not recorded
with torch.inference_mode():
    leaf = torch.ones(2, requires_grad=True)
    plain = torch.ones(2)
normal = torch.ones(2, requires_grad=True)
for f in (
    lambda: leaf.view(-1),
    lambda: leaf + 1,
    lambda: leaf * leaf,
    lambda: leaf.exp(),
    lambda: leaf + normal,
    lambda: leaf * normal,
    lambda: leaf[0],
    lambda: torch.cat([leaf, leaf]),
    lambda: torch.cat([leaf, normal]),
    lambda: leaf.sum(),
    lambda: plain.view(-1),
    lambda: leaf.chunk(2)[0],
    lambda: leaf.expand(3, 2),
):
    try:
        out = f()
        print(out.requires_grad, out.is_inference(), out.is_leaf, out._is_view(), out.grad_fn and out.grad_fn.name())
    except RuntimeError as error:
        print(error)
# --- resize_ of inference tensors
with torch.inference_mode():
    leaf = torch.ones(2, 3, requires_grad=True)
    print(leaf.resize_(3, 2).shape, leaf.requires_grad, leaf.is_inference())
torch.zeros(1)
with torch.inference_mode():
    plain = torch.ones(4)
plain.resize_(2)
# --- anomalies where warnings are errors
import contextlib
import io
import warnings

x = torch.tensor([1.0, 2.0], requires_grad=True)
written = io.StringIO()
with contextlib.redirect_stderr(written), warnings.catch_warnings():
    with torch.autograd.detect_anomaly():
        warnings.simplefilter("error")
        y = x + 1
        z = y**2
        y += 1
        try:
            z.sum().backward()
        except Exception as error:
            print(type(error).__name__, str(error)[:80])
print("Error detected in PowBackward0" in written.getvalue())
