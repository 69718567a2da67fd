// A finding as a script: which statements stay, what a file has to say itself, and that the same finding comes of it.
import assert from "node:assert/strict";
import type { EngineClient } from "../../../engine/client";
import { pytorchScript, type ScriptOutcome } from "../../../engine/script/script";
import { depthOf, itemsAt, statementsOf, textOf } from "../../../engine/script/statements";
import { builtEngine, engineIn, type RequestOptions, requestOf } from "../../support/engine";

describe("Python's statements", () => {
  const all = new Set<never>();

  it("are found whole: brackets, long strings, backslashes, decorators, clauses", () => {
    const code = [
      "x = f(",
      "  1,  # ) here",
      ")",
      's = """a',
      "b(",
      '"""',
      "y = 1 + \\",
      "  2",
      "# a comment",
      "@decorated",
      "def g():",
      "    if x:",
      "        pass",
      "    else:",
      "        return 'it\\'s ('",
      "z = 3",
    ].join("\n");
    const statements = statementsOf(code);
    assert.deepEqual(
      statements.map(({ line }) => line),
      [0, 3, 6, 9, 15],
    );
    assert.equal(textOf(statements, all), `${code.replace("# a comment\n", "")}\n`);
    assert.equal(depthOf(statements), 3);
    assert.equal(itemsAt(1, statements, all).length, 2, "the if, and its else");
  });

  it("leave `pass` in a block from which everything is taken", () => {
    const statements = statementsOf("with a:\n  b()\n  c()\nd()\n");
    assert.equal(textOf(statements, new Set(itemsAt(1, statements, all))), "with a:\n  pass\nd()\n");
  });

  it("lose the marks that only this editor reads", () => {
    assert.equal(textOf(statementsOf("x.grad  #? x.sum()\ny = 'a #? b'\n"), all), "x.grad\ny = 'a #? b'\n");
  });
});

