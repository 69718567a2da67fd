// What Python must not reach, and how each way is closed. Loading and running Python is host.ts's business.
//
// Three walls, each of which is tested alone in test/security:
// 1. There is nothing to reach. On desktop the code lives in a V8 context of its own that has no `process`,
//    no `require`, no module loader and no compiler for strings (engine/node/boot.ts); the build takes
//    dynamic import out of Pyodide. In a browser this file removes what a worker has.
// 2. The border is narrow. Python reaches JavaScript objects through functions that Pyodide imports into
//    WASM. Once the bridge is installed they are locked: attributes of JavaScript objects can be neither
//    read nor written, nothing is constructed, and only the bridge's own functions are called.
// 3. Whoever gets hold of a function all the same finds no `constructor` to compile code with.

/** The part of WebAssembly that is used here; the engine knows no DOM types. */
export interface Wasm {
  compile(bytes: ArrayBuffer | Uint8Array): Promise<object>;
  instantiate(module: object, imports: WasmImports): Promise<WasmInstance>;
  instantiateStreaming?: unknown;
}
interface WasmInstance {
  exports: { memory: { buffer: ArrayBuffer; grow(pages: number): number } };
}
type WasmImport = (...args: never[]) => unknown;
export type WasmImports = Record<string, Record<string, WasmImport>>;

const global = globalThis as unknown as Record<string, unknown>;
const wasm = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;

/** How a closed import answers: as the C code around it expects of a call that failed. */
type Refusal = "missing" | "object" | "status";

/** Imports that give Python a hand on JavaScript objects. They raise a JavaScript error in Python. */
const CLOSED_TO_PYTHON: Record<string, Refusal> = {
  // No attribute is there: AttributeError.
  JsProxy_GetAttr_js: "missing",
  JsProxy_SetAttr_js: "status",
  JsProxy_DelAttr_js: "status",
  JsProxy_Dir_js: "object",
  JsProxy_GetIter_js: "object",
  JsProxy_GetAsyncIter_js: "object",
  JsProxy_subscript_js: "object",
  JsProxy_exit_js: "status",
  JsProxy_aexit_js: "object",
  JsMap_GetIter_js: "object",
  JsMap_clear_js: "status",
  JsModule_GetAll_js: "object",
  JsObjMap_GetIter_js: "object",
  JsObjMap_subscript_js: "object",
  JsObjMap_ass_subscript_js: "status",
  JsObjMap_contains_js: "status",
  JsObjMap_length_js: "status",
  JsvFunction_Construct: "object",
  JsvObject_CallMethod: "object",
  JsvObject_CallMethod_NoArgs: "object",
  JsvObject_CallMethod_OneArg: "object",
  JsvObject_CallMethod_TwoArgs: "object",
  JsvObject_Entries: "object",
  JsvObject_Keys: "object",
  JsvObject_Values: "object",
  JsvObject_SetAttr: "status",
  JsvBuffer_intoFile: "status",
  JsvBuffer_readFromFile: "status",
  JsvBuffer_writeToFile: "status",
  _agen_handle_result_js: "status",
  ffi_call_js: "status",
  ffi_prep_closure_loc_js: "status",
};

/** In emscripten's numbers. */
const EPERM = 63;

/** What emscripten offers to C code, and through ctypes to Python, that leads out or loads code. */
const CLOSED_TO_C: { names: RegExp; answer: number }[] = [
  { names: /^__syscall_(socket|connect|bind|listen|accept|sendto|sendmsg|recv)/, answer: -EPERM },
  { names: /^_?emscripten_system$/, answer: -1 },
  {
    names:
      /^_?emscripten_(run_script|async_|asm_const|websocket|fetch|create_worker|destroy_worker|call_worker|set_.*callback|push_|set_main_loop|idb)/,
    answer: 0,
  },
  { names: /dlopen|^_dlsym/, answer: 0 },
  { names: /^(IMG|SDL|Mix|TTF|gl|egl|al|glfw|glut)[A-Z_]/, answer: 0 },
];

