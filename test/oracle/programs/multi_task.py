import torch
from torch import nn


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared = nn.Sequential(nn.Linear(5, 10), nn.SiLU(), nn.LayerNorm(10))
        self.heads = nn.ModuleDict({"price": nn.Linear(10, 1), "kind": nn.Linear(10, 3)})
        self.log_vars = nn.ParameterDict({"price": nn.Parameter(torch.zeros(())), "kind": nn.Parameter(torch.zeros(()))})

    def forward(self, x):
        h = self.shared(x)
        return {name: head(h) for name, head in self.heads.items()}


torch.manual_seed(0)
model = MultiTask()
print(model)
x = torch.randn(20, 5)
goals = {"price": x.sum(1, keepdim=True), "kind": x[:, :3].argmax(1)}
losses = {"price": nn.MSELoss(), "kind": nn.CrossEntropyLoss()}
optimizer = torch.optim.RAdam(model.parameters(), lr=0.02)
for step in range(30):
    out = model(x)
    parts = {name: losses[name](out[name], goals[name]) for name in out}
    total = sum(torch.exp(-model.log_vars[n]) * part + model.log_vars[n] for n, part in parts.items())
    optimizer.zero_grad()
    total.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, {name: round(part.item(), 3) for name, part in parts.items()})
first, second = (
    torch.autograd.grad(losses[n](model(x)[n], goals[n]), model.shared[0].weight)[0].flatten() for n in out
)
print(torch.cosine_similarity(first, second, dim=0).shape)
