// The report of each snippet of one document: which text it belongs to, where its places are now, and whether it
// is still true. Knows nothing of VS Code; what is due it says, when to run others decide.
import type { CellPlace, ParsedDocument, RunRequest, Snippet } from "../engine/protocol/engineApi";
import type { Finding, Range, Report, SnippetReport, TextEdit } from "../engine/protocol/report";
import type { DocumentView, LiveReport, RunOrigin, SnippetView } from "./view/documentView";
import { compare, moveThrough, type TextChange } from "./view/edits";
import { liveReport, moveFindings, moveOutput, moveReport } from "./view/moveReport";

/** What was executed to get a result. */
interface Attempt {
  /** The codes of the snippets that share a namespace, in order, the snippet's own last. */
  chain: string[];
  /** Which state of the files beside the document it saw. */
  surroundings: number;
}

interface Shown {
  attempt: Attempt;
  /** In places of the present text. */
  live: LiveReport;
  /** In places of the text that ran. */
  original: SnippetReport;
  runId: number;
  /** Everything edited since that text ran. */
  changes: TextChange[];
  /** The whole run that it is a part of, for trying changes of its text; absent until the run has ended. */
  origin?: RunOrigin;
}

interface Entry {
  snippet: Snippet;
  header: Range;
  range: Range;
  adHoc: boolean;
  /** The last text that was tried, whatever came of it. */
  tried: Attempt | null;
  shown: Shown | null;
  stale: boolean;
  due: boolean;
  /** What the run that is under way has printed so far, in places of the present text. */
  printed: SnippetReport["output"] | null;
  syntaxError: SnippetView["syntaxError"];
  crashed: string | null;
}

export type Asked = { kind: "live" } | { kind: "all" } | { kind: "snippet"; index: number };

/** A run that has begun. Exactly one of finish, crash and abandon ends it. */
export interface PendingRun {
  snippets: Snippet[];
  /** Notebooks only. */
  cells?: CellPlace[];
  /** A snippet (an index into `snippets`) is done, while later ones still run. */
  progress(index: number, found: SnippetReport, runId: number): void;
  /** A snippet that still runs has printed this so far. */
  printed(index: number, output: SnippetReport["output"]): void;
  finish(report: Report, runId: number, request?: RunRequest): void;
  crash(message: string): void;
  abandon(): void;
}

export class ReportStore {
  private entries: Entry[] = [];
  private problems: Finding[] = [];
  private cells: CellPlace[] | undefined;
  /** What is being tried now. */
  private readonly running = new Map<Entry, Attempt>();
  /** Per run that has begun: what has been edited since. */
  private readonly pendingChanges = new Set<TextChange[]>();
  private surroundings = 0;

  get annotated(): number {
    return this.entries.filter((entry) => !entry.adHoc).length;
  }

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  /** The text has changed: everything moves, and what the change touches is stale at once. */
  applyChanges(changes: readonly TextChange[]): void {
    for (const pending of this.pendingChanges) pending.push(...changes);
    for (const entry of this.entries) {
      const touched = changes.some((change) => touchesSnippet(change, entry));
      entry.header = moveThrough(entry.header, changes, "loose") ?? emptied(entry.header, changes);
      entry.range = moveThrough(entry.range, changes, "loose") ?? emptied(entry.range, changes);
      if (entry.shown) {
        entry.shown.live = moveReport(entry.shown.live, changes);
        entry.shown.changes.push(...changes);
      }
      if (entry.printed) entry.printed = moveOutput(entry.printed, changes);
      if (entry.syntaxError) {
        const range = moveThrough(entry.syntaxError.range, changes, "loose");
        entry.syntaxError = range && { ...entry.syntaxError, range };
      }
      if (touched && entry.shown) entry.stale = true;
    }
    // What builds on a changed snippet is stale with it.
    const first = this.entries.findIndex((entry) => entry.stale && shares(entry));
    if (first >= 0) {
      for (const entry of this.entries.slice(first)) if (shares(entry) && entry.shown) entry.stale = true;
    }
    this.problems = moveFindings(this.problems, changes);
  }

  /**
   * The text has been parsed again: snippets that are still there keep their reports.
   * `adHocCode` reads code without annotation anew.
   */
  setParsed(parsed: ParsedDocument, adHocCode: (range: Range) => Snippet | undefined): void {
    const old = new Set(this.entries.filter((entry) => !entry.adHoc));
    const entries = parsed.snippets.map((snippet) => {
      const sameLine = [...old].filter((entry) => entry.header.start.line === snippet.header.start.line);
      const found = sameLine.find((entry) => codeKey(entry.snippet) === codeKey(snippet)) ?? sameLine[0];
      if (found) old.delete(found);
      return refreshed(found ?? newEntry(snippet, false), snippet);
    });
    for (const entry of this.entries) {
      if (!entry.adHoc || entries.some((other) => overlap(other.range, entry.range))) continue;
      const snippet = adHocCode(entry.range);
      if (snippet) entries.push(refreshed(entry, { ...snippet, title: entry.snippet.title }));
    }
    this.entries = sorted(entries);
    this.problems = [...parsed.problems];
    this.cells = parsed.cells;
    this.judge();
  }

