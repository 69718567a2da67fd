// Listens to the engine and notes what happens: cheap at run time, bounded in memory, no judgement. What it means
// is said in report.ts, whyNoGrad.ts and findings/.
//
// Note [Bounded]. What happens at one place is a series (series.ts): counted, its first and last kept. A fact that
// leaves its series lets go of what it refers to, so that a chain of 10,000 steps is not kept through its last one.
import { modes } from "../autograd/modes";
import type { Gradients, Node } from "../autograd/node";
import { AccumulateGrad } from "../autograd/views";
import type { TorchError } from "../tensor/errors";
import type { Tensor } from "../tensor/tensor";
import { badGradient, badRoot } from "./births";
import type {
  AccumulateFacts,
  BackwardFacts,
  CallFacts,
  EscapeFacts,
  NodeFacts,
  OpFacts,
  OptimizerFacts,
  StateFacts,
  TensorFacts,
} from "./facts";
import type { BackwardEvent, OperatorEvent, Recorder, StateChange } from "./hook";
import { NoteBook, supersedeValues } from "./notes";
import { type Happening, Series } from "./series";
import { Snapshot } from "./snapshot";

/** Operators whose result has the shape of an input and nothing of its value. */
const FACTORY = /^(zeros|ones|full|empty|rand|randn|randint)_like$|^new_/;
/** Gradients kept per tensor, and escapes, reads and hidden writes per snippet. */
const KEPT = 64;

/** Steps of an optimizer that are noted per place. */
const FEW_STEPS = 4;

const nothing = () => {};

export class RunRecorder extends NoteBook implements Recorder {
  /** All calls that are kept, of every snippet, in order. */
  readonly calls = new Set<CallFacts>();
  private readonly states = new Map<string, Series<StateFacts>>();
  private readonly callSeries = new Map<string, Series<CallFacts>>();
  /** Per series of the operator that made the node (or the node itself), then per place of the call. */
  private readonly passes = new Map<object, Map<number, Series<BackwardFacts>>>();
  private readonly sums = new Map<object, Map<number, Series<AccumulateFacts>>>();
  private readonly makers = new Map<string, object>();
  private readonly stack: CallFacts[] = [];
  /** Gradients of the running calls, so that one that leaves a node and enters the next is read once. */
  private readonly gradients = new Map<Tensor, { version: number; snapshot: Snapshot }>();
  private switchedOff = 0;
  /** What switched recording off at a place: "no_grad", "set_grad_enabled". */
  readonly modeNames = new Map<number, string>();
  /** Backward calls of the snippet so far. */
  protected callCount = 0;

  override beginSnippet(index: number): void {
    super.beginSnippet(index);
    for (const table of [this.states, this.callSeries, this.passes, this.sums, this.makers]) table.clear();
    this.gradients.clear();
    this.stack.length = 0;
    this.switchedOff = 0;
    this.callCount = 0;
  }

  // ---- what the engine calls

  operator(event: OperatorEvent): void {
    // backward() makes its first gradient at the place of the call: nothing that the user wrote.
    if (this.stack.length > 0 && modes.backwardDepth === 0) return;
    const inBackward = modes.backwardDepth > 0;
    const inputs = event.inputs.map((tensor) =>
      tensor && !tensor.wrappedNumber ? this.tensorOf(tensor) : null,
    );
    const series = this.opSeries(event.site, inBackward ? `${event.name} in backward` : event.name);
    const op: OpFacts = {
      kind: "op",
      order: this.order++,
      index: 0,
      snippet: this.snippet.index,
      series,
      name: event.name,
      site: event.site,
      math: event.math,
      inputs,
      argumentNames: event.argumentNames,
      producers: inputs.map((input) => input?.producer ?? null),
      outputs: [],
      values: [],
      node: null,
      inPlace: event.inPlace,
      version: 0,
      cut: event.cut,
      modeSite: event.cut === "no_grad" || event.cut === "inference_mode" ? this.switchedOff : 0,
      factory: FACTORY.test(event.name),
      temporary: constructs(event, inputs[0]),
      previous: series.last?.order ?? -1,
      inBackward,
      around: this.around(),
      sources: this.takeSources(event.site),
      evicted: false,
      evict: this.evictOp,
      superseded: supersedeValues,
    };
    if (op.factory) op.cut = null;
    if (op.temporary && inputs[0]) inputs[0].made.temporary = true;
    this.keep(series, op);
    if (event.inPlace) this.changed(op, event);
    else this.made(op, event);
  }

