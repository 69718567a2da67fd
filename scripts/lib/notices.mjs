// The licences of what is bundled into the product, collected from the packages that esbuild really used.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { localCache, root } from "./paths.mjs";

/** Copied as they are, so no bundle mentions them. */
const copied = ["pyodide"];

/** What such a package carries in turn, and does not say in its own licence file. */
/** @type {Record<string, string>} */
const within = {
  pyodide:
    "It contains CPython and its standard library (Python Software Foundation License, https://docs.python.org/3/license.html).",
  "@viz-js/viz":
    "It contains Graphviz (Eclipse Public License, https://graphviz.org/license/) and Expat (MIT).",
};

/** @param {string} to */
export function writeNotices(to) {
  const texts = [...new Set([...copied, ...bundledPackages()])].sort().map(notice);
  const line = `\n\n${"-".repeat(80)}\n\n`;
  writeFileSync(to, `This product contains the following packages.${line}${texts.join(line)}\n`);
}

/** @returns {string[]} folders below node_modules, e.g. "markdown-it" or "a/node_modules/b" */
function bundledPackages() {
  const folder = join(localCache, "build");
  const found = new Set();
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".meta.json"))) {
    /** @type {import("esbuild").Metafile} */
    const meta = JSON.parse(readFileSync(join(folder, name), "utf8"));
    for (const path of Object.keys(meta.inputs)) {
      const match = /node_modules\/((?:.*node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(path);
      if (match) found.add(match[1]);
    }
  }
  return [...found];
}

function notice(/** @type {string} */ name) {
  const folder = join(root, "node_modules", name);
  const { version, license, homepage } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const texts = files.map((file) => join(folder, file)).filter(existsSync);
  const head = `${name} ${version}\nLicence: ${license ?? "see below"}${homepage ? `\n${homepage}` : ""}`;
  const parts = [head, within[name] ?? "", ...texts.map((file) => readFileSync(file, "utf8").trim())];
  return parts.filter(Boolean).join("\n\n");
}
