// The backward pass: one walk over the graph from its roots, a node when all that it waits for has come.
import { recording } from "../record/hook";
import { runtimeError } from "../tensor/errors";
import { isExpandableTo, sameSizes, sizesText } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import { explainFailure, refuseNaN } from "./anomaly";
import { callbacks } from "./callbacks";
import { ReadyQueue } from "./heap";
import { modes } from "./modes";
import type { Edge, Gradients, Node } from "./node";
import { SoleGradients } from "./sole";
import { inTask, type Task } from "./task";
import { tensorApi } from "./tensorApi";
import { AccumulateGrad } from "./views";

export interface BackwardOptions {
  retainGraph: boolean;
  createGraph: boolean;
  /** Only what leads to these is computed; null: everything. */
  targets: (Edge | null)[] | null;
  /** true: backward(), which adds to `.grad`; false: grad(), which hands the targets' gradients back. */
  accumulate: boolean;
}

/** Runs the pass. Answers one gradient per target (null: not reached), or none for backward(). */
export function runBackward(roots: Edge[], gradients: Tensor[], options: BackwardOptions): Gradients {
  const needed = options.targets ? nodesLeadingTo(roots, options.targets) : null;
  const captures = options.accumulate ? null : capturesOf(options.targets ?? []);
  const captured: Gradients = new Array(options.targets?.length ?? 0).fill(null);
  const places = placesOf(roots);
  const before = { grad: modes.grad, site: modes.site };
  const task = {
    needed,
    captured: captures && new Set(captures.keys()),
    reached: places,
    keepGraph: options.retainGraph,
    roots,
  };
  return inTask(task, (own) => {
    modes.grad = options.createGraph;
    modes.backwardDepth++;
    try {
      walk(own, places, gradients, options, captures, captured);
      // One of them may ask for another.
      modes.grad = before.grad;
      for (let i = 0; i < own.final.length; i++) callbacks.finalCallback(own.final[i]);
      return captured;
    } finally {
      modes.grad = before.grad;
      modes.site = before.site;
      modes.backwardDepth--;
    }
  });
}

function walk(
  task: Task,
  places: Map<Node, Place>,
  gradients: Tensor[],
  options: BackwardOptions,
  captures: Captures | null,
  captured: Gradients,
): void {
  const { needed, roots } = task;
  const callSite = modes.site;
  const sole = captures === null ? SoleGradients.ofPass() : null;
  const ready = new ReadyQueue<Place>();
  for (let i = 0; i < roots.length; i++) {
    const place = placeOf(places, roots[i].node);
    const first = place.incoming === null;
    addTo(place, roots[i].inputNr, gradients[i]);
    if (first && place.waiting === 0) ready.push(place);
  }

  while (ready.size > 0) {
    callbacks.checkInterrupt();
    const own = ready.pop();
    const { node } = own;
    const incoming = own.incoming ?? [];
    own.incoming = null;
    while (incoming.length < node.outputs.length) incoming.push(null);

    task.node = node;
    runTensorHooks(node, incoming);
    const caught = captures?.get(node);
    if (caught) for (const { index, inputNr } of caught) captured[index] = incoming[inputNr] ?? null;
    if (needed !== null && !runs(node, needed, options.accumulate)) {
      task.node = null;
      continue;
    }
    // Nothing is asked between here and the leaf: hooks would have been.
    if (sole !== null && node instanceof AccumulateGrad) {
      task.sole = node.preHooks === null && incoming[0] !== null && sole.has(incoming[0]);
    }
    const outgoing = runNode(node, incoming, options.retainGraph, callSite);
    task.node = null;
    task.sole = false;

    const { edges } = node;
    for (let i = 0; i < edges.length; i++) {
      const edge = edges[i];
      // Where no gradient arrives, its node runs all the same, so that its hooks are told.
      if (edge === null || (needed !== null && !comesTo(task, edge.node))) continue;
      const next = placeOf(places, edge.node);
      const gradient = outgoing[i];
      if (gradient) {
        addTo(next, edge.inputNr, gradient);
        sole?.came((next.incoming as Gradients)[edge.inputNr] as Tensor);
      }
      next.waiting--;
      if (next.waiting === 0) ready.push(next);
    }
    if (sole !== null) {
      for (let i = 0; i < incoming.length; i++) if (incoming[i]) sole.used(incoming[i] as Tensor);
    }
  }
}

