// Notes on tensors and nodes: what is known of each, made when it is first seen. Holds no tensor and no node itself;
// the note hangs on them, so that it goes when they go, unless something that is kept refers to it.
import type { Node } from "../autograd/node";
import { AccumulateGrad, requiresGrad } from "../autograd/views";
import type { Tensor } from "../tensor/tensor";
import { CurveBook } from "./curves";
import type { EscapeFacts, NodeFacts, OpFacts, SnippetRecord, StorageFacts, TensorFacts } from "./facts";
import { type Happening, Series } from "./series";
import { HeldMemory, Snapshot } from "./snapshot";
import { type Around, around } from "./surroundings";

const NO_SOURCES: EscapeFacts[] = [];
/** Of what was evicted; never added to. */
const NO_TENSORS = Object.freeze([]) as unknown as TensorFacts[];
const NO_PRODUCERS = Object.freeze([]) as unknown as OpFacts[];
const NO_VALUES = Object.freeze([]) as unknown as Snapshot[];

/** A note of another run is none. */
interface Note {
  book: NoteBook;
}
type TensorNote = TensorFacts & Note;
type NodeNote = NodeFacts & Note;

export class NoteBook {
  snippet: SnippetRecord = emptySnippet(-1, 0);
  /** By Tensor.id and Node.id: of what is kept. */
  readonly tensors = new Map<number, TensorFacts>();
  readonly nodes = new Map<number, NodeFacts>();
  readonly held = new HeldMemory();
  protected order = 0;
  private nextTensor = 1;
  private nextNode = 1;
  private kept = 0;
  private readonly ops = new Map<number, Map<string, Series<OpFacts>>>();
  /** Whose `.grad` a tensor is, by its id. */
  protected readonly gradOwners = new Map<number, TensorFacts>();
  /** Tensors whose numbers go into what is made next at a place. */
  protected readonly sources = new Map<number, EscapeFacts[]>();

  /** `limit`: operators kept in full detail per snippet. */
  constructor(private readonly limit: number) {}

  beginSnippet(index: number): void {
    this.snippet = emptySnippet(index, this.order);
    this.ops.clear();
    this.sources.clear();
    this.kept = 0;
  }

  /** For an operator that has no node: a number that no node has. */
  nextNodeId(): number {
    return this.nextNode++;
  }

  private lastAround: Around = [];

  protected around(): Around {
    this.lastAround = around(this.lastAround);
    return this.lastAround;
  }

  // ---- facts of tensors and nodes

  /** What is known of a tensor. One that no operator was seen to make is data, a gradient, or from outside. */
  tensorOf(tensor: Tensor): TensorFacts {
    const note = tensor.note as TensorNote | null;
    if (note?.book === this) return note;
    const owner = this.gradOwners.get(tensor.id) ?? null;
    const name = owner ? "grad" : "";
    // A gradient bears the place of the forward operator whose formula gave it; what made it is the call.
    const call = owner?.gradients[owner.gradients.length - 1]?.call ?? null;
    const site = call?.site ?? tensor.site;
    const series = this.opSeries(site, name);
    const op: OpFacts = {
      kind: "op",
      order: this.order++,
      index: 0,
      snippet: this.snippet.index,
      series,
      name,
      site,
      math: null,
      inputs: [],
      argumentNames: [],
      producers: [],
      outputs: [],
      values: [],
      node: null,
      inPlace: false,
      version: 0,
      cut: null,
      modeSite: 0,
      factory: false,
      temporary: false,
      previous: series.last?.order ?? -1,
      inBackward: false,
      around: this.around(),
      sources: this.takeSources(site),
      evicted: false,
      evict: this.evictOp,
      superseded: supersedeValues,
    };
    this.keep(series, op);
    const facts = this.newTensor(tensor, op, 0, []);
    facts.gradOf = owner;
    facts.gradCall = call;
    op.outputs.push(facts);
    op.values.push(facts.value);
    return facts;
  }

