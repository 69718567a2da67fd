// What was recorded, as plain data that refers to other facts, never to a tensor or a node of the engine: so
// recording keeps no memory of the user's alive. Times and places are numbers: `order` counts what happened in the
// run, `site` is interned.

import type { DType } from "../tensor/dtype";
import type { ErrorFacts, TorchError } from "../tensor/errors";
import type { Sizes } from "../tensor/shape";
import type { VersionCounter } from "../tensor/storage";
import type { CurveBook } from "./curves";
import type { StateChange } from "./hook";
import type { Happening, Series } from "./series";
import type { Snapshot } from "./snapshot";
import type { Around } from "./surroundings";

/** Memory that several tensors may share. */
export interface StorageFacts {
  /** `.data` gave it a second version counter: writes through it are seen by this counter only. */
  counters: number;
  /** Changes in place, once there is more than one counter. */
  writes: { order: number; counter: VersionCounter; op: OpFacts }[] | null;
}

export interface TensorFacts {
  /** Tensor.id. */
  readonly id: number;
  /** From 1 in each run. */
  readonly reportId: number;
  readonly snippet: number;
  /** What made it: an operator, or (`op.name` "") data from outside. */
  readonly made: OpFacts;
  readonly outputNr: number;
  /** The last operator that made or changed it. */
  producer: OpFacts;
  dtype: DType;
  sizes: Sizes;
  requiresGrad: boolean;
  inference: boolean;
  retainsGrad: boolean;
  /** The node of its present history; a leaf's AccumulateGrad. */
  node: NodeFacts | null;
  /** Whether `node` is a grad_fn. */
  isLeaf: boolean;
  readonly counter: VersionCounter;
  readonly storage: StorageFacts;
  value: Snapshot;
  /** What `.grad` holds, as far as was seen; and Tensor.id of that gradient. */
  grad: Snapshot | null;
  gradId: number;
  /** The gradient that the last backward pass brought to it, where `.grad` does not keep it. */
  captured: Snapshot | null;
  gradients: GradientFacts[];
  /** The call whose gradient `.grad` still holds. */
  filledBy: CallFacts | null;
  /** Version when it was filled. */
  filledAtVersion: number;
  changes: StateFacts[];
  /** It is the gradient of this tensor, and came from this call. */
  gradOf: TensorFacts | null;
  gradCall: CallFacts | null;
  /** Places of the runner's table that it was bound at. */
  places: number[];
}

export interface GradientFacts {
  call: CallFacts;
  increment: Snapshot;
  accumulated: Snapshot | null;
}

export interface SavedFacts {
  name: string;
  tensor: TensorFacts | null;
  sizes: Sizes;
  version: number;
}

export interface EdgeFacts {
  to: NodeFacts;
  inputNr: number;
  argument: string;
  tensor: TensorFacts | null;
  /** Which of the node's edges it is (those that lead nowhere are counted too). */
  place: number;
  /** Which of the operator's inputs it leads to; -1 where that is not known. */
  input: number;
}

export interface NodeFacts {
  /** Node.id. */
  readonly id: number;
  readonly reportId: number;
  kind: "grad_fn" | "accumulate";
  name: string;
  site: number;
  sequence: number;
  /** The operator that made it; null for a history that the engine made anew, or from elsewhere. */
  op: OpFacts | null;
  edges: EdgeFacts[];
  saved: SavedFacts[];
  /** By output number. */
  outputs: (TensorFacts | null)[];
  /** Place of the call that released what it saved. */
  freedBy: number | null;
  /** The last backward call that ran it. */
  visitedBy: CallFacts | null;
  order: number;
  evicted: boolean;
}

/** An operator that ran; or, with the name "", data that came from outside. */
export interface OpFacts extends Happening {
  kind: "op";
  readonly snippet: number;
  readonly series: Series<OpFacts>;
  readonly name: string;
  readonly site: number;
  readonly math: Readonly<Record<string, string>> | null;
  inputs: (TensorFacts | null)[];
  argumentNames: readonly string[];
  /** What had made each input as it was then. */
  producers: (OpFacts | null)[];
  outputs: TensorFacts[];
  /** Of the outputs, when it ran. */
  values: Snapshot[];
  node: NodeFacts | null;
  inPlace: boolean;
  /** The version after a change in place. */
  version: number;
  cut: string | null;
  /** The place where recording was switched off, for a cut by a mode. */
  modeSite: number;
  /** Its result does not depend on its inputs' values (ones_like). */
  factory: boolean;
  /**
   * No step of its own: made the view that a statement like x[0] = 1 writes through, or is part of what a
   * constructor does (nn.Parameter takes its data off a tensor that was made for it).
   */
  temporary: boolean;
  /** When the one before it in its series ran: what is older comes from an earlier round of a loop. */
  previous: number;
  /** Ran inside a backward call (create_graph). */
  inBackward: boolean;
  /** The calls of modules and rounds of loops around it. */
  around: Around;
  /** Tensors whose values went into data that torch.tensor and the like made. */
  sources: EscapeFacts[];
  evicted: boolean;
}

