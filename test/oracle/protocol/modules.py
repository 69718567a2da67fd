"""Modules: parameters, state, printing, losses, initialisation."""

import torch, torch.nn as nn, torch.nn.functional as F, copy

torch.manual_seed(1)


class Net(nn.Module):

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 8)
        self.fc2 = nn.Linear(8, 2)
        self.drop = nn.Dropout(0.5)
        self.register_buffer('steps', torch.zeros(1))
        self.scale = nn.Parameter(torch.ones(2))

    def forward(self, x):
        return self.fc2(F.relu(self.drop(self.fc1(x)))) * self.scale


net = Net()
print(net)
print([(n, tuple(p.shape)) for n, p in net.named_parameters()])
print(net.state_dict().keys())
print(sum((p.numel() for p in net.parameters())))
x = torch.randn(5, 4)
print(net(x))
net.eval()
print(net(x))
t = torch.tensor([0, 1, 0, 1, 1])
loss = F.cross_entropy(net(x), t)
print(loss)
loss.backward()
for n, p in net.named_parameters():
    print(n, p.grad.abs().sum())
net2 = copy.deepcopy(net)
print(torch.equal(net2.fc1.weight, net.fc1.weight), net2.fc1.weight is net.fc1.weight, net2.fc1.weight.grad is None)
sd = net.state_dict()
net3 = Net()
print(net3.load_state_dict(sd))
print(torch.equal(net3.fc1.weight, net.fc1.weight))
net.zero_grad()
print(net.fc1.weight.grad)
for p in net.fc1.parameters():
    p.requires_grad_(False)
print([p.requires_grad for p in net.parameters()])
print(net.double().fc2.weight.dtype, next(net.parameters()).dtype)
print(nn.ModuleList([nn.Linear(1, 1), nn.ReLU()]))
print(nn.ModuleDict({'a': nn.Linear(1, 2)}))
print(nn.ParameterList([torch.ones(1)]))
print(nn.Sequential(nn.Linear(2, 2, bias=False), nn.Sigmoid(), nn.Flatten(), nn.LeakyReLU(0.2), nn.Softmax(dim=1)))
print(list(dict(net.named_modules())))
print(net.training)
net.apply(lambda m: m.weight.data.fill_(1) if isinstance(m, nn.Linear) else None)
print(net.fc2.weight)
try:
    net(torch.ones(3, 3))
except RuntimeError as e:
    print(e)
print(nn.MSELoss()(torch.ones(2), torch.zeros(2)), nn.L1Loss(reduction='sum')(torch.ones(2), torch.zeros(2)), nn.BCEWithLogitsLoss()(torch.ones(2), torch.zeros(2)), nn.NLLLoss()(torch.log_softmax(torch.ones(2, 3), 1), torch.tensor([0, 1])), nn.SmoothL1Loss()(torch.ones(2), torch.zeros(2)), nn.HuberLoss()(torch.ones(2) * 3, torch.zeros(2)))
p = nn.Parameter(torch.ones(2))
print(p, repr(p), p.requires_grad, isinstance(p, torch.Tensor), type(p * 2), type(p.data), type(p.detach()))
print(nn.utils.clip_grad_norm_([p], 1.0))
p.grad = torch.tensor([3.0, 4.0])
print(nn.utils.clip_grad_norm_([p], 1.0), p.grad)
print(nn.init.xavier_uniform_(torch.empty(2, 3)), nn.init.kaiming_normal_(torch.empty(2, 3)), nn.init.zeros_(torch.empty(2)))
print(F.softmax(torch.ones(3), dim=0), F.log_softmax(torch.ones(3), dim=-1), F.relu(torch.tensor([-1.0, 1.0]), inplace=True), F.one_hot(torch.tensor([0, 2])), F.normalize(torch.tensor([[3.0, 4.0]])), F.pad(torch.ones(2), (1, 1)), F.gelu(torch.ones(1)), F.silu(torch.ones(1)), F.elu(-torch.ones(1)), F.softplus(torch.ones(1)))
