// Why a gradient is None, zero, NaN or infinite: the first cause as data, its place, and a sentence.
import assert from "node:assert/strict";
import type { EngineClient } from "../../../engine/client";
import type { Why } from "../../../engine/protocol/report";
import { builtEngine, engineIn, run } from "../../support/engine";

interface Case {
  title: string;
  code: string[];
  name: string;
  /** Of the gradient unless `of` says otherwise. */
  of?: Why["of"];
  is: Why["is"];
  cause: Why["cause"];
  /** From 1. */
  line?: number;
  text: RegExp;
}

const CASES: Case[] = [
  {
    title: "backward has not been called",
    code: ["w = torch.ones(2, requires_grad=True)", "y = w * 2"],
    name: "w",
    is: "none",
    cause: "not-yet",
    text: /backward\(\) has not been called yet/,
  },
  {
    title: "no leaf",
    code: ["w = torch.ones(2, requires_grad=True)", "y = w * 2", "y.sum().backward()"],
    name: "y",
    is: "none",
    cause: "non-leaf",
    line: 2,
    text: /It is not a leaf/,
  },
  {
    title: "retain_grad came late",
    code: ["w = torch.ones(2, requires_grad=True)", "y = w * 2", "y.sum().backward()", "y.retain_grad()"],
    name: "y",
    is: "none",
    cause: "late-retain-grad",
    line: 4,
    text: /came after/,
  },
  {
    title: "cut",
    code: [
      "w = torch.ones(2, requires_grad=True)",
      "v = torch.ones(2, requires_grad=True)",
      "d = w.detach()",
      "(d * v).sum().backward()",
    ],
    name: "w",
    is: "none",
    cause: "cut",
    line: 3,
    text: /The graph is cut on line 3/,
  },
  {
    title: "frozen",
    code: [
      "w = torch.ones(2, requires_grad=True)",
      "w.requires_grad_(False)",
      "v = torch.ones(2, requires_grad=True)",
      "(w * v).sum().backward()",
    ],
    name: "w",
    is: "none",
    cause: "frozen",
    line: 2,
    text: /It is frozen/,
  },
  {
    title: "not used by the loss",
    code: [
      "w = torch.ones(2, requires_grad=True)",
      "v = torch.ones(2, requires_grad=True)",
      "v.sum().backward()",
    ],
    name: "w",
    is: "none",
    cause: "unused",
    line: 3,
    text: /was not computed from it/,
  },
  {
    title: "cleared",
    code: ["w = torch.ones(2, requires_grad=True)", "w.sum().backward()", "w.grad = None"],
    name: "w",
    is: "none",
    cause: "cleared",
    line: 3,
    text: /set to None on line 3/,
  },
  {
    title: "integers",
    code: ["n = torch.tensor([1, 2])", "w = torch.ones(2, requires_grad=True)", "(n * w).sum().backward()"],
    name: "n",
    is: "none",
    cause: "dtype",
    text: /int64/,
  },
  {
    title: "made under inference mode",
    code: ["with torch.inference_mode():", "    t = torch.ones(2)"],
    name: "t",
    is: "none",
    cause: "inference",
    text: /inference_mode/,
  },
  {
    title: "a relu that is dead",
    code: ["w = torch.tensor([-1.0, -2.0], requires_grad=True)", "y = F.relu(w).sum()", "y.backward()"],
    name: "w",
    is: "zero",
    cause: "dead-relu",
    line: 2,
    text: /relu lets no gradient through where its input is not above zero \(2 of 2\)/,
  },
  {
    title: "a sigmoid that is saturated",
    code: ["w = torch.tensor([200.0], requires_grad=True)", "y = torch.sigmoid(w).sum()", "y.backward()"],
    name: "w",
    is: "zero",
    cause: "saturated",
    line: 2,
    text: /sigmoid is saturated/,
  },
  {
    title: "clamp",
    code: [
      "w = torch.tensor([5.0, 6.0], requires_grad=True)",
      "y = (w * 2).clamp(0, 1).sum()",
      "y.backward()",
    ],
    name: "w",
    is: "zero",
    cause: "clamped",
    line: 2,
    text: /beyond its bounds/,
  },
  {
    title: "round is flat",
    code: ["w = torch.tensor([1.3], requires_grad=True)", "y = (torch.round(w) * 3).sum()", "y.backward()"],
    name: "w",
    is: "zero",
    cause: "flat",
    line: 2,
    text: /round is flat/,
  },
  {
    title: "multiplied by zero",
    code: ["w = torch.ones(2, requires_grad=True)", "m = torch.zeros(2)", "(w * m).sum().backward()"],
    name: "w",
    is: "zero",
    cause: "multiplied-by-zero",
    line: 3,
    text: /mul multiplies it by zero/,
  },
  {
    title: "two ways that cancel",
    code: ["w = torch.ones(2, requires_grad=True)", "a = w * 3", "b = w * -3", "(a + b).sum().backward()"],
    name: "w",
    is: "zero",
    cause: "cancelled",
    text: /add up to zero/,
  },
  {
    title: "set to zero",
    code: ["w = torch.ones(2, requires_grad=True)", "(w * 2).sum().backward()", "w.grad.zero_()"],
    name: "w",
    is: "zero",
    cause: "zeroed",
    line: 3,
    text: /set to zero on line 3/,
  },
  {
    title: "NaN of the square root's slope at zero",
    code: ["v = torch.zeros(2, requires_grad=True)", "n = (v ** 2).sum().sqrt()", "n.backward()"],
    name: "v",
    is: "nan",
    cause: "born-backward",
    line: 2,
    text: /SqrtBackward0.*\(as an infinity first\): the slope of the square root at zero is infinite/,
  },
  {
    title: "infinite slope of a logarithm",
    code: ["p = torch.zeros(1, requires_grad=True)", "q = torch.sqrt(p).sum()", "q.backward()"],
    name: "p",
    is: "inf",
    cause: "born-backward",
    line: 2,
    text: /SqrtBackward0/,
  },
  {
    title: "a value that is NaN",
    code: ["p = torch.tensor([-1.0, 1.0])", "q = torch.log(p)", "r = q * 2"],
    name: "r",
    of: "value",
    is: "nan",
    cause: "born",
    line: 2,
    text: /NaN in log on line 2: the logarithm of a negative number/,
  },
  {
    title: "a value that is too large",
    code: ["p = torch.tensor([100.0])", "q = torch.exp(p) + 1"],
    name: "q",
    of: "value",
    is: "inf",
    cause: "overflow",
    line: 2,
    text: /too large for a float/,
  },
  {
    title: "data that is NaN",
    code: ["p = torch.tensor([float('nan'), 1.0])", "q = p + 1"],
    name: "q",
    of: "value",
    is: "nan",
    cause: "input",
    line: 1,
    text: /in the data on line 1 already/,
  },
];