/** Whether the pass comes to a node: one that it goes through, or whose gradient it hands back. */
function comesTo({ needed, captured }: Task, node: Node): boolean {
  return needed === null || needed.get(node) === true || captured?.has(node) === true;
}

/** The order in which the nodes of the pass that runs are expected to run, if every gradient arrives. */
export function executionOrder(task: Task): Node[] {
  const places = placesOf(task.roots);
  const ready = new ReadyQueue<Place>();
  const order: Node[] = [];
  for (const { node } of task.roots) {
    const place = placeOf(places, node);
    if (place.waiting === 0 && place.incoming === null) {
      place.incoming = [];
      ready.push(place);
    }
  }
  while (ready.size > 0) {
    const { node } = ready.pop();
    if (comesTo(task, node)) order.push(node);
    for (const edge of node.edges) {
      if (edge === null) continue;
      const next = placeOf(places, edge.node);
      if (--next.waiting === 0) ready.push(next);
    }
  }
  return order;
}

/** A target of grad() is only looked at, unless another one lies behind it. */
function runs(node: Node, needed: Map<Node, boolean>, accumulate: boolean): boolean {
  if (accumulate) return needed.get(node) === true;
  return node.edges.some((edge) => edge && needed.get(edge.node));
}

/** Where the pass stands with a node: how many edges it still waits for, and what has come by the others. */
class Place {
  readonly sequence: number;
  incoming: Gradients | null = null;

  constructor(
    readonly node: Node,
    public waiting: number,
  ) {
    this.sequence = node.sequence;
  }
}

function placeOf(places: Map<Node, Place>, node: Node): Place {
  let place = places.get(node);
  if (place === undefined) {
    place = new Place(node, 0);
    places.set(node, place);
  }
  return place;
}

function addTo(place: Place, inputNr: number, gradient: Tensor): void {
  if (place.incoming === null) {
    const { length } = place.node.outputs;
    place.incoming = length === 1 && inputNr === 0 ? [null] : new Array(length).fill(null);
  }
  const before = place.incoming[inputNr];
  place.incoming[inputNr] = before ? tensorApi.add(before, gradient) : gradient;
}

/** How many edges lead to each node that can be reached from the roots. */
function placesOf(roots: readonly Edge[]): Map<Node, Place> {
  const places = new Map<Node, Place>();
  const stack: Node[] = [];
  for (const { node } of roots) {
    if (places.has(node)) continue;
    placeOf(places, node);
    stack.push(node);
  }
  for (let node = stack.pop(); node; node = stack.pop()) {
    const { edges } = node;
    for (let i = 0; i < edges.length; i++) {
      const edge = edges[i];
      if (edge === null) continue;
      const place = places.get(edge.node);
      if (place !== undefined) {
        place.waiting++;
        continue;
      }
      places.set(edge.node, new Place(edge.node, 1));
      stack.push(edge.node);
    }
  }
  return places;
}

/** true for the targets and for every node from which one of them is reached; false for other nodes. */
function nodesLeadingTo(roots: Edge[], targets: (Edge | null)[]): Map<Node, boolean> {
  const isTarget = new Set<Node>();
  for (const target of targets) if (target) isTarget.add(target.node);
  const needed = new Map<Node, boolean>();
  const stack: { node: Node; next: number }[] = [];
  const open = (node: Node): void => {
    if (needed.has(node)) return;
    needed.set(node, isTarget.has(node));
    stack.push({ node, next: 0 });
  };
  for (const { node } of roots) {
    open(node);
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top.next < top.node.edges.length) {
        const edge = top.node.edges[top.next++];
        if (edge) open(edge.node);
        continue;
      }
      stack.pop();
      if (top.node.edges.some((edge) => edge && needed.get(edge.node))) needed.set(top.node, true);
    }
  }
  return needed;
}

/** Which gradients of a node are handed back, and as which. */
type Captures = Map<Node, { index: number; inputNr: number }[]>;

