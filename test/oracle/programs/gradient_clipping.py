import torch
import torch.nn as nn

torch.manual_seed(0)
rnn = nn.RNN(2, 6, nonlinearity="relu")
with torch.no_grad():
    rnn.weight_hh_l0.mul_(3)
x = torch.randn(30, 1, 2)
out, h = rnn(x)
out.pow(2).mean().backward()
before = nn.utils.get_total_norm([p.grad for p in rnn.parameters()])
total = nn.utils.clip_grad_norm_(rnn.parameters(), max_norm=1.0)
after = nn.utils.get_total_norm([p.grad for p in rnn.parameters()])
print(torch.allclose(before, total), f"{after.item():.4f}")
inf = nn.utils.clip_grad_norm_(rnn.parameters(), 0.5, norm_type=float("inf"))
print(f"{inf.item():.4f}", max(p.grad.abs().max().item() for p in rnn.parameters()) <= 0.5)
nn.utils.clip_grad_value_(rnn.parameters(), 0.01)
print([round(p.grad.abs().max().item(), 4) for p in rnn.parameters()])
vector = nn.utils.parameters_to_vector(rnn.parameters())
nn.utils.vector_to_parameters(torch.zeros_like(vector), rnn.parameters())
print(vector.shape, rnn.weight_ih_l0.abs().sum())
