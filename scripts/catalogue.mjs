// `npm run catalogue`: runs the snippets of test/catalogue and prints precision and recall of each rule.
//   npm run catalogue [-- PART]     PART: files whose name has it
//   npm run catalogue -- [PART] --scripts FOLDER     writes each mistake as a script for real PyTorch there, which
//                                   scripts/oracle/scripts.py runs
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { ensureDependencies, requireNode20 } from "./lib/dependencies.mjs";
import { main, Progress } from "./lib/output.mjs";
import { localCache, root } from "./lib/paths.mjs";

await main(async () => {
  requireNode20();
  await ensureDependencies(new Progress({ stream: process.stderr }));
  const { build: buildParts } = await import("./build.mjs");
  await buildParts({ only: ["engine", "cli", "snapshot"], stream: process.stderr });
  const { build } = await import("esbuild");
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { scripts: { type: "string" } },
  });
  const [part = ""] = positionals;
  const folder = values.scripts === undefined ? null : resolve(process.env.INIT_CWD ?? ".", values.scripts);
  const outdir = join(localCache, "catalogue");
  await build({
    entryPoints: { main: join(root, "test", "catalogue", folder === null ? "main.ts" : "scripts.ts") },
    outdir,
    outExtension: { ".js": ".mjs" },
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  process.chdir(root);
  const made = await import(pathToFileURL(join(outdir, "main.mjs")).href);
  const { text, failed } =
    folder === null
      ? await made.describeCatalogue(part)
      : { text: await made.writeScripts(part, folder), failed: false };
  process.stdout.write(text, () => process.exit(failed ? 1 : 0));
  return failed ? 1 : 0;
});
