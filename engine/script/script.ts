// A finding as a script for real PyTorch: the snippets' own statements, without those that the finding does not need,
// with the imports and the seed that a file has to say itself. What is left out was tried: the script is run here, and
// only kept where the same finding comes of the same line.
import type { RunOutcome, RunRequest } from "../protocol/engineApi";
import type { Finding, Report, SnippetReport } from "../protocol/report";
import { LOUDNESS } from "../protocol/severity";
import { wholeFile } from "../snippets";
import { type Composed, commented, composed, drawsNumbers, plainLine, preface, saidBy } from "./compose";
import { type Fact, factsOf } from "./facts";
import { type Clause, depthOf, itemsAt, type Statement, statementsOf, textOf } from "./statements";

export interface ScriptSource {
  request: RunRequest;
  report: Report;
  snippet: number;
  /** One of the snippet's; absent: the loudest. */
  finding?: Finding;
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
/** What is printed where PyTorch itself says nothing. */
const MOST_FACTS = 8;

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
  const finding =
    source.finding ?? loudest(shown.diagnostics.map((each) => ({ finding: each })))?.finding ?? null;
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
  const everything = textOf(statements, new Set());
  const whole = composed(everything, [], null);
  if (!wanted || !finding) return { kind: "script", text: whole.text, finding: null, runs };
  const tried = async (script: Composed): Promise<SnippetReport | null> => {
    const ran = await attempt(script.text);
    return ran !== null && isSame(ran, wanted, script.text) ? ran : null;
  };
  const first = await tried(whole);
  if (first === null)
    return {
      kind: "refused",
      why: "Put together as one script, the snippets do not give this finding again.",
    };
  const facts = await workingFacts(finding, first, whole, wanted, async (some) =>
    tried(composed(everything, some, wanted.line)),
  );
  const sight = facts.length === 0 ? "" : await seen(facts, everything);
  async function seen(of: readonly Fact[], body: string): Promise<string | null> {
    const script = composed(body, of, wanted?.line ?? null);
    const ran = await tried(script);
    return ran && sightOf(ran, script);
  }

  const without = new Set<Statement | Clause>();
  const tryWithout = async (items: readonly (Statement | Clause)[]): Promise<void> => {
    if (items.length === 0 || runs >= RUNS || cancelled()) return;
    const body = textOf(statements, new Set([...without, ...items]));
    if (body !== "" && (await seen(facts, body)) === sight) for (const item of items) without.add(item);
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
  if (!drawsNumbers(textOf(statements, without).replace(/.*\bmanual_seed\b.*/g, "")))
    await tryWithout(itemsAt(0, statements, without).filter(seeds));
  const body = textOf(statements, without);
  const script = composed(body, facts, wanted.line);
  const last = await attempt(script.text);
  const said = (last && findingIn(last, wanted, script.text)) ?? finding;
  const front = preface({ ...finding, message: said.message }, last ?? shown, request, body, script);
  return { kind: "script", text: `${front}${last ? commented(script, last) : script.text}`, finding, runs };
}

/** Those of a finding's facts that the script can tell: none of an error, which tells itself. */
async function workingFacts(
  finding: Finding,
  report: SnippetReport,
  { text }: Composed,
  wanted: Wanted,
  tried: (facts: readonly Fact[]) => Promise<SnippetReport | null>,
): Promise<readonly Fact[]> {
  const found = findingIn(report, wanted, text);
  if (finding.severity === "error" || report.error || !found) return [];
  const line = found.range.start.line - report.range.start.line;
  const facts = factsOf(found, report, text, line).slice(0, MOST_FACTS);
  if (facts.length === 0 || works(await tried(facts))) return facts;
  const good: Fact[] = [];
  for (const fact of facts) if (works(await tried([...good, fact]))) good.push(fact);
  return good;
}

const works = (report: SnippetReport | null): boolean => report !== null && !report.error;

/** What the facts show, whatever its numbers are: None stays None, NaN stays NaN, a list as long as it is. */
const sightOf = (report: SnippetReport, script: Composed): string =>
  saidBy(report, script)
    .join("\n")
    .replace(/0x[0-9a-f]+/g, "")
    .replace(/-?\d+(\.\d*)?(e[+-]?\d+)?/g, "0")
    .replace(/\s+/g, " ");

const seeds = (item: Statement | Clause): boolean =>
  "clauses" in item && item.clauses.length === 1 && /\bmanual_seed\(/.test(item.clauses[0].head[0]);

function loudest<T extends { finding: Finding }>(all: readonly T[]): T | null {
  let best: T | null = null;
  for (const each of all)
    if (best === null || LOUDNESS[each.finding.severity] > LOUDNESS[best.finding.severity]) best = each;
  return best;
}

/** The loudest finding that touches a line, from 1, or of all. */
export function findingAt(
  { snippets }: Report,
  line: number | undefined,
): { snippet: number; finding: Finding } | null {
  const all = snippets.flatMap(({ diagnostics }, snippet) =>
    diagnostics.map((finding) => ({ snippet, finding })),
  );
  if (line === undefined) return loudest(all);
  return loudest(
    all.filter(({ finding: { range } }) => range.start.line <= line - 1 && range.end.line >= line - 1),
  );
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
  return findingIn(report, wanted, text) !== undefined;
}

const findingIn = (report: SnippetReport, wanted: Wanted, text: string): Finding | undefined =>
  report.diagnostics.find(
    ({ code, message, range }) =>
      code === wanted.code &&
      withoutLines(message) === wanted.message &&
      lineAt(text, range.start.line - report.range.start.line) === wanted.line,
  );

/** Lines have other numbers in the script. */
const withoutLines = (text: string): string => text.replace(/\bline \d+/g, "line");

const lineAt = (text: string, line: number): string => plainLine(text.split(/\r?\n/)[line] ?? "");
