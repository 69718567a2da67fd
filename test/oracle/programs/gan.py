import torch
import torch.nn as nn

torch.manual_seed(42)
generator = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))
discriminator = nn.Sequential(nn.Linear(1, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1), nn.Sigmoid())
loss_fn = nn.BCELoss()
g_opt = torch.optim.Adam(generator.parameters(), lr=0.01, betas=(0.5, 0.999))
d_opt = torch.optim.Adam(discriminator.parameters(), lr=0.01, betas=(0.5, 0.999))
ones, zeros = torch.ones(16, 1), torch.zeros(16, 1)
for step in range(40):
    real = torch.randn(16, 1) * 0.5 + 3
    fake = generator(torch.randn(16, 2))
    d_opt.zero_grad()
    d_loss = loss_fn(discriminator(real), ones) + loss_fn(discriminator(fake.detach()), zeros)
    d_loss.backward()
    assert all(p.grad is None for p in generator.parameters()) or step > 0
    d_opt.step()
    g_opt.zero_grad()
    g_loss = loss_fn(discriminator(fake), ones)
    g_loss.backward()
    g_opt.step()
    if step % 10 == 0:
        print(step, f"{d_loss.item():.3f} {g_loss.item():.3f}")
with torch.no_grad():
    made = generator(torch.randn(100, 2))
print(f"{made.mean().item():.3f} {made.std().item():.3f}")
print(generator[0].weight.grad.shape, discriminator[0].weight.requires_grad)
