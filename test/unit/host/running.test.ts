// Snippets run as Python runs them, and every place in the report is a place in the document.
import assert from "node:assert/strict";
import type { EngineClient } from "../../../engine/client";
import type { Range, SnippetReport } from "../../../engine/protocol/report";
import { engineIn, printed, reportOf, requestOf, run } from "../../support/engine";
import { hostEngine } from "./hostEngine";

/** "line:column-line:column", zero-based as in the Report. */
function at({ start, end }: Range): string {
  return `${start.line}:${start.character}-${end.line}:${end.character}`;
}

describe("running snippets", function () {
  this.timeout(60_000);
  let client: EngineClient;

  before(async () => {
    client = engineIn(await hostEngine());
    const info = await client.info();
    assert.equal(info.fromSnapshot, true);
    assert.match(info.python, /^3\.14\./);
  });
  after(() => client.dispose());

  it("shares one namespace from top to bottom and goes on after an error", async () => {
    const { snippets } = await reportOf(client, [
      "a = 1",
      "b = a + 1\nraise ValueError('no')\nc = 3",
      "print(a, b, 'c' in globals())",
    ]);
    assert.deepEqual(
      snippets.map(({ status }) => status),
      ["ok", "raised", "ok"],
    );
    assert.equal(printed(snippets[2]!), "1 2 False\n");
  });

  it("gives an isolated snippet a namespace of its own", async () => {
    const request = requestOf(["a = 1", "print('a' in globals())\na = 5", "print(a)"]);
    request.snippets[1]!.options = { isolated: true };
    const outcome = await client.run(request);
    assert.ok(outcome.kind === "report");
    assert.deepEqual(outcome.report.snippets.map(printed), ["", "False\n", "1\n"]);
  });

  it("has torch, nn and the names of a script without an import", async () => {
    const snippet = await run(client, "print(__name__, __file__, torch.tensor(2), nn.Module)", {
      file: "a/lesson.py",
    });
    assert.equal(printed(snippet), "__main__ a/lesson.py tensor(2) <class 'torch.nn.Module'>\n");
  });

  it("says where each line was printed", async () => {
    const snippet = await run(
      client,
      "for i in range(2):\n    print(\n        i,\n    )\ndef f(): print('in f')\nf(); print('x', end='')",
    );
    assert.deepEqual(
      snippet.output.map(({ text, range }) => [text, at(range)]),
      [
        ["0\n", "1:4-3:5"],
        ["1\n", "1:4-3:5"],
        ["in f\n", "4:9-4:22"],
        ["x", "5:5-5:23"],
      ],
    );
  });

  it("counts columns in UTF-16 units, with Chinese and emoji before the place", async () => {
    const snippet = await run(client, 's = "梯度🎉🎉"; t = 1 / 0');
    assert.equal(snippet.error?.type, "ZeroDivisionError");
    // s = "梯度🎉🎉" is 12 units: 5 + 2 + 4 + the quote.
    assert.equal(at(snippet.error!.range), "0:18-0:23");
    assert.equal('s = "梯度🎉🎉"; t = 1 / 0'.slice(18, 23), "1 / 0");
  });

  it("adds back the columns that were taken off a fence in a list", async () => {
    const request = requestOf(["x = 1\ny = x + '1'"]);
    request.snippets[0]!.indent = [3, 5];
    request.snippets[0]!.range.start = { line: 40, character: 3 };
    const outcome = await client.run(request);
    assert.ok(outcome.kind === "report");
    const { error } = outcome.report.snippets[0]!;
    assert.equal(at(error!.range), "41:9-41:16");
    assert.match(error!.traceback, /line 42, in <module>\n {4}y = x \+ '1'\n/);
  });

  it("puts a SyntaxError at its place, with Python's message", async () => {
    const snippet = await run(client, 'a = 1\nb = "🎉" + (1 +\nc = = 3');
    assert.deepEqual([snippet.error?.type, snippet.error?.message], ["SyntaxError", "'(' was never closed"]);
    assert.equal(at(snippet.error!.range), "1:11-1:12");
    const other = await run(client, "if True:\npass");
    assert.equal(other.error?.type, "IndentationError");
    assert.equal(at(other.error!.range), "1:0-1:4");
    const late = await run(client, "def f():\n    return 1\nreturn 2");
    assert.deepEqual([late.error?.message, late.error?.range.start.line], ["'return' outside function", 2]);
  });

  it("prints a traceback as Python does, without frames of ours, chained and with notes", async () => {
    const snippet = await run(
      client,
      "def f(x):\n    return x / 0\ntry:\n    f(1)\nexcept ZeroDivisionError as e:\n    raise RuntimeError('outer') from e",
    );
    assert.equal(
      snippet.error?.traceback,
      `Traceback (most recent call last):
  File "lesson.py", line 4, in <module>
    f(1)
    ~^^^
  File "lesson.py", line 2, in f
    return x / 0
           ~~^~~
ZeroDivisionError: division by zero

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "lesson.py", line 6, in <module>
    raise RuntimeError('outer') from e
RuntimeError: outer
`,
    );
    const inTorch = await run(client, "x = torch.tensor(1)\nx.backward()");
    assert.equal(
      inTorch.error?.traceback,
      `Traceback (most recent call last):
  File "lesson.py", line 2, in <module>
    x.backward()
    ~~~~~~~~~~^^
RuntimeError: element 0 of tensors does not require grad
`,
    );
  });

  it("shows warnings as Python shows them, once per place", async () => {
    const snippet = await run(
      client,
      "import warnings\nfor i in range(3):\n    warnings.warn('careful')\nwarnings.warn('again')",
    );
    assert.deepEqual(
      snippet.output.map(({ text, range }) => [text, at(range)]),
      [
        ["lesson.py:3: UserWarning: careful\n  warnings.warn('careful')\n", "2:4-2:28"],
        ["lesson.py:4: UserWarning: again\n  warnings.warn('again')\n", "3:0-3:22"],
      ],
    );
  });

  it("handles exits, input, threads and a stack that would overflow", async () => {
    const exit = await run(client, "import sys\nprint('a')\nsys.exit()\nprint('b')");
    assert.deepEqual([exit.status, printed(exit)], ["ok", "a\n"]);
    assert.equal((await run(client, "raise SystemExit('bad')")).status, "raised");
    assert.match((await run(client, "input('name? ')")).error!.message, /^input\(\) has nobody to ask here/);
    assert.equal(
      (await run(client, "import threading\nthreading.Thread(target=print).start()")).error?.type,
      "RuntimeError",
    );
    const deep = await run(
      client,
      "import sys\nsys.setrecursionlimit(10**7)\nclass A:\n    def __getattr__(self, n): return getattr(self, n + 'x')\nfor f in (lambda: A().a, lambda: f()):\n    try: f()\n    except RecursionError as e: print('caught')\nprint(sys.getrecursionlimit())",
    );
    assert.equal(printed(deep), "caught\ncaught\n10000000\n");
    const keyboard = await run(client, "raise KeyboardInterrupt");
    assert.deepEqual([keyboard.status, keyboard.error?.type], ["raised", "KeyboardInterrupt"]);
  });

  it("runs asyncio, dataclasses, pickling and type hints of the script's own classes", async () => {
    const snippet = await run(
      client,
      `import asyncio, dataclasses, pickle, typing
@dataclasses.dataclass
class P:
    x: "int" = 1
async def main():
    await asyncio.sleep(0.001)
    return [i async for i in gen()]
async def gen():
    yield 1
print(pickle.loads(pickle.dumps(P(3))), typing.get_type_hints(P), asyncio.run(main()))`,
    );
    assert.equal(printed(snippet), "P(x=3) {'x': <class 'int'>} [1]\n", snippet.error?.traceback);
  });

  it("cuts output off at its limit and says so, while the code runs on", async () => {
    const snippet = await run(
      client,
      "for i in range(1000): print('0123456789')\ndone = 1\nraise ValueError(done)",
      {
        limits: { outputCharacters: 100 },
      },
    );
    const text = printed(snippet);
    assert.ok(text.startsWith("0123456789\n") && text.length < 200, text);
    assert.match(text, /\[output cut off after 100 characters\]\n$/);
    assert.equal(snippet.error?.message, "1");
  });

  it("imports files beside the document and names them in tracebacks and sites", async () => {
    const wishes = {
      siblings: [
        {
          path: "model.py",
          text: "# 模型\ndef double(x):\n    y = '🎉'; return x * 2\ndef fail():\n    return 1 / 0\n",
        },
        { path: "pkg/__init__.py", text: "" },
        { path: "pkg/sub.py", text: "value = 7\n" },
        { path: "data/deep.py", text: "value = 8\n" },
      ],
    };
    const snippet = await run(
      client,
      "from model import double, fail\nimport pkg.sub, data.deep\nx = double(torch.tensor(3))\nprint(x, pkg.sub.value, data.deep.value, open('model.py', encoding='utf-8').read()[:4])\nfail()",
      wishes,
    );
    assert.equal(printed(snippet), "tensor(6) 7 8 # 模型\n");
    // The innermost place in the document, not in the other file.
    assert.equal(at(snippet.error!.range), "4:0-4:6");
    assert.match(snippet.error!.traceback, /File "model.py", line 5, in fail\n {4}return 1 \/ 0/);
    const { sites } = JSON.parse(snippet.truncated!) as {
      sites: [number, { file?: string; range: Range }][];
    };
    const inFile = sites.find(([, site]) => site.file === "model.py");
    // "y = '🎉'; return " is 4 + 8 + 2 + 7 units in.
    assert.equal(at(inFile![1].range), "2:21-2:26");
    assert.equal((await run(client, "import model\nmodel.double")).error?.type, "ModuleNotFoundError");
  });

  it("gives every operator the range of its own expression", async () => {
    const snippet = await run(client, 'a = torch.tensor(2)\ns = "梯🎉"; y = a * a + a');
    const { sites } = JSON.parse(snippet.truncated!) as { sites: [number, { range: Range }][] };
    assert.deepEqual(
      sites.map(([, site]) => at(site.range)),
      ["0:4-0:19", "1:15-1:20", "1:15-1:24"],
    );
  });

  it("collects `# grad: ignore` comments, and none out of strings", async () => {
    const snippet = await run(
      client,
      'a = 1  # grad: ignore[shapes, nan]\nb = "# grad: ignore"\nc = 2 # noqa # grad: ignore',
    );
    assert.deepEqual(JSON.parse(snippet.truncated!).ignores, [
      { line: 0, rules: ["shapes", "nan"] },
      { line: 2, rules: [] },
    ]);
  });

  it("runs an empty snippet and one of comments", async () => {
    const { snippets } = await reportOf(client, ["", "# nothing", "\n\n"]);
    assert.deepEqual(
      snippets.map(({ status }: SnippetReport) => status),
      ["ok", "ok", "ok"],
    );
  });
});
