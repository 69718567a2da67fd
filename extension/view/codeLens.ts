// The line above each snippet: run, inspector, and how it went. A model made from a snippet's view. Pure.
import type { Range, TensorRecord, WhyCause } from "../../engine/protocol/report";
import { type DocumentView, duration, type SnippetView } from "./documentView";

export interface LensModel {
  range: Range;
  title: string;
  tooltip?: string;
  /** Absent: words only. */
  command?: LensCommand;
}

export type LensCommand =
  | { kind: "run"; index: number }
  | { kind: "stop" }
  | { kind: "inspect"; index: number }
  | { kind: "dismiss"; index: number }
  | { kind: "manageTrust" }
  | { kind: "reveal"; range: Range }
  | { kind: "why"; range: Range }
  | { kind: "showLog" };

export function lensesOf(view: DocumentView, live: boolean): LensModel[] {
  return view.snippets.flatMap((snippet) => snippetLenses(snippet, view.trusted, live));
}

function snippetLenses(snippet: SnippetView, trusted: boolean, live: boolean): LensModel[] {
  const at = { range: snippet.header };
  if (!trusted) {
    return [
      {
        ...at,
        title: "$(workspace-untrusted)\u00a0Not run: this workspace is not trusted",
        tooltip: "Gradient Inspector runs code only in a trusted workspace. Click to decide about trust.",
        command: { kind: "manageTrust" },
      },
    ];
  }
  const { index } = snippet;
  const lenses: LensModel[] = [
    snippet.running
      ? { ...at, title: "$(debug-stop)\u00a0Stop", tooltip: "Stop this run", command: { kind: "stop" } }
      : { ...at, title: "$(play)\u00a0Run", tooltip: runTooltip(snippet), command: { kind: "run", index } },
    {
      ...at,
      title: "$(type-hierarchy)\u00a0Open inspector",
      tooltip: "Show this snippet's autograd graph, its timeline and its tensors",
      command: { kind: "inspect", index },
    },
    { ...at, ...statusLens(snippet, live) },
    ...whyLenses(snippet).map((lens) => ({ ...at, ...lens })),
  ];
  if (snippet.adHoc)
    lenses.push({ ...at, title: "$(close)\u00a0Dismiss", command: { kind: "dismiss", index } });
  return lenses;
}

const MAX_WHY = 2;

/**
 * "why is w.grad None?", where a leaf that requires grad has none after backward ran. They stand above the snippet
 * and not above the tensor's line, so that lines do not jump when one comes or goes.
 */
function whyLenses({ report }: SnippetView): Pick<LensModel, "title" | "tooltip" | "command">[] {
  if (!report || report.backwardCalls.length === 0) return [];
  const lenses: Pick<LensModel, "title" | "tooltip" | "command">[] = [];
  for (const tensor of report.tensors) {
    const odd = oddGradient(tensor);
    const place = odd && report.occurrences.find((one) => one.tensor === tensor.id && one.name !== undefined);
    if (!odd || !place) continue;
    lenses.push({
      title: `$(question)\u00a0why is ${place.name}.grad ${odd.is}?`,
      tooltip: odd.text,
      command: { kind: "why", range: place.range },
    });
    if (lenses.length === MAX_WHY) break;
  }
  return lenses;
}

const ODD = { none: "None", zero: "zero", nan: "NaN", inf: "infinite" } as const;

/** Cleared on purpose, or an error that says it all. */
const PLAIN = new Set<WhyCause>(["cleared", "not-yet", "backward-raised"]);

/** What somebody would wonder about. */
function oddGradient(tensor: TensorRecord): { is: string; text: string } | undefined {
  if (!tensor.isLeaf || !tensor.requiresGrad) return undefined;
  const why = tensor.why?.find((one) => one.of === "grad" && one.share === undefined);
  if (why) return PLAIN.has(why.cause) ? undefined : { is: ODD[why.is], text: why.text };
  const none = tensor.grad === null && !tensor.gradSummary && tensor.gradEvents.length === 0;
  return none && tensor.whyNoGrad !== undefined ? { is: ODD.none, text: tensor.whyNoGrad } : undefined;
}

function runTooltip(snippet: SnippetView): string {
  return snippet.options.isolated
    ? "Run this snippet in a namespace of its own"
    : "Run this snippet after those above it, which share its names";
}

/** "ran in 4 ms", "raised RuntimeError", "stopped: timeout", "not run yet". */
export function statusLens(
  snippet: SnippetView,
  live: boolean,
): Pick<LensModel, "title" | "tooltip" | "command"> {
  const { report } = snippet;
  if (snippet.running) return { title: "$(loading~spin)\u00a0running" };
  if (snippet.crashed !== null) {
    return {
      title: "$(error)\u00a0engine broke down",
      tooltip: snippet.crashed,
      command: { kind: "showLog" },
    };
  }
  if (snippet.syntaxError) {
    const { type, message, range } = snippet.syntaxError;
    const older = report ? ", results are of an earlier text" : "";
    return {
      title: `$(error)\u00a0raised ${type}${older}`,
      tooltip: message,
      command: { kind: "reveal", range },
    };
  }
  if (!report) return { title: notRunYet(snippet, live) };
  const stale = snippet.stale ? "$(history)\u00a0stale: " : "";
  switch (report.status) {
    case "ok":
      return { title: `${stale}ran in ${duration(report.milliseconds)}` };
    case "raised":
      return {
        title: `${stale || "$(error)\u00a0"}raised ${report.error?.type ?? "an exception"}`,
        ...(report.error
          ? { tooltip: report.error.message, command: { kind: "reveal" as const, range: report.error.range } }
          : {}),
      };
    case "stopped":
      return { title: `${stale || "$(circle-slash)\u00a0"}stopped: ${stoppedReason(report.stoppedBy)}` };
    default:
      return report.status satisfies never;
  }
}

function notRunYet(snippet: SnippetView, live: boolean): string {
  if (snippet.options.live === false) return "not run yet (live=false)";
  return live ? "not run yet" : "not run yet (live mode is off)";
}

function stoppedReason(by: string | undefined): string {
  switch (by) {
    case "user":
      return "by you";
    case "memory":
      return "memory limit";
    default:
      return by ?? "unknown";
  }
}
