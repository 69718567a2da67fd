// What the tools for assistants answer: a report's facts as plain text, with places that a person would name. Pure.
import type { CellPlace } from "../../engine/protocol/engineApi";
import type {
  Elements,
  Fix,
  Range,
  Report,
  Site,
  SnippetReport,
  TensorRecord,
} from "../../engine/protocol/report";
import { lineWords } from "../../engine/record/cells";
import { elementsLine } from "./format";
import { factsOf } from "./hover";

const WIDTH = 400;
/** An assistant has to read all of it. */
const MAX_CHARACTERS = 24_000;
const MAX_EVENTS = 6;

export interface ToolDocument {
  /** As the user calls it. */
  file: string;
  cells?: readonly CellPlace[];
}

export function placeText(
  { file, cells }: ToolDocument,
  site: Site | { range: Range; file?: string },
): string {
  const { line, character } = site.range.start;
  if (site.file !== undefined) return `${site.file}, line ${line + 1}`;
  return `${file}, ${lineWords(line, cells)}, column ${character + 1}`;
}

/** The snippets of a document and what was found in each. */
export function findingsText(document: ToolDocument, snippets: readonly SnippetReport[]): string {
  if (snippets.length === 0) return noSnippets(document);
  const lines = snippets.flatMap((snippet, index) => [
    `${titleOf(snippet, index)}: ${statusText(snippet)}`,
    ...findingLines(document, snippet).map((line) => `  ${line}`),
  ]);
  return bounded(lines);
}

function findingLines(document: ToolDocument, snippet: SnippetReport): string[] {
  const lines = snippet.diagnostics.flatMap((finding) => [
    `${placeText(document, finding)}: ${finding.severity} ${finding.code}: ${finding.message}`,
    ...finding.related.map((related) => `  ${placeText(document, related)}: ${related.message}`),
    ...finding.fixes.map((fix) => `  fix: ${fixText(fix)}`),
  ]);
  const { error } = snippet;
  if (error && !snippet.diagnostics.some(({ message }) => message.includes(error.message.trim())))
    lines.push(`${placeText(document, error)}: error ${error.type}: ${error.message}`);
  return lines.length > 0 ? lines : ["nothing found"];
}

function fixText(fix: Fix): string {
  return fix.cost === undefined ? fix.title : `${fix.title} (${fix.cost})`;
}

function titleOf(snippet: SnippetReport, index: number): string {
  return `Snippet ${index + 1}${snippet.title === "" ? "" : ` "${snippet.title}"`}`;
}

function statusText(snippet: SnippetReport): string {
  switch (snippet.status) {
    case "ok":
      return "ran";
    case "raised":
      return `raised ${snippet.error?.type ?? "an exception"}`;
    case "stopped":
      return `was stopped (${snippet.stoppedBy ?? "by the user"})`;
    default:
      return snippet.status satisfies never;
  }
}

function noSnippets({ file }: ToolDocument): string {
  return `${file} has no annotated snippets. Code is annotated by a line "# %% [grad]" above it, in Markdown by a fence whose info string is "python grad".`;
}

/** Everything that is known of the tensors of a name, in the last snippet that knows it. */
export function gradientText(
  document: ToolDocument,
  snippets: readonly SnippetReport[],
  asked: string,
  line?: number,
): string {
  if (snippets.length === 0) return noSnippets(document);
  const name = asked.trim().replace(/\.grad$/, "");
  for (const snippet of [...snippets].reverse()) {
    if (line !== undefined && !(snippet.range.start.line <= line && line <= snippet.range.end.line)) continue;
    const found = tensorNamed(snippet, name, line);
    if (found) return bounded(tensorLines(document, snippet, found, name));
  }
  const names = new Set(snippets.flatMap((snippet) => snippet.tensors.flatMap((tensor) => tensor.names)));
  const known = [...names].slice(0, 60).join(", ");
  return `No tensor is called "${name}"${line === undefined ? "" : " there"}. Names of tensors in ${document.file}: ${known || "none"}.`;
}

/** By name; where a line is given, what the name stands for on that line. */
function tensorNamed(
  snippet: SnippetReport,
  name: string,
  line: number | undefined,
): TensorRecord | undefined {
  const on = snippet.occurrences.find(
    (one) => one.name === name && (line === undefined || one.range.start.line === line),
  );
  const byId = (id: number) => snippet.tensors.find((tensor) => tensor.id === id);
  if (line !== undefined && on) return byId(on.tensor);
  return snippet.tensors.find((tensor) => tensor.names.includes(name)) ?? (on && byId(on.tensor));
}

