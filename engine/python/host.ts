// Python's life in the worker: loaded inside the sandbox, run snippet by snippet, put back after every run.
import { loadPyodide } from "pyodide";
import createPyodideModule from "pyodide/pyodide.asm.mjs";
import type { RunRequest } from "../protocol/engineApi";
import type { AnsweringReport, ExperimentRequest } from "../protocol/experiment";
import { PrintedWriter } from "../protocol/printed";
import type { Range, Site, SnippetReport } from "../protocol/report";
import { STOP_REASONS } from "../protocol/workerApi";
import { tracebackInCells } from "../record/cells";
import { type MemoryWatch, watchMemory } from "../tensor/memory";
import type { Environment } from "./environment";
import { type PythonModule, remember } from "./memory";
import { type Bridge, type InstallBridge, NeedsPython, type PythonRuntime, type SnippetFacts } from "./plug";
import { createSandbox, type PyodideModule } from "./sandbox";
import { packSnapshot, unpackSnapshot } from "./snapshotFile";
import { reportWithoutTensors } from "./withoutTorch";

/** The parts of Pyodide's API that are used. */
interface Pyodide {
  _module: PythonModule & PyodideModule & { finalizationRegistry: object };
  runPython(code: string): unknown;
  pyimport(name: string): PyModule;
  registerJsModule(name: string, module: object): void;
  setInterruptBuffer(buffer: Uint8Array): void;
  makeMemorySnapshot(): Uint8Array;
}
type PyFunction = (...args: unknown[]) => unknown;
type PyModule = Record<string, PyFunction>;

const SITE_PACKAGES = "/lib/python3.14/site-packages";
/** The name under which engine/python/runner is installed. */
const RUNNER = "gradient_runner";

export interface PythonHost {
  readonly pythonVersion: string;
  readonly torchVersion: string;
  readonly fromSnapshot: boolean;
  /** A new worker would be better than this one: memory has grown, or Python broke. */
  readonly wornOut: boolean;
  /** Runs all snippets, telling of each as it begins and ends. */
  run(request: RunRequest, tell: RunListener): void;
  elements: Bridge["elements"];
  /** Undoes everything that the last run did. To be called when its report has been sent. */
  reset(): void;
}

export interface RunListener {
  started(index: number): void;
  finished(index: number, snippet: SnippetReport): void;
}

type Row = [number, number, number, number];

/** What session.py answers. */
interface RunnerFacts {
  status: SnippetFacts["status"];
  stop: number;
  error: { type: string; message: string; range: Row; traceback: string } | null;
  milliseconds: number;
  output: [string, Row][];
  inline: [number, string, string, number][];
  ignores: SnippetFacts["ignores"];
  first: number;
  places: [string, Row | null][];
  bound: number[];
  uses: [Row, string, number[], boolean][];
  names: [string, number, "parameter" | "buffer" | null][];
  sites: [number, string | null, Row][];
  oddities: [
    kind: "modules" | "parameters" | "tensor" | "frozen",
    attribute: string,
    module: string,
    handle: number,
    classes: string[],
  ][];
  assignments: [string, string, Row][];
  optimizers: [string, number[]][];
  functions: [string, Row][];
  modules: [number, string, string, [number, boolean][], [number, boolean, number][], string[]][];
  uncalled: [Row, string][];
  misspelt: [string, string][];
  loops: [number, string, Row, number][];
  absent: [string, "absent" | "quiet", number, string][];
}

function rangeOf([startLine, startCharacter, endLine, endCharacter]: Row): Range {
  return {
    start: { line: startLine, character: startCharacter },
    end: { line: endLine, character: endCharacter },
  };
}

const NOWHERE: Range = rangeOf([0, 0, 0, 0]);
const BOUND = ["never", "other", "tensor"] as const;

/** Writes the Python packages to where Python finds them. */
function installSources(FS: PythonModule["FS"], sources: Uint8Array): void {
  const files = JSON.parse(new (textDecoder())().decode(sources)) as Record<string, string>;
  for (const [path, text] of Object.entries(files)) {
    const target = `${SITE_PACKAGES}/${path}`;
    FS.mkdirTree(target.slice(0, target.lastIndexOf("/")));
    FS.writeFile(target, text);
  }
}

function textDecoder(): new () => { decode(bytes: Uint8Array): string } {
  return (globalThis as unknown as { TextDecoder: new () => { decode(bytes: Uint8Array): string } })
    .TextDecoder;
}

function textEncoder(): new () => {
  encodeInto(text: string, view: Uint8Array): { read: number; written: number };
} {
  return (globalThis as unknown as { TextEncoder: ReturnType<typeof textEncoder> }).TextEncoder;
}

