// A snippet's report, put together from the facts when the snippet has ended.
import type { BackwardCall, Occurrence, SnippetReport, Step, TensorRecord } from "../protocol/report";
import { occurrences } from "../python/occurrences";
import { curvesOf } from "./curves";
import type { CallFacts, TensorFacts } from "./facts";
import { findings } from "./findings";
import { type Propose, withCandidates } from "./findings/finding";
import { GraphBuilder } from "./graph";
import type { Scene } from "./scene";
import { byOrder, Shown } from "./shown";
import { tensorRecord } from "./tensors";
import { timeline } from "./timeline";

/** Calls that are told of one by one; of more, those that something in the report refers to. */
const FEW_CALLS = 8;

export function snippetReport(scene: Scene, propose: Propose | null = null): SnippetReport {
  const { facts, record, sites } = scene;
  const shown = new Shown(record, scene.named);
  const included = new Set<TensorFacts>();
  const idOf = (tensor: TensorFacts): number => {
    const chosen = shown.tensor(tensor);
    included.add(chosen);
    return chosen.reportId;
  };
  const calls = new CallTable(scene);

  for (const tensor of scene.named.keys()) included.add(tensor);
  for (const op of shown.allOps()) {
    // A gradient is told where something refers to it.
    if ((op.inBackward && !op.node) || op.name === "grad") continue;
    for (const input of op.inputs) if (input) idOf(input);
    for (const output of op.outputs) idOf(output);
  }
  for (const call of calls.listed()) {
    for (const root of call.roots) idOf(root);
    for (const input of call.inputs ?? []) idOf(input);
  }
  const builder = new GraphBuilder(scene, shown, idOf);
  const { scopes, ...graph } = builder.build();
  const context = { scene, shown, graph: builder, idOf, callIndex: (call: CallFacts) => calls.index(call) };
  const steps = timeline(context);
  const places = occurrencesOf(scene, idOf);
  const inlineValues = facts.inlineValues.map(({ site, ...inline }) => {
    const tensor = site === undefined ? undefined : record.bound.get(site);
    return tensor ? { ...inline, tensor: idOf(tensor) } : inline;
  });
  const curves = curvesOf(record.curves, idOf, (site) => sites.site(site));
  const tensors = [...included]
    .sort((a, b) => a.reportId - b.reportId)
    .map((tensor) => tensorRecord(context, tensor));

  const backwardCalls = calls.finish(idOf, steps, tensors);

  return {
    title: facts.title,
    range: facts.range,
    status: facts.status,
    ...(facts.stoppedBy ? { stoppedBy: facts.stoppedBy } : {}),
    milliseconds: facts.milliseconds,
    output: facts.output,
    ...(facts.error ? { error: facts.error } : {}),
    tensors,
    graph,
    ...(scopes.length > 0 ? { scopes } : {}),
    timeline: steps,
    backwardCalls,
    ...(curves.length > 0 ? { curves } : {}),
    diagnostics: withCandidates(scene, findings(scene), propose),
    occurrences: places,
    inlineValues,
    ...(record.dropped > 0
      ? {
          truncated: `The snippet ran so many operators that ${record.dropped} repetitions are counted but not kept in detail.`,
        }
      : {}),
  };

  function occurrencesOf(from: Scene, id: (tensor: TensorFacts) => number): Occurrence[] {
    const named = occurrences(from.facts, {
      boundAt: (place) => {
        const tensor = record.bound.get(place);
        return tensor && id(tensor);
      },
      ofHandle: (handle) => {
        const tensor = from.tensorOf(handle);
        return tensor ? id(from.recorder.tensorOf(tensor)) : undefined;
      },
    });
    const taken = new Set(named.map(({ range }) => JSON.stringify(range)));
    const expressions: Occurrence[] = [];
    // Several operators may stand behind one expression: what the last of them gave is its value.
    const last = new Map<number, TensorFacts>();
    for (const op of shown.allOps()) {
      if (op.name === "" || op.name === "grad" || op.inBackward || op.outputs.length !== 1) continue;
      last.set(op.site, op.outputs[0]);
    }
    for (const [site, tensor] of last) {
      const range = sites.range(site);
      if (range && !taken.has(JSON.stringify(range))) expressions.push({ range, tensor: id(tensor) });
    }
    return [...named, ...expressions].sort(
      (a, b) =>
        a.range.start.line - b.range.start.line ||
        a.range.start.character - b.range.start.character ||
        a.range.end.line - b.range.end.line ||
        a.range.end.character - b.range.end.character,
    );
  }
}

/** The calls that the report speaks of. Their places in its list are known only when all of them are. */
class CallTable {
  private readonly wanted: CallFacts[] = [];

  constructor(private readonly scene: Scene) {
    const { calls } = scene.record;
    const count = calls.reduce((sum, series) => sum + series.count, 0);
    for (const series of calls) {
      const { kept } = series;
      for (const call of count <= FEW_CALLS ? kept : [kept[0], kept[kept.length - 1]]) this.index(call);
    }
  }

  /** A number that stands for the call until `finish`. */
  index(call: CallFacts): number {
    const known = this.wanted.indexOf(call);
    return known >= 0 ? known : this.wanted.push(call) - 1;
  }

  listed(): readonly CallFacts[] {
    return this.wanted;
  }

  /** The calls in order; puts their final places where `index` was written. */
  finish(idOf: (tensor: TensorFacts) => number, steps: Step[], tensors: TensorRecord[]): BackwardCall[] {
    const ordered = [...this.wanted].sort(byOrder);
    const places = this.wanted.map((call) => ordered.indexOf(call));
    for (const step of steps) {
      if (step.kind === "backward" || step.kind === "accumulate") step.call = places[step.call];
    }
    for (const tensor of tensors) for (const event of tensor.gradEvents) event.call = places[event.call];
    const { sites, facts, record } = this.scene;
    return ordered.map((call) => {
      const series = record.calls.find(({ site, name }) => site === call.site && name === call.how);
      return {
        kind: call.how,
        site: sites.site(call.site) ?? { range: facts.range },
        retainGraph: call.retainGraph,
        createGraph: call.createGraph,
        roots: call.roots.map(idOf),
        status: call.ended === "raised" ? "raised" : "ok",
        ordinal: call.ordinal,
        count: series?.count ?? 1,
      };
    });
  }
}