  private made(op: OpFacts, event: OperatorEvent): void {
    if (event.node) op.node = this.newNode(event.node, op);
    event.outputs.forEach((tensor, i) => {
      const facts = this.newTensor(tensor, op, i, event.inputs);
      op.outputs.push(facts);
      op.values.push(facts.value);
      if (op.node && tensor.gradFn === event.node) op.node.outputs[tensor.outputNr] = facts;
    });
    if (event.node && op.node) this.noteSaved(op.node, event.node);
    // A node was made for nothing: an integer has no gradient, nor what a custom Function says has none.
    if (op.node && event.outputs.every((output) => output.gradFn === null)) {
      op.cut = event.outputs.some((output) => output.isFloat) ? event.name : "dtype";
    }
    const single = op.values[0]?.single;
    if (op.values.length === 1 && typeof single === "number") op.series.noteNumber(single);
  }

  private changed(op: OpFacts, event: OperatorEvent): void {
    const [self] = event.outputs;
    const facts = this.tensorOf(self);
    const base = self.view ? this.tensorOf(self.view.base) : null;
    // A temporary view, as x[0] = 1 makes it: what the user changes is the base.
    const temporary = base !== null && facts.made.site === op.site && facts.made.site > 0;
    // The first values of what a constructor makes.
    if (base === null && facts.made.temporary && facts.made.site === op.site) op.temporary = true;
    const shown = base === null ? [facts] : temporary ? [base] : [facts, base];
    if (base !== null && temporary) {
      facts.made.temporary = true;
      const place = op.inputs.indexOf(facts);
      op.inputs[place] = base;
      op.producers[place] = base.producer;
    }
    const node = event.node && self.view ? self.view.base.gradFn : event.node;
    if (node) {
      op.node = this.newNode(node, op);
      this.noteSaved(op.node, node);
    }
    op.version = self.version.value;
    for (const tensor of base && self.view ? [self, self.view.base] : [self]) {
      const changed = tensor === self ? facts : (base as TensorFacts);
      changed.value = new Snapshot(tensor, this.held, op.site);
      if (op.index === 1) changed.value.standing = "first";
      changed.producer = op;
      changed.sizes = tensor.sizes;
      if (op.node === null) continue;
      changed.requiresGrad = true;
      changed.isLeaf = false;
      // A view has a history of its own, made anew from that of its base.
      changed.node = tensor === self && base ? self.gradFn && this.nodeOf(self.gradFn) : op.node;
    }
    if (op.node) op.node.outputs[0] = base ?? facts;
    op.outputs.push(...shown);
    op.values.push(...shown.map((tensor) => tensor.value));
    // A leaf that is updated under no_grad stays a leaf: nothing is cut.
    if (facts.requiresGrad) op.cut = null;
    if (facts.filledBy && op.node === null) this.settleSum(facts, "used");
    const owner = this.gradOwners.get(self.id);
    if (owner) {
      owner.grad = facts.value;
      // w.grad.zero_()
      if (/^zero_?$/.test(event.name)) {
        this.settleSum(owner, "cleared");
        owner.filledBy = null;
      }
    }
    const { storage } = facts;
    if (storage.counters > 1) {
      storage.writes ??= [];
      if (storage.writes.length < KEPT) storage.writes.push({ order: op.order, counter: facts.counter, op });
    }
  }

  beforeWrite(tensor: Tensor): void {
    this.held.beforeWrite(tensor.storage, modes.site);
  }

