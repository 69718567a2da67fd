import torch
from torch import nn


class Forecaster(nn.Module):
    def __init__(self, hidden=8):
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, num_layers=2, batch_first=True)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x, state=None):
        out, state = self.lstm(x, state)
        return self.head(out[:, -1]), state


torch.manual_seed(0)
model = Forecaster()
print(model)
t = torch.linspace(0, 6.28, 24)
wave = torch.sin(t)
windows = wave.unfold(0, 6, 1)
inputs, targets = windows[:-1].unsqueeze(-1), wave[6:].unsqueeze(-1)
print(inputs.shape, targets.shape)
loss_fn = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for step in range(30):
    prediction, _ = model(inputs)
    loss = loss_fn(prediction, targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, f"{loss.item():.4f}")
model.eval()
with torch.no_grad():
    final, (h, c) = model(inputs[:2])
print(h.shape, c.shape, prediction.grad_fn.name())
