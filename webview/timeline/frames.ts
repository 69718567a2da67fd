// One step of the timeline as a picture and a sentence: what is active, what lies in the future,
// which gradient flows along which edge, what `.grad` holds by then. Pure.
import type {
  AccumulateStep,
  BackwardStep,
  Elements,
  GraphNode,
  NodeId,
  Range,
  SnippetReport,
  Step,
  TensorId,
} from "../../engine/protocol/report";
import { append } from "../collections";
import { formatNumber, sameRange } from "../format";
import type { Moment } from "../graph/card";
import type { DrawnEdge, DrawnModel } from "../graph/groups";
import { nodeOf } from "../lookup";
import { flatten, shapeOf, shortValue, toNumber } from "../values";
import { sentenceOf } from "./words";

export type Phase = "active" | "passed" | "future";

export interface Flow {
  edge: string;
  /** The way of the data, or of the gradient against it. */
  way: "forward" | "backward";
  /** now: in this step; trail: earlier in the same backward call. */
  when: "now" | "trail";
  label: string | null;
}

export interface Frame {
  index: number;
  step: Step;
  /** The place in the document that the step belongs to; null when it is in another file. */
  range: Range | null;
  words: string;
  phases: Map<string, Phase>;
  moments: Map<string, Moment>;
  flows: Flow[];
}

const none: Elements = { value: null };

export function frameAt(snippet: SnippetReport, model: DrawnModel, index: number): Frame | null {
  const step = snippet.timeline[index];
  if (step === undefined) return null;
  const frame: Frame = {
    index,
    step,
    range: step.site === null || step.site.file !== undefined ? null : step.site.range,
    words: sentenceOf(snippet, index),
    phases: phasesAt(snippet, model, index),
    moments: momentsAt(snippet, model, index),
    flows: [],
  };
  const active = activeKey(step, model);
  if (active !== undefined) frame.phases.set(active, "active");
  for (const view of model.nodes) if (view.kind === "failure") frame.phases.set(view.key, "future");
  frame.flows = flowsAt(snippet, model, index);
  return frame;
}

/** The node that a step is about. */
export function activeKey(step: Step, model: DrawnModel): string | undefined {
  switch (step.kind) {
    case "forward": {
      const node = step.node === null ? undefined : model.byNode.get(step.node);
      return node ?? step.outputs.map((id) => model.byTensor.get(id)).find((key) => key !== undefined);
    }
    case "backward":
      return model.byNode.get(step.node);
    case "mutate":
    case "state":
    case "accumulate":
      return model.byTensor.get(step.tensor);
    default:
      return step satisfies never;
  }
}

/** What has not been computed yet lies in the future; what this backward call went through is passed. */
function phasesAt(snippet: SnippetReport, model: DrawnModel, index: number): Map<string, Phase> {
  const phases = new Map<string, Phase>();
  const seen = new Set<string>();
  const keysOf = (step: Step): string[] => {
    if (step.kind !== "forward") return [];
    const node = step.node === null ? undefined : model.byNode.get(step.node);
    return [node, ...step.outputs.map((id) => model.byTensor.get(id))].filter((key) => key !== undefined);
  };
  snippet.timeline.forEach((step, i) => {
    for (const key of keysOf(step)) {
      if (i <= index) seen.add(key);
      else if (!seen.has(key)) phases.set(key, "future");
    }
  });
  // A tensor that was read as `x.grad` came to be when the gradient of x did.
  for (const [leaf, grad] of gradTensors(snippet)) {
    const first = snippet.timeline.findIndex((step) => step.kind === "accumulate" && step.tensor === leaf);
    const key = model.byTensor.get(grad);
    if (key !== undefined && first > index) phases.set(key, "future");
  }
  const call = callOf(snippet.timeline[index]);
  if (call === undefined) return phases;
  for (let i = 0; i < index; i++) {
    const step = snippet.timeline[i];
    if (step === undefined || callOf(step) !== call) continue;
    const key = activeKey(step, model);
    if (key !== undefined) phases.set(key, "passed");
  }
  return phases;
}

