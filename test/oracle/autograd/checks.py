# gradcheck and gradgradcheck, and anomaly mode.
# --- gradcheck agrees
print(torch.autograd.gradcheck(torch.sin, torch.randn(3, dtype=torch.float64, requires_grad=True)))
# --- gradcheck in fast mode
print(torch.autograd.gradcheck(torch.sin, torch.randn(3, dtype=torch.float64, requires_grad=True), fast_mode=True))
# --- gradgradcheck
x = torch.randn(3, dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradgradcheck(lambda x: x**3, x), torch.autograd.gradgradcheck(lambda x: x**3, x, fast_mode=True))
# --- gradcheck of several inputs and outputs
x = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
y = torch.randn(3, dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(lambda x, y: (x @ y, x.sum(), 5 * y), (x, y)))
# --- gradcheck finds a wrong gradient
class Bad(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * 3


x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(Bad.apply, x, raise_exception=False))
torch.autograd.gradcheck(Bad.apply, x)
# --- gradcheck in fast mode finds a wrong gradient
class Bad(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * 3


x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
try:
    torch.autograd.gradcheck(Bad.apply, x, fast_mode=True)
except RuntimeError as e:
    print(type(e).__name__, str(e).splitlines()[0], str(e).splitlines()[4])
# --- gradcheck of float32 warns
try:
    torch.autograd.gradcheck(lambda x: x * 2, torch.ones(2, requires_grad=True), atol=1e-1)
except RuntimeError as e:
    print(type(e).__name__)
# --- gradcheck needs an input that requires grad
torch.autograd.gradcheck(torch.sin, torch.ones(2, dtype=torch.float64))
# --- gradcheck refuses expanded inputs
torch.autograd.gradcheck(torch.sin, torch.ones(1, dtype=torch.float64).expand(3).requires_grad_())
# --- gradcheck of what has no gradient
print(torch.autograd.gradcheck(lambda x: (x > 0).double(), torch.ones(2, dtype=torch.float64, requires_grad=True)))
# --- gradcheck finds that zeros are expected
torch.autograd.gradcheck(lambda x: (x * 2).detach(), torch.ones(2, dtype=torch.float64, requires_grad=True))
# --- gradcheck finds chance
class Chance(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return 2 * g * (1 + torch.rand(2, dtype=torch.float64) * 1e-6)


x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(Chance.apply, x, nondet_tol=1e-3, check_undefined_grad=False))
torch.autograd.gradcheck(Chance.apply, x)
# --- gradcheck finds that a gradient is not multiplied
class Bad(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1

    @staticmethod
    def backward(ctx, g):
        return torch.where(g == 0, torch.full_like(g, 1e-12), g)


torch.autograd.gradcheck(Bad.apply, torch.ones(1, dtype=torch.float64, requires_grad=True))
# --- gradcheck and undefined gradients
class Bad(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * 2


x = torch.ones(1, dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradcheck(Bad.apply, x, check_undefined_grad=False))
torch.autograd.gradcheck(Bad.apply, x, check_undefined_grad=True)
# --- gradcheck where the shape depends on values
torch.autograd.gradcheck(lambda x: x[x >= 1.0], torch.ones(2, dtype=torch.float64, requires_grad=True))
# --- gradcheck with nothing to check
torch.autograd.gradcheck(torch.sin, torch.ones(1), check_backward_ad=False)
# --- gradgradcheck with given gradients
x = torch.randn(2, dtype=torch.float64, requires_grad=True)
g = torch.randn(2, dtype=torch.float64, requires_grad=True)
print(torch.autograd.gradgradcheck(lambda x: x.exp(), (x,), (g,)))
# --- anomaly mode names the function
x = torch.tensor([-1.0], requires_grad=True)
with torch.autograd.set_detect_anomaly(True):
    y = x.sqrt()
    try:
        y.sum().backward()
    except RuntimeError as e:
        print(e)
# --- anomaly mode without a look at NaN
x = torch.tensor([-1.0], requires_grad=True)
with torch.autograd.set_detect_anomaly(True, check_nan=False):
    x.sqrt().sum().backward()
print(x.grad)
# --- anomaly mode without information about forward
x = torch.tensor([-1.0], requires_grad=True)
y = x.sqrt()
with torch.autograd.detect_anomaly():
    y.backward()
# --- anomaly mode is on and off
print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
with torch.autograd.set_detect_anomaly(True, check_nan=False):
    print(torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled())
print(torch.is_anomaly_enabled())
# --- anomaly mode and an exception in backward
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        raise ValueError("broken")


x = torch.ones(1, requires_grad=True)
y = F.apply(x)
with torch.autograd.set_detect_anomaly(True):
    y.backward()
# --- anomaly mode tells which earlier calculation induced the one that failed
x = torch.tensor([0.0, 2.0], requires_grad=True)
with torch.autograd.set_detect_anomaly(True):
    y = x.pow(1.5)
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    (g2,) = torch.autograd.grad(g.sum(), x, create_graph=True)
    (g2 * 0).sum().backward()
# --- anomaly mode and an earlier calculation without forward information
x = torch.tensor([0.0, 2.0], requires_grad=True)
y = x.sqrt()
with torch.autograd.set_detect_anomaly(True):
    (g,) = torch.autograd.grad(y[1], x, create_graph=True)
    (g[0] * 0).backward()
# --- anomaly mode and a Function whose double backward raises
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 2

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return Once.apply(g * 2 * x)


class Once(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        raise RuntimeError("no further")


x = torch.ones(2, requires_grad=True)
with torch.autograd.set_detect_anomaly(True):
    (g,) = torch.autograd.grad(Twice.apply(x).sum(), x, create_graph=True)
    g.sum().backward()
