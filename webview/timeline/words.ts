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
  const times = step.iterations > 1 ? ` (iteration ${step.iteration} of ${step.iterations})` : "";
  return `${body(snippet, step)}${times}.`;
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
  const which = total > 1 ? ` ${index + 1} of ${total}` : "";
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
