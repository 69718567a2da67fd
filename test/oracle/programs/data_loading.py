import torch
from torch import nn
from torch.utils.data import ConcatDataset, DataLoader, Dataset, Subset, TensorDataset, WeightedRandomSampler, random_split


class Squares(Dataset):
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return {"x": torch.tensor([float(i)]), "y": float(i * i), "name": f"item {i}"}


torch.manual_seed(0)
for batch in DataLoader(Squares(5), batch_size=2, shuffle=True):
    print(batch)
data = TensorDataset(torch.randn(30, 3), torch.randint(0, 2, (30,)))
train, val = random_split(data, [0.8, 0.2], generator=torch.Generator().manual_seed(1))
print(len(train), len(val), train.indices[:5])
loader = DataLoader(train, batch_size=8, shuffle=True, drop_last=True)
model = nn.Linear(3, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    total = 0.0
    for xb, yb in loader:
        loss = nn.functional.cross_entropy(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    print(epoch, len(loader), f"{total:.3f}")
sampler = WeightedRandomSampler([0.1, 0.9, 0.4], 8)
print(list(sampler))
both = ConcatDataset([Subset(data, [0, 2]), Subset(data, range(3))])
print(len(both), torch.equal(both[1][0], data[2][0]))
print([len(b[0]) for b in DataLoader(val, batch_size=4)])
