// "Explain" of a tensor: which paths its gradient came along, what each added, and whether the sum is what small
// steps of the real code show.
import type { Answer, Difference } from "../../engine/protocol/experiment";
import type { NumberValue, SnippetReport, TensorRecord } from "../../engine/protocol/report";
import { type DetailsContext, dataTable, link } from "../details/parts";
import { type Child, h } from "../dom";
import { elementCount, formatNumber, plural } from "../format";
import type { GraphModel } from "../graph/model";
import { describe, flatten, toNumber } from "../values";
import { type AskedCall, callsOf, perCall } from "./calls";
import { equalityNote } from "./equality";
import { kinksBehind } from "./kinks";
import { refusal } from "./lab";
import { elementsOf, sum } from "./numbers";

/** So many elements are measured without being asked for more. */
const measured = 6;

export function explainTensor(
  tensor: TensorRecord,
  snippet: SnippetReport,
  model: GraphModel,
  context: DetailsContext,
): HTMLElement | null {
  const calls = callsOf(tensor, snippet);
  if (calls.length === 0) return null;
  return context.lab.section("explain", "Explain this gradient", () =>
    perCall(calls, async (call) => {
      const answer = await context.lab.ask({ kind: "paths", call: call.ordinal, tensor: tensor.id });
      if (answer.kind !== "paths") return refusal(answer);
      const event = tensor.gradEvents.find((each) => each.call === call.index);
      const gradient = event?.increment.value == null ? null : flatten(event.increment.value);
      const total = sum(answer.paths.map((path) => path.contribution));
      const name = tensor.names[0] ?? "the tensor";
      const kinks = kinksBehind(snippet, tensor.id, answer.plain).map(({ words }) => words);
      return h(
        "div",
        {},
        paths(answer, total, tensor, model, context),
        (answer.truncated && !answer.together) || gradient === null || answer.paths.length === 0
          ? null
          : equalityNote(total, gradient, `the gradient that this call gave ${name}`),
        kinks.length === 0 ? null : h("p", { class: "muted" }, `At a kink: ${kinks.join("; ")}.`),
        check(tensor, call, kinks, context),
      );
    }),
  );
}

function paths(
  answer: Answer & { kind: "paths" },
  total: NumberValue[],
  tensor: TensorRecord,
  model: GraphModel,
  context: DetailsContext,
): HTMLElement {
  const number = (values: NumberValue[]): HTMLElement =>
    h("span", { class: "code" }, describe(elementsOf(values, answer.shape)));
  const rows: Child[][] = answer.paths.map((path) => {
    const way = h("span", { class: "path" });
    path.steps.forEach((step, i) => {
      const key = model.byNode.get(step.node);
      const name = step.name.replace(/Backward\d*$/, "");
      const line = step.line === null ? "" : ` line ${step.line + 1}`;
      way.append(
        i > 0 ? " → " : "",
        key === undefined
          ? name
          : link(
              name,
              () => context.select(key),
              `${name}: select ${step.name}${line}, by its input ${step.argument}`,
            ),
      );
    });
    if (path.steps.length === 0) way.append("backward starts here");
    return [way, number(path.contribution)];
  });
  const several = answer.paths.length > 1;
  if (several) rows.push([h("b", {}, "sum"), number(total)]);
  const count = plural(answer.paths.length, "path");
  const intro = answer.truncated
    ? "It comes along very many paths. Those that end with the same operator are put together:"
    : several
      ? `It comes along ${count}, and their contributions add up:`
      : "It comes along one path:";
  return h(
    "div",
    {},
    h("p", { class: "muted" }, intro),
    dataTable(
      `Paths of the gradient of ${tensor.names[0] ?? "the tensor"}`,
      [answer.truncated ? "by" : "from the result", "adds"],
      rows,
    ),
  );
}

/** The gradient beside slopes of the code itself. */
function check(
  tensor: TensorRecord,
  { index, ordinal }: AskedCall,
  kinks: readonly string[],
  context: DetailsContext,
): HTMLElement {
  const count = elementCount(tensor.shape);
  const body = h("div", { class: "check" });
  if (!tensor.dtype.startsWith("float") || count > 1000 || count === 0) return body;
  const event = tensor.gradEvents.find((e) => e.call === index);
  const gradient = flatten(event?.increment.value ?? null);
  const some = Math.min(count, measured);
  const words =
    count > some
      ? `Check the first ${some} of ${count} by finite differences`
      : "Check by finite differences";
  const button = h("button", { type: "button", class: "text-button" }, words);
  button.addEventListener("click", async () => {
    button.disabled = true;
    button.textContent = "Running with slightly more and slightly less…";
    const elements = Array.from({ length: some }, (_, i) => i);
    const answer = await context.lab.ask({ kind: "differences", call: ordinal, tensor: tensor.id, elements });
    if (answer.kind !== "differences") {
      body.replaceChildren(refusal(answer));
      return;
    }
    const rows = answer.differences.map((difference) => row(difference, gradient[difference.element]));
    const head = ["element", "gradient", "measured slope", "difference"];
    body.replaceChildren(
      dataTable("Gradient and measured slope", head, rows),
      h("p", { class: "muted" }, `Measured with ${plural(answer.runs, "run")} of the code itself.`),
      ...kinkNotes(answer.differences, kinks),
    );
  });
  body.append(button);
  return body;
}

function row(difference: Difference, gradient: NumberValue | undefined): Child[] {
  const g = gradient === undefined ? Number.NaN : toNumber(gradient);
  const error = Math.abs(g - difference.slope);
  const close = error <= 0.01 * Math.max(1, Math.abs(g));
  return [
    h("span", { class: "code" }, `[${difference.element}] = ${formatNumber(difference.at)}`),
    h("span", { class: "code" }, gradient === undefined ? "none" : formatNumber(gradient)),
    h(
      "span",
      { class: "code" },
      difference.kink
        ? `left ${formatNumber(difference.left)}, right ${formatNumber(difference.right)}`
        : formatNumber(difference.slope),
    ),
    difference.kink
      ? "a kink"
      : h(
          "span",
          { class: close ? "code" : "code bad" },
          formatNumber(Number.isNaN(error) ? "NaN" : error, 2),
        ),
  ];
}

function kinkNotes(differences: readonly Difference[], names: readonly string[]): HTMLElement[] {
  if (!differences.some((difference) => difference.kink)) return [];
  const where = names.length > 0 ? `: ${names.join("; ")}` : "";
  const said = `There is a kink${where}. The slopes to the left and to the right differ, and PyTorch takes one of them or a value between.`;
  return [h("p", { class: "note" }, said)];
}
