// The second engine, where changes are tried: neither live runs nor the values of the last one suffer. It is started
// when somebody asks for a fix, and ended when nobody has for a while.
import type { EngineClient } from "../engine/client";
import { createFixer, type FinishedRun, type Fixer, type FixJob } from "../engine/fixes";
import type { RunOutcome, RunRequest } from "../engine/protocol/engineApi";
import type { Finding } from "../engine/protocol/report";
import type { Disposable } from "./emitter";

/** A second Python takes some 100 MB. */
const IDLE_MILLISECONDS = 120_000;

export class Trials implements Disposable {
  private living: { client: EngineClient; fixer: Fixer } | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private busy = 0;
  private nextRun = 1_000_000;
  private readonly waiting = new WeakMap<FixJob, { count: number }>();

  constructor(
    private readonly create: () => EngineClient,
    private readonly idleMilliseconds = IDLE_MILLISECONDS,
  ) {}

  /**
   * Tries the candidates of a finding; answers are remembered until `forget`. Several may wait for the same answer
   * (the light bulb and the menu that a person opens), so it is given up only when all of them have.
   */
  verify(run: FinishedRun, snippet: number, finding: Finding): FixJob {
    const { fixer } = this.started();
    const job = fixer.verify(run, snippet, finding);
    const waiting = this.waiting.get(job) ?? { count: 0 };
    this.waiting.set(job, waiting);
    waiting.count++;
    this.occupied(job.fixes);
    let left = false;
    return {
      fixes: job.fixes,
      cancel: () => {
        if (left) return;
        left = true;
        waiting.count--;
        if (waiting.count === 0) job.cancel();
      },
    };
  }

  /** Runs a changed text, of which nothing is shown. */
  run(request: Omit<RunRequest, "runId">): Promise<RunOutcome> {
    const { client } = this.started();
    const outcome = client.run({ ...request, file: copyOf(request.file), runId: this.nextRun++ });
    this.occupied(outcome);
    return outcome;
  }

  stop(file: string): void {
    this.living?.client.stop(copyOf(file));
    this.living?.client.stop(file);
  }

  /** The text has changed: what is being tried is of no use any more. */
  forget(): void {
    this.living?.fixer.forget();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.living?.client.dispose();
    this.living = undefined;
  }

  private started(): { client: EngineClient; fixer: Fixer } {
    if (!this.living) {
      const client = this.create();
      this.living = { client, fixer: createFixer(client) };
    }
    return this.living;
  }

  private occupied(work: Promise<unknown>): void {
    clearTimeout(this.timer);
    this.busy++;
    const done = () => {
      this.busy--;
      if (this.busy > 0) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.dispose(), this.idleMilliseconds);
    };
    work.then(done, done);
  }
}

/** Of one file the client keeps the newest run alone; trials of its fixes are not to be ended by a run of a copy. */
function copyOf(file: string): string {
  return `${file} (a copy)`;
}
