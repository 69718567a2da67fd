// How autograd calls Python: one Python function, with a kind, a hook's number and handles.
// An exception stays in Python; PythonRaised unwinds JavaScript up to the call that Python made.
import { asked, callbacks } from "../../autograd/callbacks";
import type { Gradients } from "../../autograd/node";
import type { RunPython } from "../../autograd/pythonNode";
import { registry } from "../../ops/define";
import { PythonRaised, TorchError } from "../../tensor/errors";
import type { Tensor } from "../../tensor/tensor";
import { describe } from "./arguments";
import { giveOrZero, nodes, tensorOrNull } from "./handles";
import { lifetimes } from "./lifetimes";
import type { SharedMemory } from "./memory";

/** What is called; the numbers are those of torch/_callbacks.py. */
const KIND = {
  tensorHooks: 0,
  accumulateHooks: 1,
  preHooks: 2,
  postHooks: 3,
  function: 4,
  anomaly: 5,
  warn: 6,
  pack: 7,
  unpack: 8,
  forget: 9,
  final: 10,
  beforeWrite: 11,
  dispatchMode: 12,
  read: 13,
};

/** Python's answers: an exception was raised; nothing was returned. Otherwise how many handles it left. */
const RAISED = -1;
const NOTHING = -2;

type Dispatch = (kind: number, hook: number, ...numbers: number[]) => number;

/** The arguments of the operator that a dispatch mode is asked about; it fetches the text. */
export const intercepted = { arguments: "" };

/** The warning that Python is asked to give; it fetches the texts. */
export const warning = { category: "", message: "" };

export interface PythonCalls {
  runFunction: RunPython;
}

export function connectCallbacks(
  dispatch: Dispatch,
  shared: SharedMemory,
  interrupted: () => boolean,
): PythonCalls {
  /** While Python runs, what JavaScript holds in its hands alone must not count as let go (lifetimes.ts). */
  const call: Dispatch = (...numbers) => {
    asked.times++;
    lifetimes.enter();
    try {
      return dispatch(...numbers);
    } finally {
      lifetimes.leave();
    }
  };

  function ask(kind: number, hook: number, ...numbers: number[]): Gradients | null {
    const count = call(kind, hook, ...numbers);
    if (count === RAISED) throw new PythonRaised("a Python callback raised");
    return count === NOTHING ? null : shared.read(count).map(tensorOrNull);
  }

  const give = (list: Gradients): number[] => list.map(giveOrZero);

  callbacks.tensorHooks = (hooks, gradient): Tensor | null =>
    ask(KIND.tensorHooks, hooks.length, ...hooks, giveOrZero(gradient))?.[0] ?? null;
  callbacks.accumulateHooks = (hooks, variable) => {
    ask(KIND.accumulateHooks, hooks.length, ...hooks, giveOrZero(variable));
  };
  callbacks.nodePreHooks = (hooks, incoming) => ask(KIND.preHooks, hooks.length, ...hooks, ...give(incoming));
  callbacks.nodePostHooks = (hooks, outgoing, incoming) =>
    ask(KIND.postHooks, hooks.length, ...hooks, outgoing.length, ...give(outgoing), ...give(incoming));
  callbacks.finalCallback = (callback) => {
    ask(KIND.final, callback);
  };
  const pack = (hooks: number, tensor: Tensor): number => {
    const packed = call(KIND.pack, hooks, giveOrZero(tensor));
    if (packed === RAISED) throw new PythonRaised("a pack hook raised");
    lifetimes.own(packed);
    return packed;
  };
  callbacks.packSaved = (tensor) => pack(0, tensor);
  callbacks.packSavedBy = pack;
  callbacks.unpackSaved = (packed) => ask(KIND.unpack, packed)?.[0] as Tensor;
  callbacks.forgetSaved = (packed) => {
    lifetimes.disown(packed);
    ask(KIND.forget, packed);
  };
  callbacks.beforeWrite = (tensor) => {
    ask(KIND.beforeWrite, 0, giveOrZero(tensor));
  };
  callbacks.dispatchMode = (operator, args) => {
    const { text, tensors } = describe(registry[operator], args);
    intercepted.arguments = text;
    const found = ask(KIND.dispatchMode, operator, ...give(tensors)) as Tensor[];
    call(KIND.read, 0);
    return found.length === 1 ? found[0] : found;
  };
  callbacks.checkInterrupt = () => {
    if (interrupted()) throw new TorchError("KeyboardInterrupt", "");
  };
  callbacks.warn = (category, message) => {
    warning.category = category;
    warning.message = message;
    ask(KIND.warn, 0);
  };
  callbacks.anomaly = (node, induced) => {
    const handle = nodes.give(node);
    ask(KIND.anomaly, node.traceback, Math.abs(handle), Number(induced));
    // Python looked at it alone.
    if (handle > 0) nodes.release(handle);
  };
  return {
    runFunction: (node, gradients) => ask(KIND.function, node.number, ...give(gradients)) ?? [],
  };
}
