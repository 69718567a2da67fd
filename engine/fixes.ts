// Tries the candidates of a finding: applies each to a copy of the snippets, runs that, and keeps it only where the
// problem is gone and nothing else broke. Lazily, when somebody asks; never on the text itself.
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
  /** Tries `finding.candidates`, a finding of `run.report.snippets[snippet]`. What was found out is remembered until `forget`. */
  verify(run: FinishedRun, snippet: number, finding: Finding): FixJob;
  /** Running trials end, and answers are forgotten: the text has changed. */
  forget(): void;
}

/**
 * `engine` runs the trials: one of its own, so that neither live runs nor the values of the last one suffer.
 * `stop` ends the run of a file.
 */
export interface TrialEngine extends Pick<EngineApi, "run"> {
  stop(file?: string): void;
}

/** Makes a fixer. A trial may take `seconds` per snippet. */
export type CreateFixer = (engine: TrialEngine, seconds?: number) => Fixer;
