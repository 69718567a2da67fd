// The host's side of the worker: warm start, latest wins, time limits, interrupt, kill, restart.
// Knows neither Node nor VS Code nor the DOM: `spawn` brings the worker.
import type { EngineApi, EngineInfo, RunOutcome, RunRequest } from "./protocol/engineApi";
import { PRINTED_BYTES, PrintedReader } from "./protocol/printed";
import type { Report, SnippetReport, StoppedBy } from "./protocol/report";
import { type Connection, connect, type Port } from "./protocol/rpc";
import {
  INTERRUPT_BYTES,
  STOP_REASONS,
  type StopReason,
  type WorkerApi,
  type WorkerHostApi,
} from "./protocol/workerApi";

export interface SpawnOptions {
  /** Absent where memory cannot be shared: then a run can only be stopped by ending the worker. */
  interrupt?: SharedArrayBuffer;
  /** Where the worker writes what is printed (protocol/printed.ts). */
  printed?: SharedArrayBuffer;
}

/** A worker that has been started. */
export interface EngineWorker {
  port: Port;
  /** Called once, when the worker has ended, with why in words ("memory" when it ran out of it). */
  onExit(handler: (why: string) => void): void;
  terminate(): void;
}

export interface EngineClientOptions {
  spawn(options: SpawnOptions): EngineWorker;
  /** How long a run may take to obey an interrupt before its worker is ended. */
  graceMilliseconds?: number;
  /** How long Python may take to load. */
  startMilliseconds?: number;
  /** A snippet has finished while later ones still run. */
  onSnippet?(runId: number, index: number, snippet: SnippetReport): void;
  /** A snippet that has been running for a while has printed something: everything it has printed so far. */
  onOutput?(runId: number, index: number, output: SnippetReport["output"]): void;
  /** The worker ended by itself; told once, a new one is started. */
  onCrash?(message: string): void;
  onLog?(line: string): void;
}

export interface EngineClient extends EngineApi {
  /** Starts the worker in the background, so that the first run finds it warm. */
  warm(): void;
  /** Ends the run of a file (all runs without one) because the user said so. */
  stop(file?: string): void;
  /** Ends everything and starts afresh. */
  restart(): void;
  dispose(): void;
}

interface TextDecoding {
  TextDecoder: new () => { decode(view: Uint8Array): string };
}
interface Clock {
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}
const clock = globalThis as unknown as Clock;

interface Run {
  request: RunRequest;
  settle(outcome: RunOutcome): void;
  snippets: (SnippetReport | undefined)[];
  /** The snippet that is running; -1 before the first. */
  index: number;
  stop: StopReason;
  timer?: unknown;
  grace?: unknown;
  /** When the snippet began. */
  since: number;
  watching?: unknown;
}

interface Living {
  worker: EngineWorker;
  connection: Connection<WorkerApi>;
  info: Promise<EngineInfo>;
  known?: EngineInfo;
  wornOut: boolean;
}

/** Crashes in a row after which the worker is started again only when somebody asks for a run. */
const PATIENCE = 3;
/** How often a run is asked what it has printed. Shorter ones tell it all at their end. */
const WATCH_MILLISECONDS = 200;
/** How often an interrupt is repeated while it is not obeyed. */
const REPEAT_MILLISECONDS = 50;

export function createEngineClient(options: EngineClientOptions): EngineClient {
  return new Client(options);
}

class Client implements EngineClient {
  private readonly interrupt =
    typeof SharedArrayBuffer === "function" ? new SharedArrayBuffer(INTERRUPT_BYTES) : undefined;
  private readonly printed = typeof SharedArrayBuffer === "function" ? sharedText() : undefined;
  private living: Living | undefined;
  private current: Run | undefined;
  private queue: Run[] = [];
  private crashes = 0;
  private disposed = false;
  private lastInfo: EngineInfo = { torch: "", python: "", startMilliseconds: 0, fromSnapshot: false };

  constructor(private readonly options: EngineClientOptions) {}

  warm(): void {
    if (!this.disposed) this.alive();
  }

  async info(): Promise<EngineInfo> {
    if (this.disposed) throw new Error("the engine has been disposed");
    return this.alive().info;
  }

  run(request: RunRequest): Promise<RunOutcome> {
    if (this.disposed) return Promise.resolve({ kind: "crashed", message: "the engine has been disposed" });
    return new Promise((settle) => {
      const { file } = request;
      for (const waiting of this.queue.filter((run) => run.request.file === file)) {
        waiting.stop = "superseded";
        this.settleReport(waiting);
      }
      this.queue = this.queue.filter((run) => run.request.file !== file);
      this.queue.push({ request, settle, snippets: [], index: -1, stop: "none", since: 0 });
      if (this.current?.request.file === file) this.stopRun(this.current, "superseded");
      this.pump();
    });
  }

  elements: EngineApi["elements"] = async (runId, tensor, offset, count) => {
    if (!this.living) throw new Error("the values of that run are gone: the engine was restarted");
    return this.living.connection.remote.elements(runId, tensor, offset, count);
  };

