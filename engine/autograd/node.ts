// A node of the backward graph: what every grad_fn has, whatever it computes.
import type { DType } from "../tensor/dtype";
import type { Sizes } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import { modes } from "./modes";
import type { Visitor } from "./reach";
import type { SavedTensor } from "./saved";

/** `inputNr`: which of the node's incoming gradients the edge feeds. */
export interface Edge {
  node: Node;
  inputNr: number;
}

/** What a node knows of each tensor that it is the grad_fn of. */
export interface OutputMeta {
  sizes: Sizes;
  dtype: DType;
  /** A leaf that takes gradients in whatever dtype they come (gradDtype.ts). */
  anyDtype?: boolean;
}

export type Gradients = (Tensor | null)[];

let sequence = 0;
let nextId = 1;

/** At a run's start: sequence numbers are visible to the user's code. */
export function resetSequence(to = 0): void {
  sequence = to;
}

export const sequenceNow = (): number => sequence;

/** AccumulateGrad runs as soon as it can: PyTorch gives it the highest sequence number. */
export const LAST_SEQUENCE = Number.MAX_SAFE_INTEGER;

export abstract class Node {
  readonly id = nextId++;
  sequence: number;
  /** Where gradients go: one entry per differentiable input, null where none is needed. */
  edges: (Edge | null)[] = [];
  outputs: OutputMeta[] = [];
  /** The place in the user's code that made it. */
  readonly site = modes.site;
  /** The place of the backward call that released its saved tensors; null while they live. */
  freedBy: number | null = null;
  /** Python hooks by number: on incoming gradients per output (tensor hooks), before and after it runs. */
  tensorPreHooks: { outputNr: number; hook: number }[] | null = null;
  retainGradHooks: (Tensor | null)[] | null = null;
  preHooks: number[] | null = null;
  postHooks: number[] | null = null;
  /** The number of the dictionary that Python keeps for it; 0 for none. */
  metadata = 0;
  /** The last walk of reach.ts that came here. */
  mark = 0;
  /** The bridge's handle; 0 where Python holds none. */
  handle = 0;
  /** What the recorder knows of it. */
  note: object | null = null;
  /** Anomaly mode: the number of the forward traceback that Python keeps. */
  readonly traceback = modes.traceback;

  constructor(sequenceNumber?: number) {
    this.sequence = sequenceNumber ?? sequence++;
    modes.nodeMade?.(this);
  }

  /** "MulBackward0": Python's type name. */
  abstract get name(): string;

  /** What `grad_fn.name()` answers where it differs from the type's name. */
  get longName(): string {
    return this.name;
  }

  /** Incoming gradients (one per output) to outgoing ones (one per edge). */
  abstract apply(gradients: Gradients): Gradients;

  /** Everything saved, by name; for display and `_saved_*`. */
  savedTensors(): { name: string; saved: SavedTensor }[] {
    return [];
  }

  /** What was saved under a name that its class has; null: nothing this time; undefined: it has no such name. */
  savedAs(_name: string): SavedTensor | (SavedTensor | null)[] | null | undefined {
    return undefined;
  }

  /** Shows everything that it keeps alive. */
  references(to: Visitor): void {
    for (const edge of this.edges) if (edge) to.node(edge.node);
    if (this.tensorPreHooks) for (const { hook } of this.tensorPreHooks) to.held(hook);
    if (this.preHooks) for (const hook of this.preHooks) to.held(hook);
    if (this.postHooks) for (const hook of this.postHooks) to.held(hook);
    if (this.metadata !== 0) to.held(this.metadata);
  }

  /** Whether there is anything to free. */
  release(_by: number): void {}

  /** The argument of the forward operator that each edge belongs to; for display. */
  edgeNames(): string[] {
    return this.edges.map(() => "");
  }

  needsInput(edge: number): boolean {
    return this.edges[edge] != null;
  }

  addOutput(tensor: Tensor): number {
    const meta = { sizes: tensor.sizes, dtype: tensor.dtype };
    // Most nodes have one output, and an array that grows makes room for sixteen more.
    if (this.outputs.length === 0) this.outputs = [meta];
    else this.outputs.push(meta);
    return this.outputs.length - 1;
  }
}
