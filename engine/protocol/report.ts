// The Report: what one run of a document's snippets found out. Plain data, imports nothing, and
// every feature of the editor is a function of it. The command line prints it with --json.

/** Zero-based line and UTF-16 column, as in the Language Server Protocol. */
export interface Position {
  line: number;
  character: number;
}

/** Half-open: `end` is the first position that is no longer part of it. */
export interface Range {
  start: Position;
  end: Position;
}

/** NaN and the infinities have no JSON number, so they are written as these strings. */
export type NumberValue = number | boolean | "NaN" | "Infinity" | "-Infinity";

/** Nested lists as `tolist()` gives them; a bare number for a 0-dim tensor. */
export type NestedValue = NumberValue | NestedValue[];

/** What stands in for the elements of a tensor of more than 1,000 elements. */
export interface Summary {
  count: number;
  min: NumberValue;
  max: NumberValue;
  mean: NumberValue;
  std: NumberValue;
  zeros: number;
  nan: number;
  inf: number;
  /** Up to 16 equal bins from min to max of the finite elements. */
  histogram: number[];
  /** The first elements along each dimension (up to 6), nested. */
  corner: NestedValue;
}

/** Where a place is: `file` is absent when it is the document that was run. */
export interface Site {
  range: Range;
  file?: string;
}

export type TensorId = number;
export type NodeId = number;

/** The elements of a tensor at one moment: `value` up to 1,000 elements, `summary` above that. */
export interface Elements {
  value: NestedValue | null;
  summary?: Summary;
}

/** One `backward()` or `autograd.grad()` call's contribution to a tensor's gradient. */
export interface GradEvent {
  /** Index into SnippetReport.backwardCalls. */
  call: number;
  increment: Elements;
  /** What `.grad` held after it (leaf, or retains_grad); null for a captured non-leaf gradient. */
  accumulated: Elements | null;
}

/** The first cause of something strange about a tensor, in words and as data. */
export interface Why {
  of: "grad" | "value";
  is: "none" | "zero" | "nan" | "inf";
  cause: WhyCause;
  /** Whole sentences. */
  text: string;
  /** The place that the text speaks of. */
  site?: Site;
  /** How much of the tensor it concerns, from 0 to 1; absent for all of it. */
  share?: number;
}

export type WhyCause =
  // none
  | "inference"
  | "never-asked"
  | "dtype"
  | "frozen"
  | "cut"
  | "rebuilt"
  | "escaped"
  | "detached"
  | "no-create-graph"
  | "cleared"
  | "returned"
  | "not-yet"
  | "backward-raised"
  | "not-asked-for"
  | "non-leaf"
  | "late-retain-grad"
  | "unused"
  // zero
  | "zeroed"
  | "zero-incoming"
  | "dead-relu"
  | "saturated"
  | "clamped"
  | "multiplied-by-zero"
  | "flat"
  | "not-selected"
  | "cancelled"
  // nan, inf
  | "born"
  | "born-backward"
  | "input"
  | "overflow";

export interface TensorRecord {
  id: TensorId;
  /** Names bound to it, the best first: "x", "model.fc.weight". Empty for an intermediate. */
  names: string[];
  /** Names that it was bound to and that hold another tensor now. */
  formerNames?: string[];
  /** The expression that made it; null when it was made outside the document. */
  site: Site | null;
  /** The operator that made it, e.g. "mul"; null for data that was not computed. */
  op: string | null;
  /** Without the "torch." prefix. */
  dtype: string;
  shape: number[];
  requiresGrad: boolean;
  isLeaf: boolean;
  /** "MulBackward0", or null. */
  gradFn: string | null;
  /** The graph node of its grad_fn, or of its AccumulateGrad for a leaf, where recorded. */
  node?: NodeId;
  retainsGrad: boolean;
  /** The version counter when the snippet ended. */
  version: number;
  /** Who changed it in place, in order (first, ... last). */
  mutations: { site: Site; by: string; version: number }[];
  value: NestedValue | null;
  summary?: Summary;
  grad: NestedValue | null;
  gradSummary?: Summary;
  /** "pytorch": `grad` is what `.grad` holds. "inspector": `.grad` is None, this is what backward passed through. */
  gradSource: "pytorch" | "inspector";
  /** In plain words, why `.grad` is None. */
  whyNoGrad?: string;
  /** Where it was cut, made, frozen: the place that `whyNoGrad` speaks of. */
  whyNoGradSite?: Site;
  /** Why its gradient is None, zero, NaN or infinite, and its value NaN or infinite: the first causes. */
  why?: Why[];
  gradEvents: GradEvent[];
  /** A parameter of a module. */
  isParameter?: boolean;
  /** How many tensors this site made (a loop); the record describes the last. */
  count: number;
  /** Of a single number that a loop computes anew: every `every`-th of its values, from the first, and the extremes of all. */
  course?: { every: number; values: NumberValue[]; min: NumberValue; max: NumberValue };
}

