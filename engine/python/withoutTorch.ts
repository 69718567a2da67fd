// The bridge of a Python that has no torch: runs code, prints, raises, and knows no tensors. For tests of the host.

import type { SnippetReport } from "../protocol/report";
import type { Bridge, SnippetFacts } from "./plug";

export function installNothing(): Bridge {
  return {
    torchVersion: "none",
    beginRun() {},
    beginSnippet() {},
    finishSnippet: reportWithoutTensors,
    experiment: () => ({ kind: "refused", why: "There is no torch here." }),
    elements: () => ({ value: null }),
    reset() {},
  };
}

/** What a snippet's report is when nothing was recorded. */
export function reportWithoutTensors(facts: SnippetFacts): SnippetReport {
  return {
    title: facts.title,
    range: facts.range,
    status: facts.status,
    ...(facts.stoppedBy ? { stoppedBy: facts.stoppedBy } : {}),
    milliseconds: facts.milliseconds,
    output: facts.output,
    ...(facts.error ? { error: facts.error } : {}),
    tensors: [],
    graph: { nodes: [], edges: [] },
    timeline: [],
    backwardCalls: [],
    diagnostics: [],
    occurrences: [],
    inlineValues: facts.inlineValues.map(({ line, expression, text }) => ({ line, expression, text })),
  };
}
