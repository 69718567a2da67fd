import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Bernoulli, Normal


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(3, 12)
        self.mean = nn.Linear(12, 1)
        self.log_std = nn.Parameter(torch.zeros(1))
        self.value = nn.Linear(12, 1)

    def forward(self, x):
        h = torch.tanh(self.body(x))
        return Normal(self.mean(h), self.log_std.exp()), self.value(h)


torch.manual_seed(5)
model = ActorCritic()
optimizer = torch.optim.RMSprop(model.parameters(), lr=3e-3)
for step in range(20):
    state = torch.randn(8, 3)
    dist, value = model(state)
    action = dist.sample()
    reward = -(action - state.sum(1, keepdim=True)).pow(2)
    done = Bernoulli(torch.full((8, 1), 0.1)).sample()
    with torch.no_grad():
        following = model(torch.randn(8, 3))[1] * (1 - done)
    target = reward + 0.9 * following
    advantage = target - value
    actor = -(dist.log_prob(action) * advantage.detach()).mean()
    critic = F.smooth_l1_loss(value, target)
    loss = actor + 0.5 * critic - 0.01 * dist.entropy().mean()
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_value_(model.parameters(), 0.5)
    optimizer.step()
    if step % 5 == 0:
        print(step, f"{actor.item():.2f} {critic.item():.2f}")
print(model.log_std, dist.batch_shape, dist.event_shape)
