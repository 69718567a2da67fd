import torch
import torch.nn as nn

torch.manual_seed(0)
x, y = torch.randn(32, 4), torch.randn(32, 1)
model = nn.Linear(4, 1)
whole = nn.Linear(4, 1)
whole.load_state_dict(model.state_dict())
steps = 4
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
other = torch.optim.SGD(whole.parameters(), lr=0.1)
for epoch in range(5):
    optimizer.zero_grad()
    for i, (xb, yb) in enumerate(zip(x.chunk(steps), y.chunk(steps))):
        loss = nn.functional.mse_loss(model(xb), yb) / steps
        loss.backward()
        if (i + 1) % steps == 0:
            optimizer.step()
            optimizer.zero_grad()
    other.zero_grad(set_to_none=False)
    nn.functional.mse_loss(whole(x), y).backward()
    other.step()
print(torch.allclose(model.weight, whole.weight, atol=1e-6), model.weight.grad)
print(whole.weight.grad.shape)
