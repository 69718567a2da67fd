import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class PositionalEncoding(nn.Module):
    def __init__(self, width, length=16):
        super().__init__()
        position = torch.arange(length).unsqueeze(1)
        rate = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
        table = torch.zeros(length, width)
        table[:, 0::2] = torch.sin(position * rate)
        table[:, 1::2] = torch.cos(position * rate)
        self.register_buffer("table", table)

    def forward(self, x):
        return x + self.table[: x.size(1)]


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.attend = nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.feed = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x, mask):
        y = self.norm1(x)
        y, weights = self.attend(y, y, y, attn_mask=mask)
        x = x + y
        return x + self.feed(self.norm2(x)), weights


torch.manual_seed(0)
width, vocabulary = 8, 10
embed = nn.Embedding(vocabulary, width)
place = PositionalEncoding(width)
block = Block(width, 2)
head = nn.Linear(width, vocabulary)
model = nn.ModuleList([embed, place, block, head])
print(model)
tokens = torch.randint(0, vocabulary, (3, 7))
mask = torch.triu(torch.ones(6, 6, dtype=torch.bool), diagonal=1)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
for step in range(25):
    x, weights = block(place(embed(tokens[:, :-1])), mask)
    loss = F.cross_entropy(head(x).reshape(-1, vocabulary), tokens[:, 1:].reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 6 == 0:
        print(step, f"{loss.item():.3f}")
print(weights[0, 0], weights.sum(-1).allclose(torch.ones(3, 6)))