function capturesOf(targets: (Edge | null)[]): Captures {
  const captures: Captures = new Map();
  targets.forEach((target, index) => {
    if (!target) return;
    const list = captures.get(target.node) ?? [];
    list.push({ index, inputNr: target.inputNr });
    captures.set(target.node, list);
  });
  return captures;
}

/** Tensor hooks may replace a gradient; `retain_grad()` sees what they leave. */
function runTensorHooks(node: Node, incoming: Gradients): void {
  const { tensorPreHooks } = node;
  if (node instanceof AccumulateGrad && node.variable.hooks) {
    incoming[0] = callbacks.tensorHooks(node.variable.hooks, incoming[0] ?? null) ?? incoming[0];
  }
  if (tensorPreHooks) {
    // All hooks of one output at once: which of them run is settled before the first one does.
    for (const [outputNr, hooks] of byOutput(tensorPreHooks)) {
      incoming[outputNr] = callbacks.tensorHooks(hooks, incoming[outputNr]) ?? incoming[outputNr];
    }
  }
  node.retainGradHooks?.forEach((tensor, outputNr) => {
    const gradient = incoming[outputNr];
    if (!tensor || !gradient) return;
    if (tensor.grad === null) tensor.grad = modes.grad ? gradient : tensorApi.clone(gradient);
    else tensor.grad = tensorApi.add(tensor.grad, gradient);
  });
}

function byOutput(hooks: readonly { outputNr: number; hook: number }[]): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const { outputNr, hook } of hooks) {
    const list = found.get(outputNr);
    if (list) list.push(hook);
    else found.set(outputNr, [hook]);
  }
  return found;
}

function runNode(node: Node, incoming: Gradients, retainGraph: boolean, callSite: number): Gradients {
  const given = (node.preHooks && callbacks.nodePreHooks(node.preHooks, incoming)) ?? incoming;
  const variable = node instanceof AccumulateGrad ? node.variable : null;
  const before = variable?.grad ?? null;
  const hooked = node.postHooks !== null;
  modes.site = node.site;
  let outgoing: Gradients;
  try {
    outgoing = node.apply(given);
    if (!retainGraph) node.release(callSite);
    validate(node, outgoing);
    if (modes.anomaly && modes.anomalyCheckNan) refuseNaN(node, outgoing);
  } catch (error) {
    if (modes.anomaly) explainFailure(node);
    throw error;
  } finally {
    modes.site = callSite;
  }
  if (variable !== null && given[0]) {
    recording.recorder?.accumulate(node, given[0], before);
    if (variable.postAccumulateHooks) callbacks.accumulateHooks(variable.postAccumulateHooks, variable);
  }
  if (node.postHooks) {
    // Hooks that came while the node ran are too late for what it was given.
    const seen = hooked ? given : [];
    outgoing = callbacks.nodePostHooks(node.postHooks, outgoing, seen) ?? outgoing;
  }
  if (variable === null) recording.recorder?.backwardNode(node, given, outgoing);
  return outgoing;
}

/** Un-broadcasts and casts to what each input was; once, here, so that no formula has to. */
function validate(node: Node, outgoing: Gradients): void {
  for (let i = 0; i < node.edges.length; i++) {
    const edge = node.edges[i];
    let gradient = outgoing[i];
    if (!edge || !gradient) continue;
    const meta = edge.node.outputs[edge.inputNr];
    if (!sameSizes(gradient.sizes, meta.sizes)) {
      if (!isExpandableTo(meta.sizes, gradient.sizes)) {
        throw runtimeError(
          `Function ${node.name} returned an invalid gradient at index ${i} - got ${sizesText(gradient.sizes)} but ` +
            `expected shape compatible with ${sizesText(meta.sizes)}`,
          { kind: "invalid-gradient", node: node.id, index: i },
        );
      }
      gradient = tensorApi.sumTo(gradient, meta.sizes);
    }
    if (gradient.dtype !== meta.dtype && !meta.anyDtype) gradient = tensorApi.cast(gradient, meta.dtype);
    outgoing[i] = gradient;
  }
}
