// Answers a question of the inspector by running the snippets again, once or several times, each time with a probe.
import { changed } from "../protocol/changes";
import type {
  Answer,
  Difference,
  ExperimentRequest,
  Question,
  Replacement,
  Tries,
} from "../protocol/experiment";
import type { SnippetReport } from "../protocol/report";
import { type Measured, ProbeRecorder, refused } from "./probe";

/** What runs the snippets up to the one asked about. */
export interface Runs {
  /** Answers that snippet's report; null where the run was stopped. What the run left is undone by the next. */
  again(probe: ProbeRecorder): SnippetReport | null;
  /** The line of an interned place of the run before. */
  lineOf(site: number): number | null;
}

/** Elements that are measured for one question: each costs two runs, or four where a kink is suspected. */
const MOST_ELEMENTS = 16;

export function answer(request: ExperimentRequest, limit: number, runs: Runs): Answer {
  const { snippet, question } = request;
  const tries = settled(request, limit, runs);
  if (tries === null) return stopped();
  /** `replace`: before what is tried. */
  const probe = (replace: Replacement[]): ProbeRecorder => {
    const others = tries.replace.filter(({ tensor }) => !replace.some((each) => each.tensor === tensor));
    return new ProbeRecorder(limit, snippet, question, { ...tries, replace: [...replace, ...others] });
  };
  switch (question.kind) {
    case "whatIf": {
      const recorder = probe([]);
      const report = runs.again(recorder);
      if (report === null) return stopped();
      const missed = tries.replace.map((each) => each.tensor).filter((id) => !recorder.replaced.has(id));
      return { kind: "whatIf", report, missed };
    }
    case "paths":
    case "jacobian":
    case "local": {
      const recorder = probe([]);
      if (runs.again(recorder) === null) return stopped();
      return located(recorder.answer ?? notReached(), runs);
    }
    case "differences":
      return differences(question, probe, runs);
    default:
      return question satisfies never;
  }
}

/** Changes as the numbers that they come to: a run tells what the tensors hold without them. */
function settled({ snippet, tries }: ExperimentRequest, limit: number, runs: Runs): Tries | null {
  if (tries.replace.every(({ changes }) => !changes)) return tries;
  const probe = new ProbeRecorder(limit, snippet, { kind: "whatIf" }, tries);
  if (runs.again(probe) === null) return null;
  const replace = tries.replace.map((each): Replacement => {
    const { tensor, changes } = each;
    const found = probe.found.get(tensor);
    if (!changes) return each;
    return { tensor, values: Array.from(found ?? [], (value, i) => changed(value, i, changes)) };
  });
  return { ...tries, replace };
}

const stopped = (): Answer => refused("The run was stopped.");
const notReached = (): Answer => refused("The run did not come to this place again.");

function located(found: Answer, runs: Runs): Answer {
  if (found.kind !== "paths") return found;
  for (const path of found.paths) {
    for (const step of path.steps) step.line = step.line === null ? null : runs.lineOf(step.line);
  }
  return found;
}

/**
 * The slope between f(x - h) and f(x + h). For float32 the best h is about the cube root of its precision: a smaller
 * one drowns in rounding, a larger one in curvature.
 */
const stepFor = (at: number, float64: boolean): number => (float64 ? 6e-6 : 5e-3) * Math.max(1, Math.abs(at));

function differences(
  { tensor, elements }: Question & { kind: "differences" },
  probe: (replace: Replacement[]) => ProbeRecorder,
  runs: Runs,
): Answer {
  let count = 0;
  const measured = (values: number[] | null): Measured | null => {
    const recorder = probe(values === null ? [] : [{ tensor, values }]);
    count++;
    return runs.again(recorder) === null ? null : recorder.measured;
  };
  const base = measured(null);
  if (base === null) return notReached();
  const { at } = base;
  if (at === null) return refused("The tensor was not made again: the code ran differently this time.");
  const found: Difference[] = [];
  for (const element of elements.slice(0, MOST_ELEMENTS)) {
    if (element < 0 || element >= at.length) continue;
    const around = (size: number): { left: number; right: number; slope: number } | null => {
      // What arrives in memory is rounded, so the real distance is measured.
      const low = Float64Array.from(at);
      const high = Float64Array.from(at);
      low[element] -= size;
      high[element] += size;
      const below = measured([...low]);
      const above = measured([...high]);
      if (below?.at == null || above?.at == null) return null;
      const down = at[element] - below.at[element];
      const up = above.at[element] - at[element];
      return {
        left: (base.value - below.value) / down,
        right: (above.value - base.value) / up,
        slope: (above.value - below.value) / (down + up),
      };
    };
    const step = stepFor(at[element], base.float64);
    const wide = around(step);
    if (wide === null)
      return found.length > 0 ? { kind: "differences", runs: count, differences: found } : stopped();
    const apart = Math.abs(wide.right - wide.left);
    const size = Math.max(Math.abs(wide.left), Math.abs(wide.right), 1e-3);
    let kink = false;
    if (apart > 0.05 * size) {
      // A bend grows straight when one looks closer; a kink does not.
      const near = around(step / 4);
      kink = near !== null && Math.abs(near.right - near.left) > 0.6 * apart;
    }
    found.push({ element, at: at[element], step, ...wide, kink });
  }
  return { kind: "differences", runs: count, differences: found };
}
