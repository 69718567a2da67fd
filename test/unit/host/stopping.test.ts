// A kill that always works, and a run that leaves nothing behind: with real Python in a real worker.
import assert from "node:assert/strict";
import type { EngineClient } from "../../../engine/client";
import type { Report } from "../../../engine/protocol/report";
import { engineIn, printed, reportOf, requestOf, run } from "../../support/engine";
import { hostEngine } from "./hostEngine";

describe("stopping", function () {
  this.timeout(60_000);
  let client: EngineClient;
  const crashes: string[] = [];

  before(async () => {
    client = engineIn(await hostEngine(), {
      graceMilliseconds: 300,
      onCrash: (message) => crashes.push(message),
    });
    await client.info();
  });
  after(() => client.dispose());

  it("interrupts an endless loop when its time is up, keeps its output, and runs what follows", async () => {
    const { snippets } = await reportOf(client, ["print('on')\nwhile True: pass", "print('next')"], {
      limits: { seconds: 0.3 },
    });
    assert.deepEqual(
      snippets.map(({ status, stoppedBy }) => [status, stoppedBy]),
      [
        ["stopped", "timeout"],
        ["ok", undefined],
      ],
    );
    assert.deepEqual(snippets.map(printed), ["on\n", "next\n"]);
    assert.ok(
      snippets[0]!.milliseconds >= 250 && snippets[0]!.milliseconds < 2000,
      String(snippets[0]!.milliseconds),
    );
  });

  it("keeps what a snippet had printed that had to be killed, where and for how long it ran", async () => {
    const stubborn =
      "for i in range(2):\n    print('round', i)\nprint('ünï', end='')\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass";
    const { snippets } = await reportOf(client, [stubborn, "print('after')"], { limits: { seconds: 0.3 } });
    const [killed] = snippets;
    assert.deepEqual([killed?.status, killed?.stoppedBy], ["stopped", "timeout"]);
    assert.deepEqual(
      killed?.output.map(({ text, range: { start } }) => [text, start.line, start.character]),
      [
        ["round 0\n", 1, 4],
        ["round 1\n", 1, 4],
        ["ünï", 2, 0],
      ],
    );
    assert.ok(killed.milliseconds >= 300 && killed.milliseconds < 5000, String(killed.milliseconds));
    assert.deepEqual(snippets[1]?.output, [], "what did not run printed nothing");
    const { snippets: again } = await reportOf(client, ["print('again')"]);
    assert.deepEqual(again.map(printed), ["again\n"]);
  });

  it("tells what a long snippet has printed while it runs", async () => {
    const heard: string[][] = [];
    const telling = engineIn(await hostEngine(), {
      onOutput: (_runId, _index, output) => heard.push(output.map(({ text }) => text)),
    });
    try {
      await telling.info();
      await run(telling, "import time\nprint('first')\ntime.sleep(0.5)\nprint('second')\ntime.sleep(0.4)");
    } finally {
      telling.dispose();
    }
    assert.deepEqual(heard, [["first\n"], ["first\n", "second\n"]]);
  });

  it("interrupts sleep, a regular expression that never ends and huge numbers", async () => {
    for (const code of [
      "import time\ntime.sleep(100)",
      "import re\nre.match(r'(a+)+$', 'a' * 50 + 'b')",
      "7 ** (10 ** 8)",
    ]) {
      const snippet = await run(client, code, { limits: { seconds: 0.3 } });
      assert.deepEqual([snippet.status, snippet.stoppedBy], ["stopped", "timeout"], code);
    }
  });

  it("kills code that swallows the interrupt; what came before stays in the report", async () => {
    const stubborn = "while True:\n    try:\n        while True: pass\n    except BaseException: pass";
    const report = await reportOf(client, ["print('before')", stubborn, "print('after')"], {
      limits: { seconds: 0.3 },
    });
    assert.deepEqual(
      report.snippets.map(({ status, stoppedBy }) => [status, stoppedBy]),
      [
        ["ok", undefined],
        ["stopped", "timeout"],
        ["stopped", "timeout"],
      ],
    );
    assert.equal(printed(report.snippets[0]!), "before\n");
    assert.equal(printed(await run(client, "print('alive')")), "alive\n");
    assert.deepEqual(crashes, []);
  });

  it("lets a newer text take over at once", async () => {
    const first = client.run(requestOf(["print(1)", "while True: pass", "print(3)"]));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const start = performance.now();
    const second = await run(client, "print('new')");
    assert.ok(performance.now() - start < 2000);
    assert.equal(printed(second), "new\n");
    const outcome = await first;
    assert.ok(outcome.kind === "report");
    assert.deepEqual(
      outcome.report.snippets.map(({ status, stoppedBy }) => [status, stoppedBy]),
      [
        ["ok", undefined],
        ["stopped", "superseded"],
        ["stopped", "superseded"],
      ],
    );
  });

  it("keeps a snippet's own time limit apart from the others'", async () => {
    const request = requestOf(["import time\ntime.sleep(0.5)\nprint('slept')", "while True: pass"], {
      limits: { seconds: 5 },
    });
    request.snippets[1]!.options = { timeout: 0.2 };
    const outcome = await client.run(request);
    assert.ok(outcome.kind === "report");
    assert.deepEqual(
      outcome.report.snippets.map(({ status }) => status),
      ["ok", "stopped"],
    );
  });

  it("reports code that brings Python down, and goes on with a new one without a word", async () => {
    for (const [code, type] of [
      ["import os\nos._exit(3)", "SystemExit"],
      ["import os\nos.abort()", "SystemError"],
    ] as const) {
      const { snippets } = await reportOf(client, ["print('first')", code]);
      assert.equal(printed(snippets[0]!), "first\n");
      assert.equal(snippets[1]!.error?.type, type);
      assert.equal(printed(await run(client, "print('alive')")), "alive\n");
    }
    assert.deepEqual(crashes, []);
  });

  it("turns memory that is not there into MemoryError, and gives it back", async () => {
    const snippet = await run(
      client,
      "l = []\ntry:\n    while True: l.append(bytearray(200_000_000))\nexcept MemoryError:\n    n = len(l); l = None\n    print(n)",
    );
    assert.match(printed(snippet), /^[3-5]\n$/);
    assert.equal(printed(await run(client, "print('alive')")), "alive\n");
  });
});