function tensorLines(
  document: ToolDocument,
  snippet: SnippetReport,
  tensor: TensorRecord,
  name: string,
): string[] {
  const at = (site: Site | null | undefined) => (site ? ` (${placeText(document, site)})` : "");
  const line = (elements: Elements) => elementsLine(elements, tensor.dtype, WIDTH);
  const lines = [`${name}: ${factsOf(tensor).join(", ")}${at(tensor.site)}`];
  lines.push(`value: ${line(elementsOf(tensor.value, tensor.summary))}`);
  const has = tensor.grad !== null || tensor.gradSummary !== undefined;
  const grad = has ? line(elementsOf(tensor.grad, tensor.gradSummary)) : "None";
  if (has && tensor.gradSource === "inspector")
    lines.push(`${name}.grad: None in PyTorch; the gradient that backward passed through it: ${grad}`);
  else lines.push(`${name}.grad: ${grad}`);
  if (tensor.whyNoGrad !== undefined && (!has || tensor.gradSource === "inspector"))
    lines.push(`why None: ${tensor.whyNoGrad}${at(tensor.whyNoGradSite)}`);
  for (const why of tensor.why ?? []) {
    if (why.text === tensor.whyNoGrad) continue;
    const share = why.share === undefined ? "" : ` (${Math.round(why.share * 100)} % of its elements)`;
    lines.push(
      `why its ${why.of === "grad" ? "gradient" : "value"} is ${why.is}${share}: ${why.text}${at(why.site)}`,
    );
  }
  const events = tensor.gradEvents;
  for (const event of events.slice(0, MAX_EVENTS)) {
    const call = snippet.backwardCalls[event.call];
    const sum = event.accumulated ? `, .grad was then ${line(event.accumulated)}` : "";
    lines.push(
      `${call?.kind === "grad" ? "autograd.grad" : "backward"}${at(call?.site)} added ${line(event.increment)}${sum}`,
    );
  }
  if (events.length > MAX_EVENTS) lines.push(`… ${events.length - MAX_EVENTS} more backward calls`);
  if (tensor.count > 1) lines.push(`computed ${tensor.count} times; this is the last`);
  if (tensor.course)
    lines.push(
      `its values over the iterations: from ${tensor.course.values[0]} to ${tensor.course.values.at(-1)}, least ${tensor.course.min}, greatest ${tensor.course.max}`,
    );
  for (const { by, site } of tensor.mutations.slice(0, MAX_EVENTS))
    lines.push(`changed in place by ${by}${at(site)}`);
  return lines;
}

function elementsOf(value: Elements["value"], summary: Elements["summary"]): Elements {
  return { value, ...(summary ? { summary } : {}) };
}

/** What a change of the text makes of it. */
export function trialText(document: ToolDocument, before: Report, after: Report): string {
  const lines: string[] = [];
  const keys = (report: Report) =>
    report.snippets.flatMap((snippet) =>
      snippet.diagnostics.map(({ code, message }) => `${code}: ${message}`),
    );
  const old = keys(before);
  const fresh = keys(after);
  const gone = without(old, fresh);
  const come = without(fresh, old);
  const errors = after.snippets.filter((snippet) => snippet.status !== "ok");
  lines.push(
    errors.length === 0
      ? "With the change every snippet runs."
      : `With the change ${errors.length} of ${after.snippets.length} snippets do not run to their end.`,
  );
  lines.push(...gone.map((text) => `gone: ${text}`), ...come.map((text) => `new: ${text}`));
  if (gone.length === 0 && come.length === 0) lines.push("The findings are the same as before.");
  lines.push(...gradientChanges(before, after));
  lines.push("", "What is found then:");
  lines.push(findingsText(document, after.snippets));
  const printed = after.snippets.flatMap((snippet) => snippet.output.map(({ text }) => text)).join("");
  if (printed !== "") lines.push("", "What is printed then:", printed.trimEnd());
  return bounded(lines);
}

/** `a` without what is in `b`, as often as it is there. */
function without(a: readonly string[], b: readonly string[]): string[] {
  const left = [...b];
  return a.filter((item) => {
    const index = left.indexOf(item);
    if (index < 0) return true;
    left.splice(index, 1);
    return false;
  });
}

function gradientChanges(before: Report, after: Report): string[] {
  const gradients = (report: Report) => {
    const found = new Map<string, string>();
    for (const snippet of report.snippets) {
      for (const tensor of snippet.tensors) {
        const [name] = tensor.names;
        if (name === undefined || !tensor.isLeaf || !tensor.requiresGrad) continue;
        const has = tensor.grad !== null || tensor.gradSummary !== undefined;
        found.set(
          name,
          has ? elementsLine(elementsOf(tensor.grad, tensor.gradSummary), tensor.dtype, WIDTH) : "None",
        );
      }
    }
    return found;
  };
  const old = gradients(before);
  return [...gradients(after)]
    .filter(([name, grad]) => old.get(name) !== grad)
    .map(([name, grad]) => `${name}.grad: ${old.get(name) ?? "not there"} before, ${grad} after`);
}

/** The fixes that hold, each with its edits, so that an assistant can make them. */
export function fixesText(
  document: ToolDocument,
  tried: readonly { finding: { code: string; message: string; range: Range }; fixes: readonly Fix[] }[],
): string {
  if (tried.length === 0) return "There is no finding there for which something could be tried.";
  const lines = tried.flatMap(({ finding, fixes }) => [
    `${placeText(document, finding)}: ${finding.code}: ${finding.message}`,
    ...(fixes.length === 0 ? ["  Nothing that was tried helps."] : []),
    ...fixes.flatMap((fix) => [
      `  verified: ${fixText(fix)}`,
      ...fix.edits.map(({ range, newText }) => {
        const { start, end } = range;
        const from = `${lineWords(start.line, document.cells)}, column ${start.character + 1}`;
        const to = `${lineWords(end.line, document.cells)}, column ${end.character + 1}`;
        return `    replace from ${from} to ${to} by ${JSON.stringify(newText)}`;
      }),
    ]),
  ]);
  return bounded(lines);
}

function bounded(lines: readonly string[]): string {
  const text = lines.join("\n");
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)}\n… cut off`;
}
