// The life of one document: waits until typing pauses, runs what is due, the latest text wins, and nothing runs
// where the workspace is not trusted. Knows the engine and the store, not VS Code.
import type {
  ParsedDocument,
  RunLimits,
  RunRequest,
  SiblingFile,
  Snippet,
} from "../engine/protocol/engineApi";
import type { Range } from "../engine/protocol/report";
import { type Disposable, Emitter } from "./emitter";
import type { EngineService } from "./engineService";
import { type Asked, type PendingRun, ReportStore } from "./reportStore";
import type { DocumentView } from "./view/documentView";
import type { TextChange } from "./view/edits";

export type LiveMode = "onType" | "onSave" | "manual";

export interface SessionSettings {
  live: LiveMode;
  debounceMilliseconds: number;
  limits: RunLimits;
}

/** The document and its surroundings, as a session sees them. */
export interface SessionHost {
  /** The document's address, different for each. */
  file: string;
  version(): number;
  parse(): ParsedDocument;
  /** Reads code without annotation at this place anew. */
  adHocCode(range: Range): Snippet | undefined;
  siblings(snippets: readonly Snippet[]): Promise<SiblingFile[]>;
  settings(): SessionSettings;
  trusted(): boolean;
  /** An editor shows it. What nobody looks at does not run by itself. */
  visible(): boolean;
}

/** A run that takes this long is shown as running; shorter ones would only flicker. */
const NOTICEABLE_MILLISECONDS = 400;

interface Current {
  /** It has been handed to the engine. */
  started: boolean;
  cancelled: boolean;
  since: number;
  asked: Asked["kind"];
  noticeable: boolean;
  /** Takes the results of snippets that are done while later ones run. */
  done: (() => void)[];
}

export interface RunningInfo {
  since: number;
  asked: Asked["kind"];
  noticeable: boolean;
}

export class Session implements Disposable {
  readonly store = new ReportStore();
  private readonly changeEmitter = new Emitter<void>();
  /** Anything that features show has changed. */
  readonly onDidChange = this.changeEmitter.event;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private current: Current | undefined;
  private parsedVersion: number | undefined;
  private disposed = false;
  private idleWaiters: (() => void)[] = [];

  constructor(
    private readonly host: SessionHost,
    private readonly engine: EngineService,
    private readonly log: (line: string) => void,
  ) {}

  get view(): DocumentView {
    return this.store.view(this.host.trusted(), this.current?.noticeable ?? false);
  }

  get running(): RunningInfo | undefined {
    return this.current;
  }

  opened(): void {
    this.refresh();
    this.runIfLive();
  }

  /** An editor shows it again: what was left undone is done. */
  shown(): void {
    if (this.timer === undefined) this.runIfLive();
  }

  edited(changes: readonly TextChange[]): void {
    this.store.applyChanges(changes);
    if (!this.store.isEmpty) this.changeEmitter.fire();
    this.schedule();
  }

  saved(): void {
    if (this.host.settings().live !== "onSave") return;
    this.flush();
    void this.run({ kind: "live" });
  }

  /** Trust was granted, a setting was changed: what may run now runs. */
  circumstancesChanged(): void {
    this.flush();
    this.runIfLive();
    this.changeEmitter.fire();
  }

  /** A file that the snippets import has changed. */
  surroundingsChanged(): void {
    this.store.surroundingsChanged();
    this.changeEmitter.fire();
    this.schedule();
  }

  /** Runs what is asked for; resolves when its results are shown, or when something newer took its place. */
  async run(asked: Asked): Promise<void> {
    if (asked.kind !== "live") this.flush();
    if (!this.host.trusted() || this.disposed) return;
    const pending = this.store.begin(asked);
    if (!pending) return;
    // Where the older run has begun, the newer one's arrival ends it.
    if (this.current) this.current.cancelled = true;
    const current: Current = {
      started: false,
      cancelled: false,
      since: Date.now(),
      asked: asked.kind,
      noticeable: false,
      done: [],
    };
    this.current = current;
    const notice = setTimeout(() => {
      current.noticeable = true;
      this.showProgress(current);
    }, NOTICEABLE_MILLISECONDS);
    try {
      await this.perform(current, pending);
    } finally {
      clearTimeout(notice);
      if (this.current === current) this.current = undefined;
      if (!this.disposed) this.changeEmitter.fire();
      this.settle();
    }
  }

