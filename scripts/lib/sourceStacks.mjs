// Turns places in a bundle back into places in the sources, for stacks from a process that does not do so itself.
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { basename, dirname, resolve } from "node:path";
import { shown } from "./paths.mjs";

/**
 * @param {string} bundle a file that carries its source map
 * @returns {(stack: string) => string}
 */
export function stackMapper(bundle) {
  const [, encoded = ""] = readFileSync(bundle, "utf8").split(
    "sourceMappingURL=data:application/json;base64,",
  );
  const map = new SourceMap(JSON.parse(Buffer.from(encoded, "base64").toString("utf8")));
  const place = new RegExp(`[^\\s()]*${basename(bundle).replaceAll(".", "\\.")}:(\\d+):(\\d+)`, "g");
  return (stack) =>
    stack.replaceAll(place, (text, line, column) => {
      const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
      if (!("originalSource" in entry)) return text;
      const source = shown(resolve(dirname(bundle), entry.originalSource));
      return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
    });
}
