// The torch package in a plain Pyodide of this process: from the sources, without worker, sandbox or snapshot.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { loadPyodide } from "pyodide";
import type { MakeReporter } from "../../engine/python/bridge";
import { createBridge } from "../../engine/python/bridge";
import type { Bridge, PythonRuntime } from "../../engine/python/plug";
import { registryJson } from "../../engine/python/registry";

const SITE_PACKAGES = "/lib/python3.14/site-packages";

type PyFunction = (...args: unknown[]) => unknown;
interface Pyodide {
  _module: {
    HEAPU8: Uint8Array;
    FS: { mkdirTree(path: string): void; writeFile(path: string, data: string | Uint8Array): void };
  };
  runPython(code: string, options?: { filename?: string }): unknown;
  pyimport(name: string): Record<string, PyFunction>;
  registerJsModule(name: string, module: object): void;
}

export interface PlainPython {
  bridge: Bridge;
  run: Pyodide["runPython"];
  import: Pyodide["pyimport"];
  /** Whether the host wants the run to end. */
  interrupt(wanted: boolean): void;
}

/** Copies the .py files below `folder` to the Python package `name`. */
function copyPackage({ FS }: Pyodide["_module"], folder: string, name: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".py")) continue;
    const from = path.join(entry.parentPath ?? entry.path, entry.name);
    const to = path.posix.join(SITE_PACKAGES, name, path.relative(folder, from).split(path.sep).join("/"));
    FS.mkdirTree(path.posix.dirname(to));
    FS.writeFile(to, readFileSync(from));
  }
}

/** Loads Python and puts the engine behind its torch package. Must run from the project's folder. */
export async function loadPlainPython(makeReporter: MakeReporter | null = null): Promise<PlainPython> {
  // Said, because Pyodide would guess it from a stack trace, which source maps falsify.
  const indexURL = `${path.resolve("node_modules/pyodide")}${path.sep}`;
  const pyodide = (await loadPyodide({ indexURL })) as unknown as Pyodide;
  const module = pyodide._module;
  copyPackage(module, path.resolve("engine/python/torch"), "torch");
  copyPackage(module, path.resolve("engine/python/runner"), "gradient_runner");
  copyPackage(module, path.resolve("test/oracle/python"), "oracle");
  module.FS.writeFile(`${SITE_PACKAGES}/torch/_registry.json`, registryJson());
  pyodide.runPython("import torch");
  let interrupted = false;
  const runtime: PythonRuntime = {
    provide(name, functions) {
      pyodide.registerJsModule(name, functions);
    },
    answerSystemCall: () => false,
    callable: (name, attribute) => pyodide.pyimport(name)[attribute],
    heap: () => module.HEAPU8,
    stackMegabytes: 1,
    interrupted: () => interrupted,
  };
  const bridge = createBridge(runtime, makeReporter);
  return {
    bridge,
    run: pyodide.runPython.bind(pyodide),
    import: pyodide.pyimport.bind(pyodide),
    interrupt: (wanted) => {
      interrupted = wanted;
    },
  };
}
