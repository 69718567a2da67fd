import torch
from torch import autograd, nn

torch.manual_seed(0)
critic = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1))
generator = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))
c_opt = torch.optim.Adam(critic.parameters(), lr=5e-3, betas=(0.0, 0.9))
g_opt = torch.optim.Adam(generator.parameters(), lr=5e-3, betas=(0.0, 0.9))


def gradient_penalty(real, fake):
    alpha = torch.rand(real.size(0), 1)
    mixed = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    score = critic(mixed)
    (gradient,) = autograd.grad(score, mixed, grad_outputs=torch.ones_like(score), create_graph=True)
    return ((gradient.norm(2, dim=1) - 1) ** 2).mean()


for step in range(15):
    for _ in range(2):
        real = torch.randn(8, 2) + torch.tensor([2.0, -1.0])
        fake = generator(torch.randn(8, 3)).detach()
        penalty = gradient_penalty(real, fake)
        c_loss = critic(fake).mean() - critic(real).mean() + 10 * penalty
        c_opt.zero_grad()
        c_loss.backward()
        c_opt.step()
    g_loss = -critic(generator(torch.randn(8, 3))).mean()
    g_opt.zero_grad()
    g_loss.backward()
    g_opt.step()
    if step % 5 == 0:
        print(step, f"{c_loss.item():.3f} {g_loss.item():.3f} {penalty.item():.3f}")
print(penalty.grad_fn.name(), critic[0].weight.grad.norm() > 0)
