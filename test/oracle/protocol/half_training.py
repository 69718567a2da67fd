import torch
from torch import nn

for dtype in (torch.float16, torch.bfloat16):
    torch.manual_seed(3)
    print(torch.rand(5, dtype=dtype), torch.randn(5, dtype=dtype), torch.randn(16, dtype=dtype))
    print(torch.randn(20, dtype=dtype), torch.empty(33, dtype=dtype).normal_(1, 2), torch.rand(2))
    print(torch.empty(4, dtype=dtype).uniform_(-1, 1), torch.empty(4, dtype=dtype).exponential_())
    print(torch.bernoulli(torch.full((4,), 0.5, dtype=dtype)), torch.randint(0, 10, (4,), dtype=dtype))
    print(torch.linspace(0, 1, 24, dtype=dtype), torch.linspace(-3, 2.7, 33, dtype=dtype))
    print(torch.arange(1, 30, 0.7, dtype=dtype))
    x = torch.full((4,), 1.2345, dtype=dtype)
    x.mul_(1.1).add_(1e-4).div_(3).sub_(0.123)
    print(x.float())
    print(x.exp_().sqrt_().sin_().float())
    y = torch.linspace(0, 1, 8, dtype=dtype)
    view = y[::2]
    view.add_(1e-3).mul_(1.01).pow_(2)
    view.addcmul_(view, view, value=0.1).addcdiv_(view, view + 1, value=0.1).lerp_(torch.ones(4, dtype=dtype), 0.3)
    print(y.float(), view.clamp_(0.2001, 0.7777).float())
    y[0] = 0.1234567
    y[1:3] = 3.14159
    print(y.copy_(torch.arange(8) / 7).float())
    torch.set_default_dtype(dtype)
    model = nn.Linear(3, 2)
    data = torch.randn(4, 3)
    print(model.weight, model.bias)
    for kind, options in (
        (torch.optim.SGD, {"momentum": 0.9, "weight_decay": 0.01}),
        (torch.optim.Adam, {}),
        (torch.optim.AdamW, {}),
        (torch.optim.RMSprop, {}),
        (torch.optim.Adagrad, {}),
    ):
        parameter = nn.Parameter(torch.randn(4))
        optimizer = kind([parameter], lr=0.01, **options)
        for _ in range(3):
            parameter.grad = torch.randn(4)
            optimizer.step()
            print(kind.__name__, parameter.data.double(), optimizer.state[parameter])
    torch.set_default_dtype(torch.float32)
