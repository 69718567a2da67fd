// Names and their tensors, inline values, and that code does the same with the helpers in it as without.
import assert from "node:assert/strict";
import type { EngineClient } from "../../../engine/client";
import type { SnippetReport } from "../../../engine/protocol/report";
import { engineIn, printed, reportOf, run } from "../../support/engine";
import { hostEngine } from "./hostEngine";

/** "line:column name=handle" of every occurrence. */
function shown(snippet: SnippetReport): string[] {
  return snippet.occurrences.map(
    ({ range, name, tensor }) => `${range.start.line}:${range.start.character} ${name}=${tensor}`,
  );
}

describe("instrumented code", function () {
  this.timeout(60_000);
  let client: EngineClient;

  before(async () => {
    client = engineIn(await hostEngine());
    await client.info();
  });
  after(() => client.dispose());

  it("finds the tensor of every name: the closest binding before it", async () => {
    const snippet = await run(client, "x = torch.tensor(1)\ny = x + 1\nx = x * y\nprint(x, y)");
    assert.deepEqual(shown(snippet), [
      "0:0 x=1",
      "1:0 y=2",
      "1:4 x=1",
      "2:0 x=3",
      "2:4 x=1",
      "2:8 y=2",
      "3:6 x=3",
      "3:9 y=2",
    ]);
  });

  it("follows names through loops, functions, lambdas, comprehensions and tuples", async () => {
    const snippet = await run(
      client,
      `w = torch.tensor(1)
def f(a, *, b=2):
    c = a + b
    return c * w
for i in range(2):
    w = f(w)
g = lambda t: t + w
u, (v, *r) = g(w), (w, 1)
l = [q + w for q in [u, v] if q]
if (z := w + 1): pass`,
    );
    const got = shown(snippet);
    for (const expected of [
      "1:6 a=3",
      "2:4 c=4",
      "2:8 a=3",
      "3:11 c=4",
      "5:4 w=5",
      "5:10 w=1",
      "6:11 t=5",
      "6:14 t=5",
      "7:0 u=6",
      "7:4 v=5",
      "8:15 q=5",
      "9:4 z=9",
    ]) {
      assert.ok(got.includes(expected), `${expected} is not in ${got.join(", ")}`);
    }
    assert.ok(
      !got.some((entry) => entry.includes(" b=") || entry.includes(" r=") || entry.includes(" i=")),
      String(got),
    );
  });

  it("looks past bindings that did not run, and sees nothing where a name was taken for something else", async () => {
    const snippet = await run(
      client,
      `x = torch.tensor(1)
if x is None:
    x = torch.tensor(2)
y = x + 1
for i in range(2):
    if i:
        print(z)
    z = y + 1
def f():
    return w
w = z
if w is None:
    w = y
f()
import math as y
print(y)`,
    );
    assert.deepEqual(shown(snippet), [
      "0:0 x=1",
      "1:3 x=1",
      "3:0 y=2",
      "3:4 x=1",
      "6:14 z=4",
      "7:4 z=4",
      "7:8 y=2",
      "9:11 w=4",
      "10:0 w=4",
      "10:4 z=4",
      "11:3 w=4",
      "12:8 y=2",
    ]);
  });

  it("sees names of earlier snippets, also one that is bound anew here", async () => {
    const { snippets } = await reportOf(client, ["x = torch.tensor(1)", "y = x + x\nx = y", "x"]);
    assert.deepEqual(shown(snippets[1]!), ["2:0 y=2", "2:4 x=1", "2:8 x=1", "3:0 x=2", "3:4 y=2"]);
    assert.deepEqual(shown(snippets[2]!), ["5:0 x=2"]);
  });

  it("calls functions of earlier snippets, which tell of their own names", async () => {
    const { snippets } = await reportOf(client, [
      "def f(a):\n    b = a + a #?\n    return b",
      "y = f(torch.tensor(1))",
      "print(f(y))",
    ]);
    assert.deepEqual(
      snippets.map(({ status }) => status),
      ["ok", "ok", "ok"],
      snippets[1]!.error?.traceback,
    );
    assert.deepEqual(shown(snippets[1]!), ["4:0 y=2"]);
    assert.deepEqual(
      snippets.map(({ inlineValues }) => inlineValues.map(({ text }) => text)),
      [["not run"], [], []],
    );
  });

  it("knows no tensor for a name whose last value is none", async () => {
    const snippet = await run(
      client,
      "x = torch.tensor(1)\nx = 3\nprint(x)\nif False:\n    y = torch.tensor(2)\nimport math as z\nz",
    );
    assert.deepEqual(shown(snippet), ["0:0 x=1"]);
  });

  it("follows attributes without running a property of the user's", async () => {
    const snippet = await run(
      client,
      `class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(1)
        self.sub = Sub()
    def forward(self, x):
        return x + self.w
class Sub(nn.Module):
    def __init__(self):
        super().__init__()
        self.v = nn.Parameter(2)
    @property
    def boom(self):
        print("ran")
        return self.v
net = Net()
y = net.forward(torch.tensor(3))
y.grad = torch.tensor(4)
net.sub.v
net.sub.boom
ps = [y, 1]
y.grad`,
    );
    assert.equal(snippet.status, "ok", snippet.error?.traceback);
    const got = shown(snippet);
    for (const expected of ["3:8 self.w=1", "6:19 self.w=1", "18:0 net.sub.v=2", "21:0 y.grad=5"]) {
      assert.ok(got.includes(expected), `${expected} is not in ${got.join(", ")}`);
    }
    assert.equal(printed(snippet), "ran\n", "once, by the code itself");
    const names = snippet.tensors.map((tensor) => `${tensor.names[0]}=${tensor.id}`);
    assert.deepEqual(names, ["y=4", "net.w=1", "net.sub.v=2", "ps[0]=4", "y.grad=5"]);
  });

  it("keeps no value alive", async () => {
    const snippet = await run(
      client,
      `class Loud:
    def __del__(self): print("gone")
def f(p):
    q = p
    del q
    return 1
x = Loud()
x = 2
print("after")
f(Loud())
print("end")`,
    );
    assert.equal(snippet.status, "ok", snippet.error?.traceback);
    assert.equal(printed(snippet), "gone\nafter\ngone\nend\n");
  });

  it("does what it would do without the helpers", async () => {
    const code = `"""Module docs"""
from __future__ import annotations
import inspect, sys
def f(a, b: int = 2, *args, c, **kw):
    """Docs of f"""
    global G
    G = a
    total = 0
    for i, (j, k) in enumerate([(1, 2), (3, 4)]):
        total += i * j + k
    else:
        total += 100
    def inner():
        nonlocal total
        total += 1
        return total
    return inner() + b + len(args) + c + len(kw)
class C:
    """Docs of C"""
    __slots__ = ("__p",)
    n: int = 3
    squares = [i * i for i in range(n)]
    def __init__(self): self.__p = 5
    @property
    def p(self): return self.__p
def gen(n):
    while (n := n - 1) > 0:
        got = yield n
        if got: n = got
async def co():
    async with Manager() as m:
        return m
class Manager:
    async def __aenter__(self): return "managed"
    async def __aexit__(self, *a): pass
try:
    co().send(None)
except StopIteration as e:
    result = e.value
match {"k": [1, 2, 3], "z": 0}:
    case {"k": [first, *others], **rest} if first == 1:
        matched = (first, others, rest)
x = y = [z for z in range(3) if z if z > 1]
del y
x[0] += 5
k = (lambda p, *q, r=1: (p, q, r))(1, 2)
d = {a: b for a, b in zip("ab", (1, 2))}
with open("t.txt", "w") as handle: handle.write("t")
g = gen(5)
print(f.__doc__, C.__doc__, __doc__, C.squares, C().p, f.__annotations__, G if "G" in globals() else None)
print(f(1, 2, 3, c=4, e=5), list(gen(3)), next(g), g.send(2), result, matched, x, k, d, "y" in globals(), "z" in globals())
print(sorted(n for n in globals() if not n.startswith("__")), sorted(f.__code__.co_varnames), inspect.signature(f))
print(sys._getframe().f_lineno, f.__code__.co_firstlineno, [n for n in dir() if "<" in n])
print(sorted(g.gi_frame.f_locals), sorted(gen.__code__.co_varnames))
class Told:
    def __iter__(self):
        print("asked")
        return iter("ab")
h = (t + u for t in Told() for u in Told())
print("before", list(h))
try: (t for t in 5)
except TypeError as e: print(e)
`;
    const plain = await run(client, `exec(compile(${JSON.stringify(code)}, "lesson.py", "exec"), globals())`);
    const instrumented = await run(client, code);
    assert.equal(instrumented.error, undefined, instrumented.error?.traceback);
    assert.equal(printed(instrumented).replace("'__annotations__', ", ""), printed(plain));
    assert.match(printed(plain), /^Docs of f Docs of C Module docs/);
  });

  it("runs what is too deep for it without following names", async () => {
    const snippet = await run(client, `x = ${"1 + ".repeat(3000)}1\nprint(x)`);
    assert.equal(printed(snippet), "3001\n", snippet.error?.traceback);
  });

  it("leaves sources to be read by inspect", async () => {
    const snippet = await run(
      client,
      "import inspect\ndef f(a):  # 注\n    return a\nprint(inspect.getsource(f), end='')",
    );
    assert.equal(printed(snippet), "def f(a):  # 注\n    return a\n", snippet.error?.traceback);
  });

  it("shows `#?` values: of the line, of an expression in its own scope, of the last iteration", async () => {
    const snippet = await run(
      client,
      `x = torch.tensor(2) #?
def f(a):
    b = a * 3 #? b + a
    return b #?
f(x)
for i in range(4): #?
    i + 1 #?
a, b = 1, "#?"  # words #?
x * x #?
s = "no #? here"
if x: #? missing
    pass
import math #?
never = 1 if False else 2 #? never
`,
    );
    assert.deepEqual(
      snippet.inlineValues.map(({ line, expression, text, tensor }) => [line, expression, text, tensor ?? 0]),
      [
        [0, "x", "tensor(2)", 1],
        [2, "b + a", "tensor(8)", 3],
        [3, "b", "tensor(6)", 2],
        [5, "i", "3 (×4)", 0],
        [6, "i + 1", "4 (×4)", 0],
        [7, "a, b", "(1, '#?')", 0],
        [8, "x * x", "tensor(4)", 4],
        [10, "missing", "NameError: name 'missing' is not defined", 0],
        [12, "", "no value on this line", 0],
        [13, "never", "2", 0],
      ],
    );
    assert.equal(snippet.status, "ok");
  });

  it("shows what is wrong with a `#?` expression and what was not run", async () => {
    const snippet = await run(client, "a = 1 #? a +\nb = 2 #? (a := 5)\nif False:\n    c = 3 #?\nprint(a)");
    const texts = snippet.inlineValues.map(({ text }) => text);
    assert.deepEqual(texts.slice(1), [
      "SyntaxError: a value to show can neither bind names nor wait",
      "not run",
    ]);
    assert.match(texts[0]!, /^SyntaxError: /);
    assert.equal(printed(snippet), "1\n");
  });
});