  backwardBegin(event: BackwardEvent): void {
    const key = `${event.site} ${event.kind}`;
    let series = this.callSeries.get(key);
    if (!series) {
      series = new Series(event.site, event.kind);
      this.callSeries.set(key, series);
      this.snippet.calls.push(series);
    }
    const call: CallFacts = {
      kind: "call",
      order: this.order++,
      index: 0,
      snippet: this.snippet.index,
      how: event.kind,
      site: event.site,
      retainGraph: event.retainGraph,
      createGraph: event.createGraph,
      roots: event.roots.map((root) => this.tensorOf(root)),
      inputs: event.inputs?.map((input) => this.tensorOf(input)) ?? null,
      ended: "running",
      ordinal: ++this.callCount,
      nodes: 0,
      evict: this.evictCall,
      superseded: nothing,
    };
    this.keep(series, call);
    this.calls.add(call);
    this.stack.push(call);
    this.snippet.curves.loss(call, series);
    for (const root of call.roots) this.snippet.bad ??= badRoot(call, root);
  }

  backwardEnd(error: unknown): void {
    const call = this.stack.pop();
    if (call) call.ended = error === null ? "ok" : "raised";
    if (this.stack.length === 0) this.gradients.clear();
  }

  backwardNode(node: Node, incoming: Gradients, outgoing: Gradients): void {
    const call = this.stack[this.stack.length - 1];
    if (!call) return;
    const facts = this.nodeOf(node);
    facts.freedBy = node.freedBy;
    facts.visitedBy = call;
    call.nodes++;
    const arrived = incoming.map((gradient) => this.gradient(gradient));
    const maker = facts.op?.series ?? this.madeAnew(facts);
    const series = seriesOf(this.passes, maker, call.site, facts.name, this.snippet.backward);
    this.keep(series, {
      kind: "backward",
      order: this.order++,
      index: 0,
      call,
      node: facts,
      series,
      incoming: arrived,
      outgoing: outgoing.map((gradient) => this.gradient(gradient)),
      evict: discardGradients,
      superseded: supersedeGradients,
    });
    arrived.forEach((increment, i) => {
      const output = facts.outputs[i];
      if (!increment || !output || output.node !== facts) return;
      const retained = node.retainGradHooks?.[i]?.grad;
      const accumulated = retained ? new Snapshot(retained, this.held) : null;
      if (accumulated) output.grad = accumulated;
      output.captured = increment;
      addGradient(output, call, increment, accumulated);
    });
    this.findHiddenWrites(facts, call);
  }

  accumulate(node: Node, increment: Tensor, before: Tensor | null): void {
    const call = this.stack[this.stack.length - 1];
    if (!call || !(node instanceof AccumulateGrad)) return;
    const { variable } = node;
    const facts = this.tensorOf(variable);
    const nodeFacts = this.nodeOf(node);
    nodeFacts.visitedBy = call;
    call.nodes++;
    if (before !== null && facts.filledBy && facts.filledBy !== call) this.noteAddition(facts, call);
    const grad = variable.grad as Tensor;
    if (before === grad) this.noteAlias(facts, grad, call);
    facts.filledBy = call;
    facts.filledAtVersion = variable.version.value;
    this.setGrad(facts, grad);
    const accumulated = facts.grad as Snapshot;
    const arrived = this.gradient(increment) as Snapshot;
    // A leaf has a series of its own, unless a loop makes one leaf after another.
    const { series: maker } = facts.made;
    const key = maker.count > KEPT ? maker : nodeFacts;
    const series = seriesOf(this.sums, key, call.site, "AccumulateGrad", this.snippet.accumulate);
    this.keep(series, {
      kind: "accumulate",
      order: this.order++,
      index: 0,
      call,
      node: nodeFacts,
      series,
      tensor: facts,
      increment: arrived,
      accumulated,
      evict: nothing,
      superseded: supersedeSum,
    });
    addGradient(facts, call, arrived, accumulated);
    this.snippet.curves.gradient(call, facts, grad, accumulated);
    this.snippet.bad ??= badGradient(this.snippet, call, facts, arrived);
  }

  captured(input: Tensor, gradient: Tensor): void {
    const call = this.stack[this.stack.length - 1];
    if (!call) return;
    const facts = this.tensorOf(input);
    const increment = this.gradient(gradient) as Snapshot;
    facts.captured = increment;
    if (facts.isLeaf) this.snippet.curves.gradient(call, facts, gradient, increment);
    if (facts.gradients[facts.gradients.length - 1]?.call !== call) addGradient(facts, call, increment, null);
    this.gradOwners.set(gradient.id, facts);
    const result = this.tensorOf(gradient);
    result.gradOf = facts;
    result.gradCall = call;
    this.gradOwners.delete(gradient.id);
  }

