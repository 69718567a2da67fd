// What a worker has before Pyodide is imported, and nothing else: assets, a clock, timers and a port.
// Must be the first import of engine/worker.ts, because Pyodide looks at its surroundings when it loads.
//
// On desktop the code runs in a V8 context without a single host object; engine/node/boot.ts leaves
// `__environment` in it. In a browser this is a worker of the page, and its own globals are taken over.

export interface Environment {
  kind: "node" | "browser";
  /** Files by name: pyodide.asm.wasm, python_stdlib.zip, python.json and, if any, snapshot.bin. */
  assets: Promise<Map<string, Uint8Array>>;
  /** Byte 0 is the signal number for Python, byte 1 says why (see StopReason in engine/client.ts). */
  interrupt: Uint8Array;
  /** Shared with the client: what is printed while a snippet runs (protocol/printed.ts). Absent without shared memory. */
  readonly printed?: SharedArrayBuffer | undefined;
  /** Only strings cross. */
  post(text: string): void;
  onMessage(handler: (text: string) => void): void;
  now(): number;
  log(line: string): void;
  /** Bytes of all array buffers, garbage included; 0 where that cannot be told. */
  bufferBytes(): number;
  /** Collects garbage now, where that can be asked for. */
  collectGarbage(): void;
  /** The size of the stack. */
  stackMegabytes: number;
  /** Calls back when what is being done is done. */
  later(callback: () => void): void;
  /** Ends all timers that are pending. */
  clearTimers(): void;
  /** The load is over: assets are no longer served. */
  forgetAssets(): void;
}

/** What engine/node/boot.ts puts into the context. Functions take and return primitives. */
export interface NodeHost {
  assets: Record<string, Uint8Array>;
  interrupt?: SharedArrayBuffer;
  printed?: SharedArrayBuffer;
  post(text: string): void;
  onMessage(handler: (text: string) => void): void;
  now(): number;
  setTimeout(callback: () => void, milliseconds: number): number;
  clearTimeout(id: number): void;
  log(line: string): void;
  randomBytes(view: Uint8Array): void;
  bufferBytes(): number;
  collectGarbage(): void;
  stackMegabytes: number;
  decode(label: string, view: Uint8Array): string;
  encodeInto(text: string, view: Uint8Array): { read: number; written: number };
  encode(text: string): Uint8Array;
}

const global = globalThis as unknown as Record<string, unknown>;

/** Strings of a call of `console`, since only strings may leave. */
function line(args: unknown[]): string {
  return args
    .map((value) => {
      if (typeof value === "string") return value;
      if (value instanceof Error) return `${value.name}: ${value.message}\n${value.stack ?? ""}`;
      try {
        return String(value);
      } catch {
        return typeof value;
      }
    })
    .join(" ");
}

function quietConsole(log: (text: string) => void): Record<string, (...args: unknown[]) => void> {
  const write = (...args: unknown[]): void => log(line(args));
  return { log: write, info: write, warn: write, error: write, debug: write };
}

function assetFetch(find: (name: string) => Uint8Array | undefined): (url: unknown) => Promise<unknown> {
  return async (url) => {
    const name = String(url).split("/").pop() ?? "";
    const bytes = find(name);
    if (!bytes) throw new Error(`no asset ${name}`);
    return {
      ok: true,
      status: 200,
      headers: { get: () => null },
      arrayBuffer: async () =>
        bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer,
    };
  };
}

function timers(
  set: (callback: () => void, milliseconds: number) => number,
  clear: (id: number) => void,
): { set(callback: () => void, milliseconds?: number): number; clear(id: number): void; clearAll(): void } {
  const pending = new Set<number>();
  return {
    set(callback, milliseconds = 0) {
      const id = set(() => {
        pending.delete(id);
        callback();
      }, milliseconds);
      pending.add(id);
      return id;
    },
    clear(id) {
      pending.delete(id);
      clear(id);
    },
    clearAll() {
      for (const id of pending) clear(id);
      pending.clear();
    },
  };
}

/** The part of URL that Pyodide uses on the address of its own folder. */
class AssetUrl {
  readonly href: string;
  constructor(url: unknown) {
    this.href = String(url);
  }
  toString(): string {
    return this.href;
  }
}

