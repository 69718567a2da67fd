// What a run does to torch itself is undone as well, and long work of the engine can be stopped.
import assert from "node:assert/strict";
import type { EngineClient } from "../../../engine/client";
import type { Report } from "../../../engine/protocol/report";
import { bundleTestEngine, engineIn, printed, reportOf, run } from "../../support/engine";

function withoutTimes(report: Report): Report {
  return { ...report, snippets: report.snippets.map((snippet) => ({ ...snippet, milliseconds: 0 })) };
}

const WITNESS = `x = torch.tensor([1.0, 2.0], requires_grad=True) #?
y = (x * x).sum()
y.backward()
print(x.grad, y, torch.rand(2), torch.get_default_dtype(), torch.is_grad_enabled(), torch.initial_seed())
model = nn.Linear(2, 1)
print(model.weight, model(x), [torch.tensor(1 / 3)])
x.add_(1)`;

const nasty: Record<string, string> = {
  "modes, defaults and seeds": `torch.manual_seed(7); torch.rand(5)
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.set_printoptions(precision=1)
torch.autograd.set_detect_anomaly(True)`,
  "patched functions and classes": `torch.Tensor.__mul__ = lambda a, b: "patched"
torch.tensor = None
nn.Linear.forward = lambda self, x: 1
torch.nn.functional.linear = None
import sys
del sys.modules["torch"]`,
  "hooks and graphs that are kept": `import builtins
x = torch.ones(3, requires_grad=True)
x.register_hook(lambda g: print("hook", g))
y = (x * x).sum()
builtins.kept = (x, y)
y.backward(retain_graph=True)`,
  "an error inside backward": `class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 1
    @staticmethod
    def backward(ctx, g): raise ValueError("mine")
x = torch.ones(2, requires_grad=True)
F.apply(x).sum().backward()`,
};

describe("torch's state", function () {
  this.timeout(60_000);
  let client: EngineClient;
  let fresh: Report;

  before(async () => {
    const folder = await bundleTestEngine({
      name: "torch",
      worker: "engine/worker.ts",
      packages: { gradient_runner: "runner", torch: "torch" },
      snapshot: true,
    });
    client = engineIn(folder, { graceMilliseconds: 500 });
    fresh = withoutTimes(await reportOf(client, [WITNESS]));
    assert.match(fresh.snippets[0]!.error?.message ?? "", /^a leaf Variable that requires grad/);
    assert.match(
      printed(fresh.snippets[0]!),
      /^tensor\(\[2\., 4\.\]\) tensor\(5\., grad_fn=<SumBackward0>\)/,
    );
  });
  after(() => client.dispose());

  it("gives the same report for the same text", async () => {
    for (let i = 0; i < 3; i++) assert.deepEqual(withoutTimes(await reportOf(client, [WITNESS])), fresh);
  });

  for (const [what, code] of Object.entries(nasty)) {
    it(`is undone: ${what}`, async () => {
      const first = withoutTimes(await reportOf(client, [code]));
      assert.deepEqual(withoutTimes(await reportOf(client, [WITNESS])), fresh);
      assert.deepEqual(withoutTimes(await reportOf(client, [code])), first);
    });
  }

  it("refuses memory above the run's limit, counting what is alive and not what was let go", async () => {
    const wishes = { limits: { tensorBytes: 128 * 1024 * 1024 } };
    const refusal =
      /can't allocate memory: you tried to allocate \d+ bytes \(the inspector's limit is 134217728 bytes\)/;
    const kept = await run(client, "kept = []\nwhile True: kept.append(torch.zeros(1000, 1000))", wishes);
    assert.match(kept.error?.message ?? "", refusal);
    const once = await run(client, "torch.zeros(100000, 100000)", wishes);
    assert.match(once.error?.message ?? "", refusal);
    const graph = "z = torch.ones(1000, 1000, requires_grad=True)\nwhile True: z = z * z";
    assert.match((await run(client, graph, wishes)).error?.message ?? "", refusal);
    const passing = await run(
      client,
      "x = torch.ones(1000, 1000)\nfor i in range(200): x = x * 1.0\nprint(x[0, 0])",
      wishes,
    );
    assert.equal(printed(passing), "tensor(1.)\n", passing.error?.message);
  });

  it("stops a chain of operators and a backward pass that take too long", async () => {
    const loops = {
      operators: "x = torch.ones(1000)\nwhile True: x = x * 1.0001",
      training: "x = torch.ones(1000, requires_grad=True)\nwhile True: (x * x).sum().backward()",
      graph: "x = torch.ones(1, requires_grad=True)\ny = x\nfor i in range(10**9): y = y * 1.0\ny.backward()",
    };
    for (const [name, code] of Object.entries(loops)) {
      const start = performance.now();
      const snippet = await run(client, code, { limits: { seconds: 0.5 } });
      assert.deepEqual([snippet.status, snippet.stoppedBy], ["stopped", "timeout"], name);
      assert.ok(performance.now() - start < 5000, name);
      assert.equal(printed(await run(client, "print(torch.ones(1))")), "tensor([1.])\n");
    }
  });
});
