"""torch.autograd.functional, gradcheck, grad and backward with their arguments."""

import torch
from torch.autograd import functional as AF

f = lambda x: x ** 3
x = torch.tensor([1.0, 2.0, 3.0])
print(AF.jacobian(f, x))
print(AF.hessian(lambda x: (x ** 3).sum(), x))
print(AF.vjp(f, x, torch.ones(3)))
print(AF.jvp(f, x, torch.ones(3)))
print(AF.hvp(lambda x: (x ** 3).sum(), x, torch.ones(3)))
print(AF.vhp(lambda x: (x ** 3).sum(), x, torch.ones(3)))
print(AF.jacobian(lambda a, b: (a * b).sum(), (x, x)))
print(AF.jacobian(lambda a: (a, a * 2), x))
print(AF.hessian(lambda a, b: (a * b * b).sum(), (x[:2], x[:2])))
print(AF.jacobian(f, x, create_graph=True))
from torch.autograd import gradcheck, gradgradcheck

d = torch.rand(3, dtype=torch.double, requires_grad=True)
print(gradcheck(lambda x: x.sin() * x, (d,)), gradgradcheck(lambda x: x.exp(), (d,)))
print(gradcheck(torch.nn.functional.linear, (torch.rand(2, 3, dtype=torch.double, requires_grad=True), torch.rand(4, 3, dtype=torch.double, requires_grad=True))))
a = torch.tensor(2.0, requires_grad=True)
b = torch.tensor(3.0, requires_grad=True)
print(torch.autograd.grad(a * b, (a, b)))
print(torch.autograd.grad([a * b, a + b], [a, b], [torch.tensor(1.0), torch.tensor(2.0)]))
print(torch.autograd.grad(a * 2, b, allow_unused=True))
print(torch.autograd.grad(a ** 3, a, create_graph=True))
for s in ['torch.autograd.grad(a*2,b)', 'torch.autograd.grad(a*2,torch.ones(1))', 'torch.autograd.grad(torch.ones(1),a)', "torch.autograd.grad(a*2,'x')", "torch.autograd.backward('x')", 'torch.autograd.backward(a*2,3)', 'torch.autograd.grad(a*2,a,grad_outputs=2.0)', 'torch.autograd.backward([a*2,a*3],[None,torch.tensor(5.)])', 'a.grad', 'torch.autograd.backward(a*2,torch.tensor(1.),grad_variables=torch.tensor(1.))', '(a*2).backward(inputs=[a])', '(a*2).backward(inputs=a)', 'a.grad', '(a*b).backward(retain_graph=True)', 'torch.autograd.grad(a*b,a,retain_graph=False,create_graph=False)']:
    try:
        print(s, eval(s))
    except Exception as e:
        print(s, type(e).__name__, e)
