// What a folded group holds: the module call or the rounds of a loop, and the way to each node inside.
import type { SnippetReport } from "../../engine/protocol/report";
import { h } from "../dom";
import { formatShape, plural } from "../format";
import { type GroupView, keysIn } from "../graph/groups";
import type { GraphModel } from "../graph/model";
import { type DetailsContext, dataTable, facts, link, placeLink, section } from "./parts";

/** More would be a list that nobody reads. */
const most = 60;

const words = {
  module: "one call of a module",
  rounds: "the rounds of a loop",
  round: "one round of a loop",
};

export function groupDetails(
  view: GroupView,
  snippet: SnippetReport,
  model: GraphModel,
  context: DetailsContext,
): HTMLElement[] {
  const { group } = view;
  const keys = keysIn(group);
  const steps = snippet.timeline.filter(
    (step) => step.kind === "backward" && keys.has(model.byNode.get(step.node) ?? ""),
  );
  const rows = [...keys].slice(0, most).flatMap((key) => {
    const inner = model.byKey.get(key);
    if (inner === undefined) return [];
    const what =
      inner.kind === "tensor" ? `${inner.tensor.dtype} ${formatShape(inner.tensor.shape)}` : inner.kind;
    return [
      [
        link(inner.label, () => context.select(key), `select ${inner.label}`),
        h("span", { class: "code" }, what === "grad_fn" ? "autograd node" : what),
        placeLink(inner.site, context),
      ],
    ];
  });
  const out = [
    facts([
      ["what", words[group.kind]],
      ["at", placeLink(group.site, context)],
      group.kind === "rounds"
        ? ["rounds", `${group.rounds}, of which ${group.children.length} are shown`]
        : null,
      ["inside", `${plural(view.operators, "operator")}, ${plural(view.parameters, "parameter")}`],
      steps.length > 0 ? ["backward", plural(steps.length, "step")] : null,
    ]),
    h(
      "p",
      {},
      view.open
        ? link("Fold it", () => context.open(group.key), `Fold it: ${group.label}`)
        : link("Open it", () => context.open(group.key), `Open it: ${group.label}`),
    ),
    section("Inside", dataTable("Inside", ["node", "what", "at"], rows)),
  ];
  if (keys.size > most) out.push(h("p", { class: "muted" }, `and ${keys.size - most} more`));
  return out;
}
