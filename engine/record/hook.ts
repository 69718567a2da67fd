// Where the engine tells what happens. Null by default: then nothing is recorded and nothing is paid.
import type { Gradients, Node } from "../autograd/node";
import type { TorchError } from "../tensor/errors";
import type { Tensor } from "../tensor/tensor";
import type { OptimizerFacts } from "./facts";

export interface OperatorEvent {
  /** "mul" */
  name: string;
  /** Names of the schema's tensor arguments, beside `inputs`. */
  argumentNames: readonly string[];
  inputs: readonly (Tensor | null)[];
  outputs: readonly Tensor[];
  /** The node it put into the graph. */
  node: Node | null;
  inPlace: boolean;
  site: number;
  /** Set where gradients stop here although an input requires grad. */
  cut: string | null;
  math: Readonly<Record<string, string>> | null;
}

export interface BackwardEvent {
  kind: "backward" | "grad";
  roots: readonly Tensor[];
  /** The gradient given for each root (`gradient=`); null where it is the implicit 1. */
  seeds: readonly (Tensor | null)[];
  /** `inputs=` of backward(), or the tensors that grad() differentiates by; null: every leaf. */
  inputs: readonly Tensor[] | null;
  retainGraph: boolean;
  createGraph: boolean;
  site: number;
}

export type StateChange = "grad_cleared" | "grad_set" | "requires_grad" | "retain_grad" | "detach_";

export interface Recorder {
  /** An operator has run (not those inside backward, unless create_graph). */
  operator(event: OperatorEvent): void;
  /** A backward call begins; what follows belongs to it until it ends. Calls may nest. */
  backwardBegin(event: BackwardEvent): void;
  /** `error`: what it raised (a TorchError, or PythonRaised from a hook); null where it ended well. */
  backwardEnd(error: unknown): void;
  backwardNode(node: Node, incoming: Gradients, outgoing: Gradients): void;
  /** `before` is what `.grad` held; the variable's `.grad` holds the sum now. */
  accumulate(node: Node, increment: Tensor, before: Tensor | null): void;
  /** grad() hands `gradient` back as that of `input`. */
  captured(input: Tensor, gradient: Tensor): void;
  /** `tensor` is about to be written in place. */
  beforeWrite(tensor: Tensor): void;
  state(what: StateChange, tensor: Tensor, site: number): void;
  /** A name was bound in the user's code (a static place of the runner's table). */
  bind(place: number, tensor: Tensor): void;
  /**
   * A value left the graph for Python: "item", "tolist", "float", "int", "bool", "numpy"; or it goes into a new
   * tensor that is made at the same site: "tensor" (torch.tensor), "as_tensor".
   */
  escape(how: string, tensor: Tensor, site: number): void;
  /** The user's code read `.grad`. */
  gradRead(tensor: Tensor, site: number): void;
  /** The user's code switched recording: `how` is "no_grad", "enable_grad", "set_grad_enabled", "inference_mode". */
  gradMode(how: string, enabled: boolean, site: number): void;
  /** An optimizer was made for these tensors, or is about to update them; or their gradients are about to be clipped. */
  optimizer(what: OptimizerFacts["what"], parameters: readonly Tensor[], site: number): void;
  /** An exception that the engine raised into Python. */
  raised(error: TorchError, site: number): void;
}

export const recording: { recorder: Recorder | null } = { recorder: null };

/** For what the engine does on its own account, such as making a stale view's history anew. */
export function unrecorded<T>(body: () => T): T {
  const { recorder } = recording;
  recording.recorder = null;
  try {
    return body();
  } finally {
    recording.recorder = recorder;
  }
}
