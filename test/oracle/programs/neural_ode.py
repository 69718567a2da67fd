import torch
import torch.nn as nn


class Field(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 16), nn.Softplus(), nn.Linear(16, 2))
        for m in self.net.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, mean=0, std=0.3)
                nn.init.constant_(m.bias, 0)

    def forward(self, t, y):
        return self.net(y)


def euler(f, y, times):
    path = [y]
    for t0, t1 in zip(times[:-1], times[1:]):
        y = y + (t1 - t0) * f(t0, y)
        path.append(y)
    return torch.stack(path)


def rk4(f, y, times):
    path = [y]
    for t0, t1 in zip(times[:-1], times[1:]):
        h = t1 - t0
        k1 = f(t0, y)
        k2 = f(t0 + h / 2, y + h / 2 * k1)
        k3 = f(t0 + h / 2, y + h / 2 * k2)
        k4 = f(t1, y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        path.append(y)
    return torch.stack(path)


torch.manual_seed(0)
A = torch.tensor([[-0.1, 1.0], [-1.0, -0.1]])
times = torch.linspace(0, 2, 11)
start = torch.tensor([[2.0, 0.0]])
truth = rk4(lambda t, y: y @ A.T, start, times)
field = Field()
optimizer = torch.optim.Adam(field.parameters(), lr=0.02)
for step in range(30):
    loss = (euler(field, start, times) - truth).abs().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, f"{loss.item():.4f}")
print(truth[-1])
