// A finding as a script for real PyTorch: the snippets' own statements, without those that the finding does not need,
// with the imports and the seed that a file has to say itself. What is left out was tried: the script is run here, and
// only kept where the same finding comes of the same line.
import type { RunOutcome, RunRequest } from "../protocol/engineApi";
import type { Finding, Report, SnippetReport } from "../protocol/report";
import { wholeFile } from "../snippets";
import { type Clause, depthOf, itemsAt, type Statement, statementsOf, textOf } from "./statements";

export interface ScriptSource {
  request: RunRequest;
  report: Report;
  snippet: number;
}

export type ScriptOutcome =
  | { kind: "script"; text: string; finding: Finding | null; runs: number }
  | { kind: "refused"; why: string };

export interface ScriptEngine {
  run(request: Omit<RunRequest, "runId">): Promise<RunOutcome>;
}

/** Runs that a script may cost, and the seconds that one of them may take. */
const RUNS = 250;
const SECONDS = 5;
/** Leaves whose gradient is printed where PyTorch itself says nothing. */
const PRINTED = 4;

export async function pytorchScript(
  source: ScriptSource,
  engine: ScriptEngine,
  cancelled: () => boolean = () => false,
): Promise<ScriptOutcome> {
  const { report, snippet } = source;
  // Cells of a notebook are one text here.
  const { cells: _, ...request } = source.request;
  const shown = report.snippets[snippet];
  if (!shown) return { kind: "refused", why: "The snippet has not run yet." };
  const finding = loudest(shown.diagnostics);
  const statements = gathered(source);
  const wanted = finding && wantedOf(shown, finding, request.snippets[snippet].code);
  let runs = 0;
  const attempt = async (text: string): Promise<SnippetReport | null> => {
    runs++;
    const outcome = await engine.run({
      ...request,
      snippets: [wholeFile(text)],
      limits: { ...request.limits, seconds: Math.min(SECONDS, request.limits.seconds) },
    });
    return outcome.kind === "report" ? (outcome.report.snippets[0] ?? null) : null;
  };
  const whole = composed(textOf(statements, new Set()), "");
  if (!wanted || !finding) return { kind: "script", text: whole, finding: null, runs };
  const holds = async (text: string): Promise<boolean> => {
    const tried = await attempt(text);
    return tried !== null && isSame(tried, wanted, text);
  };
  if (!(await holds(whole)))
    return {
      kind: "refused",
      why: "Put together as one script, the snippets do not give this finding again.",
    };

  const without = new Set<Statement | Clause>();
  const tryWithout = async (items: readonly (Statement | Clause)[]): Promise<void> => {
    if (items.length === 0 || runs >= RUNS || cancelled()) return;
    const body = textOf(statements, new Set([...without, ...items]));
    if (body !== "" && (await holds(composed(body, "")))) for (const item of items) without.add(item);
  };
  // Again while it helps: what only the inside of a loop used goes when that has gone.
  for (let before = -1; before !== without.size; ) {
    before = without.size;
    // The outer before the inner: the inside of what was left out has gone with it.
    for (let depth = 0; depth < depthOf(statements); depth++) {
      const items = itemsAt(depth, statements, without).filter((item) => !seeds(item));
      for (let size = Math.ceil(items.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
        for (let end = items.length; end > 0; end -= size)
          await tryWithout(items.slice(Math.max(0, end - size), end).filter((item) => !without.has(item)));
      }
    }
  }
  // The author's own seed stays where numbers are drawn.
  if (!random.test(textOf(statements, without).replace(/.*\bmanual_seed\b.*/g, "")))
    await tryWithout(itemsAt(0, statements, without).filter(seeds));
  const body = textOf(statements, without);
  const plain = composed(body, "");
  const silent = finding.severity !== "error";
  const prints = silent ? await gradients(plain, attempt) : "";
  const best = prints !== "" && (await holds(composed(body, prints))) ? composed(body, prints) : plain;
  return { kind: "script", text: `${preface(finding, shown, request, body)}${best}`, finding, runs };
}

const seeds = (item: Statement | Clause): boolean =>
  "clauses" in item && item.clauses.length === 1 && /\bmanual_seed\(/.test(item.clauses[0].head[0]);

const loudness = { error: 3, warning: 2, information: 1, hint: 0 };

function loudest(findings: readonly Finding[]): Finding | null {
  let best: Finding | null = null;
  for (const finding of findings)
    if (best === null || loudness[finding.severity] > loudness[best.severity]) best = finding;
  return best;
}

/** The statements of the snippet and of those before it that it shares its names with. */
function gathered({ request, report, snippet }: ScriptSource): Statement[] {
  const own = request.snippets[snippet];
  const before = own.options.isolated
    ? []
    : request.snippets.slice(0, snippet).filter(({ options }) => !options.isolated);
  return [...before, own].flatMap((each) => {
    const index = request.snippets.indexOf(each);
    const all = statementsOf(each.code);
    const { error } = report.snippets[index] ?? {};
    if (index === snippet || !error) return all;
    // What raised there ended that snippet, and would end the script.
    const line = error.range.start.line - each.range.start.line;
    const raised = all.findLastIndex((statement) => statement.line <= line);
    return all.slice(0, Math.max(0, raised));
  });
}

interface Wanted {
  code: string;
  message: string;
  severity: Finding["severity"];
  error: { type: string; message: string } | null;
  /** The text of the finding's first line. */
  line: string;
}

function wantedOf(report: SnippetReport, finding: Finding, code: string): Wanted {
  const { error } = report;
  return {
    code: finding.code,
    message: withoutLines(finding.message),
    severity: finding.severity,
    error: error ? { type: error.type, message: error.message } : null,
    line: lineAt(code, finding.range.start.line - report.range.start.line),
  };
}

function isSame(report: SnippetReport, wanted: Wanted, text: string): boolean {
  const { error } = report;
  if (report.status === "stopped") return false;
  if (wanted.severity === "error") {
    if (!error || error.type !== wanted.error?.type || error.message !== wanted.error.message) return false;
  } else if (error && error.message !== wanted.error?.message) return false;
  return report.diagnostics.some(
    ({ code, message, range }) =>
      code === wanted.code &&
      withoutLines(message) === wanted.message &&
      lineAt(text, range.start.line - report.range.start.line) === wanted.line,
  );
}

/** Lines have other numbers in the script. */
const withoutLines = (text: string): string => text.replace(/\bline \d+/g, "line");

const lineAt = (text: string, line: number): string =>
  (text.split(/\r?\n/)[line] ?? "").replace(/\s*#.*$/, "").trim();

const packages: readonly [name: string, line: string][] = [
  ["torch", "import torch"],
  ["nn", "from torch import nn"],
  ["F", "import torch.nn.functional as F"],
];

/** What draws random numbers, directly or in a module that is made. */
const random = /\b(rand\w*|normal_?|uniform_?|bernoulli_?|multinomial|[Dd]ropout\w*|init|nn\.[A-Z]\w*)\b/;

/** Imports that a lesson leaves out, a seed where numbers are drawn, the statements. */
function composed(body: string, after: string): string {
  const code = body.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#.*/g, "");
  const uses = (name: string): boolean => new RegExp(`(^|[^\\w.])${name}\\b`, "m").test(code);
  const binds = (name: string): boolean =>
    new RegExp(
      `^\\s*(from\\b.*\\bimport\\b.*\\b${name}\\b|import\\b.*\\b(as ${name}|${name})(?![\\w.])|${name}\\s*=)`,
      "m",
    ).test(code);
  const unseeded = random.test(code) && !/\bmanual_seed\b/.test(code);
  const head = packages
    .filter(([name]) => (uses(name) || (name === "torch" && unseeded)) && !binds(name))
    .map(([, line]) => line);
  const seed = unseeded ? ["torch.manual_seed(0)"] : [];
  const top = head.length > 0 ? [...head, ""] : [];
  // A file's own imports come first, also those of torch that the seed needs.
  const lines = body.split("\n");
  const imports = lines.findLastIndex((line) => /^(import|from)\s/.test(line)) + 1;
  const own =
    imports > 0 && lines.slice(0, imports).every((line) => /^(import|from)\s|^$/.test(line)) ? imports : 0;
  const text = [...lines.slice(0, own), ...(own > 0 ? [""] : []), ...top, ...seed, ...lines.slice(own)].join(
    "\n",
  );
  return `${text.trimEnd()}\n${after}`;
}

/** Statements that print the gradients of the leaves: what PyTorch shows of a mistake that it does not speak of. */
async function gradients(
  text: string,
  attempt: (text: string) => Promise<SnippetReport | null>,
): Promise<string> {
  const report = await attempt(text);
  const names = (report?.tensors ?? [])
    .filter(({ isLeaf, requiresGrad }) => isLeaf && requiresGrad)
    .flatMap(({ names: [name] }) =>
      name !== undefined && /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name) ? [name] : [],
    );
  return names
    .slice(0, PRINTED)
    .map((name) => `print("${name}.grad =", ${name}.grad)\n`)
    .join("");
}

function preface(
  finding: Finding,
  report: SnippetReport,
  request: Pick<RunRequest, "siblings">,
  body: string,
): string {
  const silent = finding.severity !== "error";
  const says = silent ? "PyTorch says nothing of it: " : `${report.error?.type ?? "Error"}: `;
  const lines = [finding.code, ...`${says}${finding.message}`.split("\n")];
  const beside = request.siblings.filter(({ path }) => {
    const name = path
      .replace(/\.py$/, "")
      .replace(/\/__init__$/, "")
      .split("/")[0];
    return new RegExp(`^\\s*(from|import)\\s+${name}\\b`, "m").test(body);
  });
  if (beside.length > 0)
    lines.push(`It imports files beside it: ${beside.map(({ path }) => path).join(", ")}`);
  return `${lines.map((line) => `# ${line}`.trimEnd()).join("\n")}\n`;
}
