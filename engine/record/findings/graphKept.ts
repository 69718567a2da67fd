// A sum over iterations that keeps the graph of each of them alive, although backward has been through them.
import type { OpFacts, TensorFacts } from "../facts";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

/** A list of results, each of which a backward call of its own has been through. */
export const graphsInList: Rule = (scene) => {
  // What raised has not come to the end of what the list is for.
  if (scene.facts.status !== "ok") return [];
  const lists = new Map<string, TensorFacts[]>();
  for (const tensor of scene.named.keys()) {
    const list = scene.names(tensor).flatMap((name) => /^(\w+)\[\d+\]$/.exec(name)?.[1] ?? [])[0];
    if (list && tensor.node?.kind === "grad_fn" && tensor.node.visitedBy) {
      lists.set(list, [...(lists.get(list) ?? []), tensor]);
    }
  }
  const found: Found[] = [];
  for (const [list, tensors] of lists) {
    const calls = new Set(tensors.map(({ node }) => node?.visitedBy));
    const [first] = tensors;
    const range = scene.sites.range(first.producer.site);
    // One call through all of them is what such a list is for.
    if (calls.size < 2 || calls.size < tensors.length || !range) continue;
    found.push(
      makeFinding(
        scene,
        "autograd/graph-kept",
        "information",
        `The list '${list}' keeps ${tensors.length} of these results with their graphs in memory, although backward has been through them. Keep the numbers instead: .item(), or .detach().`,
        range,
        [[first.node?.visitedBy?.site ?? 0, "Backward has been through these graphs already."]],
        [{ kind: "append-number", words: { list } }],
      ),
    );
  }
  return found;
};

export const graphKept: Rule = (scene) => {
  const found: Found[] = [];
  for (const series of scene.record.ops) {
    if (series.count < 2 || !/^add_?$/.test(series.name)) continue;
    const range = scene.sites.range(series.site);
    const last = series.last;
    if (!range || !last?.node || last.node.visitedBy !== null) continue;
    const walked = series.kept.flatMap((op) => summand(op) ?? []);
    if (walked.length < 2) continue;
    const sum = last.outputs[0];
    const call = walked[walked.length - 1].node?.visitedBy;
    found.push(
      makeFinding(
        scene,
        "autograd/graph-kept",
        "information",
        `${scene.text(sum)} adds up tensors with their graphs, so the graph of every iteration stays in memory. Add the number instead: .item(), or .detach().`,
        range,
        [call ? [call.site, "Backward has been through these graphs already."] : null],
        [{ kind: "add-number", sites: { at: series.site } }],
      ),
    );
  }
  return found;
};

/** What is added to a running sum, where backward has already been through its graph. */
function summand(op: OpFacts): TensorFacts | null {
  const running = op.producers.findIndex(
    (producer) => producer !== null && producer.series === op.series && producer !== op,
  );
  if (running < 0 || !op.node) return null;
  const other = op.inputs.find((input, i) => i !== running && input !== null && input !== op.inputs[running]);
  return other?.requiresGrad && other.node?.visitedBy ? other : null;
}
