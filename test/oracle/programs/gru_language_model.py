import torch
import torch.nn as nn

text = "hello world, hello torch"
letters = sorted(set(text))
index = {letter: i for i, letter in enumerate(letters)}
data = torch.tensor([index[letter] for letter in text])

torch.manual_seed(7)


class CharModel(nn.Module):
    def __init__(self, size, width=12):
        super().__init__()
        self.embed = nn.Embedding(size, width)
        self.rnn = nn.GRU(width, width)
        self.out = nn.Linear(width, size)

    def forward(self, x, h=None):
        y, h = self.rnn(self.embed(x).unsqueeze(1), h)
        return self.out(y.squeeze(1)), h


model = CharModel(len(letters))
optimizer = torch.optim.RMSprop(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss()
for epoch in range(40):
    optimizer.zero_grad()
    logits, _ = model(data[:-1])
    loss = criterion(logits, data[1:])
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    if epoch % 10 == 9:
        print(epoch + 1, f"{loss.item():.3f}")

h = None
letter = data[:1]
written = letters[letter]
with torch.no_grad():
    for _ in range(20):
        logits, h = model(letter, h)
        letter = logits.argmax(1)
        written += letters[letter.item()]
print(repr(written))
sampled = torch.multinomial(torch.softmax(logits / 0.8, 1), 5, replacement=True)
print(sampled.shape)
