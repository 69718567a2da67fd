// A script's text: imports that a lesson leaves out, a seed where numbers are drawn, the statements, what shows the
// mistake, and in front what it is about.
import type { RunRequest } from "../protocol/engineApi";
import type { Finding, SnippetReport } from "../protocol/report";
import type { Fact } from "./facts";

/** More of a printed value would not be read beside a statement. */
const COMMENT = 70;

export interface Composed {
  text: string;
  /** Each fact with its line in the text, from 0. */
  facts: { code: string; line: number }[];
}

const packages: readonly [name: string, line: string][] = [
  ["torch", "import torch"],
  ["nn", "from torch import nn"],
  ["F", "import torch.nn.functional as F"],
];

/** What draws random numbers, directly or in a module that is made. */
const random = /\b(rand\w*|normal_?|uniform_?|bernoulli_?|multinomial|[Dd]ropout\w*|init|nn\.[A-Z]\w*)\b/;

export const drawsNumbers = (text: string): boolean => random.test(text);

/** `line`: the text of the line that facts may have to stand in front of. */
export function composed(body: string, facts: readonly Fact[], line: string | null): Composed {
  const code = body.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#.*/g, "");
  const uses = (name: string): boolean => new RegExp(`(^|[^\\w.])${name}\\b`, "m").test(code);
  const binds = (name: string): boolean =>
    new RegExp(
      `^\\s*(from\\b.*\\bimport\\b.*\\b${name}\\b|import\\b.*\\b(as ${name}|${name})(?![\\w.])|${name}\\s*=)`,
      "m",
    ).test(code);
  const unseeded = drawsNumbers(code) && !/\bmanual_seed\b/.test(code);
  const head = packages
    .filter(([name]) => (uses(name) || (name === "torch" && unseeded)) && !binds(name))
    .map(([, text]) => text);
  const seed = unseeded ? ["torch.manual_seed(0)"] : [];
  const top = head.length > 0 ? [...head, ""] : [];
  const lines = spaced(body.trimEnd().split("\n"));
  // A file's own imports come first, also those of torch that the seed needs.
  const imports = lines.findLastIndex((each) => /^(import|from)\s/.test(each)) + 1;
  const own =
    imports > 0 && lines.slice(0, imports).every((each) => /^(import|from)\s|^$/.test(each)) ? imports : 0;
  const all = [
    ...lines.slice(0, own),
    ...(own > 0 && lines[own] !== "" ? [""] : []),
    ...top,
    ...seed,
    ...lines.slice(own),
  ];
  while (all[0] === "") all.shift();
  const placed: Composed["facts"] = [];
  const put = (place: Fact["place"], at: number, indent: string): void => {
    let next = at;
    for (const { code: fact } of facts.filter((each) => each.place === place)) {
      placed.push({ code: fact, line: next });
      all.splice(next++, 0, `${indent}${fact}`);
    }
  };
  const meets = line === null ? -1 : all.findIndex((each) => plainLine(each) === line);
  if (meets >= 0) put("before", meets, /^\s*/.exec(all[meets])?.[0] ?? "");
  put("end", all.length, "");
  return { text: `${all.join("\n")}\n`, facts: placed };
}

/** Without its comment. */
export const plainLine = (line: string): string => line.replace(/\s*#.*$/, "").trim();

/** An empty line around functions and classes. */
function spaced(lines: readonly string[]): string[] {
  const out: string[] = [];
  let inside = false;
  lines.forEach((line, i) => {
    const starts = /^(class|def|async def)\b|^@/.test(line) && !/^@/.test(lines[i - 1] ?? "");
    const ends = inside && /^[^\s)\]}]/.test(line);
    if ((starts || ends) && out.length > 0 && out[out.length - 1] !== "") out.push("");
    if (/^(class|def|async def)\b/.test(line)) inside = true;
    else if (ends) inside = false;
    out.push(line);
  });
  return out;
}

/** What each fact printed. */
export const saidBy = (report: SnippetReport, { facts }: Composed): string[] =>
  facts.map(({ line }) =>
    report.output
      .filter(({ range }) => range.start.line === report.range.start.line + line)
      .map(({ text }) => text)
      .join(""),
  );

/** The script with what each fact prints beside it, where that is one short line. */
export function commented(script: Composed, report: SnippetReport): string {
  const lines = script.text.split("\n");
  saidBy(report, script).forEach((text, i) => {
    const { code, line } = script.facts[i];
    const label = /^print\("((?:[^"\\]|\\.)*)",/.exec(code)?.[1].replace(/\\(.)/g, "$1");
    const value = text.trimEnd().replace(/ object at 0x[0-9a-f]+/g, "");
    if (label === undefined || !value.startsWith(`${label} `) || value.includes("\n")) return;
    if (value.length - label.length <= COMMENT) lines[line] += `  # ${value.slice(label.length + 1)}`;
  });
  return lines.join("\n");
}

export function preface(
  finding: Finding,
  report: SnippetReport,
  request: Pick<RunRequest, "siblings">,
  body: string,
  script: Composed,
): string {
  const warns = report.output.some(({ text }) => /\w*Warning: /.test(text));
  const says =
    finding.severity === "error"
      ? `${report.error?.type ?? "Error"}: `
      : warns
        ? "PyTorch warns, and goes on: "
        : "PyTorch says nothing of it: ";
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
  // The message speaks of the script's lines, which stand below these.
  const end = script.text.split("\n").length;
  const moved = lines.map((line) =>
    line.replace(/\bline (\d+)\b/g, (all, n) =>
      Number(n) <= end ? `line ${Number(n) + lines.length}` : all,
    ),
  );
  return `${moved.map((line) => `# ${line}`.trimEnd()).join("\n")}\n`;
}
