// "Explain" of an operator: the gradient that came in, times its derivative with the real numbers, is what went out.
import type { Answer, Matrix, Part } from "../../engine/protocol/experiment";
import type {
  BackwardStep,
  Elements,
  GraphNode,
  NumberValue,
  SnippetReport,
} from "../../engine/protocol/report";
import { formula } from "../details/formula";
import { gridView } from "../details/grid";
import { type DetailsContext, valuesView } from "../details/parts";
import { type Child, h } from "../dom";
import { elementCount, formatNumber, formatShape } from "../format";
import { flatten } from "../values";
import { equalityNote } from "./equality";
import { kinkOf } from "./kinks";
import { refusal } from "./lab";
import { lettersOf, plainWords } from "./letters";
import { pagedMatrix } from "./matrix";
import { diagonal, elementsOf, product } from "./numbers";

type Local = Answer & { kind: "local" };
type LocalPart = Local["parts"][number];

/** Derivatives of so many elements are one question: a page of the grid. */
const band = 192;

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
    const incoming = step?.incoming.find((gradient) => gradient !== null) ?? null;
    const out = h("div", { class: "explain" });
    const letters = lettersOf(node, snippet).flatMap(({ letter, means }, i): Child[] => [
      i > 0 ? ", " : "",
      formula(letter),
      ` ${means}`,
    ]);
    if (letters.length > 0) out.append(h("p", { class: "muted letters" }, ...letters));
    const plain = plainWords(answer.plain);
    if (plain !== "") out.append(h("p", { class: "muted" }, "with ", h("span", { class: "code" }, plain)));
    for (const part of answer.parts) {
      const title = h("h4", {}, "for ", h("span", { class: "code" }, part.argument || `input ${part.input}`));
      const tex = node.math?.[part.argument];
      out.append(title);
      if (tex !== undefined) out.append(h("p", {}, formula(tex)));
      const outgoing = step?.outgoing[part.input] ?? null;
      out.append(...derivative(node, answer, part, incoming, outgoing, context));
    }
    const kink = kinkOf(node, snippet, answer.plain);
    if (kink !== null) {
      const said = `It stands at a kink: ${kink}. The slopes to both sides differ there, and PyTorch takes one of them or a value between.`;
      out.append(h("p", { class: "note" }, said));
    }
    if (incoming === null) out.append(h("p", { class: "muted" }, "No backward call has gone through it."));
    return out;
  });
}

function derivative(
  node: GraphNode,
  answer: Local,
  part: LocalPart,
  incoming: Elements | null,
  outgoing: Elements | null,
  context: DetailsContext,
): HTMLElement[] {
  const { matrix, shape } = part;
  const { resultShape } = answer;
  const v = incoming?.value == null ? null : flatten(incoming.value);
  const whole = matrix.rows === answer.rows && matrix.columns === part.columns;
  const own = diagonal(matrix);
  const made = v !== null && whole ? product(v, matrix) : null;
  const told = outgoing?.value == null ? null : flatten(outgoing.value);
  const equal = made !== null && told !== null ? [equalityNote(made, told, "what backward passed on")] : [];
  if (whole && own !== null && own.length === 1 && own[0] !== undefined) {
    const [d] = own;
    const text = (n: NumberValue | undefined): string => (n === undefined ? "?" : formatNumber(n));
    if (v === null) return [h("p", { class: "product code" }, `derivative ${text(d)}`)];
    return [h("p", { class: "product code" }, `${text(v[0])} × ${text(d)} = ${text(made?.[0])}`), ...equal];
  }
  const side = (title: string, view: HTMLElement): HTMLElement =>
    h(
      "div",
      { class: "jacobian-side" },
      h("div", { class: "jacobian-title" }, h("span", { class: "muted" }, title)),
      view,
    );
  const values = (title: string, elements: Elements, size: readonly number[]): HTMLElement =>
    side(title, valuesView(elements, size, title, context));
  const panel = h("div", { class: "jacobian" });
  // Of a large matrix its beginning says whether it works element by element.
  const byElement = own !== null && answer.rows === part.columns;
  const size = [answer.rows, part.columns];
  const before = byElement ? "incoming" : "v, incoming";
  if (incoming !== null) panel.append(values(before, incoming, incoming.value === null ? [] : resultShape));
  const dims = `${formatShape(resultShape)} by ${formatShape(shape)}`;
  if (byElement) {
    const title = incoming === null ? "derivative, element by element" : "× derivative";
    panel.append(
      whole ? values(title, elementsOf(own, shape), shape) : side(title, diagonalView(node, part, context)),
    );
  } else if (whole) panel.append(values(`J, ${dims}`, elementsOf(matrix.values, size), size));
  else {
    const ask = (wanted: Part): Promise<Matrix> => askPart(node, part, wanted, context);
    panel.append(side(`J, ${dims}`, pagedMatrix(answer.rows, part.columns, ask, "J")));
  }
  const after = byElement ? "= outgoing" : "vᵀJ, outgoing";
  if (made !== null) panel.append(values(after, elementsOf(made, shape), shape));
  else if (outgoing !== null) panel.append(values(after, outgoing, outgoing.value === null ? [] : shape));
  return [panel, ...equal];
}

async function askPart(
  node: GraphNode,
  { input, argument }: LocalPart,
  wanted: Part,
  context: DetailsContext,
): Promise<Matrix> {
  const found = await context.lab.ask({ kind: "local", node: node.id, part: wanted });
  if (found.kind !== "local") throw new Error(found.kind === "refused" ? found.why : "no answer");
  const same = found.parts.find((each) => each.input === input && each.argument === argument);
  if (same === undefined) throw new Error("the run took another way this time");
  return same.matrix;
}

/** The derivatives of an operator that works element by element, page by page. */
function diagonalView(node: GraphNode, part: LocalPart, context: DetailsContext): HTMLElement {
  const count = elementCount(part.shape);
  return gridView(
    {
      shape: part.shape,
      async read(offset, length) {
        const out: NumberValue[] = [];
        for (let at = offset; at < Math.min(count, offset + length); at++) {
          const first = at - (at % band);
          const block = { row: first, rows: band, column: first, columns: band };
          const found = await askPart(node, part, block, context);
          out.push(found.values[(at - first) * (found.columns + 1)] ?? 0);
        }
        return out;
      },
    },
    "derivative",
  );
}
