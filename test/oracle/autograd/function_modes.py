# TorchFunctionMode.
# --- a mode sees functions, methods and properties
from torch.overrides import TorchFunctionMode, resolve_name


class Log(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        print(resolve_name(func), types, len(args), kwargs)
        return func(*args, **(kwargs or {}))


x = torch.ones(2, 3, requires_grad=True)
with Log():
    y = x + 1
    y = x * x
    y = -x
    y = x.exp()
    y = torch.sin(x)
    y = x.sum(dim=1)
    y = torch.sum(x, 1, keepdim=True)
    y = x.shape, x.size(0), x.dtype, x.requires_grad, x.grad, x.is_leaf
    y = torch.zeros(2), torch.arange(3), torch.ones_like(x), torch.tensor([1.0])
    y = x.view(-1)
    y = x[0]
    y = torch.cat([x, x])
    y = torch.stack([x])
    y = x.detach().clone()
    y += 1
    y[0] = 5
    y = x > 0
    y = x @ x.t()
    y = torch.where(x > 0, x, x)
    y = torch.nn.functional.linear(x, x)
    y = x.numel(), x.tolist(), x.to(torch.float64)
    b = x.sum()
    y = b.item()
print(y)
# --- modes nest
from torch.overrides import TorchFunctionMode, _get_current_function_mode


class Named(TorchFunctionMode):
    def __init__(self, name):
        self.name = name

    def __torch_function__(self, func, types, args=(), kwargs=None):
        print(self.name, func.__name__)
        return func(*args, **(kwargs or {}))


x = torch.ones(2)
with Named("outer") as outer, Named("inner"):
    print((x + 1).tolist())
    x.sin()
print(_get_current_function_mode())
with Named("one") as one:
    print(_get_current_function_mode() is one)
# --- a mode's answer is the result
from torch.overrides import TorchFunctionMode


class Other(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func is torch.add:
            return torch.mul(*args)
        if func is torch.Tensor.add:
            return "added"
        if func in (torch.ones, torch.zeros):
            return "made"
        return func(*args, **(kwargs or {}))


three = torch.full((2,), 3.0)
with Other():
    print(torch.add(three, 4).tolist(), three + 1, torch.ones(2), torch.sub(three, 1).tolist())
print(torch.add(three, 4).tolist())
# --- a mode that declines
from torch.overrides import TorchFunctionMode


class Declines(TorchFunctionMode):
    def __repr__(self):
        return "Declines()"

    def __torch_function__(self, func, types, args=(), kwargs=None):
        return NotImplemented


with Declines():
    torch.add(torch.ones(1), 1)
# --- a mode that is not written
from torch.overrides import TorchFunctionMode

with TorchFunctionMode():
    torch.ones(2)
# --- a mode that is left by an exception
from torch.overrides import TorchFunctionMode, _get_current_function_mode


class Fails(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        raise ValueError(func.__name__)


try:
    with Fails():
        torch.ones(2).sin()
except ValueError as error:
    print("caught", error, _get_current_function_mode())
print((torch.ones(2) + 1).tolist())
# --- a mode enters itself again
from torch.overrides import TorchFunctionMode


class Again(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func is torch.add:
            with self:
                return args[0] * args[1]
        print("saw", func.__name__)
        return func(*args, **(kwargs or {}))


x = torch.full((2,), 3.0)
with Again():
    y = torch.add(x, 4)
print(y)
# --- modes are not asked where they are off
from torch.overrides import BaseTorchFunctionMode, TorchFunctionMode


class Log(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        print(func.__name__)
        return func(*args, **(kwargs or {}))


x = torch.ones(2)
with Log():
    with torch._C.DisableTorchFunction():
        x + 1
    with torch._C.DisableTorchFunctionSubclass():
        x - 1
with BaseTorchFunctionMode():
    print(x.sum())
# --- gradients inside of a mode
from torch.overrides import TorchFunctionMode


class Count(TorchFunctionMode):
    seen = 0

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.seen += 1
        return func(*args, **(kwargs or {}))


x = torch.tensor([1.0, 2.0], requires_grad=True)
with Count() as count:
    y = (x**2 + 3).sum()
    y.backward()
print(count.seen, y, x.grad)
