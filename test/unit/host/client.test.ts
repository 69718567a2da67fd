// The client's promises, with a worker that is played by the test: no Python, no threads.
import assert from "node:assert/strict";
import { createEngineClient, type EngineClient, type EngineWorker } from "../../../engine/client";
import type { RunOutcome, RunRequest } from "../../../engine/protocol/engineApi";
import type { SnippetReport } from "../../../engine/protocol/report";
import { connect } from "../../../engine/protocol/rpc";
import type { WorkerApi, WorkerHostApi } from "../../../engine/protocol/workerApi";
import { requestOf } from "../../support/engine";

/** A worker that does what the test says. */
class Played {
  readonly interrupt: Uint8Array;
  readonly host: WorkerHostApi;
  terminated = false;
  readonly runs: { request: RunRequest; done(): void; fail(message: string): void }[] = [];
  private exit: (why: string) => void = () => {};
  readonly worker: EngineWorker;

  constructor(shared: SharedArrayBuffer | undefined, starts: boolean) {
    this.interrupt = new Uint8Array(shared ?? new ArrayBuffer(8));
    const handlers: [((message: unknown) => void)[], ((message: unknown) => void)[]] = [[], []];
    const end = (own: 0 | 1) => ({
      post: (message: unknown) => {
        for (const handler of handlers[own === 0 ? 1 : 0])
          queueMicrotask(() => handler(structuredClone(message)));
      },
      listen: (handler: (message: unknown) => void) => {
        handlers[own].push(handler);
        return () => void handlers[own].splice(handlers[own].indexOf(handler), 1);
      },
    });
    const local: WorkerApi = {
      info: () =>
        starts
          ? Promise.resolve({ torch: "2.13", python: "3.14", startMilliseconds: 1, fromSnapshot: true })
          : new Promise(() => {}),
      run: (request) =>
        new Promise((resolve, reject) => {
          this.runs.push({ request, done: resolve, fail: (message) => reject(new Error(message)) });
        }),
      elements: () => Promise.resolve({ value: 5 }),
    };
    this.host = connect<WorkerHostApi>(end(1), local, [
      "snippetStarted",
      "snippetFinished",
      "wornOut",
      "log",
    ]).remote;
    this.worker = {
      port: end(0),
      onExit: (handler) => {
        this.exit = handler;
      },
      terminate: () => {
        this.terminated = true;
      },
    };
  }

  crash(why: string): void {
    this.exit(why);
  }

  start(run: number, index: number): void {
    this.host.snippetStarted(this.runs[run]!.request.runId, index);
  }

  finish(run: number, index: number): void {
    const { request } = this.runs[run]!;
    const { title, range } = request.snippets[index]!;
    const stopped = this.interrupt[0] === 2;
    this.interrupt[0] = 0;
    const report = { title, range, status: stopped ? "stopped" : "ok", output: [{ text: "seen", range }] };
    this.host.snippetFinished(request.runId, index, report as unknown as SnippetReport);
  }
}

