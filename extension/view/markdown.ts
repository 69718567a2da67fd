// Text as Markdown that means exactly that text: nothing that user code prints or names can become markup. Pure.

/** Ordinary text on one line: whatever Markdown, HTML or a bare address would be read as markup is escaped. */
export function plain(text: string): string {
  return (
    oneLineOf(text)
      .trim()
      .replace(/&/g, "&amp;")
      .replace(/</g, "&lt;")
      .replace(/[\\`*[\]#~|$@^]/g, "\\$&")
      // Inside a word an underscore means itself.
      .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
      .replace(/:(?=\/\/)/g, "\\:")
      .replace(/(?<=www)\.|(?<=^\d+)[.)]/gi, "\\$&")
      .replace(/^[-+=>]/, "\\$&")
  );
}

/** Text in inline code. */
export function code(text: string): string {
  const line = oneLineOf(text);
  const fence = "`".repeat(longestRun(line, "`") + 1);
  const pad = line.startsWith("`") || line.endsWith("`") || line.trim() === "" ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Lines in a fenced block, verbatim. */
export function codeBlock(lines: readonly string[], language = "text"): string {
  const text = lines.join("\n");
  const fence = "`".repeat(Math.max(3, longestRun(text, "`") + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A link that runs one of the extension's own commands. */
export function commandLink(title: string, command: string, args: readonly unknown[]): string {
  const query = encodeURIComponent(JSON.stringify(args)).replace(/[()'*!]/g, percent);
  return `[${plain(title)}](command:${command}?${query})`;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function oneLineOf(text: string): string {
  return text.replace(/\s+/g, " ");
}

function longestRun(text: string, character: string): number {
  let longest = 0;
  let run = 0;
  for (const next of text) {
    run = next === character ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  return longest;
}
