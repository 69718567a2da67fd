import torch
import torch.nn as nn


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv1d(1, 4, 3, stride=2, padding=1), nn.ReLU(), nn.Conv1d(4, 2, 3, stride=2, padding=1))
        self.decoder = nn.Sequential(
            nn.ConvTranspose1d(2, 4, 3, stride=2, padding=1, output_padding=1),
            nn.ReLU(),
            nn.ConvTranspose1d(4, 1, 3, stride=2, padding=1, output_padding=1),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))


torch.manual_seed(0)
model = Autoencoder()
print(model)
phases = torch.rand(10, 1) * 6.28
x = torch.sin(torch.linspace(0, 6.28, 16) + phases).unsqueeze(1)
optimizer = torch.optim.NAdam(model.parameters(), lr=0.02)
for step in range(40):
    loss = nn.functional.huber_loss(model(x + 0.1 * torch.randn_like(x)), x)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, f"{loss.item():.4f}")
code = model.encoder(x)
print(code.shape, model(x).shape)
