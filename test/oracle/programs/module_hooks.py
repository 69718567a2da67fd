import torch
from torch import nn

torch.manual_seed(2)
model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
activations = {}
gradients = {}


def keep(name):
    def hook(module, args, output):
        activations[name] = output.detach()
    return hook


def keep_gradient(name):
    def hook(module, grad_input, grad_output):
        gradients[name] = (grad_input[0].shape, grad_output[0].norm())
    return hook


handles = []
for name, module in model.named_children():
    handles.append(module.register_forward_hook(keep(name)))
    handles.append(module.register_full_backward_hook(keep_gradient(name)))
model[0].register_forward_pre_hook(lambda module, args: (args[0] * 2,))
model[2].register_full_backward_pre_hook(lambda module, grads: tuple(g * 0.5 for g in grads))

x = torch.randn(5, 3, requires_grad=True)
out = model(x)
out.sum().backward()
for name in activations:
    print(name, activations[name].shape, gradients[name][0], f"{gradients[name][1].item():.4f}")
print(out.grad_fn.name(), activations["1"].min() >= 0)
for handle in handles:
    handle.remove()
activations.clear()
model(x)
print(activations, len(model[0]._forward_pre_hooks))
model[0].weight.register_hook(lambda grad: grad.clamp(-0.1, 0.1))
model.zero_grad()
model(x).sum().backward()
print(model[0].weight.grad.abs().max() <= 0.1)
grad = x.grad