  /** Runs code that carries no annotation; answers its index among the snippets. */
  runAdHoc(snippet: Snippet): { index: number; done: Promise<void> } {
    this.flush();
    const index = this.store.addAdHoc(snippet);
    this.changeEmitter.fire();
    return { index, done: this.run({ kind: "snippet", index }) };
  }

  dismissAdHoc(index: number): void {
    this.store.removeAdHoc(index);
    this.changeEmitter.fire();
  }

  stop(): void {
    if (!this.current) return;
    this.current.cancelled = true;
    if (this.current.started) this.engine.stop(this.host.file);
  }

  /** What a run of all annotated snippets would be asked for, for a copy to be tried. */
  async wholeRequest(): Promise<Omit<RunRequest, "runId">> {
    this.flush();
    const { snippets, cells } = this.store.parsed;
    return {
      file: this.host.file,
      version: this.host.version(),
      snippets,
      ...(cells ? { cells } : {}),
      siblings: await this.host.siblings(snippets),
      limits: this.host.settings().limits,
    };
  }

  /** Resolves when no run is going on or about to begin. */
  whenIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.idleWaiters.push(resolve);
      this.settle();
    });
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.stop();
    this.changeEmitter.dispose();
    this.settle();
  }

  private async perform(current: Current, pending: PendingRun): Promise<void> {
    let siblings: SiblingFile[];
    try {
      siblings = await this.host.siblings(pending.snippets);
    } catch (error) {
      this.log(
        `Files beside ${this.host.file} could not be read: ${error instanceof Error ? error.message : error}`,
      );
      siblings = [];
    }
    if (current.cancelled) return pending.abandon();
    current.started = true;
    let runId = 0;
    const outcome = await this.engine.run({
      file: this.host.file,
      version: this.host.version(),
      snippets: pending.snippets,
      ...(pending.cells ? { cells: pending.cells } : {}),
      siblings,
      limits: this.host.settings().limits,
      started: (id) => {
        runId = id;
      },
      progress: (index, snippet) => {
        // Of a run that is over in no time everything is shown at once.
        current.done.push(() => pending.progress(index, snippet, runId));
        if (current.noticeable) this.showProgress(current);
      },
      printed: (index, output) => {
        pending.printed(index, output);
        if (current.noticeable) this.showProgress(current);
      },
    });
    switch (outcome.kind) {
      case "report":
        return pending.finish(outcome.report, outcome.request.runId, outcome.request);
      case "crashed":
        return pending.crash(outcome.message);
      default:
        outcome satisfies never;
    }
  }

  private showProgress(current: Current): void {
    for (const take of current.done.splice(0)) take();
    this.changeEmitter.fire();
  }

  private schedule(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.refresh();
      this.runIfLive();
      this.settle();
    }, this.host.settings().debounceMilliseconds);
  }

  /** What waits for typing to pause happens now. */
  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.refresh();
  }

  private refresh(): void {
    if (this.disposed || this.parsedVersion === this.host.version()) return;
    this.parsedVersion = this.host.version();
    const wasEmpty = this.store.isEmpty;
    this.store.setParsed(this.host.parse(), (range) => this.host.adHocCode(range));
    if (!wasEmpty || !this.store.isEmpty) this.changeEmitter.fire();
  }

  private runIfLive(): void {
    if (this.host.settings().live !== "onType" || !this.host.visible()) return;
    void this.run({ kind: "live" });
  }

  private settle(): void {
    if (!this.disposed && (this.timer !== undefined || this.current)) return;
    for (const resolve of this.idleWaiters.splice(0)) resolve();
  }
}
