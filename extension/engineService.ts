// The one engine that all documents share, as sessions see it: its state, its runs, its crashes. Nothing is started
// before it is needed. Who runs next and who is stopped is the client's business.
import type { EngineClient } from "../engine/client";
import type {
  CellPlace,
  EngineInfo,
  RunLimits,
  RunRequest,
  SiblingFile,
  Snippet,
} from "../engine/protocol/engineApi";
import type { Answer, AnsweringReport, Question, Tries } from "../engine/protocol/experiment";
import type { Elements, Range, Report, SnippetReport, TensorId } from "../engine/protocol/report";
import { type Disposable, Emitter } from "./emitter";

export type EngineState =
  | { kind: "off" }
  | { kind: "starting" }
  | { kind: "ready"; info: EngineInfo }
  | { kind: "running"; info: EngineInfo }
  | { kind: "failed"; message: string };

export interface RunTask {
  /** The document; a newer run of the same document ends an older one. */
  file: string;
  version: number;
  snippets: Snippet[];
  cells?: CellPlace[];
  siblings: SiblingFile[];
  limits: RunLimits;
  started(runId: number): void;
  /** A snippet is done while later ones still run. */
  progress(index: number, snippet: SnippetReport): void;
  /** Everything that a long snippet has printed so far. */
  printed(index: number, output: SnippetReport["output"]): void;
}

export type TaskOutcome =
  | { kind: "report"; request: RunRequest; report: Report }
  | { kind: "crashed"; message: string };

/** What the client tells by itself. */
export interface ClientEvents {
  onSnippet(runId: number, index: number, snippet: SnippetReport): void;
  onOutput(runId: number, index: number, output: SnippetReport["output"]): void;
  onCrash(message: string): void;
  onLog(line: string): void;
}

/** So often in a row a start is followed; then only somebody's run or restart tries again. */
const PATIENCE = 3;

/** Runs that questions can be asked about, and how long an answer may take. */
const REMEMBERED = 16;
const QUESTION_SECONDS = 10;

export class EngineService implements Disposable {
  private client: EngineClient | undefined;
  private readonly tasks = new Map<number, RunTask>();
  private nextRunId = 1;
  private readonly questions = new Map<string, Promise<Answer>>();
  private lastQuestion: Promise<unknown> = Promise.resolve();
  private newestTry = 0;
  /** The document that a question is being answered about. */
  private asking: string | undefined;
  /** What the last runs were asked for, so that questions can be asked about them. */
  private readonly requests = new Map<number, RunRequest>();
  private info: EngineInfo | undefined;
  private failure: string | undefined;
  private startsInVain = 0;
  private readonly stateEmitter = new Emitter<EngineState>();
  private readonly crashEmitter = new Emitter<string>();
  readonly onDidChangeState = this.stateEmitter.event;
  /** The worker broke down, and a fresh one takes its place. */
  readonly onDidCrash = this.crashEmitter.event;

  constructor(
    private readonly create: (events: ClientEvents) => EngineClient,
    private readonly log: (line: string) => void,
  ) {}

  get state(): EngineState {
    if (!this.client) return { kind: "off" };
    if (this.failure !== undefined) return { kind: "failed", message: this.failure };
    if (!this.info) return { kind: "starting" };
    return { kind: this.tasks.size > 0 ? "running" : "ready", info: this.info };
  }

  /** Starts the worker in the background, so that the first run finds it warm. */
  warm(): void {
    this.started().warm();
  }

  async run(task: RunTask): Promise<TaskOutcome> {
    const runId = this.nextRunId++;
    const client = this.started();
    if (this.failure !== undefined) this.watch(client);
    const { file, version, snippets, cells, siblings, limits } = task;
    task.started(runId);
    this.tasks.set(runId, task);
    this.changed();
    const begin = Date.now();
    try {
      const request: RunRequest = {
        runId,
        file,
        version,
        snippets,
        ...(cells ? { cells } : {}),
        siblings,
        limits,
      };
      this.remember(request);
      const outcome = await client.run(request);
      if (outcome.kind === "crashed") return outcome;
      const { report } = outcome;
      this.log(
        `Run ${runId} of ${file}: ${report.snippets.map(outcomeWords).join(", ")}; ${Date.now() - begin} ms`,
      );
      return { kind: "report", request, report };
    } catch (error) {
      return { kind: "crashed", message: messageOf(error) };
    } finally {
      this.tasks.delete(runId);
      this.changed();
    }
  }

