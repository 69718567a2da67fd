import torch
from torch import nn

torch.manual_seed(1)
layer = nn.TransformerEncoderLayer(d_model=8, nhead=2, dim_feedforward=16, dropout=0.1, batch_first=True)
encoder = nn.TransformerEncoder(layer, num_layers=2)
head = nn.Linear(8, 2)
x = torch.randn(6, 5, 8)
y = (x[:, 0, 0] > 0).long()
padding = torch.zeros(6, 5, dtype=torch.bool)
padding[:, -1] = True
params = list(encoder.parameters()) + list(head.parameters())
print(len(params), sum(p.numel() for p in params))
optimizer = torch.optim.SGD(params, lr=0.05, momentum=0.9)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=15)
for step in range(15):
    optimizer.zero_grad()
    logits = head(encoder(x, src_key_padding_mask=padding).mean(1))
    loss = nn.functional.cross_entropy(logits, y)
    loss.backward()
    optimizer.step()
    scheduler.step()
    if step % 5 == 4:
        print(step, f"{loss.item():.3f}", f"{scheduler.get_last_lr()[0]:.5f}")
encoder.eval()
out = head(encoder(x).mean(1))
print(out.argmax(1), out.grad_fn.name())
