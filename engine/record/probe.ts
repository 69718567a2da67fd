// A recorder that answers one question of the inspector while the snippets run again: it puts other numbers into a
// tensor when that is made, or asks the graph for derivatives while it is alive.
import { withGrad } from "../autograd/modes";
import type { Gradients, Node } from "../autograd/node";
import { tensorApi } from "../autograd/tensorApi";
import { gradientEdge, requiresGrad } from "../autograd/views";
import { elementsOf, gather } from "../kernels/strided";
import type { Answer, Question, Replacement, SeedReplacement, Tries } from "../protocol/experiment";
import type { NumberValue } from "../protocol/report";
import { float64 } from "../tensor/dtype";
import { TorchError } from "../tensor/errors";
import type { Tensor } from "../tensor/tensor";
import type { NodeFacts, OpFacts, TensorFacts } from "./facts";
import { type BackwardEvent, type OperatorEvent, unrecorded } from "./hook";
import { findPaths, gradientBy, numbers, shaped } from "./paths";
import { RunRecorder } from "./recorder";
import { Snapshot } from "./snapshot";

/** A Jacobian is asked row by row, and shown cell by cell. */
const MOST_ROWS = 64;
const MOST_CELLS = 4096;

/** What the result of a backward call was in a run: for differences. */
export interface Measured {
  /** Sum of v times the tensors that the call started from. */
  value: number;
  /** The tensor's elements, as they were when it was made, after the replacement. */
  at: Float64Array | null;
  float64: boolean;
}

export class ProbeRecorder extends RunRecorder {
  answer: Answer | null = null;
  measured: Measured | null = null;
  /** Replacements that found their tensor. */
  readonly replaced = new Set<number>();
  private readonly replacements: Map<number, Replacement>;
  private readonly seeds: readonly SeedReplacement[];
  private readonly live = new Map<number, Tensor>();
  private readonly used = new Set<number>();
  private asked = false;

  /** `snippet`: which one the question is about. */
  constructor(
    limit: number,
    private readonly snippetIndex: number,
    private readonly question: Question,
    { replace, seeds }: Tries,
  ) {
    super(limit);
    this.seeds = seeds;
    this.replacements = new Map(replace.map((each) => [each.tensor, each]));
  }

  protected override newTensor(
    tensor: Tensor,
    made: OpFacts,
    outputNr: number,
    inputs: readonly (Tensor | null)[],
  ): TensorFacts {
    const facts = super.newTensor(tensor, made, outputNr, inputs);
    const { question } = this;
    const wanted = "tensor" in question && question.tensor === facts.reportId;
    if (wanted || this.replacements.has(facts.reportId)) this.live.set(facts.reportId, tensor);
    this.replace(facts, tensor);
    return facts;
  }

  override operator(event: OperatorEvent): void {
    super.operator(event);
    // A constructor may fill what it made in several steps: what counts is what the first real operator sees.
    for (const [id, tensor] of this.live) {
      const facts = this.tensorOf(tensor);
      if (event.inPlace && event.outputs[0].storage === tensor.storage && !this.used.has(id)) {
        this.replace(facts, tensor);
      } else if (event.node !== null && event.inputs.includes(tensor)) this.used.add(id);
    }
    const { question } = this;
    if (question.kind !== "local" || event.node === null || this.asked) return;
    const facts = this.nodeOf(event.node);
    if (facts.reportId === question.node) this.askLocal(event.node, facts);
  }

  override backwardBegin(event: BackwardEvent): void {
    super.backwardBegin(event);
    const { question } = this;
    if (this.snippet.index !== this.snippetIndex) return;
    for (const { call, values } of this.seeds) {
      const [seed] = event.seeds;
      if (call === this.callCount && seed?.numel === values.length) write(seed, values);
    }
    if (!("call" in question) || question.call !== this.callCount || this.asked) return;
    this.asked = true;
    if (question.kind === "differences") {
      this.measure(event, question.tensor);
      return;
    }
    const target = this.live.get(question.tensor);
    this.answer = answered(() =>
      target === undefined
        ? refused("The tensor was not made again: the code ran differently this time.")
        : question.kind === "jacobian"
          ? jacobian(event, target)
          : findPaths(event, target, (node) => this.placeOf(node)),
    );
  }

  private replace(facts: TensorFacts, tensor: Tensor): void {
    const replacement = this.replacements.get(facts.reportId);
    if (replacement === undefined || replacement.values.length !== tensor.numel) return;
    write(tensor, replacement.values);
    this.replaced.add(facts.reportId);
    facts.value = new Snapshot(tensor, this.held, facts.made.site);
  }

  private placeOf(node: Node): { id: number; site: number } {
    const facts = this.nodeOf(node);
    return { id: facts.reportId, site: facts.site };
  }

