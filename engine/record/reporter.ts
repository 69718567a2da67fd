// What the bridge plugs in to watch a run: records its snippets and reports each when it has ended.
import type { RunRequest } from "../protocol/engineApi";
import type { Answer } from "../protocol/experiment";
import type { Elements, SnippetReport, TensorId } from "../protocol/report";
import type { SnippetFacts } from "../python/plug";
import { alias, type Tensor } from "../tensor/tensor";
import { answer } from "./experiments";
import type { Propose } from "./findings/finding";
import { type Recorder, unrecorded } from "./hook";
import type { ProbeRecorder } from "./probe";
import { RunRecorder } from "./recorder";
import { snippetReport } from "./report";
import { Scene } from "./scene";
import { SiteTable } from "./sites";
import { page } from "./snapshot";

export class Reporter {
  private run = new RunRecorder(0);
  private readonly sites = new SiteTable();
  private readonly placeNames = new Map<number, string>();
  /** What names held at the ends of the last run's snippets: for pages of large tensors. */
  private readonly kept = new Map<TensorId, Tensor>();
  private runId = 0;
  private experimenting = false;
  /** What watches the next run of an experiment. */
  private next: ProbeRecorder | null = null;

  constructor(
    private readonly tensorOf: (handle: number) => Tensor | null,
    private readonly propose: Propose | null,
  ) {}

  /** To be asked for after `beginRun`. */
  get recorder(): Recorder {
    if (this.next) {
      this.run = this.next;
      this.next = null;
    }
    return this.run;
  }

  beginRun(request: RunRequest): void {
    this.run = new RunRecorder(request.limits.records);
    this.experimenting = false;
    this.runId = request.runId;
    this.sites.clear();
    this.sites.layCells(request.cells);
    this.placeNames.clear();
    this.kept.clear();
  }

  /** Runs that only answer a question: the values of the last real one stay. */
  experiment(request: RunRequest, again: () => SnippetReport | null): Answer {
    if (!request.experiment) throw new Error("a run without a question");
    this.experimenting = true;
    return answer(request.experiment, request.limits.records, {
      again: (probe) => {
        this.next = probe;
        this.sites.clear();
        this.sites.layCells(request.cells);
        this.placeNames.clear();
        return again();
      },
      lineOf: (site) => this.sites.range(site)?.start.line ?? null,
    });
  }

  beginSnippet(index: number): void {
    this.run.beginSnippet(index);
  }

  /** While the tensors that names hold are still alive. */
  finishSnippet(facts: SnippetFacts): SnippetReport {
    return unrecorded(() => {
      this.sites.add(facts.sites);
      for (const { site, name } of facts.bindings) this.placeNames.set(site, name);
      const scene = new Scene(this.run, this.sites, facts, this.placeNames, this.tensorOf);
      const report = snippetReport(scene, this.propose);
      if (this.experimenting) return report;
      for (const [known, tensor] of scene.named) {
        // Its memory, without its history.
        const { sizes, strides, offset } = tensor;
        this.kept.set(known.reportId, alias(tensor, sizes, strides, offset));
      }
      return report;
    });
  }

  /** Elements [offset, offset + count) in row-major order, flat; null where the tensor is gone. */
  elements(runId: number, tensor: TensorId, offset: number, count: number): Elements {
    const known = runId === this.runId ? this.kept.get(tensor) : undefined;
    return known ? page(known, offset, count) : { value: null };
  }

  /** The run's tensors may still be asked for; nothing else is left of it. */
  reset(): void {
    this.run = new RunRecorder(0);
    this.sites.clear();
    this.placeNames.clear();
  }
}

/** `tensorOf`: the tensor behind a handle of Python's. `propose` writes candidates for fixes; null: nobody does. */
export function createReporter(
  tensorOf: (handle: number) => Tensor | null,
  propose: Propose | null = null,
): Reporter {
  return new Reporter(tensorOf, propose);
}
