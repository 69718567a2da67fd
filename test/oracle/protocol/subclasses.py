import torch


class Logged(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        print(func.__name__, [kind.__name__ for kind in types])
        return super().__torch_function__(func, types, args, kwargs or {})


x = torch.arange(4.0).reshape(2, 2).as_subclass(Logged)
print(type(x + 1).__name__, type(1 - x).__name__)
print(torch.sum(x).item(), x.mean())
print(x[0], x.shape, x.dtype, x.requires_grad, x.is_leaf)
print(f"{x}", str(x.T))
print(type(torch.cat([x, torch.ones(1, 2)])).__name__)
x.requires_grad_()
y = (x * x).sum()
y.backward()
print(type(x.grad).__name__)
x.grad = None
x[0].detach().zero_()
torch.nn.functional.relu(x)


class Described(torch.Tensor):
    @staticmethod
    def __new__(cls, data, words=""):
        made = torch.as_tensor(data).as_subclass(cls)
        made.words = words
        return made


d = Described([1.0, 2.0], "metres")
print(d, d.words, type(d * 2).__name__, hasattr(d * 2, "words"), isinstance(d, torch.Tensor))


class Scaled:
    """Takes part without being a tensor."""

    def __init__(self, size, value):
        self.size, self.value = size, value

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func is torch.mean:
            return args[0].value / args[0].size
        return NotImplemented


s = Scaled(5, 2.0)
print(torch.mean(s))
for call in (lambda: torch.add(s, s), lambda: torch.mul(torch.ones(2), s)):
    try:
        call()
    except TypeError as error:
        print(error)
