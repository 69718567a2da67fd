// Tools for assistants: explain a gradient, list the findings of a file, try a fix. They say what the report says, and
// change no file.
import * as vscode from "vscode";
import { applyEdits } from "../../engine/fixes/apply";
import type { CellPlace } from "../../engine/protocol/engineApi";
import type { Range, SnippetReport, TextEdit } from "../../engine/protocol/report";
import { fileName, type OpenDocument, type Sessions } from "../sessions";
import type { Trials } from "../trials";
import { findingsText, fixesText, gradientText, type ToolDocument, trialText } from "../view/toolText";

interface FileInput {
  file?: string;
}
interface ExplainInput extends FileInput {
  name: string;
  line?: number;
  cell?: number;
}
interface LineEdit {
  startLine: number;
  endLine: number;
  newText: string;
  cell?: number;
}
interface TryInput extends FileInput {
  line?: number;
  cell?: number;
  edits?: LineEdit[];
}

export const TOOLS = {
  explain: "gradientInspector_explainGradient",
  findings: "gradientInspector_listFindings",
  tryFix: "gradientInspector_tryFix",
} as const;

/** Nothing where VS Code knows no such tools. */
export function registerTools(sessions: Sessions, trials: Trials): vscode.Disposable {
  const { lm } = vscode as { lm?: Partial<typeof vscode.lm> };
  if (typeof lm?.registerTool !== "function") return new vscode.Disposable(() => {});
  const tools = new Tools(sessions, trials);
  const about = (input: FileInput, what: string): vscode.PreparedToolInvocation => ({
    invocationMessage: `${what} ${input.file ?? "the active file"}`,
  });
  return vscode.Disposable.from(
    lm.registerTool<ExplainInput>(TOOLS.explain, {
      invoke: ({ input }) => answer(() => tools.explain(input)),
      prepareInvocation: ({ input }) => about(input, `Looking up the gradient of ${input.name} in`),
    }),
    lm.registerTool<FileInput>(TOOLS.findings, {
      invoke: ({ input }) => answer(() => tools.findings(input)),
      prepareInvocation: ({ input }) => about(input, "Running the snippets of"),
    }),
    lm.registerTool<TryInput>(TOOLS.tryFix, {
      invoke: ({ input }, token) => answer(() => tools.tryFix(input, token)),
      prepareInvocation: ({ input }) => ({
        ...about(input, "Trying a change of"),
        confirmationMessages: {
          title: "Try a change",
          message: `Run a changed copy of the snippets of ${input.file ?? "the active file"} in Gradient Inspector's sandbox? The file itself stays as it is.`,
        },
      }),
    }),
  );
}

/** What cannot be done is said to the assistant, which can tell the user. */
async function answer(work: () => Promise<string>): Promise<vscode.LanguageModelToolResult> {
  let text: string;
  try {
    text = vscode.workspace.isTrusted
      ? await work()
      : "This workspace is not trusted, so Gradient Inspector runs no code. The user can trust it with the command “Workspaces: Manage Workspace Trust”.";
  } catch (error) {
    text = error instanceof Error ? error.message : String(error);
  }
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
}

class Tools {
  constructor(
    private readonly sessions: Sessions,
    private readonly trials: Trials,
  ) {}

  explain(input: ExplainInput): Promise<string> {
    return this.withReports(input, async (document, snippets) => {
      const line = input.line === undefined ? undefined : textLine(document, input.line, input.cell);
      return gradientText(document, snippets, input.name, line);
    });
  }

  findings(input: FileInput): Promise<string> {
    return this.withReports(input, async (document, snippets) => findingsText(document, snippets));
  }

  tryFix(input: TryInput, token: vscode.CancellationToken): Promise<string> {
    return this.withReports(input, (document, _snippets, entry) =>
      input.edits && input.edits.length > 0
        ? this.tryEdits(document, entry, input.edits, token)
        : this.tryCandidates(document, entry, input, token),
    );
  }

  private async tryEdits(
    document: ToolDocument,
    entry: OpenDocument,
    wanted: readonly LineEdit[],
    token: vscode.CancellationToken,
  ): Promise<string> {
    const request = await entry.session.wholeRequest();
    const edits = wanted.map((edit) => lineEdit(document, entry, edit));
    const applied = applyEdits(request.snippets, edits);
    if (!applied) return "The edits overlap, or reach beyond the annotated snippets.";
    const stopped = token.onCancellationRequested(() => this.trials.stop(request.file));
    try {
      const before = await this.trials.run(request);
      const after = await this.trials.run({ ...request, snippets: applied.snippets });
      if (before.kind === "crashed") return before.message;
      if (after.kind === "crashed") return `With the change the engine breaks down: ${after.message}`;
      // Lines of a notebook's cells move when a change adds some: then places are told of the text as a whole.
      const moved = request.snippets.some((snippet, index) => {
        return snippet.range.end.line !== applied.snippets[index]?.range.end.line;
      });
      return trialText(moved ? { file: document.file } : document, before.report, after.report);
    } finally {
      stopped.dispose();
    }
  }

