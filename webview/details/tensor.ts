// Everything about one tensor: what it is, its values, its gradient and how that came to be, or why there is none.
import type { Elements, SnippetReport } from "../../engine/protocol/report";
import { type Child, h } from "../dom";
import { explainTensor } from "../experiments/explainTensor";
import { jacobianSection } from "../experiments/jacobian";
import { whatIfSection } from "../experiments/whatIf";
import { formatShape, ordinal, placeText } from "../format";
import type { GraphModel, TensorView } from "../graph/model";
import { describe } from "../values";
import { lineChart } from "./chart";
import {
  type DetailsContext,
  dataTable,
  facts,
  link,
  placeLink,
  section,
  valuesView,
  withCopy,
} from "./parts";

export function tensorDetails(
  view: TensorView,
  snippet: SnippetReport,
  model: GraphModel,
  context: DetailsContext,
): HTMLElement[] {
  const { tensor } = view;
  const out: HTMLElement[] = [
    facts([
      ["shape", h("span", { class: "code" }, formatShape(tensor.shape))],
      ["dtype", h("span", { class: "code" }, tensor.dtype)],
      ["is_leaf", truth(tensor.isLeaf)],
      ["requires_grad", truth(tensor.requiresGrad)],
      tensor.retainsGrad ? ["retains_grad", truth(true)] : null,
      view.frozen ? ["frozen", "a parameter that asks for no gradient"] : null,
      ["grad_fn", gradFn(view, model, context)],
      ["made at", placeLink(tensor.site, context) ?? "outside of this document"],
      view.count > 1 ? ["made", `${view.count} times; this is the last`] : null,
      tensor.names.length > 1
        ? ["also called", h("span", { class: "code" }, tensor.names.slice(1).join(", "))]
        : null,
      tensor.formerNames?.length
        ? ["earlier called", h("span", { class: "code" }, tensor.formerNames.join(", "))]
        : null,
      ["version", versionFact(view)],
      view.savedBy.length > 0 ? ["saved by", savedBy(view, snippet, model, context)] : null,
    ]),
  ];
  if (tensor.mutations.length > 0) {
    const rows = tensor.mutations.map((m) => [
      `${m.version}`,
      h("span", { class: "code" }, m.by),
      placeLink(m.site, context),
    ]);
    out.push(section("Changed in place", dataTable("Changes in place", ["version", "by", "at"], rows)));
  }
  const value = elementsOf(tensor.value, tensor.summary);
  const values = section(
    "Value",
    // What can be read of large tensors is of the code's own run.
    valuesView(
      value,
      tensor.shape,
      `value of ${view.label}`,
      context,
      context.lab.original === null ? tensor.id : undefined,
    ),
  );
  out.push(withCopy(values, value, `the value of ${view.label}`, context, tensor.dtype));
  if (tensor.requiresGrad || tensor.grad !== null || tensor.whyNoGrad !== undefined) {
    out.push(gradSection(view, context));
  }
  const explained = explainTensor(tensor, snippet, model, context);
  const jacobian = jacobianSection(tensor, snippet, context);
  const tried = whatIfSection(tensor, snippet, model, context);
  for (const experiment of [explained, jacobian, tried]) if (experiment !== null) out.push(experiment);
  if (tensor.gradEvents.length > 0) out.push(history(view, snippet, context));
  if (tensor.course) {
    const { values, every } = tensor.course;
    const each = every > 1 ? `, every ${ordinal(every)} shown` : "";
    const label = `${view.label} over its ${tensor.count} values${each}`;
    out.push(section("Over iterations", h("p", { class: "muted" }, label), lineChart(values, label)));
  }
  return out;
}

const truth = (value: boolean): HTMLElement => h("span", { class: "code" }, value ? "True" : "False");

const elementsOf = (value: Elements["value"], summary: Elements["summary"]): Elements => ({
  value,
  ...(summary === undefined ? {} : { summary }),
});

function gradFn(view: TensorView, model: GraphModel, context: DetailsContext): Child {
  const { tensor } = view;
  if (tensor.gradFn === null) return h("span", { class: "code" }, "None");
  const key = tensor.node === undefined ? undefined : model.byNode.get(tensor.node);
  if (key === undefined || key === view.key) return h("span", { class: "code" }, tensor.gradFn);
  return link(tensor.gradFn, () => context.select(key), `select ${tensor.gradFn}`);
}

function versionFact(view: TensorView): Child {
  const { version, mutations } = view.tensor;
  if (version === 0) return null;
  const last = mutations.at(-1);
  return last === undefined
    ? String(version)
    : `${version}, last changed by ${last.by} at ${placeText(last.site)}`;
}

function savedBy(
  view: TensorView,
  snippet: SnippetReport,
  model: GraphModel,
  context: DetailsContext,
): HTMLElement {
  const list = h("span");
  view.savedBy.forEach((id, i) => {
    const node = snippet.graph.nodes.find((n) => n.id === id);
    const key = model.byNode.get(id);
    if (node === undefined || key === undefined) return;
    const saved = node.saved.filter((s) => s.tensor === view.tensor.id).map((s) => s.name);
    list.append(
      i > 0 ? ", " : "",
      link(node.name, () => context.select(key)),
      ` as ${saved.join(", ")}`,
    );
  });
  return list;
}

function gradSection(view: TensorView, context: DetailsContext): HTMLElement {
  const { tensor } = view;
  const grad = elementsOf(tensor.grad, tensor.gradSummary);
  const some = tensor.grad !== null || tensor.gradSummary !== undefined;
  const kept = tensor.gradSource === "pytorch";
  const children: Child[] = [];
  if (!kept || !some) {
    const why = tensor.whyNoGrad ?? "No backward call has reached it.";
    const place = tensor.whyNoGradSite ? placeLink(tensor.whyNoGradSite, context, " ") : null;
    children.push(h("p", { class: "note" }, h("b", {}, ".grad is None. "), why, place));
  }
  if (some && !kept) {
    const said = "What backward passed through it, captured by the inspector:";
    children.push(h("p", { class: "muted" }, said));
  }
  if (some) {
    // Only a summary of a large gradient is known; its elements are not kept.
    children.push(
      valuesView(grad, tensor.grad === null ? null : tensor.shape, `gradient of ${view.label}`, context),
    );
  }
  const of = section(kept ? ".grad" : "Gradient", ...children);
  return some ? withCopy(of, grad, `the gradient of ${view.label}`, context, tensor.dtype) : of;
}

function history(view: TensorView, snippet: SnippetReport, context: DetailsContext): HTMLElement {
  const rows = view.tensor.gradEvents.map((event) => {
    const call = snippet.backwardCalls[event.call];
    const kind = call?.kind === "grad" ? "autograd.grad" : "backward";
    const where =
      call === undefined
        ? `${event.call + 1}`
        : h("span", {}, `${kind}, `, placeLink(call.site, context) ?? `call ${event.call + 1}`);
    return [
      where,
      h("span", { class: "code" }, describe(event.increment)),
      h("span", { class: "code" }, event.accumulated === null ? "not kept" : describe(event.accumulated)),
    ];
  });
  const heads = ["call", "adds", ".grad is then"];
  return section("Gradient by call", dataTable("Gradient by backward call", heads, rows));
}
