// What axe finds wrong with a page.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Inspector } from "./inspector";

export const axe = readFileSync(
  createRequire(join(process.cwd(), "package.json")).resolve("axe-core/axe.min.js"),
  "utf8",
);

/** Rules that axe found broken, with the elements. */
export async function findings({ page }: Inspector): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe: check } = window as unknown as { axe: typeof import("axe-core") };
    const { violations } = await check.run(document, {
      // A webview is a part of VS Code's window: landmarks and page headings are the window's.
      rules: { region: { enabled: false }, "page-has-heading-one": { enabled: false } },
    });
    return violations.flatMap((v) =>
      v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)} ${n.failureSummary ?? ""}`),
    );
  });
}
