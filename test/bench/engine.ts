// Times the engine in Node: cold start, an edit's way to its report, operators; against real PyTorch in pairs.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { createEngineClient, type EngineClient } from "../../engine/client";
import { nodeSpawn } from "../../engine/node/spawnWorker";
import type { RunRequest } from "../../engine/protocol/engineApi";
import type { SnippetReport } from "../../engine/protocol/report";
import { parseDocument } from "../../engine/snippets";
import { lesson } from "./lesson";
import { PROGRAMS, type Program, timed } from "./programs";

interface Surroundings {
  root: string;
  /** A Python that has real PyTorch. */
  python: string | null;
  print(line: string): void;
  /** Only the programs whose name has this in it. */
  only?: string;
}

const FIRST = "x = torch.tensor(3.0, requires_grad=True)\ny = x ** 2\ny.backward()\nprint(x.grad)\n";

function request(runId: number, text: string): RunRequest {
  const { snippets } = parseDocument("python", text);
  const limits = { seconds: 300, tensorBytes: 1 << 30, outputCharacters: 100_000, records: 20_000 };
  return { runId, file: "bench.py", version: runId, snippets, siblings: [], limits };
}

function client(root: string): EngineClient {
  return createEngineClient({ spawn: nodeSpawn({ folder: path.join(root, "dist/engine") }) });
}

async function run(engine: EngineClient, runId: number, text: string): Promise<SnippetReport> {
  const outcome = await engine.run(request(runId, text));
  if (outcome.kind !== "report") throw new Error(outcome.message);
  const [snippet] = outcome.report.snippets;
  if (snippet.status !== "ok") throw new Error(`${snippet.error?.type}: ${snippet.error?.message}`);
  return snippet;
}

function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;

async function cold({ root, python, print }: Surroundings): Promise<void> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let i = 0; i < 6; i++) {
    const began = performance.now();
    const engine = client(root);
    await run(engine, 1, `# %% [grad]\n${FIRST}`);
    const took = performance.now() - began;
    engine.dispose();
    if (i > 0) ours.push(took);
    if (!python) continue;
    const beganTorch = performance.now();
    spawnSync(python, ["-c", `import torch\n${FIRST}`]);
    if (i > 0) theirs.push(performance.now() - beganTorch);
  }
  const peer = theirs.length
    ? `, python -c with real torch ${ms(quantile(theirs, 0.5))}, ratio ${(quantile(ours, 0.5) / quantile(theirs, 0.5)).toFixed(2)}`
    : "";
  print(`cold, worker start to first gradient (median of ${ours.length}): ${ms(quantile(ours, 0.5))}${peer}`);
}

async function warm({ root, print }: Surroundings): Promise<void> {
  const before = process.memoryUsage().rss;
  const engine = client(root);
  await engine.info();
  const idle = process.memoryUsage().rss - before;
  for (let i = 0; i < 20; i++) await run(engine, i + 1, lesson(`print(h, ${i})`));
  const round: number[] = [];
  const inEngine: number[] = [];
  for (let i = 0; i < 100; i++) {
    const began = performance.now();
    const snippet = await run(engine, 100 + i, lesson(`print(h, ${1000 + i})`));
    round.push(performance.now() - began);
    inEngine.push(snippet.milliseconds);
  }
  engine.dispose();
  print(
    `memory of the idle worker (resident, added to the host's process): ${(idle / 2 ** 20).toFixed(0)} MiB`,
  );
  print(
    `warm, 100 edits of a 30-line snippet: request to report median ${ms(quantile(round, 0.5))}, ` +
      `95th percentile ${ms(quantile(round, 0.95))}; running the code alone ${ms(quantile(inEngine, 0.5))}`,
  );
}

