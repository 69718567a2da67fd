import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
embed = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
centres = torch.randn(3, 4) * 2
optimizer = torch.optim.Adam(embed.parameters(), lr=0.01)
triplet = nn.TripletMarginLoss(margin=1.0)
contrast = nn.CosineEmbeddingLoss(margin=0.2)
for step in range(30):
    labels = torch.randint(0, 3, (10,))
    others = (labels + torch.randint(1, 3, (10,))) % 3
    anchor, positive = (embed(centres[labels] + 0.3 * torch.randn(10, 4)) for _ in range(2))
    negative = embed(centres[others] + 0.3 * torch.randn(10, 4))
    loss = triplet(anchor, positive, negative) + contrast(anchor, negative, -torch.ones(10))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 10 == 0:
        print(step, f"{loss.item():.3f}")
codes = F.normalize(embed(centres), dim=1)
similarity = codes @ codes.T
print(similarity.diagonal().allclose(torch.ones(3)), F.pairwise_distance(codes[:1], codes[1:]).shape)
