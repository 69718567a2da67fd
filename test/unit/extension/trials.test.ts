// The second engine's life: started when it is asked for, ended when nobody needs it.
import assert from "node:assert/strict";
import type { EngineClient } from "../../../engine/client";
import type { RunOutcome, RunRequest } from "../../../engine/protocol/engineApi";
import type { Finding } from "../../../engine/protocol/report";
import { Trials } from "../../../extension/trials";
import { range, report, snippet, snippetReport } from "./fixtures";

const request: Omit<RunRequest, "runId"> = {
  file: "a.py",
  version: 1,
  snippets: [snippet("x = 1", 0)],
  siblings: [],
  limits: { seconds: 1, tensorBytes: 1, outputCharacters: 1, records: 1 },
};

/** Engines that answer when they are told to. */
function engines() {
  const made: { runs: RunRequest[]; answer(): void; disposed: boolean; stopped: string[] }[] = [];
  const create = () => {
    const waiting: (() => void)[] = [];
    const one = {
      runs: [] as RunRequest[],
      answer: () => {
        for (const tell of waiting.splice(0)) tell();
      },
      disposed: false,
      stopped: [] as string[],
    };
    made.push(one);
    const client = {
      run: (asked: RunRequest) =>
        new Promise<RunOutcome>((resolve) => {
          one.runs.push(asked);
          waiting.push(() => resolve({ kind: "report", report: report(snippetReport()) }));
        }),
      stop: (file: string) => one.stopped.push(file),
      dispose: () => {
        one.disposed = true;
      },
    };
    return client as unknown as EngineClient;
  };
  return { made, create };
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("trials", () => {
  it("start an engine when the first is asked for, and use it for the next", async () => {
    const { made, create } = engines();
    const trials = new Trials(create);
    assert.equal(made.length, 0);
    trials.forget();
    trials.stop("a.py");
    assert.equal(made.length, 0, "nothing to forget or stop starts none");
    const first = trials.run(request);
    const second = trials.run(request);
    made[0]?.answer();
    await Promise.all([first, second]);
    assert.equal(made.length, 1);
    const ids = made[0]?.runs.map(({ runId }) => runId) ?? [];
    assert.equal(new Set(ids).size, 2, "each run has its own number");
    trials.stop("a.py");
    assert.deepEqual(made[0]?.stopped, ["a.py (a copy)", "a.py"]);
    trials.dispose();
    assert.equal(made[0]?.disposed, true);
  });

  it("of one finding are given up only when everybody who waits for them has given up", async () => {
    const { made, create } = engines();
    const trials = new Trials(create);
    const snippets = [snippet("bad", 0)];
    const candidates = [{ title: "mend", edits: [{ range: range(1, 0, 3), newText: "good" }] }];
    const found = (code: string): Finding => ({
      code: "autograd/bad",
      severity: "error",
      message: code,
      range: range(1, 0, 3),
      related: [],
      fixes: [],
      candidates,
    });
    const run = { request: { ...request, runId: 1, snippets }, report: report(snippetReport()) };
    const finding = found("one");
    const bulb = trials.verify(run, 0, finding);
    const menu = trials.verify(run, 0, finding);
    bulb.cancel();
    bulb.cancel();
    await wait(0);
    assert.deepEqual(made[0]?.stopped, [], "somebody still waits");
    menu.cancel();
    assert.deepEqual(made[0]?.stopped, ["a.py"]);
    made[0]?.answer();
    assert.deepEqual(await menu.fixes, []);
    trials.dispose();
  });

  it("end the engine when nobody has asked for a while, not while one runs", async () => {
    const { made, create } = engines();
    const trials = new Trials(create, 20);
    const long = trials.run(request);
    await wait(60);
    assert.equal(made[0]?.disposed, false, "it is at work");
    made[0]?.answer();
    await long;
    await wait(60);
    assert.equal(made[0]?.disposed, true);
    const again = trials.run(request);
    assert.equal(made.length, 2, "a fresh one");
    made[1]?.answer();
    await again;
    trials.dispose();
  });
});
