// The bridge between Python's torch package and the engine: which object comes back, what is given back, what
// crosses exactly, where things happened, how exceptions and interrupts unwind.
import assert from "node:assert/strict";
import type { RunRequest } from "../../../engine/protocol/engineApi";
import type { OperatorEvent, Recorder } from "../../../engine/record/hook";
import type { TorchError } from "../../../engine/tensor/errors";
import { loadPlainPython, type PlainPython } from "../../support/plainPython";

interface Seen {
  operators: OperatorEvent[];
  states: { what: string; site: number }[];
  bound: { place: number; value: number[] }[];
  escapes: { how: string; site: number }[];
  raised: { error: TorchError; site: number }[];
}

let python: PlainPython;
const seen: Seen = { operators: [], states: [], bound: [], escapes: [], raised: [] };

function forget(): void {
  for (const list of Object.values(seen)) list.length = 0;
}

const recorder: Recorder = {
  operator: (event) => void seen.operators.push(event),
  backwardBegin() {},
  backwardEnd() {},
  backwardNode() {},
  accumulate() {},
  captured() {},
  beforeWrite() {},
  state: (what, _tensor, site) => void seen.states.push({ what, site }),
  bind: (place, tensor) => void seen.bound.push({ place, value: [...tensor.sizes] }),
  escape: (how, _tensor, site) => void seen.escapes.push({ how, site }),
  gradRead() {},
  gradMode() {},
  optimizer() {},
  raised: (error, site) => void seen.raised.push({ error, site }),
} as Recorder;

/** Runs statements as the user's file "snippet.py" and answers the value of `expression`, as JSON. */
function evaluate(statements: string, expression: string): unknown {
  python.run(
    `import json, linecache, gradient_runner.sites as sites
from gradient_runner.text import Text
import torch
torch._reset()
sites.clear()
source = ${JSON.stringify(statements)}
sites.add_file("snippet.py", None, Text(0, source.split("\\n")))
linecache.cache["snippet.py"] = (1, None, [line + "\\n" for line in source.split("\\n")], "snippet.py")
space = {"torch": torch}
exec(compile(source, "snippet.py", "exec"), space)
`,
  );
  return JSON.parse(
    String(
      python.run(`json.dumps(eval(compile(${JSON.stringify(expression)}, "snippet.py", "eval"), space))`),
    ),
  );
}

/** The text that a recorded site covers. */
function textAt(statements: string, site: number): string {
  const rows = JSON.parse(
    String(python.run(`json.dumps([[s, *sites.span(*sites._places[s])[1]] for s in [${site}]])`)),
  );
  const [[, line, from, , to]] = rows as [number, number, number, number, number][];
  return statements.split("\n")[line].slice(from, to);
}

