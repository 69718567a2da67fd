// "Explain" of an operator: the gradient that came in, times its derivative with the real numbers, is what went out.
import type { Matrix } from "../../engine/protocol/experiment";
import type { BackwardStep, GraphNode, NumberValue, SnippetReport } from "../../engine/protocol/report";
import { formula } from "../details/formula";
import { type DetailsContext, valuesView } from "../details/parts";
import { h } from "../dom";
import { formatNumber, formatShape } from "../format";
import { flatten } from "../values";
import { refusal } from "./lab";
import { diagonal, elementsOf, product } from "./numbers";

export function explainNode(
  node: GraphNode,
  snippet: SnippetReport,
  context: DetailsContext,
): HTMLElement | null {
  if (node.kind !== "grad_fn" || node.op === null) return null;
  const step = snippet.timeline.findLast(
    (s): s is BackwardStep => s.kind === "backward" && s.node === node.id,
  );
  return context.lab.section("explainNode", "Explain: incoming × derivative", async () => {
    const answer = await context.lab.ask({ kind: "local", node: node.id });
    if (answer.kind !== "local") return refusal(answer);
    const incoming = step?.incoming.find((gradient) => gradient !== null)?.value ?? null;
    const v = incoming === null ? null : flatten(incoming);
    const out = h("div", { class: "explain" });
    for (const part of answer.parts) {
      const title = h("h4", {}, "for ", h("span", { class: "code" }, part.argument || `input ${part.input}`));
      const tex = node.math?.[part.argument];
      out.append(title);
      if (tex !== undefined) out.append(h("p", {}, formula(tex)));
      out.append(...derivative(part.matrix, part.shape, answer.resultShape, v, context));
    }
    if (v === null) out.append(h("p", { class: "muted" }, "No backward call has gone through it."));
    return out;
  });
}

function derivative(
  matrix: Matrix,
  shape: readonly number[],
  resultShape: readonly number[],
  v: NumberValue[] | null,
  context: DetailsContext,
): HTMLElement[] {
  const own = diagonal(matrix);
  const outgoing = v === null ? null : product(v, matrix);
  if (own !== null && own.length === 1 && own[0] !== undefined) {
    const [d] = own;
    const text = (n: NumberValue | undefined): string => (n === undefined ? "?" : formatNumber(n));
    if (v === null) return [h("p", { class: "product code" }, `derivative ${text(d)}`)];
    return [h("p", { class: "product code" }, `${text(v[0])} × ${text(d)} = ${text(outgoing?.[0])}`)];
  }
  const side = (title: string, values: NumberValue[], size: readonly number[]): HTMLElement =>
    h(
      "div",
      { class: "jacobian-side" },
      h("div", { class: "jacobian-title" }, h("span", { class: "muted" }, title)),
      valuesView(elementsOf(values, size), size, title, context),
    );
  const panel = h("div", { class: "jacobian" });
  if (own !== null) {
    if (v !== null) panel.append(side("incoming", v, resultShape));
    panel.append(side(v === null ? "derivative, element by element" : "× derivative", own, shape));
  } else {
    if (v !== null) panel.append(side("v, incoming", v, resultShape));
    const size = [matrix.rows, matrix.columns];
    panel.append(side(`J, ${formatShape(resultShape)} by ${formatShape(shape)}`, matrix.values, size));
  }
  if (outgoing !== null) panel.append(side(own === null ? "vᵀJ, outgoing" : "= outgoing", outgoing, shape));
  return [panel];
}
