// Questions of the inspector, asked of the real worker: each answer is checked against arithmetic done here.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineClient } from "../../engine/client";
import { changed } from "../../engine/protocol/changes";
import type { Answer, AnsweringReport, Change, Question, Tries } from "../../engine/protocol/experiment";
import type { SnippetReport } from "../../engine/protocol/report";
import { builtEngine, engineIn, requestOf } from "../support/engine";

const programs = JSON.parse(readFileSync(join(process.cwd(), "test", "oracle", "paths.json"), "utf8")) as {
  name: string;
  code: string;
  gradient: number[];
}[];

describe("an experiment", function () {
  this.timeout(120_000);
  let engine: EngineClient;
  let lastRun = 0;
  before(() => {
    engine = engineIn(builtEngine);
  });
  after(() => engine.dispose());

  async function run(
    code: string,
  ): Promise<{ report: SnippetReport; ask(question: Question, tries?: Partial<Tries>): Promise<Answer> }> {
    const request = requestOf([code]);
    lastRun = request.runId;
    const outcome = await engine.run(request);
    assert.equal(outcome.kind, "report");
    const report = outcome.kind === "report" ? outcome.report.snippets[0] : undefined;
    assert.ok(report);
    return {
      report,
      async ask(question, tries) {
        const experiment = { snippet: 0, question, tries: { replace: [], seeds: [], ...tries } };
        const answered = await engine.run({ ...request, runId: requestOf([]).runId, experiment });
        assert.equal(answered.kind, "report");
        const snippet =
          answered.kind === "report" ? (answered.report.snippets[0] as AnsweringReport) : undefined;
        assert.ok(snippet?.answer, "no answer");
        return snippet.answer;
      },
    };
  }
  const idOf = (report: SnippetReport, name: string): number => {
    const tensor = report.tensors.find((t) => t.names[0] === name);
    assert.ok(tensor, `no tensor ${name}`);
    return tensor.id;
  };
  const only = <K extends Answer["kind"]>(answer: Answer, kind: K): Answer & { kind: K } => {
    assert.equal(answer.kind, kind, JSON.stringify(answer));
    return answer as Answer & { kind: K };
  };

  it("tells the gradient by the paths that it comes along", async () => {
    const { report, ask } = await run(
      "x = torch.tensor(3.0, requires_grad=True)\ny = x * x\nz = y + 2 * x\nz.backward()",
    );
    const { paths, truncated } = only(
      await ask({ kind: "paths", call: 1, tensor: idOf(report, "x") }),
      "paths",
    );
    assert.equal(truncated, false);
    assert.deepEqual(paths.map((path) => path.contribution[0]).sort(), [2, 3, 3]);
    assert.deepEqual(paths.map((path) => path.steps.map((step) => step.name).join(" ")).sort(), [
      "AddBackward0 MulBackward0",
      "AddBackward0 MulBackward0",
      "AddBackward0 MulBackward0",
    ]);
    assert.deepEqual(
      [...new Set(paths.flatMap((path) => path.steps.map((step) => step.line)))].sort(),
      [1, 2],
    );
  });

  it("computes the Jacobian of what backward started from, and says v", async () => {
    const { report, ask } = await run(
      [
        "x = torch.tensor([1.0, 2.0], requires_grad=True)",
        "y = torch.stack([x[0] * x[1], x[0] ** 2, x[1]])",
        "y.backward(torch.tensor([1.0, 10.0, 100.0]))",
      ].join("\n"),
    );
    const found = only(await ask({ kind: "jacobian", call: 1, tensor: idOf(report, "x") }), "jacobian");
    assert.deepEqual(found.matrix, { rows: 3, columns: 2, values: [2, 1, 2, 0, 0, 1] });
    assert.deepEqual(found.v, [1, 10, 100]);
    const grad = report.tensors.find((t) => t.names[0] === "x")?.grad;
    assert.deepEqual(grad, [22, 101]);
  });

  it("computes the derivatives of one operator, also when backward has freed it", async () => {
    const { report, ask } = await run(
      "x = torch.tensor([2.0, 3.0], requires_grad=True)\nw = torch.tensor([5.0, 7.0])\ny = (x * w).sum()\ny.backward()",
    );
    const node = report.graph.nodes.find((n) => n.name === "MulBackward0");
    const found = only(await ask({ kind: "local", node: node?.id ?? -1 }), "local");
    assert.equal(found.parts.length, 1);
    assert.deepEqual(found.parts[0]?.matrix.values, [5, 0, 0, 7]);
    assert.equal(found.parts[0]?.argument, "self");
    assert.equal(found.parts[0]?.input, 0);
  });

  it("measures slopes within 1e-3 of the gradient, and knows a kink from a bend", async () => {
    const { report, ask } = await run(
      "x = torch.tensor([1.5, 0.0, -2.0], requires_grad=True)\ny = (x.relu() + x ** 3).sum()\ny.backward()",
    );
    const question = {
      kind: "differences",
      call: 1,
      tensor: idOf(report, "x"),
      elements: [0, 1, 2],
    } as const;
    const { differences } = only(await ask({ ...question, elements: [...question.elements] }), "differences");
    assert.deepEqual(
      differences.map(({ element, kink }) => [element, kink]),
      [
        [0, false],
        [1, true],
        [2, false],
      ],
    );
    const [first, kink, last] = differences;
    assert.ok(Math.abs((first?.slope ?? 0) - (1 + 3 * 1.5 ** 2)) < 1e-2);
    assert.ok(Math.abs((last?.slope ?? 0) - 12) < 2e-2);
    assert.ok(Math.abs(kink?.left ?? 1) < 1e-2 && Math.abs((kink?.right ?? 0) - 1) < 1e-2);
  });

  it("runs the snippet with other numbers in a leaf, and with another v", async () => {
    const { report, ask } = await run(
      "x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = x * x\ny.backward(torch.ones(2))\nprint(x)",
    );
    const id = idOf(report, "x");
    const changed = only(
      await ask({ kind: "whatIf" }, { replace: [{ tensor: id, values: [3, 4] }], seeds: [] }),
      "whatIf",
    );
    assert.deepEqual(changed.missed, []);
    const x = changed.report.tensors.find((t) => t.names[0] === "x");
    assert.deepEqual(
      [x?.value, x?.grad],
      [
        [3, 4],
        [6, 8],
      ],
    );
    assert.match(changed.report.output[0]?.text ?? "", /tensor\(\[3\., 4\.\]/);
    const weighed = only(
      await ask({ kind: "whatIf" }, { replace: [], seeds: [{ call: 1, values: [10, 100] }] }),
      "whatIf",
    );
    assert.deepEqual(weighed.report.tensors.find((t) => t.names[0] === "x")?.grad, [20, 400]);
  });

  it("answers everything else for the numbers that are tried, too", async () => {
    const { report, ask } = await run("x = torch.tensor(2.0, requires_grad=True)\ny = x ** 3\ny.backward()");
    const tensor = idOf(report, "x");
    const tries = { replace: [{ tensor, values: [4] }] };
    const { matrix } = only(await ask({ kind: "jacobian", call: 1, tensor }, tries), "jacobian");
    assert.deepEqual(matrix.values, [48]);
    const measured = only(
      await ask({ kind: "differences", call: 1, tensor, elements: [0] }, tries),
      "differences",
    );
    assert.ok(Math.abs((measured.differences[0]?.slope ?? 0) - 48) < 0.05);
    assert.equal(measured.differences[0]?.at, 4);
  });

  it("puts numbers into a module's parameters, which constructors fill in several steps", async () => {
    const { report, ask } = await run(
      "model = nn.Linear(2, 1)\nloss = model(torch.tensor([[1.0, 10.0]])).sum()\nloss.backward()",
    );
    const replace = [
      { tensor: idOf(report, "model.weight"), values: [2, 3] },
      { tensor: idOf(report, "model.bias"), values: [0.5] },
    ];
    const { report: changed, missed } = only(await ask({ kind: "whatIf" }, { replace }), "whatIf");
    assert.deepEqual(missed, []);
    assert.equal(changed.tensors.find((t) => t.names[0] === "loss")?.value, 32.5);
  });

  it("leaves the values of the run that was asked about where they can be read", async () => {
    const { report, ask } = await run(
      "x = torch.arange(2000.0, requires_grad=True)\ny = x.sum()\ny.backward()",
    );
    const id = idOf(report, "x");
    const read = lastRun;
    only(await ask({ kind: "paths", call: 1, tensor: id }), "paths");
    assert.deepEqual(await engine.elements(read, id, 1990, 3), { value: [1990, 1991, 1992] });
  });

  it("says what stands in the way where the graph was freed before", async () => {
    const { report, ask } = await run(
      "x = torch.tensor(2.0, requires_grad=True)\ny = x ** 2\ny.backward()\ntry:\n    y.backward()\nexcept RuntimeError:\n    pass",
    );
    const answer = await ask({ kind: "paths", call: 2, tensor: idOf(report, "x") });
    assert.match(only(answer, "refused").why, /backward through the graph a second time/);
  });

  it("knows what was made in an earlier snippet", async () => {
    const request = requestOf([
      "x = torch.tensor(3.0, requires_grad=True)\nh = x * x",
      "y = h * 2\ny.backward()",
    ]);
    const outcome = await engine.run(request);
    const report = outcome.kind === "report" ? outcome.report.snippets[1] : undefined;
    assert.ok(report);
    const question = { kind: "paths", call: 1, tensor: idOf(report, "x") } as const;
    const experiment = { snippet: 1, question, tries: { replace: [], seeds: [] } };
    const answered = await engine.run({ ...request, runId: requestOf([]).runId, experiment });
    const snippet = answered.kind === "report" ? (answered.report.snippets[1] as AnsweringReport) : undefined;
    assert.ok(snippet?.answer);
    const { paths } = only(snippet.answer, "paths");
    assert.deepEqual(
      paths.map((path) => path.contribution[0]),
      [6, 6],
    );
  });

  it("refuses a matrix that nobody could look at, with its size, and parts that are too large", async () => {
    const { report, ask } = await run(
      "x = torch.ones(70_000, requires_grad=True)\ny = x * 2\ny.backward(torch.ones(70_000))\nz = torch.ones(400, requires_grad=True)\n(z * z).backward(z.detach())",
    );
    const answer = await ask({ kind: "jacobian", call: 1, tensor: idOf(report, "x") });
    assert.match(only(answer, "refused").why, /70000 rows and 70000 columns/);
    const part = { row: 0, rows: 400, column: 0, columns: 400 };
    const large = await ask({ kind: "jacobian", call: 2, tensor: idOf(report, "z"), part });
    assert.match(only(large, "refused").why, /400 rows of 400 are too many at once/);
  });

  for (const { name, code, gradient } of programs) {
    it(`tells contributions that add up to the gradient of PyTorch: ${name}`, async () => {
      const { report, ask } = await run(code);
      assert.equal(report.error, undefined, report.error?.message);
      const answer = only(await ask({ kind: "paths", call: 1, tensor: idOf(report, "x") }), "paths");
      assert.equal(answer.together === true, answer.truncated, "never a part of the sum alone");
      const scale = Math.max(...gradient.map(Math.abs));
      gradient.forEach((expected, i) => {
        const sum = answer.paths.reduce((total, { contribution }) => total + Number(contribution[i]), 0);
        assert.ok(
          Math.abs(sum - expected) < 2e-5 * Math.max(1, scale),
          `element ${i}: ${sum} for ${expected}`,
        );
      });
    });
  }

  it("answers a part of a large Jacobian, and folds its rows to a picture that adds up to the gradient", async () => {
    const { report, ask } = await run(
      "torch.manual_seed(0)\nA = torch.randn(100, 80)\nx = torch.randn(80, requires_grad=True)\ny = A @ x\ny.backward(torch.linspace(-1, 1, 100))",
    );
    const tensor = idOf(report, "x");
    const jacobian = { kind: "jacobian", call: 1, tensor } as const;
    const first = only(await ask(jacobian), "jacobian");
    assert.deepEqual([first.rows, first.columns], [100, 80]);
    assert.deepEqual(first.part, { row: 0, rows: 16, column: 0, columns: 16 });
    const part = only(
      await ask({ ...jacobian, part: { row: 96, rows: 16, column: 70, columns: 12 } }),
      "jacobian",
    );
    assert.deepEqual(part.part, { row: 96, rows: 4, column: 70, columns: 10 });
    const A = report.tensors.find((t) => t.names[0] === "A");
    assert.equal(A?.shape[0], 100);
    const sum = new Array<number>(80).fill(0);
    for (let row = 0; row < 100; row += 40) {
      const folded = only(
        await ask({ ...jacobian, part: { row, rows: 40, column: 0, columns: 80 }, fold: 16 }),
        "jacobian",
      );
      assert.equal(folded.matrix.columns, 16);
      assert.equal(folded.matrix.values.length, folded.part.rows * 16);
      folded.product?.forEach((value, i) => {
        sum[i] = (sum[i] ?? 0) + Number(value);
      });
    }
    const gradient = report.tensors.find((t) => t.id === tensor)?.grad as number[];
    gradient.forEach((g, i) => {
      assert.ok(Math.abs(g - (sum[i] ?? 0)) < 1e-4, `${g} and ${sum[i]}`);
      assert.ok(Math.abs(g - Number(first.gradient[i])) < 1e-4);
    });
  });

  it("tells an operator's plain arguments with its derivatives, of a large one a part", async () => {
    const { report, ask } = await run(
      "x = torch.linspace(-2, 2, 200, requires_grad=True)\ny = x.clamp(-1, 1)\ny.sum().backward()",
    );
    const node = report.graph.nodes.find((n) => n.name === "ClampBackward1" || n.name === "ClampBackward0");
    assert.ok(node);
    const answer = only(
      await ask({ kind: "local", node: node.id, part: { row: 99, rows: 3, column: 99, columns: 3 } }),
      "local",
    );
    assert.deepEqual(answer.plain, { min: -1, max: 1 });
    assert.deepEqual(answer.parts[0]?.matrix.values, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    const { plain } = only(await ask({ kind: "paths", call: 1, tensor: idOf(report, "x") }), "paths");
    assert.deepEqual(plain[node.id], { min: -1, max: 1 });
  });

  it("changes a large tensor as a whole or one number of it, and the same way again", async () => {
    const { report, ask } = await run(
      "torch.manual_seed(0)\nlayer = nn.Linear(40, 40)\nloss = (layer.weight ** 2).sum()\nloss.backward()",
    );
    const tensor = idOf(report, "layer.weight");
    const lossOf = async (changes: Change[]): Promise<number> => {
      const answer = only(await ask({ kind: "whatIf" }, { replace: [{ tensor, changes }] }), "whatIf");
      assert.deepEqual(answer.missed, []);
      return answer.report.tensors.find((t) => t.names[0] === "loss")?.value as number;
    };
    const loss = report.tensors.find((t) => t.names[0] === "loss")?.value as number;
    assert.ok(
      Math.abs((await lossOf([{ kind: "scale", factor: 2 }])) / loss - 4) < 1e-4,
      "kaiming's fill is not scaled twice",
    );
    assert.equal(
      await lossOf([
        { kind: "fill", value: 0 },
        { kind: "set", element: 41, value: 3 },
      ]),
      9,
    );
    const noise: Change[] = [
      { kind: "fill", value: 0 },
      { kind: "noise", deviation: 0.5, seed: 7 },
    ];
    const first = await lossOf(noise);
    assert.equal(await lossOf(noise), first);
    assert.ok(Math.abs(first / 1600 - 0.25) < 0.03, `variance ${first / 1600}`);
    const expected = Array.from({ length: 1600 }, (_, i) => Math.fround(changed(0, i, noise)) ** 2);
    assert.ok(Math.abs(expected.reduce((a, b) => a + b, 0) / first - 1) < 1e-4, "the page computes the same");
    assert.notEqual(await lossOf([{ kind: "random", deviation: 0.5, seed: 8 }]), first);
  });
});