/** The tensors that stand in the report under the name of a leaf's `.grad`, by the leaf. */
function gradTensors(snippet: SnippetReport): Map<TensorId, TensorId> {
  const byName = new Map(
    snippet.tensors.flatMap(({ names, id }) => names.map((name) => [name, id] as const)),
  );
  const found = new Map<TensorId, TensorId>();
  for (const [name, id] of byName) {
    const leaf = name.endsWith(".grad") ? byName.get(name.slice(0, -".grad".length)) : undefined;
    if (leaf !== undefined) found.set(leaf, id);
  }
  return found;
}

const callOf = (step: Step | undefined): number | undefined =>
  step?.kind === "backward" || step?.kind === "accumulate" ? step.call : undefined;

/** Values and gradients as they were after the step. */
function momentsAt(snippet: SnippetReport, model: DrawnModel, index: number): Map<string, Moment> {
  const moments = new Map<string, Moment>();
  const tensors = new Map(snippet.tensors.map((t) => [t.id, t]));
  const outputsOf = new Map<NodeId, TensorId[]>();
  for (const tensor of snippet.tensors) {
    if (tensor.node !== undefined && !tensor.isLeaf) {
      append(outputsOf, tensor.node, tensor.id);
    }
  }
  const set = (tensor: TensorId, moment: Moment): void => {
    const key = model.byTensor.get(tensor);
    if (key === undefined || model.byKey.get(key)?.kind !== "tensor") return;
    moments.set(key, { ...moments.get(key), ...moment });
  };
  const value = (tensor: TensorId, elements: Elements | undefined): void => {
    if (elements !== undefined) set(tensor, { value: elements });
  };
  for (const node of snippet.graph.nodes) {
    const key = model.byNode.get(node.id);
    if (key !== undefined && isFreedAfter(node, snippet, index)) moments.set(key, { notYetFreed: true });
  }
  // An error ends a snippet: it comes after every step.
  for (const view of model.nodes) {
    if (view.failing !== null) moments.set(view.key, { ...moments.get(view.key), notYetFailed: true });
  }
  // Gradients that the timeline will write are not there yet.
  for (const step of snippet.timeline) {
    if (step.kind === "accumulate") set(step.tensor, { grad: none });
    if (step.kind === "backward") for (const id of outputsOf.get(step.node) ?? []) set(id, { grad: none });
  }
  const now = callOf(snippet.timeline[index]);
  const grads = gradTensors(snippet);
  snippet.timeline.slice(0, index + 1).forEach((step, i) => {
    switch (step.kind) {
      case "forward":
        step.outputs.forEach((id, k) => {
          value(id, step.values[k]);
        });
        return;
      case "mutate":
        value(step.tensor, step.values[0]);
        return;
      case "accumulate":
        set(step.tensor, {
          grad: step.accumulated,
          gradLabel: ".grad",
          ...(i === index ? { added: addedText(step) } : { added: "" }),
        });
        if (grads.has(step.tensor)) value(grads.get(step.tensor) ?? 0, step.accumulated);
        return;
      case "backward":
        for (const id of outputsOf.get(step.node) ?? []) {
          const tensor = tensors.get(id);
          const node = nodeOf(snippet, step.node);
          const output = Math.max(0, node?.outputs.indexOf(id) ?? 0);
          if (tensor?.gradSource === "inspector") {
            // What passed through in an earlier call is nothing to this one.
            if (now !== undefined && step.call !== now) continue;
            set(id, { grad: step.incoming[output] ?? none, gradLabel: "∂" });
          } else if (!tensor?.gradEvents.length) {
            set(id, { grad: step.incoming[output] ?? none });
          } else {
            const event = tensor.gradEvents.find((e) => e.call === step.call);
            set(id, { grad: event?.accumulated ?? event?.increment ?? none });
          }
        }
        return;
      case "state":
        if (step.what === "grad_cleared") set(step.tensor, { grad: none });
        return;
      default:
        step satisfies never;
    }
  });
  for (const [tensor, part] of untoldAt(snippet.timeline, index)) set(tensor, part);
  return moments;
}

