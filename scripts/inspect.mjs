// `npm run inspect -- FILE`: makes sure that the command line is installed and built, then becomes it.
// Nothing but the command line's own output goes to standard output.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureDependencies, requireNode20 } from "./lib/dependencies.mjs";
import { main, Progress } from "./lib/output.mjs";
import { dist } from "./lib/paths.mjs";

await main(async () => {
  requireNode20();
  await ensureDependencies(new Progress({ stream: process.stderr }));
  // Only now: it needs the packages.
  const { build } = await import("./build.mjs");
  await build({ only: ["engine", "cli", "snapshot"], stream: process.stderr });
  // npm starts scripts in the project's folder; FILE is meant from where the person is.
  if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
  const cli = join(dist, "cli.mjs");
  process.argv[1] = cli;
  await import(pathToFileURL(cli).href);
  return Number(process.exitCode ?? 0);
});
