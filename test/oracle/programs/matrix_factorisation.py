import torch
from torch import nn

torch.manual_seed(0)
ratings = torch.randint(1, 6, (8, 6)).float()
known = torch.rand(8, 6) < 0.7


class Factors(nn.Module):
    def __init__(self, users, items, width=3):
        super().__init__()
        self.users = nn.Embedding(users, width)
        self.items = nn.Embedding(items, width)
        self.user_bias = nn.Embedding(users, 1)
        self.item_bias = nn.Embedding(items, 1)
        self.mean = nn.Parameter(torch.tensor(3.0))

    def forward(self, user, item):
        dot = (self.users(user) * self.items(item)).sum(1)
        return dot + self.user_bias(user).squeeze(1) + self.item_bias(item).squeeze(1) + self.mean


user, item = known.nonzero(as_tuple=True)
target = ratings[user, item]
model = Factors(8, 6)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-3)
for epoch in range(40):
    order = torch.randperm(len(user))
    total = 0.0
    for chunk in order.split(12):
        loss = nn.functional.mse_loss(model(user[chunk], item[chunk]), target[chunk])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(chunk)
    if epoch % 10 == 0:
        print(epoch, f"{total / len(user):.4f}")
filled = model.users.weight @ model.items.weight.T
print(filled.shape, len(user))