describe("the bridge between Python and the engine", () => {
  before(async function () {
    this.timeout(120_000);
    python = await loadPlainPython(() => ({
      recorder,
      beginRun() {},
      beginSnippet() {},
      finishSnippet() {
        throw new Error("no snippet ends here");
      },
      experiment: () => ({ kind: "refused", why: "nothing is asked here" }),
      elements: () => ({ value: null }),
      reset() {},
    }));
  });
  beforeEach(() => {
    python.run("import torch._engine; torch._engine.set_recording(False)");
    forget();
  });

  describe("hands out the same object", () => {
    const cases: [title: string, statements: string, expression: string][] = [
      ["for .grad", "x = torch.ones(2, requires_grad=True)\n(x * 2).sum().backward()", "x.grad is x.grad"],
      ["for a grad_fn", "y = torch.ones(1, requires_grad=True) * 2", "y.grad_fn is y.grad_fn"],
      ["for a view's base", "b = torch.ones(3) * 2\nv = b[:2]", "v._base is b"],
      [
        "for a leaf's node",
        "x = torch.ones(1, requires_grad=True)\ny = x * 2",
        "y.grad_fn.next_functions[0][0].variable is x",
      ],
      [
        "for a saved input",
        "x = torch.ones(1, requires_grad=True)\ny = x.log()",
        "y.grad_fn._saved_self is x",
      ],
      ["for an operator in place", "x = torch.ones(1)\ny = x.add_(1)", "x is y"],
      [
        "for contiguous() and to() that change nothing",
        "x = torch.ones(2)",
        "x.contiguous() is x and x.to(x.dtype) is x",
      ],
      [
        "for the tensor of a post-accumulate hook",
        "x = torch.ones(1, requires_grad=True)\nfound = []\n" +
          "x.register_post_accumulate_grad_hook(lambda t: found.append(t is x))\n(x * 2).sum().backward()",
        "found == [True]",
      ],
      [
        "for a module's parameter in its optimizer",
        "m = torch.nn.Linear(1, 1)\no = torch.optim.SGD(m.parameters(), lr=1.0)",
        "o.param_groups[0]['params'][0] is m.weight",
      ],
    ];
    for (const [title, statements, expression] of cases) {
      it(title, () => assert.equal(evaluate(statements, expression), true));
    }

    it("with the attributes that were set on it", () => {
      const statements =
        "x = torch.ones(2, requires_grad=True)\nx.note = 'mine'\ny = x.exp()\n" +
        "found = y.grad_fn.next_functions[0][0].variable.note";
      assert.equal(evaluate(statements, "found"), "mine");
    });
  });

  describe("gives handles back", () => {
    it("of 5,000 temporary tensors", () => {
      const live = "torch._handles.flush() or torch._engine.live_handles()";
      const before = Number(evaluate("", live));
      const after = evaluate("x = torch.ones(2)\nfor _ in range(5000):\n    y = x * 2 + 1\ndel x, y", live);
      assert.equal(after, before);
    });

    it("while a loop still runs, so that few are alive at a time", () => {
      const most = evaluate(
        "x = torch.ones(2)\nmost = 0\nfor _ in range(3000):\n    y = x * 2 + 1\n" +
          "    most = max(most, torch._engine.live_handles())",
        "most",
      );
      assert.ok(Number(most) < 2000, `${most} at a time`);
    });

    it("and reuses them without mixing tensors up", () => {
      const statements =
        "kept = [torch.tensor(float(i)) for i in range(700)]\ndel kept[::2]\n" +
        "more = [torch.tensor(float(i)) for i in range(700, 1400)]";
      assert.equal(
        evaluate(
          statements,
          "[t.item() for t in kept] == list(range(1, 700, 2)) and [t.item() for t in more] == list(range(700, 1400))",
        ),
        true,
      );
    });
  });

  describe("carries numbers exactly", () => {
    const cases: [title: string, expression: string, expected: unknown][] = [
      ["minus zero", "str(torch.tensor(-0.0).item())", "-0.0"],
      [
        "minus one",
        "[torch.tensor(-1).item(), torch.tensor(-1.0).item(), int(torch.tensor(-1))]",
        [-1, -1, -1],
      ],
      ["whole floats as floats", "type(torch.tensor(2.0).item()).__name__", "float"],
      ["integers beyond 2^53", "str(torch.tensor(9007199254740993).item())", "9007199254740993"],
      ["the largest integer", "str(torch.tensor([9223372036854775807]).tolist()[0])", "9223372036854775807"],
      ["large integers as operands", "str((torch.tensor(1) + 9007199254740993).item())", "9007199254740994"],
      [
        "infinities and NaN",
        "str(torch.tensor([float('inf'), float('-inf'), float('nan')]).tolist())",
        "[inf, -inf, nan]",
      ],
      [
        "booleans as booleans",
        "[torch.tensor(True).item(), torch.tensor([True, False]).tolist()]",
        [true, [true, false]],
      ],
      ["float32 as its nearest double", "torch.tensor(0.1).item() == 0.10000000149011612", true],
      ["an empty tensor", "[torch.zeros(0, 3).tolist(), torch.zeros(2, 0).tolist()]", [[], [[], []]]],
    ];
    for (const [title, expression, expected] of cases) {
      it(title, () => assert.deepEqual(evaluate("", expression), expected));
    }
  });

  describe("unwinds", () => {
    it("an exception of a hook as the same object", () => {
      const statements = `class Mine(Exception):
    pass
raised = Mine("boom")
def hook(grad):
    raise raised
x = torch.ones(1, requires_grad=True)
y = x * 2
y.register_hook(hook)
try:
    y.sum().backward()
    caught = None
except Mine as error:
    caught = error`;
      assert.equal(evaluate(statements, "caught is raised"), true);
    });

    it("an exception through a backward inside a hook", () => {
      const statements = `def inner(grad):
    raise KeyError("inner")
def outer(grad):
    with torch.enable_grad():
        w = torch.ones(1, requires_grad=True)
        v = w * 2
        v.register_hook(inner)
        v.sum().backward()
x = torch.ones(1, requires_grad=True)
y = x * 2
y.register_hook(outer)
try:
    y.sum().backward()
    caught = None
except KeyError as error:
    caught = str(error)`;
      assert.equal(evaluate(statements, "caught"), "'inner'");
    });

    it("and works on afterwards, with the modes as before", () => {
      const statements = `class Bad(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        raise ValueError("forward")
    @staticmethod
    def backward(ctx, grad):
        return grad
x = torch.ones(1, requires_grad=True)
try:
    Bad.apply(x)
except ValueError:
    pass
y = (x * 3).sum()
y.backward()`;
      assert.deepEqual(evaluate(statements, "[torch.is_grad_enabled(), x.grad.tolist()]"), [true, [3]]);
    });

    it("an interrupt out of backward", () => {
      python.interrupt(true);
      try {
        const statements = `x = torch.ones(1, requires_grad=True)
y = (x * 2).sum()
try:
    y.backward()
    caught = "nothing"
except KeyboardInterrupt:
    caught = "KeyboardInterrupt"`;
        assert.equal(evaluate(statements, "caught"), "KeyboardInterrupt");
      } finally {
        python.interrupt(false);
      }
    });
  });

  describe("tells the place of an operator", () => {
    beforeEach(() => python.bridge.beginRun({} as RunRequest));

    it("as the exact expression, one for each operator of a line", () => {
      const statements = "a = torch.ones(2, requires_grad=True)\nb = torch.ones(2)\nc = a * b + b.exp()";
      evaluate(statements, "None");
      const places = seen.operators.map(({ name, site }) => [name, textAt(statements, site)]);
      assert.deepEqual(places, [
        ["ones", "torch.ones(2, requires_grad=True)"],
        ["ones", "torch.ones(2)"],
        ["mul", "a * b"],
        ["exp", "b.exp()"],
        ["add", "a * b + b.exp()"],
      ]);
    });

    it("in UTF-16 columns behind characters of several bytes", () => {
      const statements = 'x = torch.ones(1)\nt = "ü🙂", x * 2';
      evaluate(statements, "None");
      assert.equal(textAt(statements, seen.operators.at(-1)?.site ?? 0), "x * 2");
    });

    it("as the user's call, for what the package does inside", () => {
      const statements = "m = torch.nn.Linear(2, 2)\ny = m(torch.ones(1, 2))";
      evaluate(statements, "None");
      const linear = seen.operators.find(({ name }) => name === "linear" || name === "addmm");
      assert.equal(textAt(statements, linear?.site ?? 0), "m(torch.ones(1, 2))");
    });

    it("for a state that changes, a value that leaves, an error", () => {
      const statements = `x = torch.ones(2)
x.requires_grad_()
x[0].item()
try:
    x.add_(1)
except RuntimeError:
    pass`;
      evaluate(statements, "None");
      assert.deepEqual(
        seen.states.map(({ what, site }) => [what, textAt(statements, site)]),
        [["requires_grad", "x.requires_grad_()"]],
      );
      assert.deepEqual(
        seen.escapes.map(({ how, site }) => [how, textAt(statements, site)]),
        [["item", "x[0].item()"]],
      );
      assert.equal(seen.raised.length, 1);
      assert.equal(seen.raised[0].error.facts?.kind, "leaf-inplace");
      assert.equal(textAt(statements, seen.raised[0].site), "x.add_(1)");
    });

    it("and nothing when nothing is recorded", () => {
      python.run("import torch._engine; torch._engine.set_recording(False)");
      evaluate("x = torch.ones(2) * 2", "None");
      assert.deepEqual(
        seen.operators.map(({ site }) => site),
        [0, 0],
      );
    });

    it("and binds names to tensors", () => {
      evaluate("x = torch.ones(3)\nimport _engine\n_engine.bind(7, x._h)", "None");
      assert.deepEqual(seen.bound, [{ place: 7, value: [3] }]);
    });
  });

  it("names an operator that is missing, whichever way it is reached", () => {
    const statements = `texts = []
for code in ("torch.stft(len)", "torch.ones(1).sparse_mask(1)", "torch.nn.LinearCrossEntropyOptions(1)", "import torch.fft; torch.fft.fft"):
    try:
        exec(code)
    except NotImplementedError as error:
        texts.append(str(error).split(" is ")[0].split(" (")[0])`;
    assert.deepEqual(evaluate(statements, "texts"), [
      "torch.stft",
      "torch.Tensor.sparse_mask",
      "torch.nn.LinearCrossEntropyOptions",
      "torch.fft.fft",
    ]);
  });

  it("forgets everything at a reset", () => {
    evaluate("x = torch.ones(2)", "None");
    python.run("torch.set_default_dtype(torch.float64); torch.set_grad_enabled(False)");
    python.bridge.reset();
    assert.deepEqual(
      evaluate("", "[str(torch.get_default_dtype()), torch.is_grad_enabled(), torch._engine.live_handles()]"),
      ["torch.float32", true, 0],
    );
  });
});