  /** Adds code without annotation, in place of earlier such code that it overlaps; answers its index. */
  addAdHoc(snippet: Snippet): number {
    const kept = this.entries.filter((entry) => !entry.adHoc || !overlap(entry.range, snippet.range));
    const entry = newEntry(snippet, true);
    this.entries = sorted([...kept, entry]);
    this.judge();
    return this.entries.indexOf(entry);
  }

  removeAdHoc(index: number): void {
    if (this.entries[index]?.adHoc) this.entries.splice(index, 1);
  }

  /** The files beside the document have changed: nothing that was found out is certain any more. */
  surroundingsChanged(): void {
    this.surroundings++;
    this.judge();
  }

  /** Begins the run that is asked for; undefined where nothing is due. */
  begin(asked: Asked): PendingRun | undefined {
    const entries = this.chosen(asked);
    if (entries.length === 0) return undefined;
    const chain: string[] = [];
    const attempts = entries.map((entry): Attempt => {
      const key = codeKey(entry.snippet);
      if (!shares(entry)) return { chain: [key], surroundings: this.surroundings };
      chain.push(key);
      return { chain: [...chain], surroundings: this.surroundings };
    });
    const changes: TextChange[] = [];
    this.pendingChanges.add(changes);
    entries.forEach((entry, index) => {
      this.running.set(entry, attempts[index] as Attempt);
      entry.printed = null;
    });
    this.judge();
    const leave = (entry: Entry | undefined, attempt: Attempt | undefined) => {
      // A newer run may have taken the snippet over.
      if (!entry || this.running.get(entry) !== attempt) return;
      this.running.delete(entry);
      entry.printed = null;
    };
    const end = () => {
      this.pendingChanges.delete(changes);
      entries.forEach((entry, index) => {
        leave(entry, attempts[index]);
      });
    };
    const take = (index: number, found: SnippetReport | undefined, runId: number) => {
      const entry = entries[index];
      const attempt = attempts[index];
      if (entry && attempt && found && this.entries.includes(entry)) {
        this.accept(entry, attempt, found, runId, changes);
      }
    };
    return {
      snippets: entries.map((entry) => entry.snippet),
      ...(this.cells ? { cells: this.cells } : {}),
      progress: (index, found, runId) => {
        leave(entries[index], attempts[index]);
        take(index, found, runId);
        this.judge();
      },
      printed: (index, output) => {
        const entry = entries[index];
        if (entry && this.running.get(entry) === attempts[index]) entry.printed = moveOutput(output, changes);
      },
      abandon: () => {
        end();
        this.judge();
      },
      finish: (report, runId, request) => {
        end();
        report.snippets.forEach((found, index) => {
          take(index, found, runId);
          const shown = entries[index]?.shown;
          if (request && shown?.original === found) shown.origin = { run: { request, report }, index };
        });
        this.judge();
      },
      crash: (message) => {
        end();
        entries.forEach((entry, index) => {
          // The same text is not tried again by itself: it would break down again.
          entry.tried = attempts[index] ?? null;
          entry.crashed = message;
        });
        this.judge();
      },
    };
  }

  /** Where a place of a snippet's graph or timeline is in the present text; null where it was edited away. */
  present(index: number, range: Range): Range | null {
    const shown = this.entries[index]?.shown;
    return shown ? moveThrough(range, shown.changes, "loose") : null;
  }

  /** Edits of the text that ran as edits of the present text; null where one of its places was edited. */
  presentEdits(index: number, edits: readonly TextEdit[]): TextEdit[] | null {
    const shown = this.entries[index]?.shown;
    if (!shown) return null;
    const moved = edits.map((edit) => ({ edit, range: moveThrough(edit.range, shown.changes, "exact") }));
    if (moved.some(({ range }) => range === null)) return null;
    return moved.map(({ edit, range }) => ({ ...edit, range: range as Range }));
  }

  /** The snippets that carry an annotation, in their order, and a notebook's cells. */
  get parsed(): { snippets: Snippet[]; cells?: CellPlace[] } {
    const snippets = this.entries.filter((entry) => !entry.adHoc).map((entry) => entry.snippet);
    return { snippets, ...(this.cells ? { cells: this.cells } : {}) };
  }

  /** `showRunning`: whether a run that is under way is shown as such. */
  view(trusted: boolean, showRunning = true): DocumentView {
    return {
      trusted,
      problems: this.problems,
      snippets: this.entries.map((entry, index) => ({
        index,
        title: entry.snippet.title,
        header: entry.header,
        range: entry.range,
        options: entry.snippet.options,
        adHoc: entry.adHoc,
        running: showRunning && this.running.has(entry),
        printed: entry.printed,
        report: entry.shown?.live ?? null,
        original: entry.shown?.original ?? null,
        runId: entry.shown?.runId ?? 0,
        origin: entry.shown?.origin ?? null,
        stale: entry.stale,
        syntaxError: entry.syntaxError,
        crashed: entry.crashed,
      })),
    };
  }

