// What an attacker could do who runs JavaScript inside the worker's own context: the innermost wall, tested alone.
import { environment } from "../../../engine/python/environment";

type Attempt = () => unknown;

const host = environment as unknown as Record<string, unknown>;
const realm = globalThis as unknown as Record<string, unknown>;

/** `f.constructor("...")()` for a function `f` of this context or of the one around it. */
function compile(made: unknown, code: string): unknown {
  return (made as { constructor: (code: string) => () => unknown }).constructor(code)();
}

const attempts: Record<string, Attempt> = {
  "a free name": () => (realm.process ?? realm.require ?? realm.Buffer ?? realm.module) as unknown,
  "Function of this context": () => (realm.Function as (code: string) => () => unknown)("return process")(),
  "the constructor of a function": () => compile(() => {}, "return process"),
  "the constructor of an async function": () => compile(async () => {}, "return process"),
  "the constructor of a generator": () => compile(function* () {}, "return process"),
  eval: () => {
    const evaluate = realm.eval as (code: string) => unknown;
    return evaluate("1 + 1");
  },
  "the constructor of the host's function": () => compile(host.post, "return process"),
  "the constructor of the host's method": () => compile(host.now, "return process"),
  "the prototype of the host's function": () =>
    compile(Object.getPrototypeOf(Object.getPrototypeOf(host.post)).constructor, "return process"),
  "an error of the host": () => {
    try {
      new (realm.TextDecoder as new (label: string) => { decode(bytes: Uint8Array): string })(
        "no such",
      ).decode(new Uint8Array(1));
    } catch (error) {
      return compile((error as Error).constructor, "return process");
    }
    return undefined;
  },
  "what the host answers": () => {
    const decoded = new (realm.TextEncoder as new () => { encode(text: string): Uint8Array })().encode("x");
    return compile(decoded.constructor, "return process");
  },
  "the frames of a stack": () => {
    const found: unknown[] = [];
    const traced = Error as unknown as { prepareStackTrace?: unknown; stackTraceLimit: number };
    traced.stackTraceLimit = 100;
    traced.prepareStackTrace = (_error: Error, frames: { getThis(): unknown; getFunction(): unknown }[]) => {
      for (const frame of frames) found.push(frame.getThis(), frame.getFunction());
      return "";
    };
    String(new Error("x").stack);
    for (const value of found) {
      const outer = value as { process?: unknown } | undefined;
      if (outer?.process) return outer.process;
      if (typeof value === "function") {
        try {
          return compile(value, "return process");
        } catch {
          // This one is closed; try the next frame.
        }
      }
    }
    return undefined;
  },
  "a number that counts as a timer": () => {
    const timer = (realm.setTimeout as (callback: () => void) => unknown)(() => {});
    return typeof timer === "number" ? undefined : timer;
  },
};

async function dynamicImport(): Promise<unknown> {
  // As text in the bundle this is a real import(): esbuild keeps what it cannot resolve.
  const name = ["node", "fs"].join(":");
  return import(name);
}

async function report(): Promise<void> {
  const results: Record<string, string> = {};
  for (const [name, attempt] of Object.entries(attempts)) results[name] = await outcome(attempt);
  results["import()"] = await outcome(dynamicImport);
  environment.post(JSON.stringify({ results, globals: Object.getOwnPropertyNames(globalThis).sort() }));
}

async function outcome(attempt: Attempt): Promise<string> {
  try {
    const found = await attempt();
    return found === undefined ? "nothing" : `found ${typeof found}`;
  } catch (error) {
    return `refused: ${(error as Error).message}`;
  }
}

void report();