describe("a script for PyTorch", function () {
  this.timeout(60_000);
  let engine: EngineClient;
  let run = 5_000_000;
  before(() => {
    engine = engineIn(builtEngine);
  });
  after(() => engine.dispose());

  async function script(codes: string[], wishes?: RequestOptions): Promise<ScriptOutcome> {
    const request = requestOf(codes, wishes);
    const outcome = await engine.run(request);
    assert.equal(outcome.kind, "report");
    const { report } = outcome as Extract<typeof outcome, { kind: "report" }>;
    const source = { request, report, snippet: codes.length - 1 };
    return pytorchScript(source, { run: (each) => engine.run({ ...each, runId: run++ }) });
  }

  async function text(codes: string[], wishes?: RequestOptions): Promise<string> {
    const outcome = await script(codes, wishes);
    assert.equal(outcome.kind, "script", outcome.kind === "refused" ? outcome.why : "");
    return outcome.kind === "script" ? outcome.text.replace(/^#.*\n/gm, "") : "";
  }

  it("has the imports that the lesson leaves out and the statements that the error needs", async () => {
    const code = `
x = torch.tensor(2.0, requires_grad=True)
unrelated = torch.ones(3)
y = x ** 2
print("hello")
p = 3 * y
q = 4 * y
p.backward()
for i in range(3):
    unrelated += 1
q.backward()
after = 1
`;
    assert.equal(
      await text([code]),
      "import torch\n\nx = torch.tensor(2.0, requires_grad=True)\ny = x ** 2\np = 3 * y\nq = 4 * y\np.backward()\nq.backward()\n",
    );
  });

  it("says in front which error it raises", async () => {
    const outcome = await script(["x = torch.ones(2, requires_grad=True)\n(x * 2).backward()"]);
    assert.match(
      outcome.kind === "script" ? outcome.text : "",
      /^# autograd\/non-scalar-backward\n# RuntimeError: grad can be implicitly created only for scalar outputs\nimport torch\n/,
    );
  });

  it("takes what it needs of snippets before it, not what raised there", async () => {
    const codes = [
      "w = torch.ones(2, requires_grad=True)\nspare = 5\nraise ValueError('on purpose')\nw = None",
      "y = w * 2",
      "y.backward()",
    ];
    assert.equal(
      await text(codes),
      "import torch\n\nw = torch.ones(2, requires_grad=True)\ny = w * 2\ny.backward()\n",
    );
  });

  it("has nothing of other snippets where its own is isolated", async () => {
    const codes = ["import math", "x = torch.ones(2)\nx.sum().backward()"];
    assert.equal(
      await text(codes, { options: { isolated: true } }),
      "import torch\n\nx = torch.ones(2)\nx.sum().backward()\n",
    );
  });

  it("seeds where numbers are drawn, once", async () => {
    const drawn = "x = torch.randn(2, requires_grad=True)\n(x * 2).backward()";
    assert.match(await text([drawn]), /^import torch\n\ntorch\.manual_seed\(0\)\nx = torch\.randn/);
    assert.doesNotMatch(await text([`torch.manual_seed(3)\n${drawn}`]), /manual_seed\(0\)/);
  });

  it("goes into blocks: what a loop does not need is left out", async () => {
    const code = `
import torch
x = torch.ones(2, requires_grad=True)
total = (x * x).sum()
log = []
for epoch in range(2):
    log.append(epoch)
    if epoch > 5:
        print("never")
    total.backward()
`;
    assert.equal(
      await text([code]),
      "import torch\n\nx = torch.ones(2, requires_grad=True)\ntotal = (x * x).sum()\nfor epoch in range(2):\n    total.backward()\n",
    );
  });

  it("prints the gradients where PyTorch says nothing of the mistake", async () => {
    const code =
      "a = torch.tensor([0.0, 4.0], requires_grad=True)\ny = torch.where(a > 0, a.sqrt(), a)\ny.sum().backward()";
    assert.equal(
      await text([code]),
      `import torch\n\n${code}\nprint("y =", y)  # tensor([0., 2.], grad_fn=<WhereBackward0>)\nprint("a.grad =", a.grad)  # tensor([   nan, 0.2500])\n`,
    );
  });

  it("prints the gradients of a module's parameters, those without a plain name together, of large ones the norm", async () => {
    const net = (layers: string): string =>
      `net = nn.Sequential(${layers})\nopt = torch.optim.SGD(net.parameters(), lr=0.1)\nfor i in range(2):\n    net(torch.ones(2)).sum().backward()\n    opt.step()`;
    const few = await text([net("nn.Linear(2, 1)")]);
    assert.match(
      few,
      /\nprint\("gradients of net:", \{name: p\.grad for name, p in net\.named_parameters\(\)\}\).*\n$/,
      "net.0.weight is no name in Python",
    );
    const many = await text([net("nn.Linear(2, 32), nn.Linear(32, 1)")]);
    assert.match(
      many,
      /\{name: None if p\.grad is None else p\.grad\.norm\(\) for name, p in net\.named_parameters\(\)\}\).*\n$/,
    );
    const plain = await text([
      net("nn.Linear(2, 1)").replace("nn.Sequential(nn.Linear(2, 1))", "nn.Linear(2, 1)"),
    ]);
    assert.match(
      plain,
      /\nprint\("net\.weight\.grad =", net\.weight\.grad\) {2}# tensor\(.*\nprint\("net\.bias\.grad =", net\.bias\.grad\) {2}# tensor\(\[2\.\]\)\n$/,
    );
  });

  it("keeps what makes the mistake seen: a parent's constructor, and backward where a gradient is shown", async () => {
    const list = `
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 2)]
        self.head = nn.Linear(2, 1)
    def forward(self, x):
        return self.head(self.layers[0](x))

net = Net()
net(torch.ones(2)).sum().backward()
`;
    assert.match(
      await text([list]),
      /super\(\)\.__init__\(\)[\s\S]*print\("parameters of net:", .*# \['head\.weight', 'head\.bias'\]\n$/,
    );
    const read = "x = torch.tensor(2.0, requires_grad=True)\ny = x * 3\ny.backward()\nprint(y.grad)";
    assert.match(
      await text([read]),
      /y\.backward\(\)\nprint\(y\.grad\)\nprint\("y\.is_leaf =", y\.is_leaf\) {2}# False\n/,
    );
  });

  it("shows what a step found before it, not what came after", async () => {
    const code =
      "w = torch.ones(1, requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.1)\nloss = (w * 2).sum()\nopt.step()\nloss.backward()";
    assert.match(await text([code]), /print\("w\.grad =", w\.grad\) {2}# None\nopt\.step\(\)\n/);
  });

  it("names lines of the script, not of the document", async () => {
    const code = "\n\n\nx = torch.tensor(2.0, requires_grad=True)\n(x ** 2).backward()\n(x ** 3).backward()";
    const outcome = await script([code]);
    assert.ok(outcome.kind === "script");
    const line = Number(/of backward\(\) on line (\d+)/.exec(outcome.text)?.[1]);
    assert.equal(outcome.text.split("\n")[line - 1], "(x ** 2).backward()");
    assert.match(outcome.text, /^# autograd\/accumulated-gradient\n# PyTorch says nothing of it: /);
  });

  it("says of a warning that PyTorch warns", async () => {
    const outcome = await script([
      "x = torch.tensor(2.0, requires_grad=True)\n(x ** 2).backward(create_graph=True)",
    ]);
    assert.match(
      outcome.kind === "script" ? outcome.text : "",
      /^#.*\n# PyTorch warns, and goes on: Using backward\(\)/,
    );
  });

  it("is made of the finding that is asked for", async () => {
    const code =
      "a = torch.tensor([0.0], requires_grad=True)\ntorch.where(a > 0, a.sqrt(), a).sum().backward()\nb = torch.ones(2)\nb.sum().backward()";
    const request = requestOf([code]);
    const outcome = await engine.run(request);
    assert.ok(outcome.kind === "report");
    const { report } = outcome;
    const nan = report.snippets[0].diagnostics.find((finding) => finding.code === "autograd/where-nan");
    assert.ok(nan);
    const made = await pytorchScript(
      { request, report, snippet: 0, finding: nan },
      { run: (each) => engine.run({ ...each, runId: run++ }) },
    );
    assert.ok(made.kind === "script");
    assert.match(made.text, /^# autograd\/where-nan/);
    assert.doesNotMatch(made.text, /\bb\b/);
  });

  it("is the whole text where nothing was found", async () => {
    const code = "layer = nn.Linear(2, 1)\nF.relu(layer(torch.ones(2))).backward()";
    const outcome = await script([code]);
    assert.ok(outcome.kind === "script");
    assert.equal(outcome.finding, null);
    assert.equal(
      outcome.text,
      `import torch\nfrom torch import nn\nimport torch.nn.functional as F\n\ntorch.manual_seed(0)\n${code}\n`,
    );
  });
});