export interface SavedTensor {
  /** As PyTorch names it without the prefix: "self", "other", "result". */
  name: string;
  tensor: TensorId | null;
  shape: number[];
  /** Version when saved, and the tensor's version at the snippet's end. */
  savedVersion: number;
  currentVersion: number;
}

export interface GraphNode {
  id: NodeId;
  /**
   * grad_fn: a node of PyTorch's graph; accumulate: the AccumulateGrad of a leaf;
   * op: an operator that PyTorch does not record (nothing requires grad, or the graph is cut there).
   */
  kind: "grad_fn" | "accumulate" | "op";
  /** "MulBackward0"; for kind "op" the operator's name. */
  name: string;
  op: string | null;
  site: Site | null;
  /** "freed": its saved tensors were released by `freedBy`. */
  state: "live" | "freed";
  freedBy?: Site;
  /** Set where gradients stop although an input required grad: why. */
  cut?: string;
  saved: SavedTensor[];
  inputs: { name: string; tensor: TensorId | null }[];
  outputs: TensorId[];
  /** Autograd's sequence number; -1 for kind "op". */
  sequence: number;
  /** TeX of the local rule per input, from the operator table. */
  math?: Record<string, string>;
  /** How often its site made a node (a loop). */
  count: number;
  /** The module call it was made in, outermost first: ["model (Net)", "fc (Linear)"]. */
  scope?: string[];
  /** The innermost call of a module, or round of a loop, that it was made in: an index into SnippetReport.scopes. */
  within?: number;
}

/** A call of a module, or one round of a loop: what a part of the graph can be folded to. */
export type Scope =
  /** `call`: which of the module's calls it is, from 1. */
  | { kind: "module"; label: string; call: number; parent?: number }
  /** `round`: from 1; `rounds`: how many there were in all. `range` is the loop's head. */
  | {
      kind: "round";
      label: string;
      loop: number;
      round: number;
      rounds: number;
      range: Range;
      parent?: number;
    };

/** `from` is a grad_fn and `to` the next function it passes gradients to; for kind "op", data flow reversed alike. */
export interface GraphEdge {
  from: NodeId;
  to: NodeId;
  /** Which output of `to` the gradient belongs to. */
  inputNumber: number;
  /** Which of `from`'s inputs (a name of its schema) leads there. */
  argument: string;
  tensor: TensorId | null;
  /** The gradient cannot pass here. */
  cut?: string;
}

export interface BackwardCall {
  kind: "backward" | "grad";
  site: Site;
  retainGraph: boolean;
  createGraph: boolean;
  /** Tensors it started from. */
  roots: TensorId[];
  status: "ok" | "raised";
  /** Which of all calls of the snippet it was, from 1. */
  ordinal?: number;
  /** How often its place called (a loop); of many only the first and the last are listed. */
  count?: number;
}

/** A number followed over the backward calls of one place: some of them, when there were many. */
export interface Curve {
  /** loss: what the calls started from; gradient: the norm of what a leaf's `.grad` held after each. */
  of: "loss" | "gradient";
  /** The loss, or the leaf; of several the last. */
  tensor: TensorId;
  /** The place of the calls. */
  site: Site | null;
  /** BackwardCall.ordinal of each point, growing. */
  calls: number[];
  values: NumberValue[];
}

