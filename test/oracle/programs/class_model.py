# A module of one's own, a training loop with SGD and momentum, a checkpoint of its state.
import torch
from torch import nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.first = nn.Linear(1, width)
        self.second = nn.Linear(width, 1)
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return self.scale * self.second(torch.sigmoid(self.first(x)))


torch.manual_seed(11)
net = Net(6)
print(net)
x = torch.linspace(0, 1, 10).unsqueeze(1)
y = torch.sin(3 * x)
optimizer = torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.9)
history = []
for epoch in range(100):
    loss = F.mse_loss(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    history.append(loss.item())
print([round(v, 4) for v in history[::25]])
state = net.state_dict()
print(list(state))
other = Net(6)
print(other.load_state_dict(state))
print(torch.equal(other(x), net(x)))
