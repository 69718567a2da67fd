# Hooks see gradients pass, and may change them.
import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * 2
seen = []
handle = y.register_hook(lambda g: seen.append(g.clone()))
y.register_hook(lambda g: g * 10)
x.register_hook(lambda g: print("leaf", g))
(y * y).sum().backward()
print(seen[0], x.grad)
handle.remove()
x.grad = None
z = (x * 3).sum()
z.grad_fn.register_hook(lambda gin, gout: print("node", gin, gout))
z.backward()
x.register_post_accumulate_grad_hook(lambda t: print("after", t.grad))
(x * x).sum().backward()