/** Statements that each run one operator, so that every one of them is in the report. */
async function longReport({ root, print }: Surroundings): Promise<void> {
  const lines = Array.from({ length: 3000 }, (_, i) => `y = y * 1.0001${i % 3 === 0 ? " + x" : ""}`);
  const text = `# %% [grad]\nx = torch.tensor([1.0, 2.0], requires_grad=True)\ny = x\n${lines.join("\n")}\ny.sum().backward()\n`;
  const engine = client(root);
  await run(engine, 1, lesson("print(h)"));
  const began = performance.now();
  const snippet = await run(engine, 2, text);
  const whole = performance.now() - began;
  engine.dispose();
  print(
    `a snippet of 3,000 lines, 4,000 operators: request to report ${ms(whole)}, running the code alone ${ms(snippet.milliseconds)}`,
  );
}

/** Builds the engine that records nothing, beside the built one whose Python it shares. */
async function plainEngine(root: string): Promise<string> {
  const folder = path.join(root, ".cache/bench/plain");
  mkdirSync(folder, { recursive: true });
  const { bundleEngine } = (await import(pathToFileURL(path.join(root, "engine/node/bundle.mjs")).href)) as {
    bundleEngine(options: { folder: string; worker: string }): Promise<void>;
  };
  await bundleEngine({ folder, worker: path.join(root, "test/bench/plainWorker.ts") });
  copyFileSync(path.join(root, "dist/engine/snapshot.bin"), path.join(folder, "snapshot.bin"));
  return folder;
}

/** What one measurement says, in microseconds: the first rounds, and what it comes to when it has run for a while. */
interface Taken {
  first: number;
  steady?: number;
}

function taken(printed: string): Taken {
  const [first, steady] = printed.trim().split("\n").map(Number);
  return { first, steady };
}

async function microseconds(folder: string, program: Program): Promise<Taken> {
  const engine = createEngineClient({ spawn: nodeSpawn({ folder }) });
  try {
    const snippet = await run(engine, 1, `# %% [grad] timeout=300\n${timed(program)}`);
    return taken(snippet.output.map((output) => output.text).join(""));
  } finally {
    engine.dispose();
  }
}

function torchMicroseconds(python: string, program: Program): Taken {
  const code = `import torch\ntorch.set_num_threads(1)\n${timed(program)}`;
  const { stdout, stderr } = spawnSync(python, ["-c", code], { encoding: "utf8" });
  if (stdout.trim() === "") throw new Error(stderr);
  return taken(stdout);
}

const us = (value: number): string =>
  value < 1000 ? `${value.toFixed(2)} µs` : `${(value / 1000).toFixed(2)} ms`;

async function operators({ root, python, print, only }: Surroundings): Promise<void> {
  const plain = await plainEngine(root);
  const recorded = path.join(root, "dist/engine");
  for (const program of PROGRAMS) {
    if (only && !program.name.includes(only)) continue;
    const ours = await microseconds(plain, program).catch((error: Error) => error.message);
    if (typeof ours === "string") {
      print(`${program.name}: ${ours}`);
      continue;
    }
    const theirs = python ? torchMicroseconds(python, program) : null;
    const against = (value: number, peer?: number) =>
      peer === undefined
        ? us(value)
        : `${us(value)}, real torch ${us(peer)}, ratio ${(value / peer).toFixed(2)}`;
    const both = ({ first, steady }: Taken) =>
      `first rounds ${against(first, theirs?.first)}` +
      (steady === undefined ? "" : `; after 1.5 s ${against(steady, theirs?.steady)}`);
    const goal = program.goal === undefined || theirs === null ? "" : ` (goal: ratio below ${program.goal})`;
    let line = `${program.name}, per ${program.per}${goal}: ${both(ours)}`;
    if (program.recorded)
      line += `; recorded as in the editor: ${both(await microseconds(recorded, program))}`;
    print(line);
  }
}

export async function bench(surroundings: Surroundings): Promise<void> {
  if (!surroundings.only) {
    await cold(surroundings);
    await warm(surroundings);
    await longReport(surroundings);
  }
  await operators(surroundings);
}