  private async tryCandidates(
    document: ToolDocument,
    entry: OpenDocument,
    input: TryInput,
    token: vscode.CancellationToken,
  ): Promise<string> {
    const line = input.line === undefined ? undefined : textLine(document, input.line, input.cell);
    const tried = [];
    for (const { origin, original } of entry.session.view.snippets) {
      for (const finding of original?.diagnostics ?? []) {
        const here = line === undefined || covers(finding.range, line);
        if (!origin || !here || (finding.candidates?.length ?? 0) === 0) continue;
        const job = this.trials.verify(origin.run, origin.index, finding);
        const cancelled = token.onCancellationRequested(() => job.cancel());
        tried.push({ finding, fixes: await job.fixes });
        cancelled.dispose();
      }
    }
    return fixesText(document, tried);
  }

  /** Runs what has not run yet, and hands on what is known. */
  private async withReports(
    input: FileInput,
    work: (document: ToolDocument, snippets: SnippetReport[], entry: OpenDocument) => Promise<string>,
  ): Promise<string> {
    const uri = await resolveFile(input.file);
    return this.sessions.use(uri, async (entry) => {
      const { session } = entry;
      await session.whenIdle();
      const current = () => session.view.snippets.every((snippet) => snippet.report && !snippet.stale);
      if (!current()) await session.run({ kind: "all" });
      const { snippets } = session.view;
      const crashed = snippets.find((snippet) => snippet.crashed !== null);
      if (crashed) return `The engine broke down while it ran this file: ${crashed.crashed}`;
      const { cells } = session.store.parsed;
      const document = { file: fileName(uri), ...(cells ? { cells } : {}) };
      const reports = snippets.flatMap(({ original, syntaxError }) => {
        if (original && syntaxError)
          return [{ ...original, status: "raised" as const, error: { ...syntaxError, traceback: "" } }];
        return original ?? [];
      });
      return work(document, reports, entry);
    });
  }
}

/** A path, absolute or in the workspace, or an address; the active document where none is given. */
async function resolveFile(file: string | undefined): Promise<vscode.Uri> {
  if (file === undefined || file.trim() === "") {
    const { activeTextEditor, activeNotebookEditor } = vscode.window;
    const active = activeNotebookEditor?.notebook.uri ?? activeTextEditor?.document.uri;
    if (!active) throw new Error("No file is open: say which one is meant.");
    return active;
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(file)) return vscode.Uri.parse(file);
  const folders = vscode.workspace.workspaceFolders ?? [];
  const candidates = /^(?:[/\\]|[a-z]:[/\\])/i.test(file)
    ? folders.length > 0
      ? [folders[0]?.uri.with({ path: vscode.Uri.file(file).path }) as vscode.Uri]
      : [vscode.Uri.file(file)]
    : folders.map((folder) => vscode.Uri.joinPath(folder.uri, file));
  for (const uri of candidates) {
    try {
      await vscode.workspace.fs.stat(uri);
      return uri;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`There is no file ${file}.`);
}

function placeOf(cells: readonly CellPlace[] | undefined, cell: number | undefined): number {
  if (!cells) return 0;
  const place = cells.find((one) => one.cell + 1 === cell);
  if (!place)
    throw new Error(
      "In a notebook, `cell` has to say which code cell is meant, counted from 1 among all cells.",
    );
  return place.line;
}

/** A line as a person counts it, as one of the document's text. */
function textLine({ cells }: ToolDocument, line: number, cell: number | undefined): number {
  return placeOf(cells, cell) + line - 1;
}

/** Whole lines of the document become other ones. */
function lineEdit(document: ToolDocument, { document: grad }: OpenDocument, edit: LineEdit): TextEdit {
  const first = textLine(document, edit.startLine, edit.cell);
  const last = textLine(document, Math.max(edit.endLine, edit.startLine), edit.cell);
  const lines = grad.text().split(/\r\n|\r|\n/);
  const end = { line: last, character: (lines[last] ?? "").length };
  return { range: { start: { line: first, character: 0 }, end }, newText: edit.newText.replace(/\n$/, "") };
}

function covers({ start, end }: Range, line: number): boolean {
  return start.line <= line && line <= end.line;
}
