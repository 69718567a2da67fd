// The life of a document, with an engine that answers when the test says so.
import assert from "node:assert/strict";
import type { EngineClient } from "../../../engine/client";
import type { RunOutcome, RunRequest } from "../../../engine/protocol/engineApi";
import type { SnippetReport } from "../../../engine/protocol/report";
import { parseDocument } from "../../../engine/snippets";
import { EngineService } from "../../../extension/engineService";
import { type LiveMode, Session } from "../../../extension/session";
import type { TextChange } from "../../../extension/view/edits";
import { range, report, snippetReport } from "./fixtures";

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

interface Given {
  request: RunRequest;
  answer(outcome?: RunOutcome): void;
}

/** An engine whose runs are answered by the test; like the real one, a newer run of a file ends the older. */
function fakeEngine() {
  const runs: Given[] = [];
  const stopped: (string | undefined)[] = [];
  const events: {
    onSnippet?: (runId: number, index: number, snippet: SnippetReport) => void;
    onCrash?: (message: string) => void;
  } = {};
  let starts = 0;
  const outcomeOf = (request: RunRequest, parts: Parameters<typeof snippetReport>[0] = {}): RunOutcome => ({
    kind: "report",
    report: report(...request.snippets.map(({ range }) => snippetReport({ range, ...parts }))),
  });
  const create = (given: typeof events): EngineClient => {
    Object.assign(events, given);
    starts++;
    const info = { torch: "2.13.0", python: "3.14.0", startMilliseconds: 1, fromSnapshot: true };
    return {
      info: async () => info,
      run: (request) =>
        new Promise((resolve) => {
          const older = runs[runs.length - 1];
          older?.answer(outcomeOf(older.request, { status: "stopped", stoppedBy: "superseded" }));
          runs.push({ request, answer: (outcome = outcomeOf(request)) => resolve(outcome) });
        }),
      elements: async () => ({ value: 1 }),
      warm: () => {},
      stop: (file) => {
        stopped.push(file);
        const last = runs[runs.length - 1];
        last?.answer(outcomeOf(last.request, { status: "stopped", stoppedBy: "user" }));
      },
      restart: () => {},
      dispose: () => {},
    };
  };
  const service = new EngineService(create, () => {});
  return { service, runs, stopped, events, starts: () => starts };
}

function setUp(text: string, parts: { live?: LiveMode; trusted?: boolean } = {}) {
  const engine = fakeEngine();
  const document = {
    text,
    version: 1,
    trusted: parts.trusted ?? true,
    visible: true,
    live: parts.live ?? ("onType" as LiveMode),
  };
  const session = new Session(
    {
      file: "/home/ada/lesson.py",
      version: () => document.version,
      parse: () => parseDocument("python", document.text),
      adHocCode: () => undefined,
      siblings: async () => [],
      settings: () => ({
        live: document.live,
        debounceMilliseconds: 10,
        limits: { seconds: 5, tensorBytes: 1, outputCharacters: 1, records: 1 },
      }),
      trusted: () => document.trusted,
      visible: () => document.visible,
    },
    engine.service,
    () => {},
  );
  const edit = (text: string, ...changes: TextChange[]) => {
    document.text = text;
    document.version++;
    session.edited(changes);
  };
  return { engine, document, session, edit };
}

const change = (line: number, character: number, text: string): TextChange => ({
  range: range(line, character, character),
  text,
});

