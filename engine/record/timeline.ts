// What happened, in order: of a loop the first iteration and the last.
import type { Elements, Step } from "../protocol/report";
import type { AccumulateFacts, BackwardFacts, CallFacts, OpFacts, StateFacts, TensorFacts } from "./facts";
import type { GraphBuilder } from "./graph";
import type { Scene } from "./scene";
import { byOrder, type Iteration, type Shown } from "./shown";
import type { Snapshot } from "./snapshot";

export interface TimelineContext {
  scene: Scene;
  shown: Shown;
  graph: GraphBuilder;
  idOf(tensor: TensorFacts): number;
  callIndex(call: CallFacts): number;
}

type Told = { happening: OpFacts | BackwardFacts | AccumulateFacts | StateFacts; order: number } & Iteration;

export function timeline(context: TimelineContext): Step[] {
  const { record } = context.scene;
  const told: Told[] = [];
  const { shown } = context;
  const tell = (happening: Told["happening"], perIteration: number): void => {
    const iteration = shown.iteration(happening, happening.series, perIteration);
    if (iteration) told.push({ happening, order: happening.order, ...iteration });
  };
  for (const series of record.ops) {
    if (series.name === "" || series.name === "grad") continue;
    const perIteration = shown.perIteration(series);
    for (const op of series.kept) if (!op.temporary && (!op.inBackward || op.node)) tell(op, perIteration);
  }
  for (const series of record.backward) {
    for (const step of series.kept) {
      const { op } = step.node;
      tell(step, op?.snippet === record.index ? shown.perIteration(op.series) : 1);
    }
  }
  for (const series of record.accumulate) for (const step of series.kept) tell(step, 1);
  for (const series of record.states) for (const step of series.kept) if (!step.silent) tell(step, 1);
  told.sort(byOrder);
  return told.flatMap((each) => step(context, each) ?? []);
}

function step(context: TimelineContext, { happening, iteration, iterations }: Told): Step | null {
  const { scene, shown, graph, idOf } = context;
  switch (happening.kind) {
    case "op": {
      const base = { site: scene.sites.site(happening.site), iteration, iterations };
      const values = happening.values.map((value) => value.elements());
      if (happening.inPlace) {
        const [tensor] = happening.outputs;
        const { version } = happening;
        return { kind: "mutate", ...base, op: happening.name, tensor: idOf(tensor), version, values };
      }
      return {
        kind: "forward",
        ...base,
        op: happening.name,
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
        iteration,
        iterations,
        call: context.callIndex(happening.call),
        node: node.reportId,
        incoming: happening.incoming.map(elements),
        outgoing: happening.outgoing.map(elements),
      };
    }
    case "accumulate": {
      const node = shown.node(happening.node);
      if (!node || !shown.nodes.has(node)) return null;
      return {
        kind: "accumulate",
        site: scene.sites.site(happening.tensor.made.site),
        iteration,
        iterations,
        call: context.callIndex(happening.call),
        node: node.reportId,
        tensor: idOf(happening.tensor),
        increment: happening.increment.elements(),
        accumulated: happening.accumulated.elements(),
      };
    }
    case "state":
      return {
        kind: "state",
        site: scene.sites.site(happening.site),
        iteration,
        iterations,
        what: happening.what,
        tensor: idOf(happening.tensor),
      };
    default:
      return happening satisfies never;
  }
}

const elements = (snapshot: Snapshot | null): Elements | null => snapshot?.elements() ?? null;
