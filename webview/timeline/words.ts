// What a timeline step does, said in one sentence: for the line under the slider and for screen readers.
import type { Elements, GraphNode, SnippetReport, Step, TensorId } from "../../engine/protocol/report";
import { placeText } from "../format";
import { nodeOf, tensorOf } from "../lookup";
import { describe as describeFully } from "../values";

/** Longer lists of numbers are no sentence. */
const describe = (elements: Elements | null | undefined): string => describeFully(elements, 3);

/** The name in the code, or what made it. */
export function tensorName(snippet: SnippetReport, id: TensorId | null): string {
  const tensor = tensorOf(snippet, id);
  if (tensor === undefined) return "an unnamed tensor";
  return tensor.names[0] ?? (tensor.op === null ? "a constant" : `the result of ${tensor.op}`);
}

export function sentenceOf(snippet: SnippetReport, index: number): string {
  const step = snippet.timeline[index];
  if (step === undefined) return "";
  return `${body(snippet, step)}${whichOne(snippet, step)}.`;
}

/** Which round of the loops around it; where there are none, how often its place had run. */
function whichOne(snippet: SnippetReport, step: Step): string {
  if (step.iterations < 2) return "";
  // Which call of backward it is has been said; how often a node of this place was passed says no more.
  if ("call" in step && (snippet.backwardCalls[step.call]?.count ?? 1) > 1) return "";
  const node = "node" in step ? nodeOf(snippet, step.node) : undefined;
  const loops: { round: number; rounds: number }[] = [];
  for (let at = node?.within; at !== undefined; at = snippet.scopes?.[at]?.parent) {
    const scope = snippet.scopes?.[at];
    if (scope?.kind === "round" && scope.rounds > 1) loops.unshift(scope);
  }
  const told = (list: typeof loops): string =>
    ` (${list.map(({ round, rounds }) => `round ${round} of ${rounds}`).join(", ")})`;
  if (node?.count === 1 && loops.length > 0) return told(loops);
  // One node stands for all rounds of a loop: its place is reached equally often in each of them.
  const [loop] = loops;
  if (loop !== undefined && loops.length === 1 && step.iterations % loop.rounds === 0) {
    const round = Math.ceil((step.iteration * loop.rounds) / step.iterations);
    return told([{ round, rounds: loop.rounds }]);
  }
  return ` (iteration ${step.iteration} of ${step.iterations})`;
}

function body(snippet: SnippetReport, step: Step): string {
  const at = step.site === null ? "" : `, ${placeText(step.site)}`;
  switch (step.kind) {
    case "forward": {
      const results = step.outputs.map((id, i) => {
        const named = tensorOf(snippet, id)?.names[0];
        return `${named === undefined ? "" : `${named} = `}${describe(step.values[i])}`;
      });
      return `Forward${at}: ${step.op} gives ${list(results)}`;
    }
    case "mutate": {
      const name = tensorName(snippet, step.tensor);
      return `In place${at}: ${step.op} changes ${name} to ${describe(step.values[0])} (version ${step.version})`;
    }
    case "backward": {
      const node = nodeOf(snippet, step.node);
      const received = list(step.incoming.map(describe));
      const sent = passes(snippet, node, step.outgoing);
      return `Backward${callText(snippet, step.call)}: ${node?.name ?? "a node"}${of(step)} receives ${received}${sent}`;
    }
    case "accumulate": {
      const name = tensorName(snippet, step.tensor);
      const change = `${name}.grad gains ${describe(step.increment)} and is now ${describe(step.accumulated)}`;
      return `Backward${callText(snippet, step.call)}: ${change}`;
    }
    case "state": {
      const name = tensorName(snippet, step.tensor);
      return `State${at}: ${stateText[step.what](name)}`;
    }
    default:
      return step satisfies never;
  }
}

const of = (step: Step): string => (step.site === null ? "" : ` of ${placeText(step.site)}`);

function callText(snippet: SnippetReport, index: number): string {
  const call = snippet.backwardCalls[index];
  const total = snippet.backwardCalls.length;
  const looped = (call?.count ?? 1) > 1 && call?.ordinal !== undefined;
  const which = looped ? ` call ${call.ordinal}` : total > 1 ? ` ${index + 1} of ${total}` : "";
  return call === undefined ? which : `${which} (${placeText(call.site)})`;
}

function passes(snippet: SnippetReport, node: GraphNode | undefined, outgoing: (Elements | null)[]): string {
  const sent = outgoing.flatMap((gradient, i) => {
    if (gradient === null) return [];
    const input = node?.inputs[i];
    const edge = snippet.graph.edges.find((e) => e.from === node?.id && e.argument === input?.name);
    const next = nodeOf(snippet, edge?.to);
    const tensor = tensorOf(snippet, input?.tensor);
    const target = tensor?.names[0] ?? next?.name ?? tensorName(snippet, input?.tensor ?? null);
    return [`${describe(gradient)} to ${target}`];
  });
  return sent.length === 0 ? "" : ` and passes ${list(sent)}`;
}

const stateText = {
  grad_cleared: (name) => `${name}.grad is cleared`,
  grad_set: (name) => `${name}.grad is set`,
  requires_grad: (name) => `requires_grad of ${name} changes`,
  retain_grad: (name) => `${name} will retain its gradient`,
  detach_: (name) => `${name} is detached from the graph`,
} satisfies Record<(Step & { kind: "state" })["what"], (name: string) => string>;

function list(parts: string[]): string {
  if (parts.length <= 1) return parts[0] ?? "nothing";
  return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