describe("a session", () => {
  it("runs a document's snippets when it is opened, and shows their report", async () => {
    const { engine, session } = setUp("# %% [grad]\nx = 1\n");
    session.opened();
    await sleep(1);
    assert.equal(engine.runs.length, 1);
    assert.equal(engine.runs[0]?.request.file, "/home/ada/lesson.py");
    engine.runs[0]?.answer();
    await session.whenIdle();
    assert.equal(session.view.snippets[0]?.report?.status, "ok");
    assert.equal(session.view.snippets[0]?.runId, 1);
  });

  it("starts no engine for a document without annotation", async () => {
    const { engine, session, edit } = setUp("x = 1\n");
    session.opened();
    edit("x = 12\n", change(0, 5, "2"));
    await session.whenIdle();
    assert.equal(engine.starts(), 0);
    assert.equal(engine.service.state.kind, "off");
  });

  it("waits until typing pauses, and runs the last text once", async () => {
    const { engine, session, edit } = setUp("# %% [grad]\nx = 1\n");
    session.opened();
    await sleep(1);
    engine.runs[0]?.answer();
    await session.whenIdle();
    for (const digits of ["12", "123", "1234"])
      edit(`# %% [grad]\nx = ${digits}\n`, change(1, 5, digits.slice(-1)));
    assert.equal(session.view.snippets[0]?.stale, true, "stale at the first keystroke");
    assert.equal(engine.runs.length, 1);
    await sleep(30);
    assert.equal(engine.runs.length, 2);
    assert.equal(engine.runs[1]?.request.snippets[0]?.code, "x = 1234\n");
    assert.equal(engine.runs[1]?.request.version, 4);
    engine.runs[1]?.answer();
    await session.whenIdle();
    assert.equal(session.view.snippets[0]?.stale, false);
  });

  it("lets the latest text win over a run that is under way", async () => {
    const { engine, session, edit } = setUp("# %% [grad]\nwhile True: pass\n");
    session.opened();
    await sleep(1);
    edit("# %% [grad]\nx = 1\n", { range: range(1, 0, 16), text: "x = 1" });
    await sleep(30);
    assert.equal(engine.runs.length, 2);
    engine.runs[1]?.answer();
    await session.whenIdle();
    assert.equal(session.view.snippets[0]?.report?.status, "ok");
    assert.equal(session.view.snippets[0]?.stale, false);
    assert.equal(session.running, undefined);
  });

  it("does not run again for edits outside the snippets", async () => {
    const { engine, session, edit } = setUp("import os\n# %% [grad]\nx = 1\n");
    session.opened();
    await sleep(1);
    engine.runs[0]?.answer();
    await session.whenIdle();
    edit("import os, sys\n# %% [grad]\nx = 1\n", change(0, 9, ", sys"));
    await session.whenIdle();
    assert.equal(engine.runs.length, 1);
    assert.equal(session.view.snippets[0]?.stale, false);
  });

  it("does not begin anew when text outside the snippets is edited while they run", async () => {
    const { engine, session, edit } = setUp("import os\n# %% [grad]\nx = 1\n");
    session.opened();
    await sleep(1);
    edit("import os\n\n# %% [grad]\nx = 1\n", change(0, 9, "\n"));
    await sleep(30);
    assert.equal(engine.runs.length, 1);
    engine.runs[0]?.answer();
    await session.whenIdle();
    assert.equal(session.view.snippets[0]?.report?.range.start.line, 3);
    assert.equal(session.view.snippets[0]?.stale, false);
  });

  it("runs nothing without trust, whoever asks, and begins when trust is granted", async () => {
    const { engine, document, session, edit } = setUp("# %% [grad]\nx = 1\n", { trusted: false });
    session.opened();
    edit("# %% [grad]\nx = 12\n", change(1, 5, "2"));
    await sleep(30);
    await session.run({ kind: "all" });
    await session.run({ kind: "snippet", index: 0 });
    assert.equal(engine.starts(), 0);
    assert.equal(session.view.trusted, false);
    assert.equal(session.view.snippets.length, 1, "the snippets are found all the same");
    document.trusted = true;
    session.circumstancesChanged();
    await sleep(1);
    assert.equal(engine.runs.length, 1);
  });

  it("runs by itself only while an editor shows the document", async () => {
    const { engine, document, session, edit } = setUp("# %% [grad]\nx = 1\n");
    document.visible = false;
    session.opened();
    edit("# %% [grad]\nx = 12\n", change(1, 5, "2"));
    await sleep(30);
    assert.equal(engine.runs.length, 0);
    document.visible = true;
    session.shown();
    await sleep(1);
    assert.equal(engine.runs.length, 1);
    session.shown();
    await sleep(1);
    assert.equal(engine.runs.length, 1);
  });

  it("runs on saving or on asking, as the setting says", async () => {
    const onSave = setUp("# %% [grad]\nx = 1\n", { live: "onSave" });
    onSave.session.opened();
    onSave.edit("# %% [grad]\nx = 12\n", change(1, 5, "2"));
    await sleep(30);
    assert.equal(onSave.engine.runs.length, 0);
    onSave.session.saved();
    await sleep(1);
    assert.equal(onSave.engine.runs.length, 1);

    const manual = setUp("# %% [grad]\nx = 1\n", { live: "manual" });
    manual.session.opened();
    manual.session.saved();
    await sleep(30);
    assert.equal(manual.engine.runs.length, 0);
    void manual.session.run({ kind: "all" });
    await sleep(1);
    assert.equal(manual.engine.runs.length, 1);
  });

  it("runs what is asked for in the text as it is now, without waiting for the pause", async () => {
    const { engine, session, edit } = setUp("# %% [grad]\nx = 1\n", { live: "manual" });
    session.opened();
    edit("# %% [grad]\nx = 12\n", change(1, 5, "2"));
    void session.run({ kind: "snippet", index: 0 });
    await sleep(1);
    assert.equal(engine.runs[0]?.request.snippets[0]?.code, "x = 12\n");
  });

  it("can be stopped by the user", async () => {
    const { engine, session } = setUp("# %% [grad]\nwhile True: pass\n");
    session.opened();
    await sleep(1);
    assert.ok(session.running);
    session.stop();
    await session.whenIdle();
    assert.deepEqual(engine.stopped, ["/home/ada/lesson.py"]);
    assert.equal(session.view.snippets[0]?.report?.stoppedBy, "user");
  });

  it("says that the engine broke down, and runs the next text", async () => {
    const { engine, session, edit } = setUp("# %% [grad]\nx = 1\n");
    session.opened();
    await sleep(1);
    engine.runs[0]?.answer({ kind: "crashed", message: "out of stack" });
    await session.whenIdle();
    assert.equal(session.view.snippets[0]?.crashed, "out of stack");
    edit("# %% [grad]\nx = 12\n", change(1, 5, "2"));
    await sleep(30);
    engine.runs[1]?.answer();
    await session.whenIdle();
    assert.equal(session.view.snippets[0]?.crashed, null);
    assert.equal(session.view.snippets[0]?.report?.status, "ok");
  });

  it("shows a run as running only once it takes a while", async () => {
    const { engine, session } = setUp("# %% [grad]\nx = 1\n# %% [grad]\ny = 1\n");
    session.opened();
    await sleep(1);
    assert.equal(session.running?.noticeable, false);
    engine.events.onSnippet?.(1, 0, snippetReport({ title: "early" }));
    const title = () => session.view.snippets[0]?.report?.title;
    assert.equal(title(), undefined);
    await sleep(450);
    assert.equal(session.running?.noticeable, true);
    assert.equal(title(), "early", "what was done meanwhile is shown");
    assert.deepEqual(
      session.view.snippets.map((one) => one.running),
      [false, true],
    );
    engine.events.onSnippet?.(1, 1, snippetReport());
    assert.equal(session.view.snippets[1]?.running, false, "that snippet is done");
    engine.runs[0]?.answer();
    await session.whenIdle();
  });

  it("does nothing any more once it is closed", async () => {
    const { engine, session, edit } = setUp("# %% [grad]\nx = 1\n");
    session.opened();
    edit("# %% [grad]\nx = 12\n", change(1, 5, "2"));
    session.dispose();
    await sleep(30);
    assert.ok(engine.runs.length <= 1);
    await session.run({ kind: "all" });
    assert.ok(engine.runs.length <= 1);
    await session.whenIdle();
  });
});