/**
 * What a tensor was at a step cannot be said when it was written in iterations that the timeline leaves out,
 * or before the first write in place, whose earlier value nobody kept.
 */
function untoldAt(steps: readonly Step[], index: number): [TensorId, Moment][] {
  interface Writes {
    /** The last write up to the step, and whether any comes after it. */
    last: number | null;
    inPlaceLater: boolean;
    inLoop: boolean;
  }
  const values = new Map<TensorId, Writes>();
  const grads = new Map<TensorId, Writes>();
  const note = (writes: Map<TensorId, Writes>, tensor: TensorId, step: Step, i: number): void => {
    const known = writes.get(tensor) ?? { last: null, inPlaceLater: false, inLoop: false };
    if (i <= index) known.last = i;
    else if (step.kind === "mutate") known.inPlaceLater = true;
    if (step.iterations > 2) known.inLoop = true;
    writes.set(tensor, known);
  };
  steps.forEach((step, i) => {
    if (step.kind === "forward") for (const id of step.outputs) note(values, id, step, i);
    else if (step.kind === "mutate") note(values, step.tensor, step, i);
    else if (step.kind === "accumulate") note(grads, step.tensor, step, i);
    else if (step.kind === "state" && step.what === "grad_cleared") note(grads, step.tensor, step, i);
  });
  const skippedSince = (from: number): boolean => {
    const iteration = steps[from]?.iteration ?? 1;
    return steps
      .slice(from + 1, index + 1)
      .some((step) => step.iterations > 2 && step.iteration > iteration + 1);
  };
  const out: [TensorId, Moment][] = [];
  for (const [tensor, { last, inPlaceLater, inLoop }] of values) {
    if (last === null ? inPlaceLater : inLoop && skippedSince(last)) out.push([tensor, { value: "untold" }]);
  }
  for (const [tensor, { last, inLoop }] of grads) {
    // A loop that clears the gradient has cleared it in the iterations that are left out as well.
    if (last === null || !inLoop || steps[last]?.kind !== "accumulate") continue;
    if (skippedSince(last)) out.push([tensor, { grad: "untold" }]);
  }
  return out;
}

/** A node is freed when the call that frees it is over. */
function isFreedAfter(node: GraphNode, snippet: SnippetReport, index: number): boolean {
  const { freedBy } = node;
  if (node.state !== "freed" || freedBy === undefined) return false;
  const call = snippet.backwardCalls.findLastIndex((c) => sameRange(c.site.range, freedBy.range));
  const last = snippet.timeline.findLastIndex((step) => callOf(step) === call);
  return call >= 0 && index <= last;
}

function addedText(step: AccumulateStep): string {
  const short = shortValue(step.increment, 3, 3);
  return short === null ? "+" : short.startsWith("\u2212") ? short : `+${short}`;
}

