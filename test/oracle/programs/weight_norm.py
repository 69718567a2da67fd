import torch
from torch import nn
from torch.nn.utils import parametrizations, parametrize

torch.manual_seed(0)
layer = parametrizations.weight_norm(nn.Linear(4, 3))
print(layer)
print(list(layer.state_dict()))
print(torch.allclose(layer.weight.norm(dim=1), layer.parametrizations.weight.original0.flatten()))
spectral = parametrizations.spectral_norm(nn.Linear(4, 3))


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).transpose(-1, -2)


square = nn.Linear(3, 3)
parametrize.register_parametrization(square, "weight", Symmetric())
print(torch.equal(square.weight, square.weight.T), parametrize.is_parametrized(square))
model = nn.Sequential(layer, nn.Tanh(), square)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x, y = torch.randn(10, 4), torch.randn(10, 3)
for _ in range(10):
    loss = (model(x) - y).pow(2).mean() + spectral(x).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"{loss.item():.4f}", torch.linalg.matrix_norm(spectral.weight, 2) < 1.2)
parametrize.remove_parametrizations(square, "weight")
print(square, type(square.weight).__name__, model[0].parametrizations.weight.original1.grad.shape)
weight = layer.weight
