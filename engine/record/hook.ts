// Where the engine tells what happens. Null by default: then nothing is recorded and nothing is paid.
import type { BackwardOptions } from "../autograd/backward";
import type { Gradients, Node } from "../autograd/node";
import type { TorchError } from "../tensor/errors";
import type { Tensor } from "../tensor/tensor";

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
  options: BackwardOptions;
  site: number;
}

export type StateChange = "grad_cleared" | "grad_set" | "requires_grad" | "retain_grad" | "detach_";

export interface Recorder {
  /** An operator has run (not those inside backward, unless create_graph). */
  operator(event: OperatorEvent): void;
  /** A backward call begins; what follows belongs to it until it ends. Calls may nest. */
  backwardBegin(event: BackwardEvent): void;
  backwardEnd(error: TorchError | null): void;
  backwardNode(node: Node, incoming: Gradients, outgoing: Gradients): void;
  /** `before` is what `.grad` held; the variable's `.grad` holds the sum now. */
  accumulate(node: Node, increment: Tensor, before: Tensor | null): void;
  state(what: StateChange, tensor: Tensor, site: number): void;
  /** A name was bound in the user's code (a static place of the runner's table). */
  bind(place: number, tensor: Tensor): void;
  /** A Python value left the graph: item, tolist, float(), numpy(), torch.tensor(t). */
  escape(how: string, tensor: Tensor, site: number): void;
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
