# Cross entropy from its parts, against the ready-made one.
import torch
import torch.nn.functional as F

logits = torch.tensor([[2.0, -1.0, 0.5], [0.1, 0.2, 0.3]], requires_grad=True)
labels = torch.tensor([0, 2])
shifted = logits - logits.max(dim=1, keepdim=True).values
log_probs = shifted - shifted.exp().sum(dim=1, keepdim=True).log()
mine = -log_probs[torch.arange(2), labels].mean()
ready = F.cross_entropy(logits, labels)
(g1,) = torch.autograd.grad(mine, logits)
(g2,) = torch.autograd.grad(ready, logits)
print(mine, ready)
print(g1, g2, sep="\n")
print(torch.allclose(g1, g2), F.softmax(logits, dim=-1))