  /** Tensors whose numbers have just gone into what is made at this place. */
  protected takeSources(site: number): EscapeFacts[] {
    if (this.sources.size === 0) return NO_SOURCES;
    const sources = this.sources.get(site);
    if (!sources) return NO_SOURCES;
    this.sources.delete(site);
    return sources;
  }

  protected newTensor(
    tensor: Tensor,
    made: OpFacts,
    outputNr: number,
    inputs: readonly (Tensor | null)[],
  ): TensorFacts {
    const gradFn = tensor.gradFn;
    const facts: TensorNote = {
      book: this,
      id: tensor.id,
      reportId: this.nextTensor++,
      snippet: this.snippet.index,
      made,
      outputNr,
      producer: made,
      dtype: tensor.dtype,
      sizes: tensor.sizes,
      requiresGrad: requiresGrad(tensor),
      inference: tensor.inference,
      retainsGrad: tensor.retainsGrad,
      node: null,
      isLeaf: gradFn === null,
      counter: tensor.version,
      storage: this.storageOf(tensor, inputs),
      value: new Snapshot(tensor, this.held, made.site),
      grad: tensor.grad ? new Snapshot(tensor.grad, this.held) : null,
      gradId: tensor.grad?.id ?? 0,
      captured: null,
      gradients: [],
      filledBy: null,
      filledAtVersion: 0,
      changes: [],
      gradOf: null,
      gradCall: null,
      places: [],
    };
    tensor.note = facts;
    this.tensors.set(tensor.id, facts);
    if (gradFn) {
      facts.node = this.nodeOf(gradFn);
      facts.node.outputs[tensor.outputNr] ??= facts;
    }
    return facts;
  }

  private storageOf(tensor: Tensor, inputs: readonly (Tensor | null)[]): StorageFacts {
    for (const input of inputs) {
      if (input?.storage !== tensor.storage) continue;
      const { storage } = this.tensorOf(input);
      if (input.version !== tensor.version) storage.counters++;
      return storage;
    }
    return { counters: 1, writes: null };
  }

  nodeOf(node: Node): NodeFacts {
    const note = node.note as NodeNote | null;
    if (note?.book === this) return note;
    const facts = this.newNode(node, null);
    this.noteSaved(facts, node);
    return facts;
  }

  protected newNode(node: Node, op: OpFacts | null): NodeFacts {
    const facts: NodeNote = {
      book: this,
      id: node.id,
      reportId: this.nextNode++,
      kind: node instanceof AccumulateGrad ? "accumulate" : "grad_fn",
      name: node.name,
      site: node.site,
      sequence: node.sequence,
      op,
      edges: [],
      saved: [],
      outputs: [],
      freedBy: node.freedBy,
      visitedBy: null,
      order: this.order,
      evicted: false,
    };
    node.note = facts;
    this.nodes.set(node.id, facts);
    if (node instanceof AccumulateGrad) {
      const leaf = this.tensorOf(node.variable);
      facts.outputs[0] = leaf;
      facts.site = leaf.made.site;
      if (leaf.isLeaf) leaf.node = facts;
      return facts;
    }
    this.connect(facts, node);
    return facts;
  }

  /** What it saved; after the results have been noted, since one of them may be among it. */
  protected noteSaved(facts: NodeFacts, node: Node): void {
    for (const { name, saved } of node.savedTensors()) {
      const { id, sizes, version } = saved;
      const known = facts.op?.inputs.find((input) => input?.id === id) ?? this.tensors.get(id) ?? null;
      facts.saved.push({ name, tensor: known, sizes, version });
    }
  }

