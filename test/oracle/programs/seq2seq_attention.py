import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

torch.manual_seed(0)
PAD, START = 0, 1
sources = [torch.randint(2, 8, (n,)) for n in (5, 3, 4)]
targets = [s.flip(0) for s in sources]
lengths = torch.tensor([len(s) for s in sources])
src = pad_sequence(sources, batch_first=True, padding_value=PAD)
tgt = pad_sequence(targets, batch_first=True, padding_value=PAD)


class Encoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.embed = nn.Embedding(8, width, padding_idx=PAD)
        self.rnn = nn.GRU(width, width, batch_first=True, bidirectional=True)
        self.down = nn.Linear(2 * width, width)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(self.embed(x), lengths, batch_first=True, enforce_sorted=False)
        out, h = self.rnn(packed)
        out, _ = pad_packed_sequence(out, batch_first=True)
        return self.down(out), torch.tanh(self.down(torch.cat([h[0], h[1]], 1)))


class Decoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.embed = nn.Embedding(8, width, padding_idx=PAD)
        self.cell = nn.GRUCell(2 * width, width)
        self.out = nn.Linear(2 * width, 8)

    def forward(self, token, h, memory, mask):
        scores = torch.einsum("bd,btd->bt", h, memory).masked_fill(mask, float("-inf"))
        context = torch.bmm(scores.softmax(1).unsqueeze(1), memory).squeeze(1)
        h = self.cell(torch.cat([self.embed(token), context], 1), h)
        return self.out(torch.cat([h, context], 1)), h


encoder, decoder = Encoder(10), Decoder(10)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=0.02)
for step in range(25):
    memory, h = encoder(src, lengths)
    token = torch.full((3,), START)
    loss = 0
    for t in range(tgt.size(1)):
        logits, h = decoder(token, h, memory, src == PAD)
        loss = loss + F.cross_entropy(logits, tgt[:, t], ignore_index=PAD)
        token = tgt[:, t]
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 8 == 0:
        print(step, f"{loss.item():.3f}")
print(memory.shape, encoder.embed.weight.grad[PAD].abs().sum())