  stop(file?: string): void {
    const meant = (run: Run): boolean => file === undefined || run.request.file === file;
    for (const run of this.queue.filter(meant)) {
      run.stop = "user";
      this.settleReport(run);
    }
    this.queue = this.queue.filter((run) => !meant(run));
    if (this.current && meant(this.current)) this.stopRun(this.current, "user");
  }

  restart(): void {
    this.crashes = 0;
    this.stop();
    if (this.current) this.kill(this.current, "user");
    else this.end("the engine was restarted");
    this.warm();
  }

  dispose(): void {
    this.stop();
    this.disposed = true;
    if (this.current) this.kill(this.current, "user");
    this.end("the engine has been disposed");
  }

  // ---- the worker

  /** The worker; started if there is none. */
  private alive(): Living {
    if (this.living) return this.living;
    const worker = this.options.spawn({
      ...(this.interrupt ? { interrupt: this.interrupt } : {}),
      ...(this.printed ? { printed: this.printed.buffer } : {}),
    });
    const local: WorkerHostApi = {
      snippetStarted: (runId, index) => this.snippetStarted(runId, index),
      snippetFinished: (runId, index, snippet) => this.snippetFinished(runId, index, snippet),
      wornOut: () => {
        living.wornOut = true;
        if (!this.current) this.replace(living);
      },
      log: (line) => this.options.onLog?.(line),
    };
    const connection = connect<WorkerApi>(worker.port, local, []);
    const info = this.within(connection.remote.info(), this.options.startMilliseconds ?? 60_000);
    const living: Living = { worker, connection, info, wornOut: false };
    this.living = living;
    worker.onExit((why) => this.exited(living, why));
    info.then(
      (known) => {
        living.known = this.lastInfo = known;
      },
      (error: Error) => {
        if (this.living === living) this.crashed(living, `Python could not be started: ${error.message}`);
      },
    );
    return living;
  }