const soon = (milliseconds = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function statuses(outcome: RunOutcome): string[] {
  assert.equal(outcome.kind, "report");
  return outcome.kind === "report"
    ? outcome.report.snippets.map(({ status, stoppedBy }) => (stoppedBy ? `${status}:${stoppedBy}` : status))
    : [];
}

describe("the engine's client", () => {
  let workers: Played[];
  let crashes: string[];
  let client: EngineClient;

  function start(options: { starts?: boolean; shared?: boolean } = {}): EngineClient {
    workers = [];
    crashes = [];
    client = createEngineClient({
      graceMilliseconds: 100,
      startMilliseconds: 200,
      spawn: ({ interrupt }) => {
        const played = new Played(options.shared === false ? undefined : interrupt, options.starts ?? true);
        workers.push(played);
        return played.worker;
      },
      onCrash: (message) => crashes.push(message),
    });
    return client;
  }
  afterEach(() => client.dispose());

  it("starts one worker in the background and uses it for the run", async () => {
    start();
    client.warm();
    client.warm();
    const outcome = client.run(requestOf(["1"]));
    await soon();
    assert.equal(workers.length, 1);
    workers[0]!.start(0, 0);
    workers[0]!.finish(0, 0);
    workers[0]!.runs[0]!.done();
    const settled = await outcome;
    assert.deepEqual(statuses(settled), ["ok"]);
    assert.deepEqual(settled.kind === "report" && settled.report.engine, { torch: "2.13", python: "3.14" });
  });

  it("lets a newer request of the same file take the place of the running one", async () => {
    start();
    const first = client.run(requestOf(["1", "2"]));
    await soon();
    workers[0]!.start(0, 0);
    workers[0]!.finish(0, 0);
    workers[0]!.start(0, 1);
    await soon();
    const second = client.run(requestOf(["3"]));
    assert.deepEqual([...workers[0]!.interrupt.subarray(0, 2)], [2, 3]);
    assert.equal(workers[0]!.runs.length, 1, "the second waits for the first to end");
    workers[0]!.finish(0, 1);
    workers[0]!.runs[0]!.done();
    assert.deepEqual(statuses(await first), ["ok", "stopped"]);
    await soon();
    assert.equal(workers[0]!.interrupt[0], 0, "the interrupt is not left for the second");
    workers[0]!.start(1, 0);
    workers[0]!.finish(1, 0);
    workers[0]!.runs[1]!.done();
    assert.deepEqual(statuses(await second), ["ok"]);
    assert.equal(workers.length, 1);
  });

  it("answers a request that never began as superseded, and runs other files in turn", async () => {
    start();
    const running = client.run(requestOf(["1"], { file: "a.py" }));
    const other = client.run(requestOf(["1"], { file: "b.py" }));
    const skipped = client.run(requestOf(["2"], { file: "c.py" }));
    const last = client.run(requestOf(["3"], { file: "c.py" }));
    assert.deepEqual(statuses(await skipped), ["stopped:superseded"]);
    await soon();
    for (const [index, outcome] of [running, other, last].entries()) {
      const [worker] = workers;
      assert.equal(worker!.interrupt[0], 0);
      worker!.start(index, 0);
      worker!.finish(index, 0);
      worker!.runs[index]!.done();
      assert.deepEqual(statuses(await outcome), ["ok"]);
      await soon();
    }
  });

  it("enforces the time of each snippet by its own clock", async () => {
    start();
    const request = requestOf(["1", "2"], { limits: { seconds: 0.05 } });
    const outcome = client.run(request);
    await soon();
    workers[0]!.start(0, 0);
    await soon(70);
    assert.deepEqual([...workers[0]!.interrupt.subarray(0, 2)], [2, 1]);
    workers[0]!.finish(0, 0);
    workers[0]!.start(0, 1);
    await soon();
    assert.equal(workers[0]!.interrupt[0], 0, "a snippet that obeyed does not cost the next one its time");
    workers[0]!.finish(0, 1);
    workers[0]!.runs[0]!.done();
    assert.deepEqual(statuses(await outcome), ["stopped", "ok"]);
    assert.equal(workers[0]!.terminated, false);
  });

  it("kills a run that does not obey, keeps what was finished and starts anew", async () => {
    start();
    const outcome = client.run(requestOf(["1", "2", "3"], { limits: { seconds: 0.05 } }));
    await soon();
    workers[0]!.start(0, 0);
    workers[0]!.finish(0, 0);
    workers[0]!.start(0, 1);
    const settled = await outcome;
    assert.deepEqual(statuses(settled), ["ok", "stopped:timeout", "stopped:timeout"]);
    assert.equal(settled.kind === "report" && settled.report.snippets[0]!.output[0]!.text, "seen");
    assert.equal(workers[0]!.terminated, true);
    assert.equal(workers.length, 2);
    assert.deepEqual(crashes, [], "what we wanted is no crash");
  });

  it("repeats an interrupt until it is obeyed", async () => {
    start();
    const outcome = client.run(requestOf(["1"], { limits: { seconds: 0.02 } }));
    await soon();
    workers[0]!.start(0, 0);
    await soon(30);
    workers[0]!.interrupt[0] = 0; // Python swallowed the KeyboardInterrupt.
    await soon(60);
    assert.equal(workers[0]!.interrupt[0], 2);
    workers[0]!.finish(0, 0);
    workers[0]!.runs[0]!.done();
    assert.deepEqual(statuses(await outcome), ["stopped"]);
  });

  it("stops a run because the user said so, and a waiting one at once", async () => {
    start();
    const running = client.run(requestOf(["1"], { file: "a.py" }));
    const waiting = client.run(requestOf(["1"], { file: "b.py" }));
    await soon();
    workers[0]!.start(0, 0);
    client.stop();
    assert.deepEqual(statuses(await waiting), ["stopped:user"]);
    assert.deepEqual(statuses(await running), ["stopped:user"], "killed after the grace period");
  });

  it("tells of a crash once, restarts by itself, and the next run works", async () => {
    start();
    const outcome = client.run(requestOf(["1"]));
    await soon();
    workers[0]!.crash("exit status 134");
    workers[0]!.crash("exit status 134");
    assert.deepEqual(await outcome, { kind: "crashed", message: "the engine stopped: exit status 134" });
    assert.deepEqual(crashes, ["the engine stopped: exit status 134"]);
    const next = client.run(requestOf(["1"]));
    await soon();
    assert.equal(workers.length, 2);
    workers[1]!.start(0, 0);
    workers[1]!.finish(0, 0);
    workers[1]!.runs[0]!.done();
    assert.deepEqual(statuses(await next), ["ok"]);
  });

  it("reports a worker that ran out of memory as a snippet stopped by it", async () => {
    start();
    const outcome = client.run(requestOf(["1", "2"]));
    await soon();
    workers[0]!.start(0, 0);
    workers[0]!.finish(0, 0);
    workers[0]!.start(0, 1);
    await soon();
    workers[0]!.crash("memory");
    assert.deepEqual(statuses(await outcome), ["ok", "stopped:memory"]);
    assert.deepEqual(crashes, ["the engine ran out of memory"]);
  });

  it("gives up starting over after three crashes in a row, until somebody asks", async () => {
    start({ starts: false });
    const asked = client.info();
    await assert.rejects(asked, /no answer within 0.2 seconds/);
    await soon(500);
    assert.equal(workers.length, 3);
    assert.equal(crashes.length, 3);
    assert.match(crashes[0]!, /^Python could not be started: no answer/);
    const outcome = await client.run(requestOf(["1"]));
    assert.equal(outcome.kind, "crashed");
    assert.equal(workers.length, 4);
  });

  it("replaces a worker that has grown too big, after the run", async () => {
    start();
    const outcome = client.run(requestOf(["1"]));
    await soon();
    workers[0]!.start(0, 0);
    workers[0]!.finish(0, 0);
    workers[0]!.runs[0]!.done();
    await outcome;
    workers[0]!.host.wornOut();
    await soon();
    assert.deepEqual([workers.length, workers[0]!.terminated, crashes.length], [2, true, 0]);
  });

  it("takes nothing more once disposed", async () => {
    start();
    const running = client.run(requestOf(["1"]));
    await soon();
    client.dispose();
    assert.deepEqual(statuses(await running), ["stopped:user"]);
    assert.equal(workers[0]!.terminated, true);
    assert.equal((await client.run(requestOf(["1"]))).kind, "crashed");
    await assert.rejects(client.info(), /disposed/);
    assert.equal(workers.length, 1);
  });
});
