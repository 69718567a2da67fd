import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2)


def episode():
    log_probs, rewards, entropies = [], [], []
    state = torch.tensor([0.5, -0.5])
    for _ in range(10):
        dist = Categorical(logits=policy(state))
        action = dist.sample()
        log_probs.append(dist.log_prob(action))
        entropies.append(dist.entropy())
        rewards.append(1.0 if action.item() == int(state[0] > 0) else 0.0)
        state = torch.tensor([-state[1].item(), state[0].item() * 0.9 - 0.1 * action.item()])
    return torch.stack(log_probs), rewards, torch.stack(entropies)


for i in range(15):
    log_probs, rewards, entropies = episode()
    returns, total = [], 0.0
    for reward in reversed(rewards):
        total = reward + 0.9 * total
        returns.insert(0, total)
    returns = torch.tensor(returns)
    returns = (returns - returns.mean()) / (returns.std() + 1e-6)
    loss = -(log_probs * returns).sum() - 0.01 * entropies.sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if i % 5 == 0:
        print(i, sum(rewards), f"{loss.item():.3f}")
print(Categorical(logits=policy(torch.zeros(2))).probs, log_probs.grad_fn.name())
