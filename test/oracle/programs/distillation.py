import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
teacher = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 3)).eval().requires_grad_(False)
student = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3))
optimizer = torch.optim.Adamax(student.parameters(), lr=0.02)
T = 2.0
x = torch.randn(40, 4)
y = teacher(x).argmax(1)
for step in range(40):
    with torch.no_grad():
        soft = F.softmax(teacher(x) / T, dim=1)
    logits = student(x)
    distil = F.kl_div(F.log_softmax(logits / T, dim=1), soft, reduction="batchmean") * T * T
    loss = 0.7 * distil + 0.3 * F.cross_entropy(logits, y, label_smoothing=0.1)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        agree = (logits.argmax(1) == y).float().mean().item()
        print(step, f"{loss.item():.4f} {agree:.3f}")
print([p.grad for p in teacher.parameters()], soft.requires_grad)