function options(environment: Environment): Record<string, unknown> {
  return {
    indexURL: "assets:///",
    createPyodideModule,
    jsglobals: Object.create(null),
    lockFileContents: {
      info: { abi_version: "2026_0", arch: "wasm32", platform: "emscripten", python: "3.14", version: "0" },
      packages: {},
    },
    // A fixed seed: sets of strings have the same order in every run.
    env: { HOME: "/home/user", PYTHONHASHSEED: "0" },
    stdin: () => null,
    stdout: environment.log,
    stderr: environment.log,
  };
}

const PRELOAD = `
import gc
from ${RUNNER} import preload, session
preload.load()
try:
    import torch
except ImportError:
    pass
from ${RUNNER} import warm
warm.run()
gc.collect()
# What is frozen costs no later collection any time, and gc.get_objects() does not list it.
gc.freeze()
`;

/** Removes the importers that would give Python modules made of JavaScript objects. */
const CLOSE_PYTHON = `
def close():
    import gc, sys
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "_pyodide._importhook"]
    for name in ("js", "pyodide_js", "_pyodide_core"):
        sys.modules.pop(name, None)
    for name in [name for name in sys.modules if name.startswith("pyodide_js.")]:
        del sys.modules[name]
    gc.collect()
    gc.freeze()
close()
del close
`;