/** Makes a bare V8 context look like a module web worker, so that Pyodide keeps its Node features off. */
function inBareContext(host: NodeHost): Environment {
  const assets = new Map(Object.entries(host.assets));
  const timer = timers(host.setTimeout, host.clearTimeout);
  const address = "assets:///worker.js";
  const WorkerGlobalScope = Object.defineProperty(() => {}, Symbol.hasInstance, { value: () => true });
  class TextDecoder {
    readonly encoding: string;
    constructor(label = "utf-8") {
      this.encoding = label;
    }
    decode(view?: ArrayBufferView | ArrayBuffer): string {
      if (view === undefined) return "";
      const bytes = ArrayBuffer.isView(view)
        ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
        : new Uint8Array(view);
      return host.decode(this.encoding, bytes);
    }
  }
  class TextEncoder {
    encode(text = ""): Uint8Array {
      return new Uint8Array(host.encode(text));
    }
    encodeInto(text: string, view: Uint8Array): { read: number; written: number } {
      const { read, written } = host.encodeInto(text, view);
      return { read, written };
    }
  }
  Object.assign(global, {
    self: globalThis,
    WorkerGlobalScope,
    location: { href: address, toString: () => address },
    URL: AssetUrl,
    TextDecoder,
    TextEncoder,
    console: quietConsole(host.log),
    setTimeout: timer.set,
    clearTimeout: timer.clear,
    performance: { now: () => host.now(), timeOrigin: 0 },
    crypto: {
      getRandomValues(view: Uint8Array) {
        host.randomBytes(view);
        return view;
      },
    },
    fetch: assetFetch((name) => assets.get(name)),
  });
  return {
    kind: "node",
    assets: Promise.resolve(assets),
    interrupt: new Uint8Array(host.interrupt ?? new ArrayBuffer(8)),
    printed: host.printed,
    post: host.post,
    onMessage: host.onMessage,
    now: host.now,
    log: host.log,
    bufferBytes: () => host.bufferBytes(),
    collectGarbage: () => host.collectGarbage(),
    stackMegabytes: host.stackMegabytes,
    later: timer.set,
    clearTimers: timer.clearAll,
    forgetAssets: () => assets.clear(),
  };
}

interface BrowserWorker {
  postMessage(message: unknown): void;
  addEventListener(type: "message", handler: (event: { data: unknown }) => void): void;
  performance: { now(): number };
  setTimeout(callback: () => void, milliseconds: number): number;
  clearTimeout(id: number): void;
  console: { log(line: string): void };
}

/** What the page sends first to a browser's worker; everything after it is text. */
export interface BrowserBoot {
  boot: true;
  assets: Record<string, Uint8Array>;
  interrupt?: SharedArrayBuffer;
  printed?: SharedArrayBuffer;
}

function inBrowserWorker(): Environment {
  const scope = globalThis as unknown as BrowserWorker;
  const assets = new Map<string, Uint8Array>();
  const shared: { interrupt: Uint8Array; printed?: SharedArrayBuffer } = { interrupt: new Uint8Array(8) };
  const queued: string[] = [];
  let handler: ((text: string) => void) | undefined;
  let booted: (assets: Map<string, Uint8Array>) => void = () => {};
  const ready = new Promise<Map<string, Uint8Array>>((resolve) => {
    booted = resolve;
  });
  const post = scope.postMessage.bind(scope);
  const now = scope.performance.now.bind(scope.performance);
  const log = scope.console.log.bind(scope.console);
  const timer = timers(scope.setTimeout.bind(scope), scope.clearTimeout.bind(scope));
  scope.addEventListener("message", ({ data }) => {
    if (typeof data === "string") {
      if (handler) handler(data);
      else queued.push(data);
    } else if ((data as BrowserBoot).boot === true) {
      const boot = data as BrowserBoot;
      for (const [name, bytes] of Object.entries(boot.assets)) assets.set(name, bytes);
      if (boot.interrupt) shared.interrupt = new Uint8Array(boot.interrupt);
      if (boot.printed) shared.printed = boot.printed;
      booted(assets);
    }
  });
  Object.assign(global, {
    fetch: assetFetch((name) => assets.get(name)),
    setTimeout: timer.set,
    clearTimeout: timer.clear,
  });
  return {
    kind: "browser",
    assets: ready,
    get interrupt() {
      return shared.interrupt;
    },
    get printed() {
      return shared.printed;
    },
    post,
    onMessage(receive) {
      handler = receive;
      for (const text of queued.splice(0)) receive(text);
    },
    now,
    log,
    bufferBytes: () => 0,
    collectGarbage() {},
    // What browsers give a worker.
    stackMegabytes: 1,
    later: timer.set,
    clearTimers: timer.clearAll,
    forgetAssets: () => assets.clear(),
  };
}

function takeEnvironment(): Environment {
  const host = global.__environment as NodeHost | undefined;
  if (!host) return inBrowserWorker();
  delete global.__environment;
  return inBareContext(host);
}

export const environment = takeEnvironment();
