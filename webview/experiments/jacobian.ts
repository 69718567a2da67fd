// "Jacobian" of a tensor: all derivatives of what backward started from, the v that backward was given, and vᵀJ,
// which is the gradient.
import type { SnippetReport, TensorRecord } from "../../engine/protocol/report";
import { formula } from "../details/formula";
import { type DetailsContext, valuesView } from "../details/parts";
import { type Child, h } from "../dom";
import { elementCount, formatShape } from "../format";
import { tensorName } from "../timeline/words";
import { callsOf, perCall } from "./calls";
import { refusal } from "./lab";
import { elementsOf, product } from "./numbers";

export function jacobianSection(
  tensor: TensorRecord,
  snippet: SnippetReport,
  context: DetailsContext,
): HTMLElement | null {
  const calls = callsOf(tensor, snippet);
  if (calls.length === 0 || elementCount(tensor.shape) === 0) return null;
  return context.lab.section("jacobian", "Jacobian", () =>
    perCall(calls, async ({ call, ordinal }) => {
      const answer = await context.lab.ask({ kind: "jacobian", call: ordinal, tensor: tensor.id });
      if (answer.kind !== "jacobian") return refusal(answer);
      const { matrix, v, resultShape, shape } = answer;
      const result = tensorName(snippet, call.roots[0] ?? null);
      const name = tensor.names[0] ?? "the tensor";
      const part = (title: Child, note: string, view: HTMLElement): HTMLElement =>
        h(
          "div",
          { class: "jacobian-side" },
          h("div", { class: "jacobian-title" }, title, h("span", { class: "muted" }, note)),
          view,
        );
      const show = (values: typeof v, size: readonly number[], label: string): HTMLElement =>
        valuesView(elementsOf(values, size), size, label, context);
      const rows = `a row for each of ${result} ${formatShape(resultShape)}, a column for each of ${name} ${formatShape(shape)}`;
      return h(
        "div",
        { class: "jacobian is-stacked" },
        part(formula("J"), rows, show(matrix.values, [matrix.rows, matrix.columns], "Jacobian")),
        part(formula("v"), "what backward was given", show(v, resultShape, "v")),
        part(formula("v^{\\mathsf T} J"), `the gradient of ${name}`, show(product(v, matrix), shape, "vᵀJ")),
      );
    }),
  );
}