/** Loads Python in the sandbox. `install` gets its chance before the sandbox is locked. */
export async function startPython(environment: Environment, install: InstallBridge): Promise<PythonHost> {
  const assets = await environment.assets;
  const sources = assets.get("python.json");
  if (!sources) throw new Error("no asset python.json");
  const packed = assets.get("snapshot.bin");
  const snapshot = packed ? unpackSnapshot(packed, sources) : null;

  const sandbox = createSandbox(snapshot?.length);
  const pyodide = (await loadPyodide({
    ...options(environment),
    ...(snapshot ? { _loadSnapshot: snapshot } : {}),
  })) as Pyodide;
  environment.forgetAssets();
  const module = pyodide._module;
  installSources(module.FS, sources);
  if (!snapshot) pyodide.runPython(PRELOAD);

  let current = -1;
  let broken = false;
  let inSystemCall = false;
  let watch: MemoryWatch | null = null;
  const stopReason = (index: number): number => {
    const [, reason = 0] = environment.interrupt;
    if (STOP_REASONS[reason] !== "timeout") return reason;
    const { buffer, byteOffset } = environment.interrupt;
    const meant = new Int32Array(buffer, byteOffset + 4, 1)[0];
    return meant === index ? reason : 0;
  };

  const runtime: PythonRuntime = {
    provide(name, functions) {
      for (const callable of Object.values(functions)) sandbox.allow(callable);
      pyodide.registerJsModule(name, functions);
      // A real module of bound functions: the JavaScript object itself is not kept.
      pyodide.runPython(
        `import sys, types, ${name} as source
sys.modules["${name}"] = types.ModuleType("${name}")
for key in ${JSON.stringify(Object.keys(functions))}:
    setattr(sys.modules["${name}"], key, getattr(source, key))
del source, key`,
      );
    },
    answerSystemCall: (handler) => {
      sandbox.answerSystemCall((first, command, third) => {
        inSystemCall = true;
        const answer = handler(first, command, third);
        inSystemCall = false;
        return answer;
      });
      return true;
    },
    callable: (name, attribute) => {
      const called = pyodide.pyimport(name)[attribute] as PyFunction;
      return (...args) => {
        if (inSystemCall) throw new NeedsPython();
        return called(...args);
      };
    },
    heap: () => module.HEAPU8,
    stackMegabytes: environment.stackMegabytes,
    interrupted: () => environment.interrupt[0] === 2 && stopReason(current) !== 0,
  };
  const printed = environment.printed
    ? new PrintedWriter(environment.printed, new (textEncoder())())
    : undefined;
  runtime.provide("_host", {
    stop_reason: stopReason,
    printed: (text: string, line: number, character: number, endLine: number, endCharacter: number) =>
      printed?.write(String(text), line, character, endLine, endCharacter),
  });
  const bridge = install(runtime);
  const session = pyodide.pyimport(`${RUNNER}.session`);
  const { begin, run } = session as { begin: PyFunction; run: PyFunction };
  (session.install as PyFunction)();
  pyodide.setInterruptBuffer(environment.interrupt.subarray(0, 4));
  const flushHandles = heldTensors(pyodide);
  const warmUp = pyodide.pyimport(`${RUNNER}.warm`).document_json!() as string;
  const pythonVersion = String(pyodide.runPython("import sys; sys.version.split()[0]"));
  pyodide.runPython(CLOSE_PYTHON);
  sandbox.lock(module);
  // A proxy that is collected later would free an object of a memory that no longer is.
  module.finalizationRegistry = { register() {}, unregister() {} };
  const pristine = remember(module);

  /** A mistake of ours in the recorder costs the snippet its tensors, and says so. */
  function finish(facts: SnippetFacts): SnippetReport {
    try {
      return bridge.finishSnippet(facts);
    } catch (error) {
      environment.log(String((error as Error).stack ?? error));
      const truncated = `What was recorded could not be reported: ${(error as Error).message}`;
      return { ...reportWithoutTensors(facts), truncated };
    }
  }

  function runSnippet(request: RunRequest, index: number): SnippetReport {
    current = index;
    printed?.begin(index);
    bridge.beginSnippet(index);
    const { title, range } = request.snippets[index]!;
    let answer: unknown;
    // The limit is the user's; what the report needs comes on top.
    watchMemory(watch);
    try {
      answer = run(index);
    } catch (error) {
      broken = true;
      environment.log(String((error as Error).stack ?? error));
      return finish({ ...emptyFacts(index, title, range), ...lastWords(error, range) });
    } finally {
      watchMemory(null);
    }
    const facts = JSON.parse(answer as string) as RunnerFacts | { internal: string };
    if ("internal" in facts) {
      environment.log(facts.internal);
      const failed = lastWords(new Error(facts.internal.trimEnd().split("\n").pop()), range);
      return finish({ ...emptyFacts(index, title, range), ...failed });
    }
    if (facts.error) {
      facts.error.traceback = tracebackInCells(facts.error.traceback, request.file, request.cells);
    }
    return finish(factsOf(index, title, range, facts));
  }

  function skipped(request: RunRequest, index: number, reason: number): SnippetReport {
    const { title, range } = request.snippets[index]!;
    const stoppedBy = stoppedByOf(reason);
    bridge.beginSnippet(index);
    return finish({ ...emptyFacts(index, title, range), status: "stopped", stoppedBy });
  }

  function watchOf(request: RunRequest): MemoryWatch {
    const before = environment.bufferBytes();
    return {
      limit: request.limits.tensorBytes,
      inUse: () => environment.bufferBytes() - before,
      release() {
        if (inSystemCall) throw new NeedsPython();
        flushHandles();
        environment.collectGarbage();
      },
    };
  }

  /** A question about an earlier run: its answer stands in the report of the snippet asked about. */
  function experiment(request: RunRequest, { snippet: index }: ExperimentRequest, tell: RunListener): void {
    const snippets = request.snippets.slice(0, index + 1);
    const json = JSON.stringify({ ...request, snippets });
    const { title, range } = snippets[index]!;
    tell.started(index);
    const answer = bridge.experiment(request, {
      run() {
        watch = watchOf(request);
        begin(json);
        let report: SnippetReport | null = null;
        for (let at = 0; at <= index; at++) {
          if (stopReason(index) !== 0 || broken) return null;
          report = runSnippet(request, at);
        }
        return report?.status === "stopped" ? null : report;
      },
      reset,
    });
    current = -1;
    tell.finished(index, {
      ...reportWithoutTensors(emptyFacts(index, title, range)),
      answer,
    } as AnsweringReport);
  }

  function runAll(request: RunRequest, json: string, tell: RunListener): void {
    if (request.experiment) {
      experiment(request, request.experiment, tell);
      return;
    }
    watch = watchOf(request);
    bridge.beginRun(request);
    begin(json);
    for (let index = 0; index < request.snippets.length; index++) {
      const reason = stopReason(-1);
      tell.started(index);
      tell.finished(
        index,
        reason === 0 && !broken ? runSnippet(request, index) : skipped(request, index, reason),
      );
    }
    current = -1;
  }

  function reset(): void {
    if (broken) return;
    environment.clearTimers();
    bridge.reset();
    pristine.restore();
  }

  // The WASM engine compiles a function when it is first called; better now than in the first run.
  runAll(JSON.parse(warmUp) as RunRequest, warmUp, { started() {}, finished() {} });
  reset();

  return {
    pythonVersion,
    torchVersion: bridge.torchVersion,
    fromSnapshot: snapshot !== null,
    get wornOut() {
      return broken || pristine.wornOut;
    },
    run: (request, tell) => runAll(request, JSON.stringify(request), tell),
    elements: bridge.elements.bind(bridge),
    reset,
  };
}