describe("the engine service", () => {
  it("tells of its state from the first run on", async () => {
    const { service, runs } = fakeEngine();
    const states: string[] = [];
    service.onDidChangeState((state) => states.push(state.kind));
    assert.equal(service.state.kind, "off");
    const limits = { seconds: 1, tensorBytes: 1, outputCharacters: 1, records: 1 };
    const nothing = () => {};
    const task = { file: "a", version: 1, snippets: [], siblings: [], limits };
    const done = service.run({ ...task, started: nothing, progress: nothing, printed: nothing });
    await sleep(1);
    assert.equal(service.state.kind, "running");
    runs[0]?.answer();
    await done;
    assert.equal(states[0], "starting");
    assert.equal(states[states.length - 1], "ready");
  });

  it("tells of crashes", async () => {
    const { service, events } = fakeEngine();
    const told: string[] = [];
    service.onDidCrash((message) => told.push(message));
    service.warm();
    events.onCrash?.("out of stack");
    assert.deepEqual(told, ["out of stack"]);
    await sleep(1);
    assert.equal(service.state.kind, "ready");
  });

  it("does not start an engine for ever that cannot be started", async () => {
    let starts = 0;
    let crash: (message: string) => void = () => {};
    const broken = (events: { onCrash(message: string): void }): EngineClient => {
      crash = (message) => events.onCrash(message);
      const never: Partial<EngineClient> = {
        info: async () => {
          starts++;
          setTimeout(() => crash("no Python"), 0);
          throw new Error("no Python");
        },
        warm: () => {},
      };
      return never as EngineClient;
    };
    const service = new EngineService(broken, () => {});
    service.warm();
    await sleep(50);
    assert.ok(starts <= 3, `started ${starts} times`);
    assert.deepEqual(service.state, { kind: "failed", message: "no Python" });
  });

  it("has no values before anything ran", async () => {
    await assert.rejects(fakeEngine().service.elements(1, 1, 0, 1), /The engine is not running/);
  });
});
