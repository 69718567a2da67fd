// Makes snapshot.bin in a folder that bundleEngine has filled: Python's memory with everything imported.
// node engine/node/buildSnapshot.mjs FOLDER
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { bundleEngine } from "./bundle.mjs";

const here = dirname(fileURLToPath(import.meta.url));

/** `packages` as for bundleEngine. Answers the size in bytes. */
export async function buildSnapshot(folder, { packages } = {}) {
  const scratch = mkdtempSync(join(tmpdir(), "gradient-inspector-"));
  try {
    await bundleEngine({ folder: scratch, worker: join(here, "snapshotWorker.ts"), packages });
    const assets = Object.fromEntries(
      ["pyodide.asm.wasm", "python_stdlib.zip", "python.json"].map((name) => [name, join(scratch, name)]),
    );
    const answer = await new Promise((resolve, reject) => {
      const worker = new Worker(join(scratch, "boot.cjs"), {
        workerData: { script: join(scratch, "engine.js"), assets },
        env: {},
        execArgv: [],
      });
      worker.on("message", (text) => {
        resolve(text);
        void worker.terminate();
      });
      worker.on("error", reject);
      worker.on("exit", (code) => reject(new Error(`the worker ended with status ${code}`)));
    });
    if (!answer.startsWith("ok ")) throw new Error(answer.slice(3));
    const bytes = Buffer.from(answer.slice(3), "latin1");
    writeFileSync(join(folder, "snapshot.bin"), bytes);
    return bytes.length;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = process.argv[2];
  if (!folder) {
    console.error("usage: node engine/node/buildSnapshot.mjs FOLDER");
    process.exit(2);
  }
  const start = performance.now();
  const size = await buildSnapshot(folder);
  console.log(`snapshot.bin: ${(size / 1e6).toFixed(1)} MB in ${Math.round(performance.now() - start)} ms`);
}
