# torch.autograd.grad with its arguments.
import torch

a = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor([3.0, 4.0], requires_grad=True)
unused = torch.tensor(0.0, requires_grad=True)
y = (a * b).sum() + (a**2).sum()
print(torch.autograd.grad(y, [a, b], retain_graph=True))
print(torch.autograd.grad(y, [a, unused], retain_graph=True, allow_unused=True))
print(torch.autograd.grad(y, [a, unused], retain_graph=True, materialize_grads=True))
m = a * b
print(torch.autograd.grad(m, a, grad_outputs=torch.tensor([1.0, 10.0])))
y.backward(inputs=[b])
print(a.grad, b.grad)
node = y.grad_fn
while node is not None:
    print(node.name())
    node = node.next_functions[0][0] if node.next_functions else None
