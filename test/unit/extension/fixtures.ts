// Reports made by hand for the tests of what features show: small, complete, of the contract's types.
import type { Snippet } from "../../../engine/protocol/engineApi";
import type { Range, Report, SnippetReport, TensorRecord } from "../../../engine/protocol/report";
import type { DocumentView, SnippetView } from "../../../extension/view/documentView";
import { liveReport } from "../../../extension/view/moveReport";

/** range(2, 4, 9): columns 4 to 9 of line 2; range(2, 4, 3, 1): across lines. */
export function range(line: number, character: number, endOrLine: number, endCharacter?: number): Range {
  return {
    start: { line, character },
    end:
      endCharacter === undefined
        ? { line, character: endOrLine }
        : { line: endOrLine, character: endCharacter },
  };
}

export const at = (line: number, character: number) => ({ line, character });

let nextId = 1;

export function tensor(parts: Partial<TensorRecord> = {}): TensorRecord {
  return {
    id: nextId++,
    names: ["x"],
    site: { range: range(1, 4, 20) },
    op: null,
    dtype: "float32",
    shape: [],
    requiresGrad: true,
    isLeaf: true,
    gradFn: null,
    retainsGrad: false,
    version: 0,
    mutations: [],
    value: 3,
    grad: null,
    gradSource: "pytorch",
    gradEvents: [],
    count: 1,
    ...parts,
  };
}

export function snippetReport(parts: Partial<SnippetReport> = {}): SnippetReport {
  return {
    title: "Lesson",
    range: range(1, 0, 5, 0),
    status: "ok",
    milliseconds: 4.2,
    output: [],
    tensors: [],
    graph: { nodes: [], edges: [] },
    timeline: [],
    backwardCalls: [],
    diagnostics: [],
    occurrences: [],
    inlineValues: [],
    ...parts,
  };
}

export function report(...snippets: SnippetReport[]): Report {
  return { file: "lesson.py", version: 1, engine: { torch: "2.13.0", python: "3.14.0" }, snippets };
}

export function snippetView(original: SnippetReport | null, parts: Partial<SnippetView> = {}): SnippetView {
  return {
    index: 0,
    title: "Lesson",
    header: range(0, 0, 17),
    range: range(1, 0, 5, 0),
    options: {},
    adHoc: false,
    running: false,
    printed: null,
    report: original && liveReport(original),
    original,
    runId: 1,
    origin: null,
    stale: false,
    syntaxError: null,
    crashed: null,
    ...parts,
  };
}

export function documentView(...snippets: SnippetView[]): DocumentView {
  return { snippets, problems: [], trusted: true };
}

export function snippet(code: string, line: number, parts: Partial<Snippet> = {}): Snippet {
  const lines = code.split("\n");
  return {
    title: "",
    header: range(line, 0, 11),
    range: range(line + 1, 0, line + lines.length, lines[lines.length - 1]?.length ?? 0),
    code,
    indent: lines.map(() => 0),
    options: {},
    ...parts,
  };
}
