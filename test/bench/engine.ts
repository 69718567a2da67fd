// Times the engine in Node: cold start, an edit's way to its report, operators; against real PyTorch in pairs.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { createEngineClient, type EngineClient } from "../../engine/client";
import { nodeSpawn } from "../../engine/node/spawnWorker";
import type { RunRequest } from "../../engine/protocol/engineApi";
import type { SnippetReport } from "../../engine/protocol/report";
import { parseDocument } from "../../engine/snippets";
import { lesson } from "./lesson";

interface Surroundings {
  root: string;
  /** A Python that has real PyTorch. */
  python: string | null;
  print(line: string): void;
}

const FIRST = "x = torch.tensor(3.0, requires_grad=True)\ny = x ** 2\ny.backward()\nprint(x.grad)\n";

function request(runId: number, text: string): RunRequest {
  const { snippets } = parseDocument("python", text);
  const limits = { seconds: 60, tensorBytes: 1 << 30, outputCharacters: 100_000, records: 20_000 };
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

const CHAIN = `import time
x = torch.tensor(1.0, requires_grad=True)
def chain(n):
    y = x
    for _ in range(n // 2):
        y = y * 1.0001
        y = y + 0.0001
    y.backward()
    x.grad = None
N = 2000
chain(N)
best = 1e9
for _ in range(7):
    t = time.perf_counter()
    chain(N)
    best = min(best, time.perf_counter() - t)
print(best / N * 1e6)
`;

async function operators({ root, python, print }: Surroundings): Promise<void> {
  const engine = client(root);
  const snippet = await run(engine, 1, `# %% [grad] timeout=60\n${CHAIN}`);
  engine.dispose();
  const ours = Number(snippet.output.map((output) => output.text).join(""));
  let peer = "";
  if (python) {
    const theirs = spawnSync(python, ["-c", `import torch\ntorch.set_num_threads(1)\n${CHAIN}`], {
      encoding: "utf8",
    });
    const value = Number(theirs.stdout);
    peer = `, real torch ${value.toFixed(2)} µs, ratio ${(ours / value).toFixed(2)}`;
  }
  print(
    `scalar chain, forward and backward, per operator, recorded as in the editor: ${ours.toFixed(2)} µs${peer}`,
  );
}

export async function bench(surroundings: Surroundings): Promise<void> {
  await cold(surroundings);
  await warm(surroundings);
  await operators(surroundings);
}
