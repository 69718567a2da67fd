// `npm run catalogue`: runs the snippets of test/catalogue and prints precision and recall of each rule.
//   npm run catalogue [-- PART]     PART: files whose name has it
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureDependencies, requireNode20 } from "./lib/dependencies.mjs";
import { main, Progress } from "./lib/output.mjs";
import { localCache, root } from "./lib/paths.mjs";

await main(async () => {
  requireNode20();
  await ensureDependencies(new Progress({ stream: process.stderr }));
  const { build: buildParts } = await import("./build.mjs");
  await buildParts({ only: ["engine", "cli", "snapshot"], stream: process.stderr });
  const { build } = await import("esbuild");
  const outfile = join(localCache, "catalogue", "main.mjs");
  await build({
    entryPoints: [join(root, "test", "catalogue", "main.ts")],
    outfile,
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  process.chdir(root);
  const { describeCatalogue } = await import(pathToFileURL(outfile).href);
  const { text, failed } = await describeCatalogue(process.argv[2] ?? "");
  process.stdout.write(text, () => process.exit(failed ? 1 : 0));
  return failed ? 1 : 0;
});