  private chosen(asked: Asked): Entry[] {
    switch (asked.kind) {
      case "live": {
        const due = this.entries.filter((entry) => isLive(entry) && entry.due);
        // A namespace is built anew from its first snippet on.
        const sharedDue = due.some(shares);
        return this.entries.filter(
          (entry) => isLive(entry) && (shares(entry) ? sharedDue : due.includes(entry)),
        );
      }
      case "all":
        return this.entries.filter((entry) => !entry.adHoc);
      case "snippet": {
        const chosen = this.entries[asked.index];
        if (!chosen) return [];
        if (!shares(chosen)) return [chosen];
        const upTo = this.entries.slice(0, asked.index + 1);
        return upTo.filter((entry) => entry === chosen || (shares(entry) && !entry.adHoc));
      }
      default:
        return asked satisfies never;
    }
  }

  private accept(
    entry: Entry,
    attempt: Attempt,
    found: SnippetReport,
    runId: number,
    changes: readonly TextChange[],
  ): void {
    if (found.stoppedBy === "superseded") return;
    entry.tried = attempt;
    entry.crashed = null;
    const live = moveReport(liveReport(found), changes);
    if (isSyntaxError(found)) {
      entry.syntaxError = live.error ?? null;
      // The last good result stays, as that of an earlier text.
      if (entry.shown) return;
    } else {
      entry.syntaxError = null;
      if (entry.shown && this.lacksNames(entry, found)) return;
    }
    entry.shown = { attempt, live, original: found, runId, changes: [...changes] };
  }

  /** While an earlier snippet cannot be compiled its names are missing here: that says nothing about this one. */
  private lacksNames(entry: Entry, found: SnippetReport): boolean {
    if (found.error?.type !== "NameError" || !shares(entry)) return false;
    const above = this.entries.slice(0, this.entries.indexOf(entry));
    return above.some((other) => other.syntaxError !== null && shares(other));
  }

  /** Says for every snippet whether its present text has been tried, and whether what is shown belongs to it. */
  private judge(): void {
    const shared = this.entries.filter((entry) => shares(entry) && !entry.adHoc);
    for (const entry of this.entries) {
      const key = codeKey(entry.snippet);
      const above = shares(entry)
        ? shared.filter((other) => compare(other.header.start, entry.header.start) < 0)
        : [];
      const whole = [...above.map((other) => codeKey(other.snippet)), key];
      const live = [...above.filter(isLive).map((other) => codeKey(other.snippet)), key];
      const present = (attempt: Attempt | undefined | null) =>
        attempt?.surroundings === this.surroundings &&
        (equal(attempt.chain, whole) || equal(attempt.chain, live));
      const tried = present(entry.tried);
      const shown = present(entry.shown?.attempt);
      entry.stale = entry.shown !== null && !shown;
      entry.due = !tried && !shown && !present(this.running.get(entry));
      // Back at the text that is shown: what was wrong with a text between is over.
      if (shown && !tried) entry.syntaxError = null;
      if (!tried) entry.crashed = null;
    }
  }
}

function newEntry(snippet: Snippet, adHoc: boolean): Entry {
  return {
    snippet,
    header: snippet.header,
    range: snippet.range,
    adHoc,
    tried: null,
    shown: null,
    stale: false,
    due: true,
    printed: null,
    syntaxError: null,
    crashed: null,
  };
}

function refreshed(entry: Entry, snippet: Snippet): Entry {
  entry.snippet = snippet;
  entry.header = snippet.header;
  entry.range = snippet.range;
  return entry;
}

function sorted(entries: readonly Entry[]): Entry[] {
  return [...entries].sort(
    (a, b) => compare(a.header.start, b.header.start) || Number(a.adHoc) - Number(b.adHoc),
  );
}

function isLive(entry: Entry): boolean {
  return !entry.adHoc && entry.snippet.options.live !== false;
}

function shares(entry: Entry): boolean {
  return entry.snippet.options.isolated !== true;
}

/** Everything of a snippet that a result depends on; blank lines at its end do not count. */
function codeKey(snippet: Snippet): string {
  return `${snippet.options.timeout ?? ""}\0${snippet.options.isolated === true}\0${snippet.code.trimEnd()}`;
}

/** Compiling failed: nothing of the snippet ran. */
function isSyntaxError(report: SnippetReport): boolean {
  const type = report.error?.type;
  const failed = type === "SyntaxError" || type === "IndentationError" || type === "TabError";
  return failed && report.timeline.length === 0 && report.output.length === 0;
}

function touchesSnippet(change: TextChange, entry: Entry): boolean {
  return (
    compare(change.range.start, entry.range.end) <= 0 && compare(entry.header.start, change.range.end) <= 0
  );
}

function overlap(a: Range, b: Range): boolean {
  return compare(a.start, b.end) <= 0 && compare(b.start, a.end) <= 0;
}

function emptied(range: Range, changes: readonly TextChange[]): Range {
  const start = moveThrough({ start: range.start, end: range.start }, changes, "loose")?.start ?? range.start;
  return { start, end: start };
}

function equal(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
