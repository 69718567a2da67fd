// An engine for tests: started from a folder, fed with Python, asked for reports.
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createEngineClient, type EngineClient, type EngineClientOptions } from "../../engine/client";
import { nodeSpawn } from "../../engine/node/spawnWorker";
import type {
  RunLimits,
  RunRequest,
  SiblingFile,
  Snippet,
  SnippetOptions,
} from "../../engine/protocol/engineApi";
import type { Report, SnippetReport } from "../../engine/protocol/report";
import { wholeFile } from "../../engine/snippets";

const root = process.cwd();

/** The engine that the build made, or another one to try the same tests on. */
export const builtEngine = process.env.GRADIENT_INSPECTOR_ENGINE ?? join(root, "dist", "engine");

interface Bundle {
  bundleEngine(options: {
    folder: string;
    worker?: string;
    packages?: Record<string, string>;
  }): Promise<void>;
}
interface SnapshotBuild {
  buildSnapshot(folder: string, options?: { packages?: Record<string, string> }): Promise<number>;
}

/** By address at run time, because what it bundles lies beside it. */
async function load<T>(file: string): Promise<T> {
  return (await import(pathToFileURL(join(root, file)).href)) as T;
}

export interface TestEngine {
  name: string;
  /** Relative to the project's root. */
  worker: string;
  packages: Record<string, string>;
  snapshot?: boolean;
}

/** Builds an engine of other parts than the product's into the cache. */
export async function bundleTestEngine({
  name,
  worker,
  packages,
  snapshot = false,
}: TestEngine): Promise<string> {
  const folder = join(root, ".cache", "tests", "engines", name);
  mkdirSync(folder, { recursive: true });
  const { bundleEngine } = await load<Bundle>("engine/node/bundle.mjs");
  await bundleEngine({ folder, worker: join(root, worker), packages });
  if (snapshot) {
    const { buildSnapshot } = await load<SnapshotBuild>("engine/node/buildSnapshot.mjs");
    await buildSnapshot(folder, { packages });
  }
  return folder;
}

export function engineIn(folder: string, options: Partial<EngineClientOptions> = {}): EngineClient {
  assert.ok(existsSync(join(folder, "engine.js")), `no engine in ${folder}: build first`);
  return createEngineClient({ spawn: nodeSpawn({ folder }), ...options });
}

export const limits: RunLimits = {
  seconds: 20,
  tensorBytes: 1 << 28,
  outputCharacters: 100_000,
  records: 10_000,
};

let runs = 1000;

export interface RequestOptions {
  file?: string;
  siblings?: SiblingFile[];
  limits?: Partial<RunLimits>;
  options?: SnippetOptions;
}

/** A document of these snippets, one below the other with an empty line between. */
export function requestOf(codes: string[], wishes: RequestOptions = {}): RunRequest {
  let line = 0;
  const snippets = codes.map((code): Snippet => {
    const snippet = wholeFile(code);
    const first = line;
    line += code.split("\n").length + 1;
    const { start, end } = snippet.range;
    return {
      ...snippet,
      title: `snippet ${first}`,
      range: {
        start: { line: first, character: start.character },
        end: { line: first + end.line, character: end.character },
      },
      options: { ...wishes.options },
    };
  });
  return {
    runId: runs++,
    file: wishes.file ?? "lesson.py",
    version: 1,
    snippets,
    siblings: wishes.siblings ?? [],
    limits: { ...limits, ...wishes.limits },
  };
}

export async function reportOf(
  client: EngineClient,
  codes: string[],
  wishes?: RequestOptions,
): Promise<Report> {
  const outcome = await client.run(requestOf(codes, wishes));
  assert.equal(outcome.kind, "report", outcome.kind === "crashed" ? outcome.message : "");
  return (outcome as { report: Report }).report;
}

/** One snippet's report. */
export async function run(
  client: EngineClient,
  code: string,
  wishes?: RequestOptions,
): Promise<SnippetReport> {
  const { snippets } = await reportOf(client, [code], wishes);
  return snippets[0] as SnippetReport;
}

export function printed(snippet: SnippetReport): string {
  return snippet.output.map(({ text }) => text).join("");
}
