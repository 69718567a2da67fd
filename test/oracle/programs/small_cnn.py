import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 8, 3, stride=2)
        self.dropout = nn.Dropout2d(0.25)
        self.fc = nn.Linear(8 * 9 // 9, 2)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = self.dropout(F.relu(self.conv2(x)))
        x = x.flatten(1)
        return F.log_softmax(self.fc(x), dim=1)


torch.manual_seed(3)
net = Net()
print(net)
print(sum(p.numel() for p in net.parameters()))
images = torch.rand(12, 1, 6, 6)
labels = (images.mean((1, 2, 3)) > 0.5).long()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(20):
    net.train()
    optimizer.zero_grad()
    loss = F.nll_loss(net(images), labels)
    loss.backward()
    optimizer.step()
    if epoch % 5 == 0:
        net.eval()
        with torch.no_grad():
            correct = (net(images).argmax(1) == labels).sum().item()
        print(epoch, f"{loss.item():.3f}", correct)
weight = net.conv1.weight
grad = net.conv2.bias.grad
