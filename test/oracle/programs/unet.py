# A U-Net with both ways up, dice and cross entropy, RMSprop.
import torch, torch.nn as nn, torch.nn.functional as F
torch.manual_seed(2)

class DoubleConv(nn.Sequential):

    def __init__(self, i, o):
        super().__init__(
            nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True),
            nn.Conv2d(o, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True),
        )

class UNet(nn.Module):

    def __init__(self, bilinear=False):
        super().__init__()
        self.inc = DoubleConv(1, 4)
        self.down = nn.Sequential(nn.MaxPool2d(2), DoubleConv(4, 8))
        self.up = nn.Upsample(
            scale_factor=2, mode='bilinear', align_corners=True,
        ) if bilinear else nn.ConvTranspose2d(8, 4, kernel_size=2, stride=2)
        self.conv = DoubleConv(12 if bilinear else 8, 4)
        self.outc = nn.Conv2d(4, 2, kernel_size=1)

    def forward(self, x):
        x1 = self.inc(x)
        x2 = self.down(x1)
        u = self.up(x2)
        dY = x1.size()[2] - u.size()[2]
        dX = x1.size()[3] - u.size()[3]
        u = F.pad(u, [dX // 2, dX - dX // 2, dY // 2, dY - dY // 2])
        return self.outc(self.conv(torch.cat([x1, u], dim=1)))

def dice(p, t, eps=1e-06):
    inter = 2 * (p * t).sum(dim=(-1, -2))
    s = p.sum(dim=(-1, -2)) + t.sum(dim=(-1, -2))
    return 1 - ((inter + eps) / (torch.where(s == 0, inter, s) + eps)).mean()
x = torch.randn(2, 1, 7, 9)
t = (torch.rand(2, 7, 9) > 0.5).long()
for b in (False, True):
    m = UNet(b)
    print(m)
    opt = torch.optim.RMSprop(m.parameters(), lr=0.001, weight_decay=1e-08, momentum=0.9)
    for i in range(4):
        o = m(x)
        loss = nn.CrossEntropyLoss()(o, t)
        loss = loss + dice(F.softmax(o, 1).float(), F.one_hot(t, 2).permute(0, 3, 1, 2).float())
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
        print(f'{loss.item():.5f}')
    print(m.inc[1].running_mean, m.inc[1].num_batches_tracked)
    print(o.argmax(1)[0])