  /**
   * Asks about an earlier run: its snippets run once more, with what the question needs. One question at a time, since
   * a newer run of a document ends an older one; the same question of two pages is asked once.
   */
  ask(runId: number, range: Range, question: Question, tries: Tries): Promise<Answer> {
    const key = JSON.stringify([runId, range, question, tries]);
    const known = this.questions.get(key);
    if (known) return known;
    const turn = question.kind === "whatIf" ? ++this.newestTry : 0;
    const answer = this.lastQuestion
      .then(() =>
        turn > 0 && turn !== this.newestTry
          ? refused("Something newer is tried by now.")
          : this.answer(runId, range, question, tries),
      )
      .finally(() => this.questions.delete(key));
    this.questions.set(key, answer);
    this.lastQuestion = answer.catch(() => undefined);
    return answer;
  }

  private async answer(runId: number, range: Range, question: Question, tries: Tries): Promise<Answer> {
    const request = this.requests.get(runId);
    const snippet = request?.snippets.findIndex((each) => sameRange(each.range, range)) ?? -1;
    if (!request || snippet < 0) return refused("That run is too long ago; run the snippet again.");
    const busy = [...this.tasks.values()].some(({ file }) => file === request.file);
    if (busy || !this.client) return refused("The snippets are running; ask again when they are done.");
    const limits = { ...request.limits, seconds: Math.max(request.limits.seconds, QUESTION_SECONDS) };
    const experiment = { snippet, question, tries };
    this.asking = request.file;
    const outcome = await this.client.run({ ...request, runId: this.nextRunId++, limits, experiment });
    this.asking = undefined;
    if (outcome.kind === "crashed") return refused(outcome.message);
    const found = outcome.report.snippets[snippet] as Partial<AnsweringReport> | undefined;
    return found?.answer ?? refused("It was stopped before there was an answer.");
  }

  /** Ends the question that is being answered. */
  cancelQuestion(): void {
    if (this.asking !== undefined) this.client?.stop(this.asking);
  }

  private remember(request: RunRequest): void {
    this.requests.set(request.runId, request);
    for (const [oldest] of this.requests) {
      if (this.requests.size <= REMEMBERED) break;
      this.requests.delete(oldest);
    }
  }

  stop(file: string): void {
    this.client?.stop(file);
  }

  elements(runId: number, tensor: TensorId, offset: number, count: number): Promise<Elements> {
    if (!this.client) return Promise.reject(new Error("The engine is not running."));
    return this.client.elements(runId, tensor, offset, count);
  }

  restart(): void {
    const { client } = this;
    this.startsInVain = 0;
    if (client) {
      client.restart();
      this.watch(client);
    } else {
      this.warm();
    }
  }

  dispose(): void {
    this.client?.dispose();
    this.client = undefined;
    this.stateEmitter.dispose();
    this.crashEmitter.dispose();
  }

  private started(): EngineClient {
    if (this.client) return this.client;
    const client = this.create({
      onSnippet: (runId, index, snippet) => this.tasks.get(runId)?.progress(index, snippet),
      onOutput: (runId, index, output) => this.tasks.get(runId)?.printed(index, output),
      onCrash: (message) => this.crashed(message),
      onLog: (line) => this.log(line),
    });
    this.client = client;
    this.watch(client);
    return client;
  }

  /** Follows a start of the worker. */
  private watch(client: EngineClient): void {
    this.info = undefined;
    this.failure = undefined;
    this.changed();
    client.info().then(
      (info) => {
        this.info = info;
        this.failure = undefined;
        this.startsInVain = 0;
        const how = info.fromSnapshot ? "from a snapshot" : "without a snapshot";
        this.log(
          `Engine ready in ${info.startMilliseconds} ms ${how}: Python ${info.python}, torch ${info.torch}`,
        );
        this.changed();
      },
      (error: unknown) => {
        this.failure = messageOf(error);
        this.log(`The engine could not be started: ${this.failure}`);
        this.changed();
      },
    );
  }

  private crashed(message: string): void {
    this.log(`The engine broke down: ${message}`);
    this.crashEmitter.fire(message);
    this.startsInVain++;
    if (this.startsInVain >= PATIENCE) {
      this.failure = message;
      this.info = undefined;
      this.changed();
      return;
    }
    // The client starts the next worker itself, right after it has told of this.
    setTimeout(() => this.client && this.watch(this.client), 0);
  }

  private changed(): void {
    this.stateEmitter.fire(this.state);
  }
}

function outcomeWords(snippet: Report["snippets"][number]): string {
  const words = snippet.error?.type ?? snippet.stoppedBy ?? snippet.status;
  return `${snippet.title || "untitled"} ${words}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const refused = (why: string): Answer => ({ kind: "refused", why });

function sameRange(a: Range, b: Range): boolean {
  return (
    a.start.line === b.start.line &&
    a.start.character === b.start.character &&
    a.end.line === b.end.line &&
    a.end.character === b.end.character
  );
}
