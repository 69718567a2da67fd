import torch
from torch import nn

torch.manual_seed(0)


class TiedModel(nn.Module):
    def __init__(self, words=9, width=5):
        super().__init__()
        self.embed = nn.Embedding(words, width)
        self.mix = nn.Linear(width, width)
        self.head = nn.Linear(width, words, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, x):
        return self.head(torch.tanh(self.mix(self.embed(x))))


model = TiedModel()
print([name for name, _ in model.named_parameters()])
print([name for name, _ in model.named_parameters(remove_duplicate=False)])
print(list(model.state_dict()), model.head.weight is model.embed.weight)
x = torch.tensor([1, 2, 3, 4])
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
for _ in range(20):
    loss = nn.functional.cross_entropy(model(x), (x + 1) % 9)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"{loss.item():.4f}", torch.equal(model.head.weight, model.embed.weight))
grad = model.embed.weight.grad
