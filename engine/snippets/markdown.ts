// Annotated fences of a Markdown file, as CommonMark defines fences: ```python grad Title key=value.
import createParser, { type MarkdownIt } from "markdown-it";
import type { ParsedDocument, Snippet } from "../protocol/engineApi";
import type { Finding, Fix } from "../protocol/report";
import { parseHeader, problem } from "./header";
import { range, splitLines, wholeLines, withoutBom } from "./lines";
import { emptyProblem } from "./python";

/** A fence with a Python info string, annotated or not. */
export interface PythonFence {
  /** Line of the opening fence; the code stands between it and `endLine`. */
  line: number;
  /** The line after the last line of code: the closing fence, or whatever follows when there is none. */
  endLine: number;
  closed: boolean;
  /** Backticks or tildes of the opening fence. */
  markup: string;
  info: string;
  content: string[];
}

const LANGUAGE = /^\s*(?:python3?|py)(?=\s|$)/i;
const ANNOTATED = /^(\s*(?:python3?|py)\s+grad)(?=\s|$)(.*)$/i;
/** One look at the whole text: Markdown is parsed only where an annotation may be. */
const ANYWHERE = /(?:`{3}|~{3})[^\S\r\n]*(?:python3?|py)[^\S\r\n]+grad(?!\w)/i;

let parser: MarkdownIt | undefined;

/** Block structure alone: what is in paragraphs does not matter here. */
function blockParser(): MarkdownIt {
  if (!parser) {
    parser = createParser("commonmark");
    parser.core.ruler.enableOnly(["normalize", "block"]);
  }
  return parser;
}

export function parseMarkdown(text: string): ParsedDocument {
  if (!ANYWHERE.test(text)) return { snippets: [], problems: [] };
  const lines = splitLines(text);
  const snippets: Snippet[] = [];
  const problems: Finding[] = [];
  for (const fence of pythonFences(text)) {
    const match = ANNOTATED.exec(fence.info);
    if (!match) continue;
    const [, marker = "", rest = ""] = match;
    const headerText = lines[fence.line] as string;
    const column = headerText.length - fence.info.length + marker.length;
    const header = parseHeader([{ text: rest, line: fence.line, column }]);
    const snippet = fenceSnippet(lines, fence);
    snippet.title = plainText(header.title);
    snippet.options = header.options;
    snippets.push(snippet);
    problems.push(...header.problems);
    if (!fence.closed) problems.push(unclosed(lines, fence));
    problems.push(...emptyProblem(snippet));
  }
  return { snippets, problems };
}

/** All fences whose language is Python, in order, also those inside lists and block quotes. */
export function pythonFences(text: string): PythonFence[] {
  const fences: PythonFence[] = [];
  for (const token of blockParser().parse(withoutBom(text), {})) {
    if (token.type !== "fence" || !token.map || !LANGUAGE.test(token.info)) continue;
    const [line, end] = token.map;
    const content = token.content === "" ? [] : token.content.replace(/\n$/, "").split("\n");
    const closed = end - line - 1 > content.length;
    fences.push({
      line,
      endLine: line + 1 + content.length,
      closed,
      markup: token.markup,
      info: token.info,
      content,
    });
  }
  return fences;
}

/** The fence as a snippet without title and options. */
export function fenceSnippet(lines: readonly string[], fence: PythonFence): Snippet {
  const first = fence.line + 1;
  const headerEnd = lines[fence.line]?.length ?? 0;
  const full = Math.max(
    0,
    fence.content.findIndex((line) => line.trim() !== ""),
  );
  const before = lines[first + full]?.slice(0, -fence.content[full]?.length || undefined) ?? "";
  return {
    title: "",
    range:
      fence.content.length > 0
        ? wholeLines(lines, first, fence.endLine - 1)
        : range(fence.line, headerEnd, fence.line, headerEnd),
    header: wholeLines(lines, fence.line, fence.line),
    code: fence.content.join("\n"),
    // Negative where half a tab was removed: the rest of the tab stands in the code as blanks.
    indent: fence.content.map((line, index) => (lines[first + index]?.length ?? line.length) - line.length),
    ...(before.includes(">") ? { quote: before } : {}),
    options: {},
  };
}

function unclosed(lines: readonly string[], fence: PythonFence): Finding {
  const message = `This fence is not closed: everything down to line ${fence.endLine} is taken as its code. Close it with ${fence.markup}.`;
  const finding = problem(
    "snippet/unclosed-fence",
    "warning",
    message,
    wholeLines(lines, fence.line, fence.line),
  );
  finding.fixes.push(closingFix(lines, fence));
  return finding;
}

/** Closes the fence behind its last line that is not blank, with the prefix (list, quote) of the opening line. */
function closingFix(lines: readonly string[], fence: PythonFence): Fix {
  let last = fence.line;
  fence.content.forEach((line, index) => {
    if (line.trim() !== "") last = fence.line + 1 + index;
  });
  const opening = lines[fence.line] as string;
  const prefix = opening
    .slice(0, opening.indexOf(fence.markup))
    // A list marker opens a new item when repeated: its continuation is as many blanks.
    .replace(/[-+*]|\d+[.)]/g, (marker) => " ".repeat(marker.length));
  const end = lines[last]?.length ?? 0;
  return {
    title: `Close the fence with ${fence.markup}`,
    edits: [{ range: range(last, end, last, end), newText: `\n${prefix}${fence.markup}` }],
  };
}

/** Backslash escapes and entities count in info strings. */
function plainText(text: string): string {
  return blockParser().utils.unescapeAll(text);
}
