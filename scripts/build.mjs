// Builds dist/, part by part, and only what is out of date.
//   npm run build [-- PART… --force]     npm run watch
// Parts: extension, engine, cli, webview, snapshot (scripts/lib/buildParts.mjs).
import { existsSync, watch } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parts } from "./lib/buildParts.mjs";
import { withLock } from "./lib/lock.mjs";
import { isMain, main, Progress, Refusal, seconds } from "./lib/output.mjs";
import { localCache, root } from "./lib/paths.mjs";
import { readStamps, staleBecause, stampOf, writeStamp } from "./lib/stamps.mjs";

/**
 * Builds the parts that are out of date (all of them, or those named). Where several fail, all are told.
 * @param {{ only?: string[], force?: boolean, quiet?: boolean, stream?: NodeJS.WriteStream }} [options]
 * @returns {Promise<number>} how many parts were built
 */
export async function build(options = {}) {
  const chosen = options.only?.length ? options.only : parts.map((part) => part.name);
  const unknown = chosen.find((name) => !parts.some((part) => part.name === name));
  if (unknown)
    throw new Refusal(`There is no part "${unknown}".`, `Parts: ${parts.map((p) => p.name).join(", ")}`);
  const wanted = parts.filter((part) => chosen.includes(part.name));
  const stale = (/** @type {typeof parts[number]} */ part) =>
    options.force ? "asked for" : staleBecause(readStamps()[part.name], part.listed?.());
  if (!wanted.some(stale)) return 0;
  if (!existsSync(join(root, "node_modules", "esbuild"))) {
    throw new Refusal("The dependencies are not installed.", "Run `npm ci` in the project's folder first.");
  }

  const progress = new Progress({ quiet: options.quiet, stream: options.stream });
  return withLock(join(localCache, "build", "lock"), async () => {
    let built = 0;
    /** @type {Refusal[]} */
    const refused = [];
    for (const part of wanted) {
      if (!stale(part)) continue;
      try {
        await progress.step(`${part.name} (${part.makes})`, async () => {
          const began = Date.now();
          const { inputs, outputs } = await part.build();
          writeStamp(part.name, stampOf(inputs, outputs, began));
        });
        built++;
      } catch (error) {
        refused.push(await readable(part.name, error));
      }
    }
    if (refused.length > 0) throw new Refusal(refused.map((error) => error.message).join("\n"));
    return built;
  });
}

/**
 * A source that does not compile, told as esbuild tells it; of anything else its message.
 * @param {string} name
 * @param {unknown} error
 */
async function readable(name, error) {
  if (error instanceof Refusal) return error;
  const { errors, message } = /** @type {import("esbuild").BuildFailure} */ (error);
  if (!errors?.length) return new Refusal(`${name}: ${message}`);
  const { formatMessages } = await import("esbuild");
  return new Refusal(`${name}:\n${(await formatMessages(errors, { kind: "error", color: false })).join("")}`);
}

/** Builds again whenever a source changes, until it is ended. */
async function watchSources() {
  let running = false;
  let again = false;
  const rebuild = async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      const began = performance.now();
      // The launch configuration waits for these two lines.
      process.stdout.write("build: started\n");
      try {
        await build();
      } catch (error) {
        process.stdout.write(`${error instanceof Refusal ? error.message : String(error)}\n`);
      }
      process.stdout.write(`build: finished (${seconds(performance.now() - began)})\n`);
    } while (again);
    running = false;
  };
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  for (const folder of ["engine", "extension", "webview"]) {
    watch(join(root, folder), { recursive: true }, (_event, name) => {
      if (!name || !/\.(ts|py|css|svg|wasm|json)$/.test(name)) return;
      clearTimeout(timer);
      timer = setTimeout(rebuild, 80);
    });
  }
  await rebuild();
  await new Promise(() => {});
}

if (isMain(import.meta.url)) {
  await main(async () => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { watch: { type: "boolean" }, force: { type: "boolean" } },
    });
    if (values.watch) return watchSources();
    const built = await build({ only: positionals, force: values.force });
    if (built === 0) process.stdout.write("  Everything is up to date.\n");
  });
}
