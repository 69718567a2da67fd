// What there is to tell of a snippet while nothing is selected: its findings, where the graph is cut, its leaves
// with their gradients, its backward calls.
import type { Finding, SnippetReport } from "../../engine/protocol/report";
import { LOUDNESS } from "../../engine/protocol/severity";
import { h } from "../dom";
import { formatShape, placeText, plural } from "../format";
import type { GraphModel, TensorView } from "../graph/model";
import { describe } from "../values";
import { type DetailsContext, dataTable, link, placeLink, section } from "./parts";

/** More would be a list that nobody reads; the table has them all. */
const most = 40;

export function overview(snippet: SnippetReport, model: GraphModel, context: DetailsContext): HTMLElement[] {
  const hint = "Select a tensor or a node to see its values, its gradient and where both come from.";
  const out: HTMLElement[] = [h("p", { class: "muted details-hint" }, hint)];
  if (snippet.diagnostics.length > 0) {
    const sorted = [...snippet.diagnostics].sort((a, b) => LOUDNESS[b.severity] - LOUDNESS[a.severity]);
    const items = sorted.slice(0, most).map((finding) => findingItem(finding, context));
    out.push(section("Findings", h("ul", { class: "overview-list" }, ...items)));
  }
  const cuts = model.nodes.flatMap((view) => {
    if (view.kind === "tensor" || !("node" in view) || view.node.cut === undefined) return [];
    const name = link(view.label, () => context.select(view.key), `select ${view.label}`);
    return [h("li", {}, name, ` ${view.node.cut} `, placeLink(view.site, context))];
  });
  if (cuts.length > 0) {
    out.push(section("The graph is cut", h("ul", { class: "overview-list" }, ...cuts.slice(0, most))));
  }
  const leaves = model.nodes.filter(
    (view): view is TensorView =>
      view.kind === "tensor" && view.tensor.isLeaf && (view.tensor.requiresGrad || view.frozen),
  );
  if (leaves.length > 0) out.push(leavesSection(leaves, context));
  if (snippet.backwardCalls.length > 0) out.push(callsSection(snippet, context));
  return out;
}

function findingItem(finding: Finding, context: DetailsContext): HTMLElement {
  const call = finding.call === undefined ? "" : ` (call ${finding.call})`;
  return h(
    "li",
    { class: `severity-${finding.severity}` },
    h("b", {}, finding.severity),
    `${call}: ${finding.message} `,
    placeLink({ range: finding.range }, context),
  );
}

function leavesSection(leaves: readonly TensorView[], context: DetailsContext): HTMLElement {
  const rows = leaves.slice(0, most).map((view) => {
    const { tensor } = view;
    const grad = describe({
      value: tensor.grad,
      ...(tensor.gradSummary ? { summary: tensor.gradSummary } : {}),
    });
    return [
      link(view.label, () => context.select(view.key), `select ${view.label}`),
      h("span", { class: "code shape" }, formatShape(tensor.shape)),
      h("span", { class: "code" }, view.frozen ? "frozen" : grad === "none" ? "None" : grad),
    ];
  });
  const more = leaves.length - rows.length;
  const rest = more > 0 ? h("p", { class: "muted" }, `and ${more} more in the table`) : null;
  return section("Leaves", dataTable("Leaves", ["leaf", "shape", ".grad"], rows), rest);
}

function callsSection(snippet: SnippetReport, context: DetailsContext): HTMLElement {
  const items = snippet.backwardCalls.slice(0, most).map((call) => {
    const how = call.kind === "grad" ? "autograd.grad" : "backward()";
    const said = [
      (call.count ?? 1) > 1 && call.ordinal !== undefined ? `call ${call.ordinal}` : "",
      call.retainGraph ? "keeps the graph" : "",
      call.createGraph ? "makes a graph of its own" : "",
      call.status === "raised" ? "raised" : "",
    ].filter(Boolean);
    const place = placeLink(call.site, context) ?? placeText(call.site);
    return h("li", {}, `${how}, `, place, said.length > 0 ? `: ${said.join(", ")}` : "");
  });
  return section(
    `Backward, ${plural(snippet.backwardCalls.length, "call")} kept`,
    h("ul", { class: "overview-list" }, ...items),
  );
}
