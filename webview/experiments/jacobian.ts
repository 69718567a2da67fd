// "Jacobian" of a tensor: all derivatives of what backward started from, the v that backward was given, and vᵀJ,
// which is the gradient. Of a large matrix the rows that are looked at, and its picture when somebody asks for it.
import type { Answer, Matrix, Part } from "../../engine/protocol/experiment";
import type { NumberValue, SnippetReport, TensorRecord } from "../../engine/protocol/report";
import { formula } from "../details/formula";
import { type DetailsContext, valuesView } from "../details/parts";
import { type Child, h } from "../dom";
import { elementCount, formatShape } from "../format";
import { tensorName } from "../timeline/words";
import { callsOf, perCall } from "./calls";
import { equalityNote } from "./equality";
import { refusal } from "./lab";
import { pagedMatrix, wholeMatrix } from "./matrix";
import { elementsOf, product } from "./numbers";

/** More rows take too long to be asked for one after the other. */
const mostRows = 20_000;

export function jacobianSection(
  tensor: TensorRecord,
  snippet: SnippetReport,
  context: DetailsContext,
): HTMLElement | null {
  const calls = callsOf(tensor, snippet);
  if (calls.length === 0 || elementCount(tensor.shape) === 0) return null;
  return context.lab.section("jacobian", "Jacobian", () =>
    perCall(calls, async ({ call, ordinal }) => {
      const question = { kind: "jacobian", call: ordinal, tensor: tensor.id } as const;
      const answer = await context.lab.ask(question);
      if (answer.kind !== "jacobian") return refusal(answer);
      const { matrix, v, resultShape, shape, rows, columns, gradient } = answer;
      const result = tensorName(snippet, call.roots[0] ?? null);
      const name = tensor.names[0] ?? "the tensor";
      const part = (title: Child, note: string, ...views: HTMLElement[]): HTMLElement =>
        h(
          "div",
          { class: "jacobian-side" },
          h("div", { class: "jacobian-title" }, title, h("span", { class: "muted" }, note)),
          ...views,
        );
      const show = (values: readonly NumberValue[], size: readonly number[], label: string): HTMLElement =>
        valuesView(elementsOf(values, size), size, label, context);
      const transposed = (values: NumberValue[], of: NumberValue[]): HTMLElement =>
        part(
          formula("v^{\\mathsf T} J"),
          `the gradient of ${name}`,
          show(values, shape, "vᵀJ"),
          equalityNote(values, of, `what backward computed for ${name}`),
        );
      const whole = matrix.rows === rows && matrix.columns === columns;
      const note = `a row for each of ${result} ${formatShape(resultShape)}, a column for each of ${name} ${formatShape(shape)}`;
      const given = part(formula("v"), "what backward was given", show(v, resultShape, "v"));
      if (whole)
        return h(
          "div",
          { class: "jacobian is-stacked" },
          part(formula("J"), note, show(matrix.values, [rows, columns], "Jacobian")),
          given,
          transposed(product(v, matrix), gradient),
        );
      const ask = async (wanted: Part): Promise<Matrix> => {
        const found = await context.lab.ask({ ...question, part: wanted });
        if (found.kind !== "jacobian") throw new Error(found.kind === "refused" ? found.why : "no answer");
        return found.matrix;
      };
      const picture = wholeMatrix(
        {
          rows,
          columns,
          ask: async (wanted, fold) => {
            const found: Answer = await context.lab.ask({ ...question, part: wanted, fold });
            return found.kind === "jacobian"
              ? found
              : found.kind === "refused"
                ? found.why
                : "There is no answer.";
          },
          stop: () => context.lab.stop(),
          done: (values, of) => transposed(values, of),
        },
        "the Jacobian",
      );
      return h(
        "div",
        { class: "jacobian is-stacked" },
        part(formula("J"), `${rows} × ${columns}: ${note}`, pagedMatrix(rows, columns, ask, "Jacobian")),
        given,
        rows <= mostRows ? picture : h("p", { class: "muted" }, "It has too many rows to be added up."),
      );
    }),
  );
}