/** Whether it has answered; `rest` is the address of the third argument, `result` that of the answer. */
type TryFcntl = (first: number, command: number, rest: number, result: number) => boolean;

/** Commands of fcntl from here on are no system's: they are answered by the bridge. */
const OWN_COMMANDS = 2 ** 30;

/** Imports that call a function which Python holds. Only the bridge's functions pass. */
const CALLS = ["JsvFunction_CallBound", "JsvFunction_Call_OneArg"] as const;

export interface Sandbox {
  /** The functions that Python may call. */
  allow(callable: (...args: never[]) => unknown): void;
  /**
   * Has `fcntl(first, 2^30 + command, third)` answered by `handler`, which must not throw, call Python (C has let go
   * of its lock), or answer less than 0.
   */
  answerSystemCall(handler: (first: number, command: number, third: number) => number): void;
  /** From here on all walls stand; there is no way back. */
  lock(module: PyodideModule): void;
  readonly locked: boolean;
}

/** What of Pyodide's module the sandbox needs. */
export interface PyodideModule {
  HEAP32: Int32Array;
  handle_js_error(error: unknown): void;
  error: unknown;
}

/** Above this WASM memory does not grow: Python raises MemoryError. */
const HEAP_LIMIT = 1024 * 1024 * 1024;

const PAGE = 65536;

/**
 * Must be made before Pyodide is loaded: it takes over the instantiation of its WASM module.
 * @param memoryBytes what the module's memory must hold at once: a snapshot may be larger than it is at first
 */
export function createSandbox(memoryBytes = 0): Sandbox {
  const allowed = new WeakSet<object>();
  let module: PyodideModule | undefined;
  let systemCall: ((first: number, command: number, third: number) => number) | undefined;

  function refuse(kind: Refusal): unknown {
    if (kind !== "missing") module?.handle_js_error(new Error("JavaScript is out of reach of Python here"));
    switch (kind) {
      case "missing":
      case "object":
        return module?.error;
      case "status":
        return -1;
      default:
        return kind satisfies never;
    }
  }

  function close(table: Record<string, WasmImport>, name: string, answer: () => unknown): void {
    const open = table[name];
    if (typeof open !== "function") return;
    table[name] = ((...args: never[]) => (module ? answer() : open(...args))) as WasmImport;
    // Emscripten finds the signature of an import that has none in its table by this property.
    const { sig } = open as { sig?: string };
    if (sig !== undefined) Object.assign(table[name], { sig });
  }

  function guard(imports: WasmImports): void {
    const table = imports.env;
    if (!table) throw new Error("expected the imports of Pyodide to have a part `env`");
    for (const [name, kind] of Object.entries(CLOSED_TO_PYTHON)) {
      if (!(name in table))
        throw new Error(`this Pyodide has no import ${name}: the sandbox must be revised`);
      close(table, name, () => refuse(kind));
    }
    for (const { names, answer } of CLOSED_TO_C) {
      const found = Object.keys(table).filter((name) => names.test(name));
      if (found.length === 0)
        throw new Error(`this Pyodide has no import like ${names}: the sandbox must be revised`);
      for (const name of found) close(table, name, () => answer);
    }
    for (const name of CALLS) {
      const open = table[name] as ((target: object, ...rest: unknown[]) => unknown) | undefined;
      if (!open) throw new Error(`this Pyodide has no import ${name}: the sandbox must be revised`);
      const sig = (open as { sig?: string }).sig;
      table[name] = Object.assign(
        (target: object, ...rest: unknown[]) =>
          module === undefined || allowed.has(target) ? open(target, ...rest) : refuse("object"),
        { sig },
      ) as WasmImport;
    }
    answerOwnCommands(table);
    const grow = table.emscripten_resize_heap as unknown as (size: number) => number;
    table.emscripten_resize_heap = ((size: number) =>
      size >>> 0 > HEAP_LIMIT ? 0 : grow(size)) as WasmImport;
  }

  /** Pyodide asks JavaScript first, of every `fcntl`, whether it is for one of its sockets. */
  function answerOwnCommands(table: Record<string, WasmImport>): void {
    const open = table._try_fcntl64 as unknown as TryFcntl | undefined;
    if (!open) throw new Error("this Pyodide has no import _try_fcntl64: the sandbox must be revised");
    const answer: TryFcntl = (first, command, rest, result) => {
      if (command < OWN_COMMANDS || systemCall === undefined || module === undefined)
        return open(first, command, rest, result);
      const answered = systemCall(first, command - OWN_COMMANDS, module.HEAP32[rest >> 2]);
      module.HEAP32[result >> 2] = answered;
      return true;
    };
    table._try_fcntl64 = Object.assign(answer, { sig: (open as { sig?: string }).sig }) as never;
  }

  const { compile, instantiate } = wasm;
  wasm.instantiateStreaming = async (
    response: Promise<{ arrayBuffer(): Promise<ArrayBuffer> }>,
    imports: WasmImports,
  ) => {
    guard(imports);
    const compiled = await compile.call(wasm, await (await response).arrayBuffer());
    const instance = await instantiate.call(wasm, compiled, imports);
    const { memory } = instance.exports;
    const missing = memoryBytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return { module: compiled, instance };
  };

  return {
    get locked() {
      return module !== undefined;
    },
    allow(callable) {
      if (module) throw new Error("the sandbox is locked: no function can be added");
      allowed.add(callable);
    },
    answerSystemCall(handler) {
      if (module) throw new Error("the sandbox is locked: no function can be added");
      systemCall = handler;
    },
    lock(pyodideModule) {
      removeCompilers();
      removeWaysOut();
      module = pyodideModule;
    },
  };
}

