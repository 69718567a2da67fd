// Rounds of loops as the real worker tells them: nested, in comprehensions, generators and recursion.
import assert from "node:assert/strict";
import type { EngineClient } from "../../engine/client";
import type { SnippetReport } from "../../engine/protocol/report";
import { builtEngine, engineIn, run } from "../support/engine";

/** Of each node that a line made: "i=2 j=1", by the loops' variables. */
function pathsOf({ graph, scopes = [] }: SnippetReport, line: number): string[] {
  return graph.nodes
    .filter(({ kind, site }) => kind === "grad_fn" && site?.range.start.line === line)
    .map(({ within }) => {
      const parts: string[] = [];
      for (let at = within; at !== undefined; at = scopes[at]?.parent) {
        const scope = scopes[at];
        if (scope?.kind === "round")
          parts.unshift(
            `${/^for (\S+?),? /.exec(scope.label)?.[1] ?? scope.label}=${scope.round}/${scope.rounds}`,
          );
      }
      return parts.join(" ");
    });
}

describe("the rounds of loops", function () {
  this.timeout(60_000);
  let engine: EngineClient;
  before(() => {
    engine = engineIn(builtEngine);
  });
  after(() => engine.dispose());

  const paths = async (lines: string[], line = lines.length - 1): Promise<string[]> => {
    const report = await run(
      engine,
      ["w, kept = torch.tensor(2.0, requires_grad=True), []", ...lines].join("\n"),
    );
    assert.equal(report.error, undefined, report.error?.message);
    return pathsOf(report, line + 1);
  };

  it("are told as a path where loops are nested", async () => {
    assert.deepEqual(
      await paths(["for i in range(3):", "    for j in range(2):", "        kept.append(w * (i + j))"]),
      ["i=1/3 j=1/2", "i=1/3 j=2/2", "i=2/3 j=1/2", "i=2/3 j=2/2", "i=3/3 j=1/2", "i=3/3 j=2/2"],
    );
  });

  it("are those of a comprehension's clauses, without what a condition leaves out", async () => {
    assert.deepEqual(await paths(["a = [w * i for i in range(3)]"]), ["i=1/3", "i=2/3", "i=3/3"]);
    assert.deepEqual(await paths(["a = [w * i for i in range(2) for j in range(2) if j]"]), [
      "i=1/2 j=2/2",
      "i=2/2 j=2/2",
    ]);
    assert.deepEqual(
      await paths(["a = [[w * i * j for j in range(2)] for i in range(2)][0]"]).then((all) =>
        all.slice(0, 2),
      ),
      ["i=1/2 j=1/2", "i=1/2 j=1/2"],
    );
  });

  it("leave the stack while a generator's consumer runs, and come back with the next element", async () => {
    const generator = ["def batches():", "    for b in range(3):", "        yield w * b"];
    const loop = [
      ...generator,
      "for k in batches():",
      "    for m in range(2):",
      "        kept.append(k * m)",
    ];
    assert.deepEqual(await paths(loop), [
      "k=1/3 m=1/2",
      "k=1/3 m=2/2",
      "k=2/3 m=1/2",
      "k=2/3 m=2/2",
      "k=3/3 m=1/2",
      "k=3/3 m=2/2",
    ]);
    assert.deepEqual(await paths(loop, 2), ["b=1/3", "k=1/3 b=2/3", "k=2/3 b=3/3"]);
    const partly = ["g = (w * z for z in range(5))", "x = next(g)", "y = x * 2", "x = next(g)", "z = x * 3"];
    assert.deepEqual(await paths(partly), [""]);
    assert.deepEqual(await paths(partly, 2), [""]);
    assert.deepEqual(await paths(partly, 0), ["z=1/2", "z=2/2"]);
  });

  it("stay right after an exception in an element, and in a generator that is thrown into or closed", async () => {
    const raised = [
      "try:",
      "    [1 / (w * 0 if e else 'x') for e in range(2)]",
      "except TypeError:",
      "    pass",
      "a = w * 7",
    ];
    assert.deepEqual(await paths(raised), [""]);
    const thrown = [
      "def gen():",
      "    for t in range(5):",
      "        try:",
      "            yield w + t",
      "        except ValueError:",
      "            yield w * 100",
      "it = gen()",
      "next(it)",
      "it.throw(ValueError())",
      "next(it)",
      "it.close()",
      "last = w - 1",
    ];
    assert.deepEqual(await paths(thrown), [""]);
  });

  it("are those of each call where a function calls itself", async () => {
    const lines = [
      "def grow(n):",
      "    r = w",
      "    for q in range(n):",
      "        r = r + (grow(n - 1) if n > 1 else w)",
      "    return r",
      "grow(2)",
    ];
    assert.deepEqual((await paths(lines, 3)).sort(), ["q=1/2", "q=1/2 q=1/2", "q=2/2", "q=2/2 q=1/2"]);
  });

  it("give generators what is sent to them, and take it back", async () => {
    const report = await run(
      engine,
      "def echo():\n    got = yield 1\n    for i in range(2):\n        got = yield got * 10\n    return 5\ndef outer():\n    result = yield from echo()\n    print('result', result)\ng = outer()\nprint(next(g), g.send(2), g.send(3))\nprint(next(g, 'end'))\nprint(sum(x for x in range(4)), list((a, b) for a in 'xy' for b in range(2)), {k: v for k, v in zip('ab', [1, 2])})",
    );
    assert.equal(report.error, undefined);
    assert.equal(
      report.output.map(({ text }) => text).join(""),
      "1 20 30\nresult 5\nend\n6 [('x', 0), ('x', 1), ('y', 0), ('y', 1)] {'a': 1, 'b': 2}\n",
    );
  });
});