export interface CallFacts extends Happening {
  kind: "call";
  readonly snippet: number;
  readonly how: "backward" | "grad";
  readonly site: number;
  retainGraph: boolean;
  createGraph: boolean;
  roots: TensorFacts[];
  inputs: TensorFacts[] | null;
  ended: "running" | "ok" | "raised";
  /** Which of all calls of its snippet it is, from 1. */
  ordinal: number;
  /** How many nodes ran. */
  nodes: number;
}

export interface BackwardFacts extends Happening {
  kind: "backward";
  call: CallFacts;
  node: NodeFacts;
  series: Series<BackwardFacts>;
  incoming: (Snapshot | null)[];
  outgoing: (Snapshot | null)[];
}

export interface AccumulateFacts extends Happening {
  kind: "accumulate";
  call: CallFacts;
  node: NodeFacts;
  series: Series<AccumulateFacts>;
  tensor: TensorFacts;
  increment: Snapshot;
  accumulated: Snapshot;
}

export interface StateFacts extends Happening {
  kind: "state";
  what: StateChange;
  tensor: TensorFacts;
  site: number;
  series: Series<StateFacts>;
  /** For requires_grad: what it became. */
  value: boolean;
  /** Part of the tensor's making (a constructor's requires_grad=True), not a statement of its own. */
  silent: boolean;
}

export type StepFacts = OpFacts | BackwardFacts | AccumulateFacts | StateFacts;

export interface EscapeFacts {
  how: string;
  tensor: TensorFacts;
  /** Whether the tensor required grad then: a gradient was lost. */
  requiredGrad: boolean;
  site: number;
  order: number;
  /** The number that left, where there was only one. */
  value: number | null;
}

export interface RaisedFacts {
  error: TorchError;
  facts: ErrorFacts | null;
  site: number;
  order: number;
}

/** A saved tensor that backward read although its memory had been overwritten behind the version counter's back. */
export interface HiddenWriteFacts {
  node: NodeFacts;
  saved: SavedFacts;
  write: OpFacts;
  call: CallFacts;
}

/** A gradient that was added to one that an earlier call had left. */
export interface AddedGradFacts {
  tensor: TensorFacts;
  first: CallFacts;
  second: CallFacts;
  /** The tensor was changed in place between the two (an optimizer's step), without the gradient being cleared. */
  updated: { site: number; by: string } | null;
  /** The sum went into an update; or it was cleared before anything did. */
  fate: "held" | "used" | "cleared";
  /** The gradient holds such a sum now. */
  open: boolean;
}

/** The first NaN or infinity that reached a loss or a gradient: where it was born. */
export interface BadFacts {
  what: "nan" | "inf";
  /** In the forward pass, or in the backward pass of `call`. */
  born: "forward" | "backward";
  /** The operator whose result, or whose gradient, it is. */
  site: number;
  name: string;
  /** Why, as far as the numbers tell: "the logarithm of zero". */
  because: string;
  /** Where NaN came of an infinity: the place at which that one turned into it. */
  turned: { site: number; name: string } | null;
  /** The `where` that does not choose what it came from. */
  where: { site: number } | null;
  /** What it reached: the loss, or a leaf whose gradient it is in. */
  reached: TensorFacts;
  call: CallFacts;
}

/** An optimizer was made, or made a step; or gradients were clipped. */
export interface OptimizerFacts {
  what: "made" | "step" | "clip";
  parameters: TensorFacts[];
  site: number;
  order: number;
  /** How many of the parameters had a gradient. */
  withGradient: number;
}

export interface GradReadFacts {
  tensor: TensorFacts;
  site: number;
}

/** What one snippet did. */
export interface SnippetRecord {
  index: number;
  /** `order` when it began. */
  begins: number;
  ops: Series<OpFacts>[];
  backward: Series<BackwardFacts>[];
  accumulate: Series<AccumulateFacts>[];
  states: Series<StateFacts>[];
  calls: Series<CallFacts>[];
  curves: CurveBook;
  escapes: EscapeFacts[];
  hiddenWrites: HiddenWriteFacts[];
  addedGrads: AddedGradFacts[];
  gradReads: GradReadFacts[];
  optimizers: OptimizerFacts[];
  bad: BadFacts | null;
  /** A gradient with a name of its own was added to. */
  aliases: { alias: TensorFacts; tensor: TensorFacts; call: CallFacts }[];
  raised: RaisedFacts | null;
  /** Last tensor bound at each place. */
  bound: Map<number, TensorFacts>;
  dropped: number;
}
