// `npm run bench:inspector`: what the inspector costs in a browser. Prints figures; asserts nothing.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./build.mjs";
import { main, Progress } from "./lib/output.mjs";
import { localCache, root } from "./lib/paths.mjs";
import { browserArguments, ensureBrowser } from "./lib/programs.mjs";

await main(async () => {
  const progress = new Progress();
  await build({ only: ["webview", "engine", "snapshot"], stream: process.stderr });
  const esbuild = await import("esbuild");
  const outfile = join(localCache, "bench", "inspector.mjs");
  await esbuild.build({
    entryPoints: [join(root, "test/bench/inspector.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "silent",
  });
  const { bench } = await import(pathToFileURL(outfile).href);
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({
    executablePath: await ensureBrowser(progress),
    args: [...browserArguments, "--enable-precise-memory-info"],
  });
  try {
    await bench({ root, browser, print: (/** @type {string} */ line) => progress.say(line) });
  } finally {
    await browser.close();
  }
});
