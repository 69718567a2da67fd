// A recorder that answers one question of the inspector while the snippets run again: it puts other numbers into a
// tensor when that is made, or asks the graph for derivatives while it is alive.
import { withGrad } from "../autograd/modes";
import type { Node } from "../autograd/node";
import { elementsOf, gather } from "../kernels/strided";
import type { Answer, Question, Replacement, SeedReplacement, Tries } from "../protocol/experiment";
import { float64 } from "../tensor/dtype";
import { TorchError } from "../tensor/errors";
import type { Tensor } from "../tensor/tensor";
import type { NodeFacts, OpFacts, TensorFacts } from "./facts";
import { type BackwardEvent, type OperatorEvent, unrecorded } from "./hook";
import { jacobian, local } from "./matrices";
import { findPaths } from "./paths";
import { RunRecorder } from "./recorder";
import { Snapshot } from "./snapshot";

/** What the result of a backward call was in a run: for differences. */
export interface Measured {
  /** Sum of v times the tensors that the call started from. */
  value: number;
  /** The tensor's elements, as they were when it was first used, after the replacement. */
  at: Float64Array | null;
  float64: boolean;
}

export class ProbeRecorder extends RunRecorder {
  answer: Answer | null = null;
  measured: Measured | null = null;
  /** Replacements that found their tensor. */
  readonly replaced = new Set<number>();
  /** What a tensor that is to be changed held when it was first used. */
  readonly found = new Map<number, Float64Array>();
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
    this.look(facts.reportId, tensor);
    return facts;
  }

  override operator(event: OperatorEvent): void {
    super.operator(event);
    // A constructor may fill what it made in several steps: what counts is what the first real operator sees.
    for (const [id, tensor] of this.live) {
      const facts = this.tensorOf(tensor);
      if (event.inPlace && event.outputs[0].storage === tensor.storage && !this.used.has(id)) {
        this.replace(facts, tensor);
        this.look(id, tensor);
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
          ? jacobian(event, target, question)
          : findPaths(event, target, (node) => this.placeOf(node)),
    );
  }

  private look(id: number, tensor: Tensor): void {
    if (this.replacements.get(id)?.changes)
      this.found.set(id, Float64Array.from(elementsOf(tensor) as ArrayLike<number>, Number));
  }

  private replace(facts: TensorFacts, tensor: Tensor): void {
    const replacement = this.replacements.get(facts.reportId);
    if (replacement?.values?.length !== tensor.numel) return;
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
    this.answer = answered(() =>
      local(node, facts, this.question.kind === "local" ? this.question.part : undefined),
    );
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
  const data = storage.data as Float64Array | BigInt64Array;
  const places = gather(
    Int32Array.from({ length: data.length }, (_, i) => i),
    float64,
    sizes,
    strides,
    offset,
  );
  for (let i = 0; i < values.length; i++) {
    const place = Number(places[i]);
    if (data instanceof BigInt64Array) data[place] = BigInt(Math.round(values[i]));
    else data[place] = values[i];
  }
}
