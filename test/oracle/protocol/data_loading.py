"""Data sets and loaders."""

import torch
from torch.utils.data import TensorDataset, DataLoader, random_split, Dataset

ds = TensorDataset(torch.arange(10.0).reshape(5, 2), torch.arange(5))
print(len(ds), ds[1])
torch.manual_seed(0)
for xb, yb in DataLoader(ds, batch_size=2, shuffle=True):
    print(xb, yb)
for xb, yb in DataLoader(ds, batch_size=2, drop_last=True):
    print(xb.shape, yb)
a, b = random_split(ds, [3, 2])
print(a.indices, b.indices)
print([s.indices for s in random_split(range(10), [0.5, 0.5])])


class D(Dataset):

    def __len__(self):
        return 3

    def __getitem__(self, i):
        return {'x': torch.tensor(float(i)), 'y': i, 'n': str(i)}


for q in DataLoader(D(), batch_size=2):
    print(q)
print(len(DataLoader(ds, batch_size=2)))
