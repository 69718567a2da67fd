// Tries the candidates of a finding: applies each to a copy of the snippets, runs that, and keeps it only where the
// problem is gone and nothing else broke. Lazily, when somebody asks; never on the text itself.
import { applyEdits, quoted } from "./fixes/apply";
import { judge } from "./fixes/judge";
import type { EngineApi, RunRequest } from "./protocol/engineApi";
import type { Finding, Fix, Report } from "./protocol/report";

/** A run that has ended: what was asked and what came of it. */
export interface FinishedRun {
  request: RunRequest;
  report: Report;
}

export interface FixJob {
  /** Verified fixes, best first; never rejects. Empty where none holds. */
  readonly fixes: Promise<Fix[]>;
  /** Nobody waits any more: `fixes` ends with what was verified so far. */
  cancel(): void;
}

export interface Fixer {
  /** Tries `finding.candidates`, a finding of `run.report.snippets[snippet]`. Remembers the answer until `forget`. */
  verify(run: FinishedRun, snippet: number, finding: Finding): FixJob;
  /** Running trials end, and answers are forgotten: the text has changed. */
  forget(): void;
}

/**
 * What runs the trials: an engine of its own, so that neither live runs nor the values of the last one suffer.
 * `stop` ends the run of a file.
 */
export interface TrialEngine extends Pick<EngineApi, "run"> {
  stop(file?: string): void;
}

/** Trials of one finding; a finding with more candidates than this has its best ones tried. */
const MOST = 8;

/** A trial may take `seconds` per snippet, or what the run itself was given if that is less. */
export function createFixer(engine: TrialEngine, seconds = 5): Fixer {
  return new TrialRunner(engine, seconds);
}

interface Job extends FixJob {
  cancelled: boolean;
}

class TrialRunner implements Fixer {
  private readonly known = new WeakMap<Finding, Job>();
  private running: Job | null = null;
  private readonly waiting: { job: Job; start(): void }[] = [];
  private generation = 0;
  private nextRun = 1;
  private file = "";

  constructor(
    private readonly engine: TrialEngine,
    private readonly seconds: number,
  ) {}

  verify(run: FinishedRun, snippet: number, finding: Finding): FixJob {
    const known = this.known.get(finding);
    if (known && !known.cancelled) return known;
    const { promise, resolve } = deferred();
    const job: Job = {
      cancelled: false,
      fixes: promise,
      cancel: () => {
        job.cancelled = true;
        if (this.running === job) this.engine.stop(this.file);
      },
    };
    this.known.set(finding, job);
    // One after the other: the engine takes one run at a time, and a newer one of the same file would end the older.
    this.waiting.push({
      job,
      start: () => void this.run(job, run, snippet, finding).then(resolve, () => resolve([])),
    });
    this.pump();
    return job;
  }

  forget(): void {
    for (const { job } of this.waiting) job.cancelled = true;
    this.running?.cancel();
    this.generation++;
  }

  private pump(): void {
    if (this.running) return;
    const next = this.waiting.shift();
    if (!next) return;
    this.running = next.job;
    next.start();
  }

  private async run(job: Job, run: FinishedRun, snippet: number, finding: Finding): Promise<Fix[]> {
    const fixes: Fix[] = [];
    const { generation } = this;
    this.file = run.request.file;
    try {
      for (const candidate of finding.candidates?.slice(0, MOST) ?? []) {
        if (job.cancelled || generation !== this.generation) break;
        const fix = await this.attempt(job, run, snippet, finding, candidate);
        if (fix) fixes.push(fix);
      }
    } finally {
      this.running = null;
      this.pump();
    }
    return fixes;
  }

  private async attempt(
    job: Job,
    { request, report }: FinishedRun,
    snippet: number,
    finding: Finding,
    candidate: Fix,
  ): Promise<Fix | null> {
    const applied = applyEdits(request.snippets, candidate.edits);
    if (!applied) return null;
    const seconds = Math.min(this.seconds, request.limits.seconds);
    const outcome = await this.engine.run({
      ...request,
      runId: this.nextRun++,
      snippets: applied.snippets,
      limits: { ...request.limits, seconds },
    });
    if (job.cancelled || outcome.kind !== "report") return null;
    const verdict = judge({ before: report, after: outcome.report, snippet, finding, candidate, ...applied });
    if (verdict === null) return null;
    const title = verdict === "" ? candidate.title : `${candidate.title}: ${verdict}`;
    return { ...candidate, title, edits: quoted(request.snippets, candidate.edits), verified: true };
  }
}

function deferred(): { promise: Promise<Fix[]>; resolve(fixes: Fix[]): void } {
  let resolve: (fixes: Fix[]) => void = () => {};
  const promise = new Promise<Fix[]>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