/** A report without what may differ: the time it took. */
function withoutTimes(report: Report): Report {
  return { ...report, snippets: report.snippets.map((snippet) => ({ ...snippet, milliseconds: 0 })) };
}

/** Each leaves the interpreter in a state that would show. */
const nasty: Record<string, string> = {
  "builtins and modules patched": `import builtins, math, json, re, collections
builtins.len = lambda x: 7
builtins.print = None
math.pi = 3
json.dumps = lambda *a, **k: "x"
re.compile = None
collections.OrderedDict.patched = 1
torch.tensor = None
torch.Tensor.__add__ = lambda a, b: "patched"
del builtins.range`,
  "state of the interpreter": `import sys, os, gc, random, warnings, decimal, signal, locale
sys.setrecursionlimit(60)
gc.disable()
random.seed(5); random.random()
warnings.simplefilter("error")
decimal.getcontext().prec = 3
os.environ["CHANGED"] = "1"
os.makedirs("/tmp/deep/er"); os.chdir("/tmp/deep")
sys.settrace(lambda *a: None)
sys.setprofile(lambda *a: None)
sys.stdout = None
sys.excepthook = sys.displayhook = None
sys.path.clear()
signal.signal(signal.SIGINT, signal.SIG_IGN)`,
  "files, also those of Python": `import os, glob
open("left.txt", "w").write("x"); open("/tmp/left", "w").write("x")
open("/lib/python314.zip", "r+b").write(b"garbage")
handles = [open(f"/tmp/open{i}", "w") for i in range(50)]
for path in glob.glob("/lib/python3.14/site-packages/gradient_runner/*.py"): os.remove(path)
os.mkdir("/home/user/dir"); os.rename("/home/user", "/home/gone")`,
  "modules gone and replaced": `import sys
for name in list(sys.modules):
    if name not in ("sys", "builtins"): del sys.modules[name]
sys.meta_path.clear()
sys.path_hooks.clear()`,
  "the runner itself": `import gradient_runner.session as s, builtins
s._session.output.write = None
s._session.__class__.report = None
for name in [n for n in vars(builtins) if n.startswith("<")]: delattr(builtins, name)`,
  "hooks that run later": `import atexit, gc, weakref, asyncio
class Late:
    def __del__(self): print("late")
Late.me = Late()
atexit.register(print, "at exit")
gc.callbacks.append(lambda *a: print("collected"))`,
  "an error with everything on the stack": `def f(n):
    data = [object() for _ in range(10)]
    return f(n - 1) if n else 1 / 0
f(100)`,
};

