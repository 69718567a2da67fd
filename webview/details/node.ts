// Everything about one operator: its place in the graph, what it saved and whether that is still
// there, its rule, and its backward steps with real numbers: v, and vᵀJ beside it.
import type {
  BackwardStep,
  Elements,
  GraphNode,
  SavedTensor,
  SnippetReport,
} from "../../engine/protocol/report";
import { type Child, h } from "../dom";
import { explainNode } from "../experiments/explainNode";
import { formatShape, ordinal } from "../format";
import type { GraphModel, OperatorView } from "../graph/model";
import { tensorName } from "../timeline/words";
import { formula } from "./formula";
import { type DetailsContext, dataTable, facts, link, placeLink, section, valuesView } from "./parts";

export function nodeDetails(
  view: OperatorView,
  snippet: SnippetReport,
  model: GraphModel,
  context: DetailsContext,
): HTMLElement[] {
  const { node } = view;
  const out: HTMLElement[] = [];
  if (node.cut !== undefined)
    out.push(h("p", { class: "note" }, h("b", {}, "The gradient stops here. "), node.cut));
  out.push(
    facts([
      ["operator", node.op === null ? null : h("span", { class: "code" }, node.op)],
      ["made at", placeLink(node.site, context)],
      ["in module", node.scope?.length ? h("span", { class: "code" }, node.scope.join(" › ")) : null],
      ["in loop", roundsOf(node, snippet)],
      ["state", stateOf(node, context)],
      node.sequence >= 0 ? ["sequence number", String(node.sequence)] : null,
      node.count > 1 ? ["made", `${node.count} times; this is the last`] : null,
    ]),
  );
  if (node.inputs.length > 0) out.push(inputs(node, snippet, model, context));
  if (node.saved.length > 0) out.push(saved(node, snippet, model, context));
  const explained = explainNode(node, snippet, context);
  if (explained !== null) out.push(explained);
  const steps = snippet.timeline.filter(
    (s): s is BackwardStep => s.kind === "backward" && s.node === node.id,
  );
  for (const step of steps.slice(0, 4)) out.push(jacobianProduct(step, steps.length, node, snippet, context));
  if (steps.length > 4)
    out.push(h("p", { class: "muted" }, `${steps.length - 4} more backward steps are in the timeline.`));
  return out;
}

/** "for i in range(3): 2 of 3 › for j in range(2): 1 of 2" */
function roundsOf(node: GraphNode, snippet: SnippetReport): Child {
  const rounds: string[] = [];
  for (let at = node.within; at !== undefined; at = snippet.scopes?.[at]?.parent) {
    const scope = snippet.scopes?.[at];
    if (scope?.kind === "round") rounds.unshift(`${scope.label}: ${scope.round} of ${scope.rounds}`);
  }
  return rounds.length === 0 ? null : h("span", { class: "code" }, rounds.join(" › "));
}

function stateOf(node: GraphNode, context: DetailsContext): Child {
  if (node.kind === "op") return "not part of the autograd graph";
  if (node.state === "live") return "live";
  return node.freedBy === undefined
    ? "freed"
    : h("span", {}, "saved tensors freed by ", placeLink(node.freedBy, context));
}

function tensorLink(
  id: number | null,
  snippet: SnippetReport,
  model: GraphModel,
  context: DetailsContext,
): HTMLElement {
  const name = tensorName(snippet, id);
  const key = id === null ? undefined : model.byTensor.get(id);
  return key === undefined ? h("span", {}, name) : link(name, () => context.select(key), `select ${name}`);
}

function inputs(
  node: GraphNode,
  snippet: SnippetReport,
  model: GraphModel,
  context: DetailsContext,
): HTMLElement {
  const rules = node.math !== undefined && Object.keys(node.math).length > 0;
  const rows = node.inputs.map((input) => {
    const rule = node.math?.[input.name];
    const cells: Child[] = [
      h("span", { class: "code" }, input.name),
      tensorLink(input.tensor, snippet, model, context),
    ];
    if (rules) cells.push(rule === undefined ? "" : formula(rule));
    return cells;
  });
  const head = rules ? ["input", "tensor", "rule of its gradient"] : ["input", "tensor"];
  return section("Inputs", dataTable("Inputs", head, rows));
}

function saved(
  node: GraphNode,
  snippet: SnippetReport,
  model: GraphModel,
  context: DetailsContext,
): HTMLElement {
  const rows = node.saved.map((s) => {
    const changed = s.savedVersion !== s.currentVersion;
    const version = changed ? `${s.savedVersion}, now ${s.currentVersion}` : `${s.savedVersion}`;
    return [
      h("span", { class: "code" }, s.name),
      tensorLink(s.tensor, snippet, model, context),
      h("span", { class: "code" }, formatShape(s.shape)),
      h("span", { class: changed ? "bad" : "" }, version),
      savedState(s, node, snippet, context),
    ];
  });
  const title = node.state === "freed" ? "Saved tensors (freed)" : "Saved tensors";
  return section(title, dataTable("Saved tensors", ["as", "tensor", "shape", "version", "state"], rows));
}

/** Whether backward would still find what was saved, and who is to blame where it would not. */
function savedState(
  saved: SavedTensor,
  node: GraphNode,
  snippet: SnippetReport,
  context: DetailsContext,
): Child {
  if (node.state === "freed")
    return node.freedBy === undefined
      ? "freed"
      : h("span", {}, "freed by the call of ", placeLink(node.freedBy, context));
  if (saved.savedVersion === saved.currentVersion) return "as it was saved";
  const tensor = snippet.tensors.find(({ id }) => id === saved.tensor);
  const first = tensor?.mutations.find(({ version }) => version > saved.savedVersion);
  if (first === undefined) return h("span", { class: "bad" }, "overwritten since");
  const by = h("span", { class: "code" }, first.by);
  return h("span", { class: "bad" }, "overwritten by ", by, " at ", placeLink(first.site, context));
}

/** v comes in, vᵀJ goes out: the backward step of one node as linear algebra. */
function jacobianProduct(
  step: BackwardStep,
  steps: number,
  node: GraphNode,
  snippet: SnippetReport,
  context: DetailsContext,
): HTMLElement {
  const call = snippet.backwardCalls[step.call];
  const which = steps > 1 ? `, ${ordinal(step.call + 1)} call` : "";
  const panel = h("div", { class: "jacobian" });
  const side = (title: Child, note: string, elements: Elements | null): HTMLElement =>
    h(
      "div",
      { class: "jacobian-side" },
      h("div", { class: "jacobian-title" }, title, h("span", { class: "muted" }, note)),
      elements === null ? h("p", { class: "muted" }, "none") : valuesView(elements, null, note, context),
    );
  const many = step.incoming.length > 1;
  step.incoming.forEach((gradient, i) => {
    if (many && gradient === null) return;
    panel.append(side(formula("v"), many ? `incoming, output ${i}` : "incoming gradient", gradient));
  });
  const { outgoing } = step;
  outgoing.forEach((gradient, i) => {
    const name = node.inputs[i]?.name ?? `input ${i}`;
    if (gradient === null && outgoing.length > 1) return;
    panel.append(side(formula("v^{\\mathsf T} J"), `to ${name}`, gradient));
  });
  return section(
    `Backward step${which}`,
    call ? h("p", { class: "muted" }, placeLink(call.site, context, "in the call of ")) : null,
    panel,
  );
}
