# DQN with a replay memory, a dueling head and a target that follows.
import torch, torch.nn as nn, random, math, copy
from collections import namedtuple, deque
random.seed(1)
torch.manual_seed(1)
Transition = namedtuple('Transition', ('state', 'action', 'next_state', 'reward'))

class ReplayMemory(object):

    def __init__(self, capacity):
        self.memory = deque([], maxlen=capacity)

    def push(self, *args):
        self.memory.append(Transition(*args))

    def sample(self, n):
        return random.sample(self.memory, n)

    def __len__(self):
        return len(self.memory)

class DQN(nn.Module):

    def __init__(self, n, a):
        super().__init__()
        self.layer1 = nn.Linear(n, 16)
        self.layer3 = nn.Linear(16, a)

    def forward(self, x):
        return self.layer3(torch.relu(self.layer1(x)))

class Dueling(nn.Module):

    def __init__(self):
        super().__init__()
        self.f = nn.Linear(4, 8)
        self.v = nn.Linear(8, 1)
        self.a = nn.Linear(8, 2)

    def forward(self, x):
        h = self.f(x).relu()
        a = self.a(h)
        return self.v(h) + a - a.mean(dim=1, keepdim=True)
policy_net, target_net = (DQN(4, 2), DQN(4, 2))
target_net.load_state_dict(policy_net.state_dict())
optimizer = torch.optim.AdamW(policy_net.parameters(), lr=0.001, amsgrad=True)
memory = ReplayMemory(100)
steps = 0

def select_action(state):
    global steps
    eps = 0.05 + 0.85 * math.exp(-1.0 * steps / 100)
    steps += 1
    if random.random() > eps:
        with torch.no_grad():
            return policy_net(state).max(1).indices.view(1, 1)
    return torch.tensor([[random.randrange(2)]], dtype=torch.long)

def optimize():
    if len(memory) < 8:
        return None
    batch = Transition(*zip(*memory.sample(8)))
    mask = torch.tensor(tuple(map(lambda s: s is not None, batch.next_state)), dtype=torch.bool)
    nfn = torch.cat([s for s in batch.next_state if s is not None])
    sb, ab, rb = (torch.cat(batch.state), torch.cat(batch.action), torch.cat(batch.reward))
    q = policy_net(sb).gather(1, ab)
    nv = torch.zeros(8)
    with torch.no_grad():
        nv[mask] = target_net(nfn).max(1).values
    loss = nn.SmoothL1Loss()(q, (nv * 0.99 + rb).unsqueeze(1))
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_value_(policy_net.parameters(), 100)
    optimizer.step()
    return loss.item()
state = torch.randn(1, 4)
for t in range(40):
    a = select_action(state)
    nxt = None if random.random() < 0.1 else torch.randn(1, 4)
    memory.push(state, a, nxt, torch.tensor([1.0]))
    state = nxt if nxt is not None else torch.randn(1, 4)
    l = optimize()
    ts, ps = (target_net.state_dict(), policy_net.state_dict())
    for k in ps:
        ts[k] = ps[k] * 0.005 + ts[k] * (1 - 0.005)
    target_net.load_state_dict(ts)
    if t % 8 == 7:
        print(t, a.item(), f'{l:.5f}')
print(memory.memory[-1], Dueling()(torch.randn(2, 4)), Transition._fields)
q1 = torch.randn(3, 2)
print(torch.gather(q1, 1, q1.argmax(1, keepdim=True)), q1.max(dim=1), q1.min(0))
print(torch.aminmax(q1), q1.max(), torch.maximum(q1, -q1))
with torch.no_grad():
    for p, q in zip(target_net.parameters(), policy_net.parameters()):
        p.data.mul_(0.9).add_(0.1 * q.data)
        p.lerp_(q, 0.1)
print(target_net.layer3.bias)