const WITNESS = `import math, random, os, sys, json, gc, warnings, decimal, collections, re
x = torch.tensor(2)
print(len([1, 2]), math.pi, random.random(), json.dumps({"a": [1]}), x + x, x._h)
print(sys.getrecursionlimit(), gc.isenabled(), decimal.getcontext().prec, "CHANGED" in os.environ)
print(os.getcwd(), sorted(os.listdir(".")), sorted(os.listdir("/tmp")), sorted(os.listdir("/home")))
print(hasattr(collections.OrderedDict, "patched"), re.compile("a").match("a"), sys.gettrace(), sys.getprofile())
print(object(), {"b", "a", "c"}, id(x), hash("x"), sorted(n for n in globals() if not n.startswith("_")))
print(len(sys.modules), len(sys.path), len(sys.meta_path), open("f", "w").fileno())
import wave
warnings.warn("told")
with open("own.txt", "w") as f: f.write("x") #?
x + missing`;

describe("a run leaves nothing behind", function () {
  this.timeout(60_000);
  let client: EngineClient;
  let fresh: Report;

  before(async () => {
    client = engineIn(await hostEngine(), { graceMilliseconds: 300 });
    fresh = withoutTimes(await reportOf(client, [WITNESS]));
    assert.equal(fresh.snippets[0]!.error?.message, "name 'missing' is not defined");
  });
  after(() => client.dispose());

  it("gives the same report for the same text, addresses and random numbers included", async () => {
    for (let i = 0; i < 5; i++) assert.deepEqual(withoutTimes(await reportOf(client, [WITNESS])), fresh);
  });

  for (const [what, code] of Object.entries(nasty)) {
    it(`undoes ${what}`, async () => {
      const first = withoutTimes(await reportOf(client, [code]));
      assert.deepEqual(withoutTimes(await reportOf(client, [WITNESS])), fresh);
      assert.deepEqual(withoutTimes(await reportOf(client, [code])), first);
      assert.deepEqual(withoutTimes(await reportOf(client, [WITNESS])), fresh);
    });
  }

  it("undoes a run that was interrupted", async () => {
    const loop = "import math\nmath.pi = 3\nwhile True: pass";
    assert.equal((await run(client, loop, { limits: { seconds: 0.2 } })).status, "stopped");
    assert.deepEqual(withoutTimes(await reportOf(client, [WITNESS])), fresh);
  });

  it("forgets the files beside the document", async () => {
    const siblings = [{ path: "helper.py", text: "import math\nmath.pi = 4\nvalue = 1\n" }];
    assert.equal(printed(await run(client, "import helper\nprint(helper.value)", { siblings })), "1\n");
    const later = await run(client, "import helper\nhelper.value");
    assert.equal(later.error?.type, "ModuleNotFoundError");
    assert.deepEqual(withoutTimes(await reportOf(client, [WITNESS])), fresh);
  });

  it("is the same in a second worker", async () => {
    const other = engineIn(await hostEngine());
    try {
      assert.deepEqual(withoutTimes(await reportOf(other, [WITNESS])), fresh);
    } finally {
      other.dispose();
    }
  });
});
