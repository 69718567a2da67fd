// Where a gradient was lost, overwritten or freed: the right lines through calls, modules, loops, other files and
// snippets that share a namespace.
import assert from "node:assert/strict";
import type { EngineClient } from "../../../engine/client";
import type { Finding } from "../../../engine/protocol/report";
import { builtEngine, engineIn, reportOf } from "../../support/engine";

const HELPERS = `import torch
from torch import nn

def cut(x):
    return x.detach()

class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
    def forward(self, x):
        h = torch.exp(self.fc(x))
        h += 1
        return h
`;

describe("provenance", () => {
  let client: EngineClient;
  before(() => {
    client = engineIn(builtEngine);
  });
  after(() => client.dispose());

  /** "5" or "helpers.py 5" for each line that the last snippet's error tells of, from 1. */
  async function told(...codes: string[]): Promise<{ finding: Finding; lines: string[] }> {
    const { snippets } = await reportOf(client, codes, {
      siblings: [{ path: "helpers.py", text: HELPERS }],
    });
    const last = snippets[snippets.length - 1];
    const finding = last.diagnostics.find(({ severity }) => severity === "error");
    assert.ok(finding, `no error: ${JSON.stringify(last.diagnostics)}`);
    const lines = finding.related.map(
      ({ file, range }) => `${file ? `${file} ` : ""}${range.start.line + 1}`,
    );
    return { finding, lines };
  }

  it("finds a cut in a function of another file", async () => {
    const { finding, lines } = await told(
      "from helpers import cut\nx = torch.ones(2, requires_grad=True)\n(cut(x) * 2).sum().backward()",
    );
    assert.equal(finding.code, "autograd/no-grad-root");
    assert.deepEqual(lines, ["helpers.py 5"]);
  });

  it("finds what a module of another file saved and overwrote", async () => {
    const { finding, lines } = await told(
      "from helpers import Block\nout = Block()(torch.ones(1, 2)).sum()\nout.backward()",
    );
    assert.equal(finding.code, "autograd/saved-overwritten");
    assert.deepEqual(lines, ["helpers.py 12", "helpers.py 13", "3"]);
  });

  it("finds the call of an earlier snippet that freed a graph", async () => {
    const { finding, lines } = await told(
      "x = torch.ones(2, requires_grad=True)\ny = x ** 2\ny.sum().backward()",
      "(y * 2).sum().backward()",
    );
    assert.equal(finding.code, "autograd/second-backward");
    assert.deepEqual(lines, ["3", "2"]);
  });

  it("tells of a decorator where it stands, not where the function is called", async () => {
    const { finding, lines } = await told(
      "w = torch.ones(2, requires_grad=True)\n@torch.no_grad()\ndef net(x):\n    return x * w\nnet(w).sum().backward()",
    );
    assert.deepEqual(lines, ["4"]);
    assert.match(finding.related[0].message, /ran under torch\.no_grad\(\) \(line 2\)/);
  });

  it("names what switched recording off", async () => {
    const { finding } = await told(
      "w = torch.ones(2, requires_grad=True)\ntorch.set_grad_enabled(False)\ny = (w * 2).sum()\ny.backward()",
    );
    assert.match(finding.related[0].message, /ran under torch\.set_grad_enabled\(False\) \(line 2\)/);
  });

  it("tells of one cut in a comprehension once, with all that it cut", async () => {
    const { finding, lines } = await told(
      "ws = [torch.tensor(float(i), requires_grad=True) for i in range(3)]\nys = [w.data ** 2 for w in ws]\nsum(ys).backward()",
    );
    assert.deepEqual(lines, ["2"]);
    assert.match(finding.related[0].message, /'ws\[0\]', 'ws\[1\]' and 'ws\[2\]'/);
  });

  it("finds numbers that left the graph for Python's arithmetic", async () => {
    const { lines } = await told(
      "x = torch.tensor([1.0, 2.0], requires_grad=True)\ntotal = sum(t.item() for t in x)\nloss = torch.tensor(total)\nloss.backward()",
    );
    assert.deepEqual(lines, ["3", "2"]);
    const scaled = await told(
      "t = torch.tensor(1.5, requires_grad=True)\nloss = (torch.ones(3) / t.item()).sum()\nloss.backward()",
    );
    assert.deepEqual(scaled.lines, ["2"]);
    assert.match(scaled.finding.related[0].message, /\.item\(\).* took it out of the graph of 't'/);
  });

  it("takes no integer for the cause where a floating-point graph was cut", async () => {
    const { lines } = await told(
      "x = torch.randn(3, 2, requires_grad=True)\ntarget = torch.tensor([0, 1, 1])\nloss = F.cross_entropy(x.detach(), target)\nloss.backward()",
    );
    assert.deepEqual(lines, ["3"]);
  });
});
