import copy
import random

import torch
import torch.nn as nn

torch.manual_seed(0)
random.seed(0)
net = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
target = copy.deepcopy(net)
optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
memory = []
state = torch.randn(4)
for step in range(60):
    if torch.rand(1).item() < 0.3:
        action = torch.randint(0, 2, (1,)).item()
    else:
        with torch.no_grad():
            action = net(state).argmax().item()
    reward = float(state[action] > 0)
    following = torch.randn(4)
    memory.append((state, action, reward, following))
    state = following
    if len(memory) < 8:
        continue
    batch = random.sample(memory, 8)
    states = torch.stack([b[0] for b in batch])
    actions = torch.tensor([b[1] for b in batch])
    rewards = torch.tensor([b[2] for b in batch])
    followers = torch.stack([b[3] for b in batch])
    q = net(states).gather(1, actions.unsqueeze(1)).squeeze(1)
    with torch.no_grad():
        goal = rewards + 0.9 * target(followers).max(1).values
    loss = nn.functional.smooth_l1_loss(q, goal)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        target.load_state_dict(net.state_dict())
        print(step, f"{loss.item():.4f}")
    else:
        for mine, theirs in zip(target.parameters(), net.parameters()):
            mine.data.copy_(0.99 * mine.data + 0.01 * theirs.data)
print(q.grad_fn.name(), goal.requires_grad)
