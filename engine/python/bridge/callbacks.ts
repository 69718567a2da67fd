// How autograd calls Python: one Python function, with a kind, a hook's number and handles.
// An exception stays in Python; PythonRaised unwinds JavaScript up to the call that Python made.
import { callbacks } from "../../autograd/callbacks";
import type { Gradients } from "../../autograd/node";
import type { RunPython } from "../../autograd/pythonNode";
import { PythonRaised, TorchError } from "../../tensor/errors";
import type { Tensor } from "../../tensor/tensor";
import { giveOrZero, nodes, tensorOrNull } from "./handles";
import type { SharedMemory } from "./memory";

/** What is called; the numbers are those of torch/_callbacks.py. */
const KIND = {
  tensorHook: 0,
  accumulateHook: 1,
  preHook: 2,
  postHook: 3,
  function: 4,
  anomaly: 5,
  warn: 6,
  pack: 7,
  unpack: 8,
  forget: 9,
};

/** Python's answers: an exception was raised; nothing was returned. Otherwise how many handles it left. */
const RAISED = -1;
const NOTHING = -2;

type Dispatch = (kind: number, hook: number, ...numbers: number[]) => number;

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
  function ask(kind: number, hook: number, ...numbers: number[]): Gradients | null {
    const count = dispatch(kind, hook, ...numbers);
    if (count === RAISED) throw new PythonRaised("a Python callback raised");
    return count === NOTHING ? null : shared.read(count).map(tensorOrNull);
  }

  const give = (list: Gradients): number[] => list.map(giveOrZero);

  callbacks.tensorHook = (hook, gradient): Tensor | null =>
    ask(KIND.tensorHook, hook, giveOrZero(gradient))?.[0] ?? null;
  callbacks.accumulateHook = (hook, variable) => {
    ask(KIND.accumulateHook, hook, giveOrZero(variable));
  };
  callbacks.nodePreHook = (hook, incoming) => ask(KIND.preHook, hook, ...give(incoming));
  callbacks.nodePostHook = (hook, outgoing, incoming) =>
    ask(KIND.postHook, hook, outgoing.length, ...give(outgoing), ...give(incoming));
  callbacks.packSaved = (tensor) => {
    const packed = dispatch(KIND.pack, 0, giveOrZero(tensor));
    if (packed === RAISED) throw new PythonRaised("a pack hook raised");
    return packed;
  };
  callbacks.unpackSaved = (packed) => ask(KIND.unpack, packed)?.[0] as Tensor;
  callbacks.forgetSaved = (packed) => {
    ask(KIND.forget, packed);
  };
  callbacks.checkInterrupt = () => {
    if (interrupted()) throw new TorchError("KeyboardInterrupt", "");
  };
  callbacks.warn = (category, message) => {
    warning.category = category;
    warning.message = message;
    ask(KIND.warn, 0);
  };
  callbacks.anomaly = (node) => {
    ask(KIND.anomaly, node.traceback, Math.abs(nodes.give(node)));
  };
  return {
    runFunction: (node, gradients) => ask(KIND.function, node.number, ...give(gradients)) ?? [],
  };
}
