// The first code in a Node worker: reads the assets, then runs the engine where nothing of Node exists.
//
// The engine runs in a V8 context of its own. It has the language's built-ins and nothing else, cannot compile
// strings (`codeGeneration.strings` is false, which V8 itself enforces for every Function constructor of that
// context) and has no module loader (no `importModuleDynamically`: import() rejects). Only strings, numbers and
// byte buffers cross. This realm is hardened as well, for whoever gets hold of one of its objects.
import { randomFillSync } from "node:crypto";
import { readFileSync } from "node:fs";
import v8 from "node:v8";
import vm from "node:vm";
import { parentPort, resourceLimits, workerData } from "node:worker_threads";
import type { NodeHost } from "../python/environment";
import type { WorkerData } from "./spawnWorker";

const port = parentPort;
if (!port) throw new Error("boot must be started as a worker");
const { script, assets, interrupt, printed } = workerData as WorkerData;

function readAssets(): Record<string, Uint8Array> {
  const found: Record<string, Uint8Array> = {};
  for (const [name, path] of Object.entries(assets)) {
    const file = readFileSync(path);
    // Small files share one buffer with others; hand over the bytes of this file alone.
    found[name] = file.byteOffset === 0 && file.byteLength === file.buffer.byteLength ? file : file.slice();
  }
  return found;
}

const timers = new Map<number, NodeJS.Timeout>();
let nextTimer = 1;
const decoders = new Map<string, InstanceType<typeof TextDecoder>>();
const encoder = new TextEncoder();
const now = performance.now.bind(performance);
const set = setTimeout;
const clear = clearTimeout;
const fill = randomFillSync;
const log = console.error.bind(console);

const memoryUsage = process.memoryUsage.bind(process);

/** V8's collector as a function: contexts made while this flag is set have it. */
function garbageCollector(): () => void {
  v8.setFlagsFromString("--expose-gc");
  const collect = vm.runInNewContext("gc") as () => void;
  v8.setFlagsFromString("--no-expose-gc");
  return collect;
}
const collect = garbageCollector();

const host: NodeHost = {
  assets: readAssets(),
  ...(interrupt ? { interrupt } : {}),
  ...(printed ? { printed } : {}),
  post: (text) => port.postMessage(String(text)),
  onMessage(handler) {
    port.removeAllListeners("message");
    port.on("message", (text: unknown) => handler(String(text)));
  },
  now,
  setTimeout(callback, milliseconds) {
    const id = nextTimer++;
    timers.set(
      id,
      set(() => {
        timers.delete(id);
        callback();
      }, Number(milliseconds)),
    );
    return id;
  },
  clearTimeout(id) {
    const timer = timers.get(id);
    if (timer) clear(timer);
    timers.delete(id);
  },
  log: (line) => log(String(line)),
  bufferBytes: () => memoryUsage().arrayBuffers,
  collectGarbage: () => collect(),
  stackMegabytes: resourceLimits.stackSizeMb ?? 1,
  randomBytes: (view) => void fill(view),
  decode(label, view) {
    let decoder = decoders.get(label);
    if (!decoder) {
      decoder = new TextDecoder(label);
      decoders.set(label, decoder);
    }
    // A view of shared or growing memory has to be copied before Node decodes it.
    return decoder.decode(view.buffer instanceof ArrayBuffer ? view : view.slice());
  },
  encode: (text) => encoder.encode(text),
  encodeInto(text, view) {
    const { read = 0, written = 0 } = encoder.encodeInto(text, view);
    return { read, written };
  },
};

function hardenThisRealm(): void {
  const refuse = (): never => {
    throw new Error("code cannot be made from text here");
  };
  const samples = [() => {}, async () => {}, function* () {}, async function* () {}];
  for (const sample of samples) {
    const prototype = Object.getPrototypeOf(sample);
    Object.defineProperty(prototype, "constructor", { value: refuse, writable: false, configurable: false });
  }
  const global = globalThis as unknown as Record<string, unknown>;
  const kept = new Set([
    "globalThis",
    "Object",
    "Array",
    "Error",
    "Map",
    "Set",
    "Symbol",
    "Promise",
    "String",
    "Number",
  ]);
  for (const name of [
    "process",
    "require",
    "module",
    "fetch",
    "WebSocket",
    "Buffer",
    "global",
    "eval",
    "navigator",
  ]) {
    if (!kept.has(name))
      Object.defineProperty(global, name, { value: undefined, writable: false, configurable: true });
  }
}

// Node 20 has fused multiply-add for WASM, but only later versions switch it on by themselves.
if (Number.parseFloat(process.versions.v8) < 11.4) v8.setFlagsFromString("--experimental-wasm-relaxed-simd");

const source = readFileSync(script, "utf8");
const context = vm.createContext(Object.create(null), {
  name: "engine",
  codeGeneration: { strings: false, wasm: true },
}) as { __environment?: NodeHost };
const compiled = new vm.Script(source, { filename: "engine.js" });
context.__environment = host;
hardenThisRealm();
compiled.runInContext(context);