interface StepBase {
  site: Site | null;
  /** 1-based count of how often this site had happened, and how often in all (a loop). */
  iteration: number;
  iterations: number;
}
export interface ForwardStep extends StepBase {
  kind: "forward";
  op: string;
  inputs: TensorId[];
  outputs: TensorId[];
  node: NodeId | null;
  values: Elements[];
}
export interface MutateStep extends StepBase {
  kind: "mutate";
  op: string;
  tensor: TensorId;
  version: number;
  values: Elements[];
}
/** One node of one backward call: `site` is the forward expression that made the node. */
export interface BackwardStep extends StepBase {
  kind: "backward";
  call: number;
  node: NodeId;
  /** Incoming gradient per output of the node, null where undefined. */
  incoming: (Elements | null)[];
  /** Outgoing gradient per input of the node, null where undefined. */
  outgoing: (Elements | null)[];
}
export interface AccumulateStep extends StepBase {
  kind: "accumulate";
  call: number;
  node: NodeId;
  tensor: TensorId;
  increment: Elements;
  accumulated: Elements;
}
/** A name that is listed in `zero_grad`, `.grad = None`, `requires_grad_` and the like. */
export interface StateStep extends StepBase {
  kind: "state";
  what: "grad_cleared" | "grad_set" | "requires_grad" | "retain_grad" | "detach_";
  tensor: TensorId;
}
export type Step = ForwardStep | MutateStep | BackwardStep | AccumulateStep | StateStep;

export type Severity = "error" | "warning" | "information" | "hint";

export interface TextEdit {
  range: Range;
  newText: string;
}

/** Edits that may help with a finding. A fix was tried, a candidate was not. */
export interface Fix {
  /** In plain words. That of a fix says what the gradient becomes. */
  title: string;
  edits: TextEdit[];
  /** Tried by running it: the problem is gone, and nothing else broke. */
  verified?: boolean;
  /** What it costs, where it costs something: memory that is kept, a result that is another one. */
  cost?: string;
}

export interface Finding {
  /** Stable: "autograd/second-backward". Its page is docs of the same name. */
  code: string;
  severity: Severity;
  /** PyTorch's exact text where PyTorch has one. */
  message: string;
  range: Range;
  related: { message: string; range: Range; file?: string }[];
  /** The backward call that it came of: BackwardCall.ordinal. */
  call?: number;
  /** Verified ones, best first. Empty after a run: fixes are tried when somebody asks (engine/fixes.ts). */
  fixes: Fix[];
  /** Edits that are worth trying, best first. Not to be offered to anybody before they were tried. */
  candidates?: Fix[];
}

/** A place in the code where a tensor can be pointed at: a name, or a whole expression. */
export interface Occurrence {
  range: Range;
  /** The text of a name or attribute; absent for an expression. */
  name?: string;
  tensor: TensorId;
}

/** What `#?` shows at the end of a line. */
export interface InlineValue {
  line: number;
  /** The expression shown. */
  expression: string;
  text: string;
  tensor?: TensorId;
}

export type StoppedBy = "timeout" | "user" | "superseded" | "memory";

export interface SnippetReport {
  title: string;
  range: Range;
  status: "ok" | "raised" | "stopped";
  stoppedBy?: StoppedBy;
  milliseconds: number;
  /** In the order printed; `range` is the statement that printed. */
  output: { text: string; range: Range }[];
  /** Python's type name, the exact text, and the innermost place in the document. */
  error?: { type: string; message: string; range: Range; traceback: string };
  tensors: TensorRecord[];
  graph: { nodes: GraphNode[]; edges: GraphEdge[] };
  /** What GraphNode.within points into; absent where nothing stands in a module or a loop. */
  scopes?: Scope[];
  timeline: Step[];
  backwardCalls: BackwardCall[];
  /** Absent where nothing was repeated. */
  curves?: Curve[];
  diagnostics: Finding[];
  occurrences: Occurrence[];
  inlineValues: InlineValue[];
  /** Set when records were dropped to stay within limits. */
  truncated?: string;
}

export interface Report {
  file: string;
  version: number;
  engine: { torch: string; python: string };
  snippets: SnippetReport[];
}
