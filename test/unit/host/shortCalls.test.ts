// The short way from Python to the engine, in the worker where it is a system call: what it cannot carry goes the
// long way with the same result, and nothing that comes by it brings anything down.
import assert from "node:assert/strict";
import type { EngineClient } from "../../../engine/client";
import { builtEngine, engineIn, printed, run } from "../../support/engine";

describe("short calls", () => {
  let client: EngineClient;

  before(() => {
    client = engineIn(builtEngine);
  });

  after(() => client.dispose());

  const prints = async (code: string, expected: string): Promise<void> => {
    const snippet = await run(client, code);
    assert.equal(snippet.error?.traceback ?? "", "");
    assert.equal(printed(snippet), expected);
  };

  it("carry whole numbers up to 32 bits; larger ones arrive as well", () =>
    prints(
      `x = torch.tensor([1, 2])
print(x * 3, x * 2**31, x * -(2**31), x + 2**40, torch.tensor([1.0]) * 2**53)
x.add_(2**33)
print(x)`,
      "tensor([3, 6]) tensor([2147483648, 4294967296]) tensor([-2147483648, -4294967296]) " +
        "tensor([1099511627777, 1099511627778]) tensor([9.0072e+15])\ntensor([8589934593, 8589934594])\n",
    ));

  it("carry several numbers of different kinds in their places", () =>
    prints(
      `x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
print(x.clamp(2, 3.5), x.sum(1, True), torch.addcmul(x, x, x), x.transpose(0, 1)[0])
print(F.linear(x, x, x[0]), x.unbind(0)[1], torch.lerp(x, -x, 0.5))`,
      "tensor([[2.0000, 2.0000],\n        [3.0000, 3.5000]]) tensor([[3.],\n        [7.]]) tensor([[ 2.,  6.],\n        [12., 20.]]) " +
        "tensor([1., 3.])\ntensor([[ 6., 13.],\n        [12., 27.]]) tensor([3., 4.]) tensor([[0., 0.],\n        [0., 0.]])\n",
    ));

  it("let an operator that warns call Python, once", () =>
    prints(
      `import warnings
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    mask = torch.tensor([1, 0], dtype=torch.uint8)
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = torch.where(mask, x, -x)
print(len(told), y.tolist(), (x * x).grad_fn._sequence_nr() - y.grad_fn._sequence_nr())`,
      "1 [1.0, -2.0] 1\n",
    ));

  it("go the long way under saved_tensors_hooks, whose hooks are Python's", () =>
    prints(
      `packed = []
def pack(t):
    packed.append(tuple(t.shape))
    return t
x = torch.ones(2, requires_grad=True)
with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
    y = x * x
y.sum().backward()
print(packed, x.grad)`,
      "[(2,), (2,)] tensor([2., 2.])\n",
    ));

  it("raise PyTorch's errors", async () => {
    const { error } = await run(client, "torch.ones(2) + torch.ones(3)");
    assert.equal(error?.type, "RuntimeError");
    assert.match(error?.message ?? "", /^The size of tensor a \(2\) must match the size of tensor b \(3\)/);
  });

  it("with made-up commands and handles reach nothing, and the engine goes on", () =>
    prints(
      `import fcntl
answers = set()
for number in range(0, 8192, 3):
    for first in (0, 1, 12345):
        try:
            answers.add(type(fcntl.fcntl(first, 2**30 + number, 7)).__name__)
        except OSError:
            answers.add("refused")
print(sorted(answers), torch.ones(2) * 3)`,
      "['int'] tensor([3., 3.])\n",
    ));

  it("of a chain of 20,000 operators are recorded within the bounds of a loop", async () => {
    const snippet = await run(
      client,
      `x = torch.tensor(1.0, requires_grad=True)
y = x
for _ in range(20000):
    y = y + 1e-4
y.backward()
print(x.grad)`,
    );
    assert.equal(printed(snippet), "tensor(1.)\n");
    assert.ok(snippet.graph.nodes.length < 100, `${snippet.graph.nodes.length} nodes`);
    assert.ok(snippet.timeline.length < 200, `${snippet.timeline.length} steps`);
  });
});