  private within<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(
        () => reject(new Error(`no answer within ${milliseconds / 1000} seconds`)),
        milliseconds,
      );
      promise.then(resolve, reject).finally(() => clock.clearTimeout(timer));
    });
  }

  /** Ends the worker without a word to anybody but those who wait for an answer. */
  private end(reason: string): void {
    const { living } = this;
    if (!living) return;
    this.living = undefined;
    living.worker.terminate();
    living.connection.close(reason);
  }

  /** A new worker in place of one that has grown too big. */
  private replace(living: Living): void {
    if (this.living !== living || this.disposed) return;
    this.end("the engine was restarted to give memory back");
    this.alive();
  }

  private exited(living: Living, why: string): void {
    if (this.living === living) this.crashed(living, why === "memory" ? why : `the engine stopped: ${why}`);
  }

  /** The worker is of no use any more, and nobody here wanted that. */
  private crashed(living: Living, message: string): void {
    if (this.living !== living) return;
    this.end(message);
    this.crashes++;
    const run = this.current;
    this.current = undefined;
    if (run) {
      this.clearTimers(run);
      if (message === "memory") this.settleReport(run, "memory");
      else run.settle({ kind: "crashed", message });
    }
    if (this.disposed) return;
    this.options.onCrash?.(message === "memory" ? "the engine ran out of memory" : message);
    if (this.queue.length > 0 || this.crashes < PATIENCE) this.alive();
    this.pump();
  }

  // ---- runs

  private pump(): void {
    if (this.current || this.disposed) return;
    const run = this.queue.shift();
    if (!run) {
      if (this.living?.wornOut) this.replace(this.living);
      return;
    }
    this.current = run;
    if (this.living?.wornOut) this.replace(this.living);
    const living = this.alive();
    living.info.then(
      () => this.send(living, run),
      () => {
        // `crashed` has settled the run.
      },
    );
  }

  private send(living: Living, run: Run): void {
    if (this.current !== run || this.living !== living) return;
    if (run.stop !== "none") {
      // It was stopped while Python loaded.
      this.finish(run);
      return;
    }
    this.signal("none", -1);
    this.printed?.reader.clear();
    this.startTimer(run, 0);
    living.connection.remote.run(run.request).then(
      () => {
        this.crashes = 0;
        if (this.current === run) this.finish(run);
      },
      (error: Error) => {
        // Python itself broke: such a worker cannot be trusted with another run.
        if (this.current === run && this.living === living) this.crashed(living, error.message);
      },
    );
  }

  private snippetStarted(runId: number, index: number): void {
    const run = this.current;
    if (!run || run.request.runId !== runId || index <= run.index) return;
    run.index = index;
    run.since = Date.now();
    this.watchOutput(run, index, 0);
    if (run.stop === "none") this.startTimer(run, index);
  }

  /** Tells from time to time what a long snippet has printed. */
  private watchOutput(run: Run, index: number, told: number): void {
    clock.clearTimeout(run.watching);
    const { printed } = this;
    if (!printed || !this.options.onOutput) return;
    run.watching = clock.setTimeout(() => {
      if (this.current !== run || run.index !== index || run.snippets[index]) return;
      const size = printed.reader.size(index);
      if (size > told) this.options.onOutput?.(run.request.runId, index, printed.reader.read(index));
      this.watchOutput(run, index, size);
    }, WATCH_MILLISECONDS);
  }

  private snippetFinished(runId: number, index: number, snippet: SnippetReport): void {
    const run = this.current;
    if (!run || run.request.runId !== runId) return;
    run.snippets[index] = snippet;
    clock.clearTimeout(run.timer);
    if (run.stop === "timeout") {
      // It obeyed; the next snippet has its own time.
      run.stop = "none";
      clock.clearTimeout(run.grace);
      this.signal("none", -1);
    }
    this.options.onSnippet?.(runId, index, snippet);
  }

  private startTimer(run: Run, index: number): void {
    clock.clearTimeout(run.timer);
    const seconds = run.request.snippets[index]?.options.timeout ?? run.request.limits.seconds;
    run.timer = clock.setTimeout(() => this.stopRun(run, "timeout"), seconds * 1000);
  }

  /** Interrupts, and ends the worker if that is not obeyed in time. */
  private stopRun(run: Run, reason: Exclude<StopReason, "none">): void {
    if (this.current !== run) return;
    const first = run.stop === "none";
    if (first || run.stop === "timeout") run.stop = reason;
    if (!first) {
      this.signal(run.stop, run.index);
      return;
    }
    clock.clearTimeout(run.timer);
    if (!this.living?.known) {
      // Nothing runs yet. `send` will see that it was stopped.
      return;
    }
    this.signal(reason, run.index);
    // Without shared memory nothing reaches the worker while it works.
    let left = this.interrupt ? (this.options.graceMilliseconds ?? 1000) : 0;
    const repeat = (): void => {
      if (this.current !== run) return;
      if (left <= 0) {
        this.kill(run, run.stop === "none" ? reason : (run.stop as Exclude<StopReason, "none">));
        return;
      }
      left -= REPEAT_MILLISECONDS;
      this.signal(run.stop, run.index);
      run.grace = clock.setTimeout(repeat, REPEAT_MILLISECONDS);
    };
    run.grace = clock.setTimeout(repeat, REPEAT_MILLISECONDS);
  }

  private signal(reason: StopReason, index: number): void {
    if (!this.interrupt) return;
    const bytes = new Uint8Array(this.interrupt);
    Atomics.store(new Int32Array(this.interrupt), 1, Math.max(index, 0));
    Atomics.store(bytes, 1, STOP_REASONS.indexOf(reason));
    Atomics.store(bytes, 0, reason === "none" ? 0 : 2);
  }

  private kill(run: Run, reason: Exclude<StopReason, "none">): void {
    this.current = undefined;
    this.clearTimers(run);
    this.end("the run was stopped");
    this.settleReport(run, reason);
    if (this.disposed) return;
    this.alive();
    this.pump();
  }

  private finish(run: Run): void {
    this.current = undefined;
    this.clearTimers(run);
    this.settleReport(run);
    this.pump();
  }

  private clearTimers(run: Run): void {
    clock.clearTimeout(run.timer);
    clock.clearTimeout(run.grace);
    clock.clearTimeout(run.watching);
  }

  /** What is known of the run; a snippet that has not reported was stopped. */
  private settleReport(run: Run, stoppedBy?: StoppedBy): void {
    const { request } = run;
    const why = stoppedBy ?? (run.stop === "none" ? "user" : run.stop);
    const report: Report = {
      file: request.file,
      version: request.version,
      engine: { torch: this.lastInfo.torch, python: this.lastInfo.python },
      snippets: request.snippets.map(
        (snippet, index) =>
          run.snippets[index] ?? { ...stopped(snippet, why), ...this.leftBehind(run, index) },
      ),
    };
    run.settle({ kind: "report", report });
  }

  /** What is known of the snippet that was running: how long it ran and what it had printed. */
  private leftBehind(run: Run, index: number): Pick<SnippetReport, "milliseconds" | "output"> {
    const { range } = run.request.snippets[index]!;
    if (index !== run.index) return { milliseconds: 0, output: [] };
    const entries = this.printed?.reader.read(index) ?? [];
    // What nobody's statement printed is the whole snippet's.
    const output = entries.map((entry) => (isNowhere(entry.range) ? { ...entry, range } : entry));
    return { milliseconds: Date.now() - run.since, output };
  }
}

function isNowhere({ start, end }: SnippetReport["range"]): boolean {
  return start.line === 0 && start.character === 0 && end.line === 0 && end.character === 0;
}

function sharedText(): { buffer: SharedArrayBuffer; reader: PrintedReader } {
  const { TextDecoder } = globalThis as unknown as TextDecoding;
  const buffer = new SharedArrayBuffer(PRINTED_BYTES);
  return { buffer, reader: new PrintedReader(buffer, new TextDecoder()) };
}

function stopped({ title, range }: RunRequest["snippets"][number], stoppedBy: StoppedBy): SnippetReport {
  return {
    title,
    range,
    status: "stopped",
    stoppedBy,
    milliseconds: 0,
    output: [],
    tensors: [],
    graph: { nodes: [], edges: [] },
    timeline: [],
    backwardCalls: [],
    diagnostics: [],
    occurrences: [],
    inlineValues: [],
  };
}
