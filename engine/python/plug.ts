// Where the torch bridge and the recorder plug into the host: what each side may ask of the other.
// Knows nothing of Pyodide.
import type { RunRequest } from "../protocol/engineApi";
import type { Answer } from "../protocol/experiment";
import type { Elements, InlineValue, Range, Site, SnippetReport, TensorId } from "../protocol/report";

/** A JavaScript function that Python may call: numbers, strings, booleans and null in and out. */
export type BridgeFunction = (...args: never[]) => unknown;

/** What the host offers to the bridge, once, after Python has loaded. */
export interface PythonRuntime {
  /**
   * Makes `functions` importable in Python as the module `name`. Only while the bridge is installed:
   * afterwards the sandbox is locked, and these are the only JavaScript functions that Python can call.
   */
  provide(name: string, functions: Record<string, BridgeFunction>): void;
  /**
   * Has Python's `fcntl.fcntl(first, 2**30 + command, third)` answered by `handler`: the short way for numbers. It
   * must not throw or answer less than 0, and a call of Python from within throws NeedsPython. Answers false where
   * there is no such way.
   */
  answerSystemCall(handler: (first: number, command: number, third: number) => number): boolean;
  /** A Python function, to be called with numbers and strings. Only while the bridge is installed. */
  callable(module: string, name: string): (...args: (number | string | boolean | null)[]) => unknown;
  /** WASM memory as it is now; read it anew after every call into Python, since growing replaces it. */
  heap(): Uint8Array;
  /** The size of the host's stack. */
  readonly stackMegabytes: number;
  /** The host wants this run to end: long loops look here and give up, Python raises KeyboardInterrupt. */
  interrupted(): boolean;
}

/** C has let go of Python's lock for the time of a system call: Python cannot be called. */
export class NeedsPython extends Error {}

/** A place where the code binds a name, in the order of the table that instrumentation made. */
export interface BindingSite {
  /** What `bind(site, handle)` is called with. */
  site: number;
  name: string;
  range: Range;
  /** never: not executed. other: what it was last bound to is no tensor. */
  bound: "never" | "other" | "tensor";
}

/** A name or attribute chain in the code, with the binding sites that may have made its value, best first. */
export interface NameUse {
  range: Range;
  /** "x", or a chain: "model.fc.weight". */
  name: string;
  bindings: number[];
  /** Whether the namespace at the snippet's end answers when no binding site does. */
  fromNamespace: boolean;
}

/** A name that holds a tensor when the snippet has ended. */
export interface NamedTensor {
  name: string;
  handle: number;
  /** A parameter or buffer of a module. */
  member?: "parameter" | "buffer";
}

/** Something about a module that is seldom meant: which attribute of which module. */
export interface Oddity {
  /**
   * modules: a plain list, tuple or dict of modules with parameters; parameters: one of parameters; tensor: a leaf that requires grad and is no
   * Parameter; frozen: `requires_grad` was set on the module itself, where it means nothing.
   */
  kind: "modules" | "parameters" | "tensor" | "frozen";
  /** The attribute, without the module. */
  attribute: string;
  /** The module's name, "net" or "net.encoder", and the names of its classes. */
  module: string;
  classes: string[];
  /** The tensor, for that kind. */
  handle: number;
}

/** What the Python side knows about a snippet that has ended. */
export interface SnippetFacts {
  index: number;
  title: string;
  range: Range;
  status: SnippetReport["status"];
  stoppedBy?: SnippetReport["stoppedBy"];
  milliseconds: number;
  output: SnippetReport["output"];
  error?: SnippetReport["error"];
  /** `site` is a binding site's number when the value is a tensor. */
  inlineValues: (Omit<InlineValue, "tensor"> & { site?: number })[];
  names: NamedTensor[];
  oddities?: Oddity[];
  /** Optimizers that have a name, with the tensors that they update. */
  optimizers?: { name: string; handles: number[] }[];
  /** Methods of classes that the snippet defines: "Square.backward", where `def` stands. */
  functions?: { name: string; range: Range }[];
  /** Assignments to attributes, and the class whose method they stand in ("" outside): "Net", "self.layers". */
  assignments?: { inClass: string; name: string; range: Range }[];
  bindings: BindingSite[];
  uses: NameUse[];
  /** `# grad: ignore[rule]` comments; an empty list of rules silences all on that line. */
  ignores: { line: number; rules: string[] }[];
  /** The interned sites that operators were called from. */
  sites: Map<number, Site>;
  /** Methods that a statement names and does not call: where, and "loss.backward". */
  uncalled?: { range: Range; method: string }[];
  /** Attributes that were set on tensors and mean nothing: "require_grad", and what is meant. */
  misspelt?: { attribute: string; meant: string }[];
  /** Packages that were imported and are not here. "quiet": using one does nothing; "absent": it raises. */
  absentPackages?: { name: string; kind: "absent" | "quiet"; site: number; advice: string }[];
  /** What the numbers of modules and loops mean (engine/record/surroundings.ts). */
  surroundings?: SurroundingsFacts;
}

export interface SurroundingsFacts {
  /** `name`: relative to the module that called it, or the variable that holds it; may be empty. */
  modules: ModuleFacts[];
  /** `rounds`: of the last time that it ran. */
  loops: { number: number; label: string; range: Range; rounds: number }[];
}

export interface ModuleFacts {
  number: number;
  name: string;
  type: string;
  /** Where its mode was another than before: from which of its calls on, and whether it was in training. */
  modes?: (readonly [call: number, training: boolean])[];
  /** Calls of train() and eval(): after how many of its calls, which of the two, and where (a site). */
  switches?: (readonly [calls: number, training: boolean, site: number])[];
  /** Types of modules below it, or its own, that act on the mode: "Dropout", "BatchNorm1d". */
  acting?: string[];
}

/** What the bridge answers with: the engine and its recorder, as the host sees them. */
export interface Bridge {
  /** The version of torch that is imitated, without "+". */
  torchVersion: string;
  beginRun(request: RunRequest): void;
  beginSnippet(index: number): void;
  /** Called while Python's tensors are still alive. */
  finishSnippet(facts: SnippetFacts): SnippetReport;
  /** Answers a question by running the snippets again; `runs` does that, and undoes it. */
  experiment(request: RunRequest, runs: ExperimentRuns): Answer;
  /** A page of a tensor of the last run. May outlive `reset`. */
  elements(runId: number, tensor: TensorId, offset: number, count: number): Elements;
  /**
   * Python's whole memory went back to what it was right after the bridge was installed:
   * forget every handle, mode, generator state and callback since then.
   */
  reset(): void;
}

export interface ExperimentRuns {
  /** Runs the snippets up to the one asked about, whose report it answers; null where it was stopped. */
  run(): SnippetReport | null;
  /** What `Bridge.reset` is called in, and Python's memory put back. */
  reset(): void;
}

export type InstallBridge = (python: PythonRuntime) => Bridge;