/** A function that gives back the handles of tensors which Python has let go of, but not told of yet. */
function heldTensors(pyodide: Pyodide): () => unknown {
  try {
    return pyodide.pyimport("torch._handles").flush ?? (() => {});
  } catch {
    // A Python without our torch holds none.
    return () => {};
  }
}

/** What is said of a snippet that took Python itself down. Its output went down with it. */
function lastWords(error: unknown, range: Range): Pick<SnippetFacts, "status" | "error"> {
  const { message } = error as Error;
  const exit = /exit\((-?\d+)\)/.exec(message);
  const [type, text] =
    error instanceof RangeError
      ? ["RecursionError", "maximum recursion depth exceeded"]
      : exit
        ? ["SystemExit", exit[1]!]
        : ["SystemError", `the code brought Python itself down (${message})`];
  return { status: "raised", error: { type, message: text, range, traceback: `${type}: ${text}\n` } };
}

function stoppedByOf(reason: number): SnippetReport["stoppedBy"] {
  const name = STOP_REASONS[reason];
  return name === undefined || name === "none" ? "user" : name;
}

function emptyFacts(index: number, title: string, range: Range): SnippetFacts {
  return {
    index,
    title,
    range,
    status: "ok",
    milliseconds: 0,
    output: [],
    inlineValues: [],
    names: [],
    bindings: [],
    uses: [],
    ignores: [],
    sites: new Map(),
  };
}

function factsOf(index: number, title: string, range: Range, facts: RunnerFacts): SnippetFacts {
  return {
    ...emptyFacts(index, title, range),
    status: facts.status,
    ...(facts.status === "stopped" ? { stoppedBy: stoppedByOf(facts.stop) } : {}),
    milliseconds: facts.milliseconds,
    output: facts.output.map(([text, row]) => ({ text, range: rangeOf(row) })),
    ...(facts.error ? { error: { ...facts.error, range: rangeOf(facts.error.range) } } : {}),
    inlineValues: facts.inline.map(([line, expression, text, site]) => ({
      line,
      expression,
      text,
      ...(site > 0 ? { site } : {}),
    })),
    names: facts.names.map(([name, handle, member]) => ({ name, handle, ...(member ? { member } : {}) })),
    bindings: facts.places.map(([name, row], place) => ({
      site: facts.first + place,
      name,
      range: row ? rangeOf(row) : NOWHERE,
      bound: BOUND[facts.bound[place] ?? 0] ?? "never",
    })),
    uses: facts.uses.map(([row, name, bindings, fromNamespace]) => ({
      range: rangeOf(row),
      name,
      bindings,
      fromNamespace,
    })),
    ignores: facts.ignores,
    oddities: facts.oddities.map(([kind, attribute, module, handle, classes]) => ({
      kind,
      attribute,
      module,
      handle,
      classes,
    })),
    assignments: facts.assignments.map(([inClass, name, row]) => ({ inClass, name, range: rangeOf(row) })),
    optimizers: facts.optimizers.map(([name, handles]) => ({ name, handles })),
    functions: facts.functions.map(([name, row]) => ({ name, range: rangeOf(row) })),
    sites: new Map(
      facts.sites.map(([site, file, row]): [number, Site] => [
        site,
        file === null ? { range: rangeOf(row) } : { range: rangeOf(row), file },
      ]),
    ),
    uncalled: facts.uncalled.map(([row, method]) => ({ range: rangeOf(row), method })),
    misspelt: facts.misspelt.map(([attribute, meant]) => ({ attribute, meant })),
    absentPackages: facts.absent.map(([name, kind, site, advice]) => ({ name, kind, site, advice })),
    surroundings: {
      modules: facts.modules.map(([number, name, type, modes, switches, acting]) => ({
        number,
        name,
        type,
        modes,
        switches,
        acting,
      })),
      loops: facts.loops.map(([number, label, row, rounds]) => ({
        number,
        label,
        range: rangeOf(row),
        rounds,
      })),
    },
  };
}

/** Loads Python without a snapshot and makes one, for engine/node/buildSnapshot.ts. Not sandboxed. */
export async function makeSnapshot(environment: Environment): Promise<Uint8Array> {
  const sources = (await environment.assets).get("python.json");
  if (!sources) throw new Error("no asset python.json");
  createSandbox();
  const pyodide = (await loadPyodide({ ...options(environment), _makeSnapshot: true })) as Pyodide;
  installSources(pyodide._module.FS, sources);
  pyodide.runPython(PRELOAD);
  return packSnapshot(pyodide.makeMemorySnapshot(), sources);
}
