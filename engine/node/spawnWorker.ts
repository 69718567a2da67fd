// Starts the engine's worker under Node (the desktop's extension host, the command line, tests).
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { EngineWorker, SpawnOptions } from "../client";

/** What boot.ts is given. */
export interface WorkerData {
  /** The bundle of engine/worker.ts. */
  script: string;
  /** Names and paths of the files that the engine may load. */
  assets: Record<string, string>;
  interrupt?: SharedArrayBuffer;
  printed?: SharedArrayBuffer;
}

export const ASSETS = ["pyodide.asm.wasm", "python_stdlib.zip", "python.json"] as const;
export const SNAPSHOT = "snapshot.bin";

const STACK_MEGABYTES = 64;

export interface EngineFiles {
  /** Holds boot.cjs, engine.js, the assets and, if there is one, the snapshot. */
  folder: string;
  /** false: load Python plainly although there is a snapshot. */
  useSnapshot?: boolean;
}

/** The files of a built engine, by their absolute paths. */
export function workerData({ folder, useSnapshot = true }: EngineFiles): WorkerData {
  const assets: Record<string, string> = {};
  for (const name of ASSETS) assets[name] = join(folder, name);
  const snapshot = join(folder, SNAPSHOT);
  if (useSnapshot && existsSync(snapshot)) assets[SNAPSHOT] = snapshot;
  return { script: join(folder, "engine.js"), assets };
}

/** A `spawn` for createEngineClient. */
export function nodeSpawn(files: EngineFiles, onLog: (line: string) => void = () => {}) {
  return ({ interrupt, printed }: SpawnOptions): EngineWorker => {
    const worker = new Worker(join(files.folder, "boot.cjs"), {
      workerData: { ...workerData(files), interrupt, printed } satisfies WorkerData,
      // Nothing of the host's environment, and no flags of its process.
      env: {},
      argv: [],
      execArgv: [],
      stdin: false,
      stdout: true,
      stderr: true,
      name: "gradient-inspector-engine",
      // Python's own limit on recursion has to be met before this one.
      resourceLimits: { maxOldGenerationSizeMb: 2048, stackSizeMb: STACK_MEGABYTES },
    });
    worker.stdout.on("data", (data) => onLog(String(data).trimEnd()));
    worker.stderr.on("data", (data) => onLog(String(data).trimEnd()));
    let failure: string | undefined;
    return {
      port: {
        post: (message) => worker.postMessage(JSON.stringify(message)),
        listen(handler) {
          const receive = (text: unknown) => handler(JSON.parse(String(text)));
          worker.on("message", receive);
          return () => worker.off("message", receive);
        },
      },
      onExit(handler) {
        worker.on("error", (error) => {
          failure =
            (error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY" ? "memory" : error.message;
        });
        worker.on("exit", (code) => handler(failure ?? `exit status ${code}`));
      },
      terminate() {
        void worker.terminate();
      },
    };
  };
}