  private measure({ roots, seeds }: BackwardEvent, id: number): void {
    const tensor = this.live.get(id);
    let value = 0;
    roots.forEach((root, i) => {
      const v = seeds[i];
      const weights = v ? elementsOf(v) : null;
      elementsOf(root).forEach((element: number | bigint, k: number) => {
        value += Number(element) * (weights === null ? 1 : Number(weights[k]));
      });
    });
    const at = tensor ? Float64Array.from(elementsOf(tensor) as ArrayLike<number>, Number) : null;
    this.measured = { value, at, float64: roots.every((root) => root.dtype === float64) };
  }

  private askLocal(node: Node, facts: NodeFacts): void {
    this.asked = true;
    this.answer = answered(() => local(node, facts));
  }
}

export const refused = (why: string): Answer => ({ kind: "refused", why });

/** Unseen by the graph and the recorder. What a formula raises (a graph that was freed) is the answer. */
function answered(body: () => Answer): Answer {
  try {
    return unrecorded(() => withGrad(false, body));
  } catch (error) {
    if (error instanceof TorchError) return refused(error.message);
    throw error;
  }
}

/** Writes the elements, wherever they stand in memory; the version counter knows nothing of it. */
function write(tensor: Tensor, values: readonly number[]): void {
  const { storage, sizes, strides, offset } = tensor;
  const data = storage.data as Float64Array;
  const places = gather(
    Int32Array.from(data, (_, i) => i),
    float64,
    sizes,
    strides,
    offset,
  );
  for (let i = 0; i < values.length; i++) data[Number(places[i])] = values[i];
}

/** A gradient of zeros with a single one in it. */
function oneHot(like: { sizes: readonly number[]; dtype: Tensor["dtype"] }, element: number): Tensor {
  const tensor = tensorApi.zeros([...like.sizes], like.dtype);
  (tensor.storage.data as Float64Array)[element] = 1;
  return tensor;
}

function tooLarge(rows: number, columns: number): Answer | null {
  if (rows <= MOST_ROWS && rows * columns <= MOST_CELLS) return null;
  return refused(
    `The matrix has ${rows} rows and ${columns} columns. Up to ${MOST_ROWS} rows and ${MOST_CELLS} cells are asked for.`,
  );
}

/** Row by row: backward from one element of the result at a time. */
function jacobian({ roots, seeds }: BackwardEvent, target: Tensor): Answer {
  const [root] = roots;
  if (!root || roots.length > 1) return refused("Only a call that starts from one tensor has one Jacobian.");
  const rows = root.numel;
  const large = tooLarge(rows, target.numel);
  if (large) return large;
  const edge = requiresGrad(target) ? gradientEdge(target) : null;
  if (edge === null) return refused("No gradient flows to this tensor.");
  const values: NumberValue[] = [];
  for (let row = 0; row < rows; row++) {
    const parts = gradientBy(root, oneHot(root, row), target);
    values.push(...(parts === null ? new Array<NumberValue>(target.numel).fill(0) : numbers(parts)));
  }
  const [seed] = seeds;
  return {
    kind: "jacobian",
    matrix: { rows, columns: target.numel, values },
    v: seed ? numbers(seed) : new Array<NumberValue>(rows).fill(1),
    resultShape: [...root.sizes],
    shape: [...target.sizes],
  };
}

/** The formula of one operator, asked with a gradient of one at each element of its result. */
function local(node: Node, facts: NodeFacts): Answer {
  const output = node.outputs.findIndex((meta) => meta.dtype.kind === "float");
  const meta = node.outputs[output];
  if (meta === undefined) return refused("It has no result that a gradient could come to.");
  const rows = meta.sizes.reduce((product, size) => product * size, 1);
  const parts = facts.edges.map(({ place, input, argument }) => {
    const to = node.edges[place];
    const sizes = to?.node.outputs[to.inputNr]?.sizes ?? [];
    const columns = sizes.reduce((product, size) => product * size, 1);
    return { place, input, argument, columns, shape: [...sizes], values: [] as NumberValue[] };
  });
  const large = tooLarge(rows, Math.max(...parts.map((part) => part.columns), 0));
  if (large) return large;
  for (let row = 0; row < rows; row++) {
    const incoming: Gradients = node.outputs.map(() => null);
    incoming[output] = oneHot(meta, row);
    const outgoing = shaped(node, node.apply(incoming));
    for (const part of parts) {
      const gradient = outgoing[part.place];
      part.values.push(...(gradient ? numbers(gradient) : new Array<NumberValue>(part.columns).fill(0)));
    }
  }
  return {
    kind: "local",
    resultShape: [...meta.sizes],
    parts: parts.map(({ input, argument, columns, shape, values }) => ({
      input,
      argument,
      shape,
      matrix: { rows, columns, values },
    })),
  };
}
