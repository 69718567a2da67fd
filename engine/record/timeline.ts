// What happened, in order: of a loop the first iteration and the last.
import type { Elements, Step } from "../protocol/report";
import type { BackwardFacts, CallFacts, StepFacts, TensorFacts } from "./facts";
import type { GraphBuilder } from "./graph";
import type { Scene } from "./scene";
import { byOrder, type Shown } from "./shown";
import type { Snapshot } from "./snapshot";

export interface TimelineContext {
  scene: Scene;
  shown: Shown;
  graph: GraphBuilder;
  idOf(tensor: TensorFacts): number;
  callIndex(call: CallFacts): number;
}

export function timeline(context: TimelineContext): Step[] {
  const { record } = context.scene;
  const { shown } = context;
  const told: StepFacts[] = [];
  const calls = new Set<CallFacts>();
  for (const series of record.ops) {
    if (series.name === "grad" || (series.name === "" && series.site === 0)) continue;
    const perIteration = shown.perIteration(series);
    for (const op of series.kept) {
      if (op.temporary || (op.inBackward && !op.node)) continue;
      if (shown.isTold(op, series, perIteration)) told.push(op);
    }
  }
  for (const series of record.backward) {
    for (const pass of series.kept) {
      const { op } = pass.node;
      const perIteration = op?.snippet === record.index ? shown.perIteration(op.series) : 1;
      if (!shown.isTold(pass, series, perIteration)) continue;
      told.push(pass);
      calls.add(pass.call);
    }
  }
  for (const series of record.accumulate) {
    for (const sum of series.kept) if (calls.has(sum.call) || shown.isTold(sum, series, 1)) told.push(sum);
  }
  for (const series of record.states) {
    for (const state of series.kept) if (!state.silent && shown.isTold(state, series, 1)) told.push(state);
  }
  return told.sort(byOrder).flatMap((happening) => step(context, happening) ?? []);
}

function step(context: TimelineContext, happening: StepFacts): Step | null {
  const { scene, shown, graph, idOf } = context;
  const count = { iteration: happening.index, iterations: happening.series.count };
  switch (happening.kind) {
    case "op": {
      const base = { site: scene.sites.site(happening.site), ...count };
      const values = happening.values.map((value) => value.elements());
      if (happening.inPlace) {
        const [tensor] = happening.outputs;
        const { version } = happening;
        return { kind: "mutate", ...base, op: happening.name, tensor: idOf(tensor), version, values };
      }
      return {
        kind: "forward",
        ...base,
        op: happening.name || "tensor",
        inputs: happening.inputs.flatMap((input) => (input ? [idOf(input)] : [])),
        outputs: happening.outputs.map(idOf),
        node: graph.nodeOf(happening),
        values,
      };
    }
    case "backward": {
      const node = shown.node(happening.node);
      if (!node || !shown.nodes.has(node)) return null;
      return {
        kind: "backward",
        site: scene.sites.site(happening.node.site),
        ...count,
        call: context.callIndex(happening.call),
        node: node.reportId,
        incoming: happening.incoming.map(elements),
        outgoing: outgoing(happening),
      };
    }
    case "accumulate": {
      const node = shown.node(happening.node);
      if (!node || !shown.nodes.has(node)) return null;
      return {
        kind: "accumulate",
        site: scene.sites.site(happening.tensor.made.site),
        ...count,
        call: context.callIndex(happening.call),
        node: node.reportId,
        tensor: idOf(happening.tensor),
        increment: happening.increment.elements(),
        accumulated: happening.accumulated.elements(),
      };
    }
    case "state": {
      const { what } = happening;
      return {
        kind: "state",
        site: scene.sites.site(happening.site),
        ...count,
        what,
        tensor: idOf(happening.tensor),
      };
    }
    default:
      return happening satisfies never;
  }
}

/** By input of the node, where autograd has one for each edge. */
function outgoing({ node, outgoing }: BackwardFacts): (Elements | null)[] {
  const { op, edges } = node;
  if (op === null) return edges.map(({ place }) => elements(outgoing[place]));
  const byInput: (Elements | null)[] = op.inputs.map(() => null);
  for (const { place, input } of edges) if (input >= 0) byInput[input] = elements(outgoing[place]);
  return byInput;
}

const elements = (snapshot: Snapshot | null): Elements | null => snapshot?.elements() ?? null;