  state(what: StateChange, tensor: Tensor, site: number): void {
    const facts = this.tensorOf(tensor);
    const key = `${site} ${what}`;
    let series = this.states.get(key);
    if (!series) {
      series = new Series(site, what);
      this.states.set(key, series);
      this.snippet.states.push(series);
    }
    const state: StateFacts = {
      kind: "state",
      order: this.order++,
      index: 0,
      what,
      tensor: facts,
      site,
      series,
      value: tensor.leafRequiresGrad,
      silent: what === "requires_grad" && site > 0 && facts.made.site === site,
      evict: nothing,
      superseded: nothing,
    };
    this.keep(series, state);
    facts.changes.push(state);
    if (facts.changes.length > KEPT) facts.changes.splice(KEPT / 2, 1);
    switch (what) {
      case "grad_cleared":
        this.settleSum(facts, "cleared");
        if (tensor.grad === null) this.forgetGrad(facts);
        else this.setGrad(facts, tensor.grad);
        facts.filledBy = null;
        break;
      case "grad_set":
        if (tensor.grad) this.setGrad(facts, tensor.grad);
        else this.forgetGrad(facts);
        facts.filledBy = null;
        break;
      case "requires_grad":
        facts.requiresGrad = tensor.leafRequiresGrad || !facts.isLeaf;
        break;
      case "retain_grad":
        facts.retainsGrad = true;
        break;
      case "detach_":
        facts.requiresGrad = false;
        facts.isLeaf = true;
        facts.node = null;
        break;
      default:
        what satisfies never;
    }
  }

  bind(place: number, tensor: Tensor): void {
    const facts = this.tensorOf(tensor);
    this.snippet.bound.set(place, facts);
    if (facts.places.length < KEPT && !facts.places.includes(place)) facts.places.push(place);
  }

  escape(how: string, tensor: Tensor, site: number): void {
    const facts = this.tensorOf(tensor);
    const value = facts.value.single;
    const escaped: EscapeFacts = {
      how,
      tensor: facts,
      requiredGrad: facts.requiresGrad,
      site,
      order: this.order++,
      value: typeof value === "number" ? value : null,
    };
    const { escapes } = this.snippet;
    escapes.push(escaped);
    if (escapes.length > KEPT) escapes.splice(KEPT / 2, 1);
    if (how !== "tensor" && how !== "as_tensor") return;
    const waiting = this.sources.get(site);
    if (waiting) waiting.push(escaped);
    else this.sources.set(site, [escaped]);
  }

  gradRead(tensor: Tensor, site: number): void {
    const facts = this.tensorOf(tensor);
    const { gradReads } = this.snippet;
    if (tensor.grad !== null || facts.isLeaf || facts.retainsGrad || gradReads.length >= KEPT) return;
    if (!gradReads.some((read) => read.site === site)) gradReads.push({ tensor: facts, site });
  }

  gradMode(how: string, enabled: boolean, site: number): void {
    if (enabled) return;
    this.switchedOff = site;
    this.modeNames.set(site, how);
  }

  optimizer(what: OptimizerFacts["what"], parameters: readonly Tensor[], site: number): void {
    const { optimizers } = this.snippet;
    const event: OptimizerFacts = {
      what,
      parameters: parameters.map((parameter) => this.tensorOf(parameter)),
      site,
      order: this.order++,
      withGradient: parameters.filter(({ grad }) => grad !== null).length,
    };
    // The first steps of each place and the last tell the order of things; those between tell nothing new.
    const here = optimizers.filter((other) => other.site === site && other.what === what);
    if (here.length > FEW_STEPS) optimizers.splice(optimizers.indexOf(here[FEW_STEPS]), 1);
    optimizers.push(event);
  }

  raised(error: TorchError, site: number): void {
    this.snippet.raised = { error, facts: error.facts ?? null, site, order: this.order++ };
  }