  /** The edges, with the tensor of the forward pass that each belongs to. */
  private connect(facts: NodeFacts, node: Node): void {
    const names = node.edgeNames();
    const taken: boolean[] = [];
    node.edges.forEach((edge, i) => {
      if (!edge) return;
      const to = this.nodeOf(edge.node);
      const { tensor, input } = this.edgeTensor(facts.op, names[i], edge.inputNr, to, taken);
      facts.edges.push({ to, inputNr: edge.inputNr, argument: names[i], tensor, place: i, input });
      if (tensor && to.outputs[edge.inputNr] == null) {
        to.outputs[edge.inputNr] = tensor;
      }
      // The history that the tensor has now; that of a view may have been made anew.
      if (tensor && to.kind === "grad_fn" && facts.op?.inputs.includes(tensor)) tensor.node = to;
    });
  }

  /** Loops instead of lists: this is done for every edge of every node. */
  private edgeTensor(
    op: OpFacts | null,
    argument: string,
    inputNr: number,
    to: NodeFacts,
    taken: boolean[],
  ): { tensor: TensorFacts | null; input: number } {
    const known = to.outputs[inputNr] ?? null;
    if (op === null) return { tensor: known, input: -1 };
    let first = -1;
    let same = -1;
    for (let i = 0; i < op.inputs.length && same < 0; i++) {
      if (op.argumentNames[i] !== argument || taken[i]) continue;
      if (first < 0) first = i;
      if (known !== null && op.inputs[i] === known) same = i;
    }
    const place = same >= 0 || known !== null ? same : first;
    // A view that was made anew has other facts than the input that it was.
    if (place < 0) return { tensor: known, input: first };
    taken[place] = true;
    return { tensor: op.inputs[place], input: place };
  }

  protected setGrad(facts: TensorFacts, grad: Tensor): void {
    if (facts.gradId !== grad.id) {
      this.gradOwners.delete(facts.gradId);
      this.gradOwners.set(grad.id, facts);
      facts.gradId = grad.id;
    }
    facts.grad = new Snapshot(grad, this.held);
  }

  protected forgetGrad(facts: TensorFacts): void {
    this.gradOwners.delete(facts.gradId);
    facts.gradId = 0;
    facts.grad = null;
  }
  // ---- bounds

  protected opSeries(site: number, name: string): Series<OpFacts> {
    let atSite = this.ops.get(site);
    if (!atSite) {
      atSite = new Map();
      this.ops.set(site, atSite);
    }
    let series = atSite.get(name);
    if (!series) {
      series = new Series(site, name);
      atSite.set(name, series);
      this.snippet.ops.push(series);
    }
    return series;
  }

  protected keep<T extends Happening>(series: Series<T>, happening: T): void {
    const lean = this.kept >= this.limit;
    const more = series.add(happening, lean);
    if (lean && more <= 0) this.snippet.dropped++;
    this.kept += more;
  }

  protected readonly evictOp = ((book: NoteBook) =>
    function (this: OpFacts): void {
      this.evicted = true;
      for (const value of this.values) value.discard();
      for (const output of this.outputs) if (output.made === this) book.tensors.delete(output.id);
      this.values = NO_VALUES;
      this.inputs = NO_TENSORS;
      this.producers = NO_PRODUCERS;
      this.sources = NO_SOURCES;
      if (!this.node) return;
      book.nodes.delete(this.node.id);
      this.node.evicted = true;
      // The user's graph may be alive, and its nodes remember their facts: these must be small.
      // One evicted operator stands for all of its series.
      this.node.outputs = [];
      if (this.cut === null) this.outputs = NO_TENSORS;
      this.series.evicted ??= this;
      if (this.cut === null) this.node.op = this.series.evicted;
      this.node.edges = [];
      this.node.saved = [];
    })(this);
}

function emptySnippet(index: number, begins: number): SnippetRecord {
  return {
    index,
    begins,
    ops: [],
    backward: [],
    accumulate: [],
    states: [],
    calls: [],
    curves: new CurveBook(),
    escapes: [],
    hiddenWrites: [],
    addedGrads: [],
    gradReads: [],
    optimizers: [],
    bad: null,
    aliases: [],
    raised: null,
    bound: new Map(),
    dropped: 0,
  };
}

export function supersedeValues(this: OpFacts): void {
  for (const value of this.values) value.supersede(this.index);
}
