// The command line: runs a file's annotated snippets without an editor and prints what came of it.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createEngineClient, type EngineClient } from "../client";
import { createFixer, type FinishedRun } from "../fixes";
import type { RunRequest } from "../protocol/engineApi";
import type { Finding, Report, SnippetReport } from "../protocol/report";
import { findingAt, pytorchScript } from "../script/script";
import { problemsOf } from "../snippets";
import { readDocument, readSiblings } from "./document";
import { exitStatus, snippetText, style } from "./printReport";
import { nodeSpawn } from "./spawnWorker";

const USAGE = `Usage: inspect FILE [--json] [--fixes] [--script [--line N]] [--timeout SECONDS]

Runs the annotated snippets of FILE (.py, .md or .ipynb; a .py without any annotation runs whole;
- is Python code on standard input) and prints what they printed, the gradients and the diagnostics.

  --json             print the Report alone, as JSON
  --fixes            try what may help with each finding, and tell what does
  --script           print the loudest finding as a minimal script for real PyTorch, and nothing else
  --line N           with --script: the finding on line N of FILE
  --timeout SECONDS  how long a snippet may run (default 10)
  --help             print this
  --version          print the version

Exit status: 0 all snippets ran, 1 one raised or was stopped, 2 the file could not be read or the
command was not understood.
`;

const here = dirname(fileURLToPath(import.meta.url));

interface Wish {
  path: string;
  json: boolean;
  fixes: boolean;
  /** `line` from 1; absent: the loudest finding of all. */
  script?: { line?: number };
  seconds: number;
}

type Asked =
  | { kind: "run"; wish: Wish }
  | { kind: "say"; text: string }
  | { kind: "refuse"; message: string };

function ask(args: string[]): Asked {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        fixes: { type: "boolean", default: false },
        script: { type: "boolean", default: false },
        line: { type: "string" },
        timeout: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
        version: { type: "boolean", default: false },
      },
    });
    if (values.help) return { kind: "say", text: USAGE };
    if (values.version) return { kind: "say", text: `${version()}\n` };
    const [path, ...rest] = positionals;
    if (path === undefined || rest.length > 0) {
      return { kind: "refuse", message: `expected one FILE, got ${positionals.length}` };
    }
    const seconds = values.timeout === undefined ? 10 : Number(values.timeout);
    if (!(seconds > 0 && seconds <= 86_400)) {
      return {
        kind: "refuse",
        message: `expected --timeout above 0 and at most 86400, got ${values.timeout}`,
      };
    }
    const { json, fixes } = values;
    if (!values.script && values.line !== undefined)
      return { kind: "refuse", message: "--line says which finding --script is about" };
    if (!values.script) return { kind: "run", wish: { path, json, fixes, seconds } };
    if (json || fixes) return { kind: "refuse", message: "expected --script without --json and --fixes" };
    const line = values.line === undefined ? undefined : Number(values.line);
    if (line !== undefined && !(Number.isInteger(line) && line > 0))
      return { kind: "refuse", message: `expected --line from 1, got ${values.line}` };
    const script = line === undefined ? {} : { line };
    return { kind: "run", wish: { path, json, fixes, script, seconds } };
  } catch (error) {
    return { kind: "refuse", message: (error as Error).message };
  }
}

function version(): string {
  const { version: found } = JSON.parse(readFileSync(join(here, "..", "package.json"), "utf8")) as {
    version: string;
  };
  return found;
}

function withProblems(snippet: SnippetReport, problems: Finding[]): SnippetReport {
  return problems.length === 0 ? snippet : { ...snippet, diagnostics: [...problems, ...snippet.diagnostics] };
}

/** Tries the candidates of every finding, and puts what holds into the report. */
async function addFixes(client: EngineClient, run: FinishedRun): Promise<void> {
  const fixer = createFixer(client);
  for (const [index, { diagnostics }] of run.report.snippets.entries()) {
    for (const finding of diagnostics) finding.fixes = await fixer.verify(run, index, finding).fixes;
  }
}

/** The script goes to standard output; why there is none, to the other one. */
async function printScript(client: EngineClient, finished: FinishedRun, line?: number): Promise<number> {
  const { report, request } = finished;
  const chosen = findingAt(report, line);
  if (!chosen) {
    const where = line === undefined ? "" : ` on line ${line}`;
    process.stderr.write(`${report.file}: no finding${where}\n`);
    return 1;
  }
  let runId = request.runId;
  const made = await pytorchScript(
    { ...finished, ...chosen },
    { run: (each) => client.run({ ...each, runId: ++runId }) },
  );
  if (made.kind === "refused") {
    process.stderr.write(`${report.file}: ${made.why}\n`);
    return 1;
  }
  process.stdout.write(made.text);
  return 0;
}

async function run({ path, json, fixes, script, seconds }: Wish): Promise<number> {
  const read = readDocument(path);
  if (read.kind === "unreadable") {
    process.stderr.write(`${read.message}\n`);
    return 2;
  }
  const { parsed, file } = read;
  const document = { file, ...(parsed.cells ? { cells: parsed.cells } : {}) };
  const ink = style(process.stdout.isTTY === true && !process.env.NO_COLOR);
  const finished = (snippet: SnippetReport, index: number): SnippetReport =>
    withProblems(snippet, problemsOf(parsed, index));
  let told = 0;
  const tell = (snippet: SnippetReport): void => {
    if (!json && !script)
      process.stdout.write(`${told > 0 ? "\n" : ""}${snippetText(document, snippet, ink)}`);
    told++;
  };

  const client = createEngineClient({
    spawn: nodeSpawn({ folder: join(here, "engine") }, (line) => process.stderr.write(`${line}\n`)),
    onSnippet: (_runId, index, snippet) => {
      if (index === told && !fixes) tell(finished(snippet, index));
    },
  });
  try {
    const request: RunRequest = {
      runId: 1,
      file,
      version: 1,
      snippets: parsed.snippets,
      ...(parsed.cells ? { cells: parsed.cells } : {}),
      siblings: readSiblings(path),
      limits: { seconds, tensorBytes: 1 << 30, outputCharacters: 1_000_000, records: 100_000 },
    };
    const outcome = await client.run(request);
    if (outcome.kind === "crashed") {
      process.stderr.write(`the engine stopped: ${outcome.message}\n`);
      return 1;
    }
    if (script) return await printScript(client, { request, report: outcome.report }, script.line);
    if (fixes) await addFixes(client, { request, report: outcome.report });
    const report: Report = { ...outcome.report, snippets: outcome.report.snippets.map(finished) };
    // With fixes, what is told is what is known at the end.
    if (fixes) told = 0;
    for (const snippet of report.snippets.slice(told)) tell(snippet);
    if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
    else if (report.snippets.length === 0) process.stdout.write(`${file}: no annotated snippet\n`);
    return exitStatus(report);
  } finally {
    client.dispose();
  }
}

async function main(): Promise<number> {
  const asked = ask(process.argv.slice(2));
  switch (asked.kind) {
    case "say":
      process.stdout.write(asked.text);
      return 0;
    case "refuse":
      process.stderr.write(`${asked.message}\n\n${USAGE}`);
      return 2;
    case "run":
      return run(asked.wish);
    default:
      return asked satisfies never;
  }
}

// A reader that has seen enough, such as `head`, is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
process.exitCode = await main();
