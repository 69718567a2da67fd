# Gradients of fixed points: a custom Function and a hook.
import torch

class FixedPoint(torch.autograd.Function):

    @staticmethod
    def forward(ctx, A, b):
        x = torch.linalg.solve(A, b)
        ctx.save_for_backward(A, x)
        return x

    @staticmethod
    def backward(ctx, g):
        A, x = ctx.saved_tensors
        gb = torch.linalg.solve(A.mT, g)
        return (-gb.unsqueeze(-1) * x.unsqueeze(-2), gb)
torch.manual_seed(0)
A = (torch.randn(3, 3, dtype=torch.double) + 3 * torch.eye(3, dtype=torch.double)).requires_grad_()
b = torch.randn(3, dtype=torch.double, requires_grad=True)
print(torch.autograd.gradcheck(FixedPoint.apply, (A, b)))
print(torch.autograd.gradgradcheck(FixedPoint.apply, (A, b)))
x = FixedPoint.apply(A, b)
print(x)
x.sum().backward()
g1 = A.grad.clone()
A.grad = None
b.grad = None
torch.linalg.solve(A, b).sum().backward()
print(torch.allclose(A.grad, g1))

class DEQ(torch.nn.Module):

    def __init__(s):
        super().__init__()
        s.W = torch.nn.Parameter(0.3 * torch.randn(3, 3))
        s.U = torch.nn.Linear(2, 3)

    def f(s, z, x):
        return torch.tanh(z @ s.W.t() + s.U(x))

    def forward(s, x):
        with torch.no_grad():
            z = torch.zeros(x.size(0), 3)
            for i in range(40):
                z = s.f(z, x)
        z = s.f(z, x)
        z0 = z.clone().detach().requires_grad_()
        f0 = s.f(z0, x)

        def hook(grad):
            g = grad
            for _ in range(40):
                g = torch.autograd.grad(f0, z0, g, retain_graph=True)[0] + grad
            return g
        z.register_hook(hook)
        return z
m = DEQ()
x = torch.randn(4, 2)
out = m(x)
out.pow(2).sum().backward()
print(out, m.W.grad, m.U.weight.grad, sep='\n')
