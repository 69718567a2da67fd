// The one engine that all documents share, as sessions see it: who runs next, who is stopped, how it is.
// The worker itself is behind `Worker`; nothing is started before the first run is asked for.
import type { EngineInfo, RunLimits, RunOutcome, RunRequest, SiblingFile, Snippet } from "../engine/protocol/engineApi";
import type { Elements, StoppedBy, TensorId } from "../engine/protocol/report";
import { type Disposable, Emitter } from "./emitter";

/** What is asked of the worker's host side. */
export interface EngineWorker extends Disposable {
  info(): Promise<EngineInfo>;
  run(request: RunRequest, progress: (snippet: number) => void): Promise<RunOutcome>;
  /** Stops the run in progress; its report says by what. */
  interrupt(by: StoppedBy): void;
  elements(runId: number, tensor: TensorId, offset: number, count: number): Promise<Elements>;
  restart(): Promise<void>;
}

export type EngineState =
  | { kind: "off" }
  | { kind: "starting" }
  | { kind: "ready"; info: EngineInfo }
  | { kind: "running"; file: string; since: number }
  | { kind: "failed"; message: string };

export interface RunTask {
  file: string;
  version: number;
  snippets: Snippet[];
  siblings: SiblingFile[];
  limits: RunLimits;
  progress(snippet: number): void;
}

export type TaskOutcome =
  | { kind: "report"; runId: number; report: Extract<RunOutcome, { kind: "report" }>["report"] }
  | { kind: "crashed"; message: string }
  /** Stopped before its turn came. */
  | { kind: "dropped" };

export interface RunHandle {
  outcome: Promise<TaskOutcome>;
  stop(by: "user" | "superseded"): void;
}

interface Queued {
  task: RunTask;
  stopped: boolean;
  running: boolean;
  resolve(outcome: TaskOutcome): void;
}

export class EngineService implements Disposable {
  private worker: EngineWorker | undefined;
  private readonly queue: Queued[] = [];
  private busy = false;
  private nextRunId = 1;
  private current: EngineState = { kind: "off" };
  private info: EngineInfo | undefined;
  private readonly stateEmitter = new Emitter<EngineState>();
  private readonly crashEmitter = new Emitter<string>();
  readonly onDidChangeState = this.stateEmitter.event;
  /** The worker broke down, and a fresh one takes its place. */
  readonly onDidCrash = this.crashEmitter.event;

  constructor(
    private readonly createWorker: () => EngineWorker,
    private readonly log: (line: string) => void,
  ) {}

  get state(): EngineState {
    return this.current;
  }

  /** Starts the worker in the background, so that the first run finds it warm. */
  warm(): void {
    void this.ready().catch(() => {});
  }

  run(task: RunTask): RunHandle {
    let resolve: Queued["resolve"] = () => {};
    const outcome = new Promise<TaskOutcome>((done) => {
      resolve = done;
    });
    const queued: Queued = { task, stopped: false, running: false, resolve };
    this.queue.push(queued);
    void this.work();
    return {
      outcome,
      stop: (by) => {
        if (queued.stopped) return;
        queued.stopped = true;
        if (queued.running) this.worker?.interrupt(by);
      },
    };
  }

  elements(runId: number, tensor: TensorId, offset: number, count: number): Promise<Elements> {
    if (!this.worker) return Promise.reject(new Error("The engine is not running."));
    return this.worker.elements(runId, tensor, offset, count);
  }

  async restart(): Promise<void> {
    this.info = undefined;
    if (!this.worker) return this.ready().then(() => {});
    this.setState({ kind: "starting" });
    try {
      await this.worker.restart();
      await this.ready();
    } catch (error) {
      this.setState({ kind: "failed", message: messageOf(error) });
    }
  }

  dispose(): void {
    for (const queued of this.queue.splice(0)) queued.resolve({ kind: "dropped" });
    this.worker?.dispose();
    this.worker = undefined;
    this.stateEmitter.dispose();
    this.crashEmitter.dispose();
  }

  private async ready(): Promise<EngineWorker> {
    if (!this.worker) {
      this.setState({ kind: "starting" });
      this.worker = this.createWorker();
    }
    const { worker } = this;
    if (!this.info) {
      try {
        this.info = await worker.info();
      } catch (error) {
        this.setState({ kind: "failed", message: messageOf(error) });
        throw error;
      }
      const { torch, python, startMilliseconds, fromSnapshot } = this.info;
      const how = fromSnapshot ? "from a snapshot" : "without a snapshot";
      this.log(`Engine ready: Python ${python}, torch ${torch}, ${Math.round(startMilliseconds)} ms ${how}`);
      if (!this.busy || this.current.kind !== "running") this.setState({ kind: "ready", info: this.info });
    }
    return worker;
  }

  /** One run after the other, in the order asked for. */
  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (let queued = this.queue.shift(); queued; queued = this.queue.shift()) {
      queued.resolve(queued.stopped ? { kind: "dropped" } : await this.perform(queued));
    }
    this.busy = false;
    if (this.info && this.current.kind === "running") this.setState({ kind: "ready", info: this.info });
  }

  private async perform(queued: Queued): Promise<TaskOutcome> {
    const { task } = queued;
    const runId = this.nextRunId++;
    try {
      const worker = await this.ready();
      if (queued.stopped) return { kind: "dropped" };
      queued.running = true;
      this.setState({ kind: "running", file: task.file, since: Date.now() });
      const { file, version, snippets, siblings, limits } = task;
      const request: RunRequest = { runId, file, version, snippets, siblings, limits };
      const outcome = await worker.run(request, task.progress);
      if (outcome.kind === "report") return { kind: "report", runId, report: outcome.report };
      return this.crashed(outcome.message);
    } catch (error) {
      return this.crashed(messageOf(error));
    } finally {
      queued.running = false;
    }
  }

  private crashed(message: string): TaskOutcome {
    this.log(`The engine broke down: ${message}`);
    this.crashEmitter.fire(message);
    return { kind: "crashed", message };
  }

  private setState(state: EngineState): void {
    this.current = state;
    this.stateEmitter.fire(state);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
