// The programs that are timed on both sides: each a piece of Python that defines `unit()` and how many operators
// or steps one call of it stands for. The same text runs on the engine and on real PyTorch.

export interface Program {
  name: string;
  /** What one number is of: "per operator", "per step". */
  per: string;
  /** Defines `unit()`, the work that is timed. */
  code: string;
  /** How many of `per` one unit() does. */
  count: number;
  /** How often unit() is timed; the best counts. */
  rounds: number;
  /** Also timed as the editor runs it, with everything recorded. */
  recorded?: boolean;
  /** The ratio that is wanted without recording. */
  goal?: number;
}

const CHAIN = `
x = torch.tensor(1.0, requires_grad=True)
def unit():
    y = x
    for _ in range(1000):
        y = y * 1.0001
        y = y + 0.0001
    y.backward()
    x.grad = None
`;

const FORWARD = `
a = torch.tensor(1.5, requires_grad=True)
b = torch.tensor(0.5)
def unit():
    for _ in range(2000):
        a * b
`;

function mlp(sizes: number[], batch: number, optimizer: string): string {
  const layers = sizes.slice(1).map((size, i) => `nn.Linear(${sizes[i]}, ${size})`);
  return `
torch.manual_seed(0)
model = nn.Sequential(${layers.join(", nn.ReLU(), ")})
inputs = torch.randn(${batch}, ${sizes[0]})
labels = torch.randint(0, ${sizes[sizes.length - 1]}, (${batch},))
optimizer = torch.optim.${optimizer}
def unit():
    optimizer.zero_grad()
    loss = F.cross_entropy(model(inputs), labels)
    loss.backward()
    optimizer.step()
`;
}

function matmul(n: number, times: number): string {
  return `
torch.manual_seed(0)
a = torch.randn(${n}, ${n})
b = torch.randn(${n}, ${n})
def unit():
    for _ in range(${times}):
        a @ b
`;
}

const POINTWISE = `
torch.manual_seed(0)
x = torch.randn(256, 1024, requires_grad=True)
def unit():
    (torch.tanh(x) * torch.exp(-x) + torch.sigmoid(x)).sum().backward()
    x.grad = None
`;

const CNN = `
torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(16 * 7 * 7, 10),
)
images = torch.randn(16, 1, 28, 28)
labels = torch.randint(0, 10, (16,))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
def unit():
    optimizer.zero_grad()
    F.cross_entropy(model(images), labels).backward()
    optimizer.step()
`;

const LSTM = `
torch.manual_seed(0)
model = nn.LSTM(16, 32, batch_first=True)
head = nn.Linear(32, 1)
sequence = torch.randn(8, 20, 16)
target = torch.randn(8, 1)
optimizer = torch.optim.Adam([*model.parameters(), *head.parameters()], lr=0.01)
def unit():
    optimizer.zero_grad()
    out, _ = model(sequence)
    F.mse_loss(head(out[:, -1]), target).backward()
    optimizer.step()
`;

const TRANSFORMER = `
torch.manual_seed(0)
model = nn.TransformerEncoderLayer(32, 4, 64, dropout=0.0, batch_first=True)
words = torch.randn(4, 16, 32)
optimizer = torch.optim.AdamW(model.parameters(), lr=0.001)
def unit():
    optimizer.zero_grad()
    model(words).square().mean().backward()
    optimizer.step()
`;

const DEEP = `
def unit():
    x = torch.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(1000000):
        y = y + 1e-6
    y.backward()
    assert x.grad.item() == 1.0
    del y
`;

const small = [64, 128, 64, 10];
const large = [784, 512, 256, 10];
const SGD = "SGD(model.parameters(), lr=0.01)";
const ADAM = "Adam(model.parameters(), lr=0.001)";

export const PROGRAMS: Program[] = [
  {
    name: "scalar chain, forward and backward",
    per: "operator",
    code: CHAIN,
    count: 2000,
    rounds: 15,
    recorded: true,
    goal: 0.5,
  },
  { name: "one product of two scalars", per: "operator", code: FORWARD, count: 2000, rounds: 15 },
  {
    name: "MLP 64-128-64-10, batch 32, SGD",
    per: "step",
    code: mlp(small, 32, SGD),
    count: 1,
    rounds: 40,
    recorded: true,
    goal: 1,
  },
  { name: "MLP 64-128-64-10, batch 32, Adam", per: "step", code: mlp(small, 32, ADAM), count: 1, rounds: 40 },
  {
    name: "MLP 784-512-256-10, batch 64, SGD",
    per: "step",
    code: mlp(large, 64, SGD),
    count: 1,
    rounds: 20,
    goal: 4,
  },
  {
    name: "MLP 784-512-256-10, batch 64, Adam",
    per: "step",
    code: mlp(large, 64, ADAM),
    count: 1,
    rounds: 20,
  },
  { name: "matmul, N = 64", per: "product", code: matmul(64, 20), count: 20, rounds: 20 },
  { name: "matmul, N = 512", per: "product", code: matmul(512, 1), count: 1, rounds: 20, goal: 5 },
  { name: "tanh, exp, sigmoid of 256 × 1024", per: "step", code: POINTWISE, count: 1, rounds: 10 },
  { name: "small CNN, batch 16, SGD", per: "step", code: CNN, count: 1, rounds: 20 },
  { name: "LSTM 16-32, 8 × 20, Adam", per: "step", code: LSTM, count: 1, rounds: 10 },
  { name: "transformer layer 32, 4 × 16, AdamW", per: "step", code: TRANSFORMER, count: 1, rounds: 20 },
  {
    name: "a chain of 10⁶ nodes, made, walked and let go",
    per: "node",
    code: DEEP,
    count: 1e6,
    rounds: 1,
    recorded: true,
  },
];

/**
 * The whole text: runs `unit()` for warmth, then times it, and prints the best of all rounds in microseconds; after
 * that the best once it has run for a second and a half more, when just-in-time compilers have done what they do.
 */
export function timed({ code, count, rounds }: Program): string {
  const steady = `
began = time.perf_counter()
while time.perf_counter() - began < 1.5: unit()
print(measure() / ${count} * 1e6)
`;
  return `import time
import torch.nn as nn
import torch.nn.functional as F
${code}
def measure():
    best = 1e9
    for _ in range(${rounds}):
        began = time.perf_counter()
        unit()
        best = min(best, time.perf_counter() - began)
    return best
${rounds > 1 ? "for _ in range(5): unit()\n" : ""}print(measure() / ${count} * 1e6)
${rounds > 1 ? steady : ""}`;
}
