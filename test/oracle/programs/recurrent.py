# A recurrent cell unrolled by hand, with the gradient through time.
import torch

torch.manual_seed(7)
Wx = torch.randn(3, 5, requires_grad=True)
Wh = torch.randn(5, 5).mul_(0.3).requires_grad_()
inputs = torch.randn(6, 2, 3)
h = torch.zeros(2, 5)
states = []
for x in inputs:
    h = torch.tanh(x @ Wx + h @ Wh)
    states.append(h)
out = torch.stack(states)
loss = out.pow(2).mean()
loss.backward()
print(out.shape, loss)
print(Wh.grad.norm(), Wx.grad.abs().max())
