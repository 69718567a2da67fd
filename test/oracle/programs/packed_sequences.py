# Packed sequences through recurrent layers, and what is refused.
import torch, torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence, pad_packed_sequence, pad_sequence
torch.manual_seed(0)
seqs = [torch.randn(n, 3) for n in (5, 2, 4)]
lens = torch.tensor([len(s) for s in seqs])
pad = pad_sequence(seqs, batch_first=True)
print(pad.shape, pad[1])
packed = pack_padded_sequence(pad, lens, batch_first=True, enforce_sorted=False)
print(packed)
print(packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices)
print(packed.data.shape, packed.is_cuda)
lstm = nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True, dropout=0.0)
print(lstm)
out, (h, c) = lstm(packed)
print(type(out), h.shape, c.shape)
o, l = pad_packed_sequence(out, batch_first=True, padding_value=-1.0, total_length=6)
print(o.shape, l, o[1, :, 0])
last = torch.cat([h[-2], h[-1]], 1)
loss = last.pow(2).mean() + o[o != -1].mean()
loss.backward()
print({n: round(p.grad.norm().item(), 5) for n, p in lstm.named_parameters()})
try:
    pack_padded_sequence(pad, lens, batch_first=True)
except RuntimeError as e:
    print(e)
try:
    pack_padded_sequence(pad, torch.tensor([5, 0, 4]), batch_first=True, enforce_sorted=False)
except RuntimeError as e:
    print(e)
try:
    lstm(torch.randn(2, 3, 4))
except RuntimeError as e:
    print(e)
try:
    lstm(torch.randn(2, 3, 4, 5))
except Exception as e:
    print(type(e).__name__, e)
try:
    lstm(torch.randn(2, 3, 3), (torch.zeros(4, 3, 4), torch.zeros(4, 2, 4)))
except RuntimeError as e:
    print(e)
ps = pack_sequence([torch.arange(3.0), torch.arange(2.0)])
print(ps.data, ps.batch_sizes)
a, b = pad_packed_sequence(ps)
print(a, b)
gru = nn.GRU(3, 2)
y, hn = gru(pack_padded_sequence(pad.transpose(0, 1), [5, 2, 4], enforce_sorted=False))
print(pad_packed_sequence(y)[0].shape, hn)
print(torch.nn.utils.rnn.unpad_sequence(pad, lens, batch_first=True)[1])
u, hu = nn.RNN(3, 2, nonlinearity='relu')(torch.randn(4, 3))
print(u.shape, hu.shape)
