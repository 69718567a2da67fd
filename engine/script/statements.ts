// Python's text as statements that can be left out one by one: lines, blocks and clauses, nothing of what they mean.

export interface Clause {
  /** With decorators; `if a:`, or a whole simple statement. */
  head: string[];
  children: Statement[];
}

/** A simple statement has one clause without children; `try` has one for each of its parts. */
export interface Statement {
  /** Of its first line in the text, from 0. */
  line: number;
  clauses: Clause[];
}

interface Logical {
  line: number;
  indent: number;
  text: string[];
}

/** Comments and empty lines between statements are left out. */
export function statementsOf(code: string): Statement[] {
  const lines = logicalLines(code);
  let at = 0;
  const block = (indent: number): Statement[] => {
    const statements: Statement[] = [];
    while (at < lines.length && lines[at].indent >= indent) {
      const first = lines[at];
      const head: string[] = [];
      while (at < lines.length - 1 && /^\s*@/.test(lines[at].text[0])) head.push(...lines[at++].text);
      head.push(...lines[at++].text);
      const clause: Clause = { head, children: inner(first.indent) };
      const previous = statements[statements.length - 1];
      if (previous && /^\s*(else|elif|except|finally|case)\b/.test(head[0])) previous.clauses.push(clause);
      else statements.push({ line: first.line, clauses: [clause] });
    }
    return statements;
  };
  const inner = (outer: number): Statement[] =>
    at < lines.length && lines[at].indent > outer ? block(lines[at].indent) : [];
  return block(0);
}

/** The statements as text again, without those that are left out; an emptied block passes. */
export function textOf(statements: readonly Statement[], without: ReadonlySet<Statement | Clause>): string {
  const out: string[] = [];
  const write = (statement: Statement): void => {
    if (without.has(statement)) return;
    for (const clause of statement.clauses) {
      if (without.has(clause)) continue;
      out.push(...clause.head);
      const kept = clause.children.filter((child) => !without.has(child));
      if (clause.children.length > 0 && kept.length === 0) {
        const indent = /^\s*/.exec(clause.children[0].clauses[0].head[0])?.[0] ?? "";
        out.push(`${indent}pass`);
      } else for (const child of kept) write(child);
    }
  };
  for (const statement of statements) write(statement);
  return out.length === 0 ? "" : `${out.join("\n")}\n`;
}

/** What can still be left out of blocks at a depth: statements, and clauses after the first. */
export function itemsAt(
  depth: number,
  statements: readonly Statement[],
  without: ReadonlySet<Statement | Clause>,
): (Statement | Clause)[] {
  const clauses = (statement: Statement): Clause[] =>
    statement.clauses.filter((clause) => !without.has(clause));
  const kept = statements.filter((statement) => !without.has(statement));
  if (depth === 0) return kept.flatMap((s) => [s, ...clauses(s).filter((clause) => clause !== s.clauses[0])]);
  return kept.flatMap((s) => clauses(s).flatMap(({ children }) => itemsAt(depth - 1, children, without)));
}

/** How deep blocks go. */
export const depthOf = (statements: readonly Statement[]): number =>
  statements.length === 0
    ? 0
    : 1 + Math.max(...statements.flatMap(({ clauses }) => clauses.map(({ children }) => depthOf(children))));

/** Lines as Python joins them: brackets, long strings and backslashes go over the end of a line. */
function logicalLines(code: string): Logical[] {
  const lines = code.split(/\r?\n/);
  const found: Logical[] = [];
  let open: Logical | null = null;
  let depth = 0;
  let quote = "";
  lines.forEach((line, number) => {
    const fresh = open === null;
    if (fresh && /^\s*(#.*)?$/.test(line)) return;
    open ??= { line: number, indent: indentOf(line), text: [] };
    const state = scan(line, depth, quote);
    ({ depth, quote } = state);
    // What only says how a value is shown is of no use elsewhere.
    open.text.push(
      quote === "" && state.comment >= 0 && /^#(\?|\s*grad:)/.test(line.slice(state.comment))
        ? line.slice(0, state.comment).trimEnd()
        : line,
    );
    if (depth > 0 || quote !== "" || state.continued) return;
    found.push(open);
    open = null;
  });
  if (open !== null) found.push(open);
  return found;
}

interface Scan {
  depth: number;
  /** The quotes that a long string will end with. */
  quote: string;
  comment: number;
  continued: boolean;
}

function scan(line: string, depth: number, quote: string): Scan {
  let at = 0;
  let open = depth;
  let inside = quote;
  while (at < line.length) {
    const rest = line.slice(at);
    if (inside !== "") {
      if (rest[0] === "\\") at += 2;
      else if (rest.startsWith(inside)) {
        at += inside.length;
        inside = "";
      } else at++;
      continue;
    }
    const start = /^("""|'''|"|')/.exec(rest)?.[1];
    if (start) {
      inside = start;
      at += start.length;
      continue;
    }
    if (rest[0] === "#") return { depth: open, quote: "", comment: at, continued: false };
    if ("([{".includes(rest[0])) open++;
    else if (")]}".includes(rest[0])) open = Math.max(0, open - 1);
    at++;
  }
  // A short string ends with its line, unless a backslash carries it on.
  const continued = line.endsWith("\\");
  return {
    depth: open,
    quote: inside.length === 3 || continued ? inside : "",
    comment: -1,
    continued: inside.length !== 3 && continued,
  };
}

/** A tab goes to the next multiple of eight, as in Python. */
function indentOf(line: string): number {
  let columns = 0;
  for (const c of line) {
    if (c === " ") columns++;
    else if (c === "\t") columns += 8 - (columns % 8);
    else break;
  }
  return columns;
}
