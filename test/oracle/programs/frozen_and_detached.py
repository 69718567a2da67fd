# Where gradients stop: no_grad, detach, requires_grad_(False), item.
import torch

a = torch.tensor([1.0, 2.0], requires_grad=True)
frozen = torch.tensor([3.0, 4.0], requires_grad=True)
frozen.requires_grad_(False)
b = a * frozen
with torch.no_grad():
    scale = b.sum()
c = b * scale + b.detach()
c.sum().backward()
print(a.grad, frozen.grad, scale.requires_grad, b.detach().requires_grad)


@torch.no_grad()
def evaluate(t):
    return (t * t).sum()


print(evaluate(a))
with torch.inference_mode():
    i = a * 2
print(i.is_inference(), i.requires_grad)
with torch.set_grad_enabled(False):
    print((a * 2).requires_grad, torch.is_grad_enabled())
print(a.sum().item() + 1)
