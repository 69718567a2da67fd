// The hover over backward() and autograd.grad(): where it started, and what the leaves hold afterwards. Pure.
import type { BackwardCall } from "../../../engine/protocol/report";
import type { LiveReport } from "../documentView";
import { elementsLine } from "../format";
import { type HoverModel, type HoverSection, INLINE_WIDTH } from "./model";

const MAX_LEAVES = 12;

export function callHover(report: LiveReport, call: BackwardCall, stale: boolean): HoverModel {
  const index = report.backwardCalls.indexOf(call);
  const nameOf = (id: number) => report.tensors.find((tensor) => tensor.id === id)?.names[0];
  const roots = call.roots.map(nameOf).filter((name) => name !== undefined);
  const facts = [roots.length > 0 ? `from ${roots.join(", ")}` : "from an unnamed tensor"];
  if (call.retainGraph) facts.push("retain_graph=True");
  if (call.createGraph) facts.push("create_graph=True");
  if (call.status === "raised") facts.push("raised");
  const reached = report.tensors.filter((tensor) => tensor.names.length > 0 && tensor.isLeaf);
  const items = reached.flatMap((tensor) =>
    tensor.gradEvents
      .filter((event) => event.call === index)
      .map((event) => ({
        text: `${tensor.names[0]}.grad`,
        code: elementsLine(event.accumulated ?? event.increment, tensor.dtype, INLINE_WIDTH),
      })),
  );
  const more = items.length - MAX_LEAVES;
  const shown = more > 0 ? [...items.slice(0, MAX_LEAVES), { text: `… ${more} more …` }] : items;
  const sections: HoverSection[] =
    items.length > 0
      ? [{ kind: "list", label: call.kind === "grad" ? "gradients" : "after this call", items: shown }]
      : [{ kind: "text", text: "No named leaf received a gradient." }];
  return {
    range: call.site.range,
    name: call.kind === "grad" ? "autograd.grad()" : "backward()",
    facts,
    stale,
    sections,
  };
}