function refuseToCompile(): never {
  throw new Error("code cannot be made from text here");
}

/** `f.constructor("...")` would compile its argument, for every function `f` that is reachable. */
function removeCompilers(): void {
  const functions = [
    () => {},
    async () => {},
    function* () {
      yield;
    },
    async function* () {
      yield;
    },
  ];
  for (const sample of functions) {
    Object.defineProperty(Object.getPrototypeOf(sample), "constructor", {
      value: refuseToCompile,
      writable: false,
      configurable: false,
    });
  }
  // `globalThis.Function` stays, since Pyodide uses its prototype; on desktop it compiles nothing.
  Object.defineProperty(global, "eval", { value: refuseToCompile, writable: false, configurable: false });
  // A module that is instantiated now could import what is closed above under its old name.
  for (const name of [
    "compile",
    "compileStreaming",
    "instantiate",
    "instantiateStreaming",
    "Module",
    "Instance",
  ]) {
    Object.defineProperty(wasm, name, { value: refuseToCompile, writable: false, configurable: false });
  }
}

/** What a browser's worker (and a careless context) offers beyond the language itself. */
const WAYS_OUT = [
  "fetch",
  "XMLHttpRequest",
  "WebSocket",
  "WebSocketStream",
  "WebTransport",
  "EventSource",
  "RTCPeerConnection",
  "importScripts",
  "Worker",
  "SharedWorker",
  "BroadcastChannel",
  "MessageChannel",
  "postMessage",
  "close",
  "caches",
  "indexedDB",
  "cookieStore",
  "navigator",
  "process",
  "require",
  "module",
  "global",
  "Bun",
  "Deno",
  "Notification",
  "FileReaderSync",
  "showOpenFilePicker",
  "createImageBitmap",
  "OffscreenCanvas",
  "location",
  "origin",
];

function removeWaysOut(): void {
  for (const name of WAYS_OUT) {
    // Some are accessors on a prototype of a worker's global object, some own properties.
    for (let scope: object | null = globalThis; scope; scope = Object.getPrototypeOf(scope)) {
      const property = Object.getOwnPropertyDescriptor(scope, name);
      if (property?.configurable) delete (scope as Record<string, unknown>)[name];
    }
    if (name in global) Object.defineProperty(global, name, { value: undefined, writable: false });
  }
}