describe("why a gradient or a value is strange", function () {
  this.timeout(60_000);
  let client: EngineClient;
  before(() => {
    client = engineIn(builtEngine);
  });
  after(() => client.dispose());

  for (const { title, code, name, of = "grad", is, cause, line, text } of CASES) {
    it(`is told: ${title}`, async () => {
      const report = await run(client, code.join("\n"));
      assert.equal(report.error, undefined);
      const tensor = report.tensors.find(({ names }) => names.includes(name));
      const why = tensor?.why?.find((each) => each.of === of && each.is === is);
      assert.ok(why, JSON.stringify(tensor));
      assert.equal(why.cause, cause, why.text);
      assert.match(why.text, text);
      if (line !== undefined) assert.equal((why.site?.range.start.line ?? -1) + 1, line);
    });
  }

  it("is silent where nothing is strange", async () => {
    const report = await run(client, "w = torch.ones(2, requires_grad=True)\n(w * 2).sum().backward()");
    assert.equal(report.tensors.find(({ names }) => names.includes("w"))?.why, undefined);
  });

  it("says how much of it is NaN", async () => {
    const report = await run(client, "p = torch.tensor([-1.0, 1.0])\nq = torch.log(p)");
    assert.equal(
      report.tensors.find(({ names }) => names.includes("q"))?.why?.find(({ of }) => of === "value")?.share,
      0.5,
    );
  });
});