/** Edges that carry something in this step, with their numbers; behind them the trail of the same call. */
function flowsAt(snippet: SnippetReport, model: DrawnModel, index: number): Flow[] {
  const step = snippet.timeline[index];
  const into = new Map<string, DrawnEdge[]>();
  const outOf = new Map<string, DrawnEdge[]>();
  for (const edge of model.edges) {
    append(into, edge.to, edge);
    append(outOf, edge.from, edge);
  }
  if (step?.kind === "forward") {
    const key = activeKey(step, model) ?? "";
    const flow = (edge: DrawnEdge): Flow => ({ edge: edge.key, way: "forward", when: "now", label: null });
    return (into.get(key) ?? []).map(flow);
  }
  const call = callOf(step);
  if (step === undefined || call === undefined) return [];

  const flows = new Map<string, Flow>();
  const passed = new Map<string, string | null>();
  for (let i = 0; i <= index; i++) {
    const earlier = snippet.timeline[i];
    if (earlier?.kind !== "backward" || earlier.call !== call) continue;
    const key = model.byNode.get(earlier.node) ?? "";
    const now = i === index;
    const own = model.whole.byNode.get(earlier.node) ?? "";
    const incoming = (outOf.get(key) ?? []).filter(
      (edge) => edge.kind === "gradient" && touches(edge, "from", own),
    );
    for (const edge of incoming) {
      const alone = incoming.length === 1 ? flowLabel(earlier.incoming[edge.output ?? 0]) : null;
      const label = passed.get(edge.key) ?? alone;
      flows.set(edge.key, {
        edge: edge.key,
        way: "backward",
        when: now ? "now" : "trail",
        label: now ? label : null,
      });
    }
    for (const edge of into.get(key) ?? []) {
      if (edge.kind !== "gradient" || !touches(edge, "to", own)) continue;
      const label = flowLabel(outgoingOf(earlier, edge, own));
      passed.set(edge.key, label);
      flows.set(edge.key, {
        edge: edge.key,
        way: "backward",
        when: now ? "now" : "trail",
        label: now ? label : null,
      });
    }
  }
  if (step.kind === "accumulate") {
    for (const edge of outOf.get(model.byTensor.get(step.tensor) ?? "") ?? []) {
      if (edge.kind !== "gradient" || !passed.has(edge.key)) continue;
      flows.set(edge.key, {
        edge: edge.key,
        way: "backward",
        when: "now",
        // The number itself stands beside `.grad`.
        label: null,
      });
    }
  }
  return [...flows.values()];
}

/** Whether an end of the edge is the node itself, or the edge stands for one of which that is so. */
const touches = (edge: DrawnEdge, end: "from" | "to", key: string): boolean =>
  edge.of === undefined ? edge[end] === key : edge.of.some((inner) => inner[end] === key);

/** The gradient that a backward step sends along an edge: by the place of the input it leads to. */
function outgoingOf(step: BackwardStep, edge: DrawnEdge, key: string): Elements | null {
  const real = edge.of === undefined ? [edge] : edge.of.filter((inner) => inner.to === key);
  const [only] = real;
  if (only === undefined || real.length > 1) return null;
  if (only.argument !== undefined) return step.outgoing[only.argument.index] ?? null;
  return step.outgoing.length === 1 ? (step.outgoing[0] ?? null) : null;
}

/** "6", "[1, 2]", or for more than three numbers the shape and the largest magnitude. */
export function flowLabel(elements: Elements | null | undefined): string | null {
  if (!elements) return null;
  const short = shortValue(elements, 3, 3);
  if (short !== null) return short;
  if (elements.summary) return `${elements.summary.count} values`;
  if (elements.value === null) return null;
  const largest = flatten(elements.value).reduce<number>((m, v) => Math.max(m, Math.abs(toNumber(v))), 0);
  const most = Number.isNaN(largest) ? "nan" : largest === Infinity ? "∞" : formatNumber(largest, 3);
  return `${shapeOf(elements.value).join("×")}  max ${most}`;
}

/** Stretches of the slider: forward, or one backward call. */
export interface Stretch {
  kind: "forward" | "backward";
  from: number;
  count: number;
  call?: number;
}

export function stretches(steps: readonly Step[]): Stretch[] {
  const out: Stretch[] = [];
  steps.forEach((step, i) => {
    const call = callOf(step);
    const last = out.at(-1);
    if (last !== undefined && last.call === call) {
      last.count++;
      return;
    }
    out.push({
      kind: call === undefined ? "forward" : "backward",
      from: i,
      count: 1,
      ...(call === undefined ? {} : { call }),
    });
  });
  return out;
}