  private gradient(gradient: Tensor | null): Snapshot | null {
    if (gradient === null) return null;
    const version = gradient.version.value;
    const known = this.gradients.get(gradient);
    if (known?.version === version) return known.snapshot;
    const snapshot = new Snapshot(gradient, this.held);
    // A long pass would keep all its gradients alive otherwise.
    if (this.gradients.size >= KEPT) this.gradients.clear();
    this.gradients.set(gradient, { version, snapshot });
    return snapshot;
  }

  /** What became of a gradient that was added to another; that it was used once is enough. */
  private settleSum(tensor: TensorFacts, fate: "used" | "cleared"): void {
    for (const added of this.snippet.addedGrads) {
      if (added.tensor !== tensor || !added.open) continue;
      added.open = false;
      if (added.fate !== "used") added.fate = fate;
    }
  }

  private noteAlias(tensor: TensorFacts, grad: Tensor, call: CallFacts): void {
    const { aliases } = this.snippet;
    if (!grad.note || aliases.length >= KEPT) return;
    const alias = this.tensorOf(grad);
    if (alias.places.length > 0) aliases.push({ alias, tensor, call });
  }

  private noteAddition(tensor: TensorFacts, second: CallFacts): void {
    const first = tensor.filledBy as CallFacts;
    const { addedGrads } = this.snippet;
    const same = addedGrads.find((a) => a.tensor === tensor && a.second.site === second.site);
    const mutation = tensor.counter.firstAfter(tensor.filledAtVersion);
    const updated = mutation ? { site: mutation.site, by: mutation.by } : null;
    if (same) {
      same.updated ??= updated;
      same.open = true;
    } else if (addedGrads.length < KEPT)
      addedGrads.push({ tensor, first, second, updated, fate: "held", open: true });
  }

  private findHiddenWrites(node: NodeFacts, call: CallFacts): void {
    for (const saved of node.saved) {
      const { tensor } = saved;
      if (!tensor?.storage.writes) continue;
      const write = tensor.storage.writes.find((w) => w.order > node.order && w.counter !== tensor.counter);
      const { hiddenWrites } = this.snippet;
      if (write && hiddenWrites.length < KEPT) hiddenWrites.push({ node, saved, write: write.op, call });
    }
  }

  /** What stands for the maker of a node that no operator was seen to make: one for each name at each place. */
  private madeAnew(node: NodeFacts): object {
    const key = `${node.site} ${node.name}`;
    let maker = this.makers.get(key);
    if (!maker) {
      maker = {};
      this.makers.set(key, maker);
    }
    return maker;
  }

  private readonly evictCall = ((recorder: RunRecorder) =>
    function (this: CallFacts): void {
      recorder.calls.delete(this);
      this.roots = [];
      this.inputs = null;
    })(this);
}

/** Whether it takes the data off a tensor that was made at the same place, and for nothing else. */
function constructs(event: OperatorEvent, source: TensorFacts | null | undefined): boolean {
  if (event.name !== "detach" || event.site === 0 || !source) return false;
  return source.made.site === event.site && source.made.inputs.length === 0 && !source.requiresGrad;
}

function seriesOf<K extends object, T extends Happening>(
  table: Map<K, Map<number, Series<T>>>,
  key: K,
  site: number,
  name: string,
  list: Series<T>[],
): Series<T> {
  let bySite = table.get(key);
  if (!bySite) {
    bySite = new Map();
    table.set(key, bySite);
  }
  let series = bySite.get(site);
  if (!series) {
    series = new Series(site, name);
    bySite.set(site, series);
    list.push(series);
  }
  return series;
}

function addGradient(
  tensor: TensorFacts,
  call: CallFacts,
  increment: Snapshot,
  accumulated: Snapshot | null,
): void {
  tensor.gradients.push({ call, increment, accumulated });
  if (tensor.gradients.length > KEPT) tensor.gradients.splice(KEPT / 2, 1);
}

function supersedeGradients(this: BackwardFacts): void {
  for (const gradient of this.incoming) gradient?.supersede(this.index);
  for (const gradient of this.outgoing) gradient?.supersede(this.index);
}

function supersedeSum(this: AccumulateFacts): void {
  this.increment.supersede(this.index);
  this.accumulated.supersede(this.index);
}

function discardGradients(this: BackwardFacts): void {
  for (const gradient of [...this.incoming, ...this.outgoing]) gradient?.discard();
}
