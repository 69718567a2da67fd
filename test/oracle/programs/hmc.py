import torch


def potential(q):
    return 0.5 * (q[0] ** 2 + (q[1] - q[0] ** 2) ** 2 * 2)


def force(q):
    q = q.detach().requires_grad_()
    return -torch.autograd.grad(potential(q), q)[0]


def leapfrog(q, p, step, count):
    p = p + 0.5 * step * force(q)
    for i in range(count):
        q = q + step * p
        if i < count - 1:
            p = p + step * force(q)
    return q, -(p + 0.5 * step * force(q))


torch.manual_seed(4)
q = torch.zeros(2)
samples, accepted = [], 0
for _ in range(30):
    p = torch.randn(2)
    new_q, new_p = leapfrog(q, p, 0.2, 8)
    change = potential(new_q) + 0.5 * new_p @ new_p - potential(q) - 0.5 * p @ p
    if torch.rand(()) < torch.exp(-change):
        q, accepted = new_q.detach(), accepted + 1
    samples.append(q)
samples = torch.stack(samples)
print(accepted, samples.shape)


def lagrangian(q, v):
    return 0.5 * v @ v - potential(q)


q = torch.tensor([0.5, 0.2], requires_grad=True)
v = torch.tensor([1.0, -1.0], requires_grad=True)
momentum = torch.autograd.grad(lagrangian(q, v), v, create_graph=True)[0]
mass = torch.stack([torch.autograd.grad(m, v, retain_graph=True)[0] for m in momentum])
acceleration = torch.linalg.solve(mass, force(q))
print(mass, acceleration)
