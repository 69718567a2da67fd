import torch
import torch.nn as nn
import torch.nn.functional as F

sentence = "the quick brown fox jumps over the lazy dog the quick fox runs over the brown dog".split()
vocabulary = {word: i for i, word in enumerate(dict.fromkeys(sentence))}
ids = torch.tensor([vocabulary[word] for word in sentence])
pairs = [(ids[i], ids[j]) for i in range(len(ids)) for j in (i - 1, i + 1) if 0 <= j < len(ids)]
centre = torch.stack([a for a, _ in pairs])
context = torch.stack([b for _, b in pairs])

torch.manual_seed(0)


class SkipGram(nn.Module):
    def __init__(self, words, width):
        super().__init__()
        self.inner = nn.Embedding(words, width)
        self.outer = nn.Embedding(words, width)
        nn.init.uniform_(self.inner.weight, -0.5 / width, 0.5 / width)
        nn.init.zeros_(self.outer.weight)

    def forward(self, centre, context, noise):
        c = self.inner(centre)
        good = F.logsigmoid((c * self.outer(context)).sum(1))
        bad = F.logsigmoid(-torch.bmm(self.outer(noise), c.unsqueeze(2)).squeeze(2)).sum(1)
        return -(good + bad).mean()


model = SkipGram(len(vocabulary), 6)
optimizer = torch.optim.Adagrad(model.parameters(), lr=0.2)
weights = torch.bincount(ids).float() ** 0.75
for epoch in range(30):
    noise = torch.multinomial(weights, len(centre) * 3, replacement=True).view(-1, 3)
    loss = model(centre, context, noise)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 10 == 0:
        print(epoch, f"{loss.item():.4f}")
vector = model.inner.weight[vocabulary["fox"]]
scores = F.cosine_similarity(vector.unsqueeze(0), model.inner.weight)
print(scores.shape, scores.argmax().item() == vocabulary["fox"])
