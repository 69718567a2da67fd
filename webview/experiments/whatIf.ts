// "What if": other numbers in a leaf, or another v, and the whole inspector shows the run with them. The file
// stays as it is until "Write into code", which is offered where the code has numbers that can be written.
import type { NestedValue, SnippetReport, TensorRecord } from "../../engine/protocol/report";
import { indexText } from "../details/paging";
import type { DetailsContext } from "../details/parts";
import { h } from "../dom";
import { elementCount, exactNumber } from "../format";
import type { GraphModel } from "../graph/model";
import { flatten, toNumber } from "../values";
import { changesForm } from "./changesForm";
import { movedTable } from "./moved";
import { nest } from "./numbers";

/** More fields than this are no form any more. */
const mostFields = 64;

/** More are not sent to and fro. */
const mostChanged = 4_000_000;

export const canTry = (tensor: TensorRecord): boolean =>
  tensor.isLeaf &&
  tensor.count === 1 &&
  /^(b?float\d+|int\d+)$/.test(tensor.dtype) &&
  (tensor.value !== null || tensor.summary !== undefined) &&
  elementCount(tensor.shape) > 0 &&
  elementCount(tensor.shape) <= mostChanged;

export function whatIfSection(
  tensor: TensorRecord,
  snippet: SnippetReport,
  model: GraphModel,
  context: DetailsContext,
): HTMLElement | null {
  const { lab } = context;
  const seeded = snippet.backwardCalls
    .map((call, index) => ({ call, index }))
    .filter(({ call }) => call.roots.includes(tensor.id));
  const seeds = seeded.flatMap(({ call, index }) => {
    const first = snippet.timeline.find(
      (step) => step.kind === "backward" && step.call === index && step.node === tensor.node,
    );
    const v = first?.kind === "backward" ? (first.incoming.find((g) => g !== null)?.value ?? null) : null;
    // Of a single number v is 1 and not given; nor can many numbers be typed.
    const fits = Array.isArray(v) && flatten(v).length <= mostFields;
    return fits ? [{ ordinal: call.ordinal ?? index + 1, v }] : [];
  });
  const leaf = canTry(tensor);
  if (!leaf && seeds.length === 0) return null;
  return lab.section("whatIf", "What if…", () => {
    const out = h("div", { class: "what-if" });
    const name = tensor.names[0] ?? "the tensor";
    if (leaf && elementCount(tensor.shape) > mostFields) {
      const own = lab.original?.tensors.find(({ id }) => id === tensor.id) ?? tensor;
      out.append(h("p", { class: "muted" }, `Other numbers for ${name}; the file stays as it is.`));
      out.append(changesForm(own, context));
    } else if (leaf && tensor.value !== null) {
      out.append(h("p", { class: "muted" }, `Other numbers for ${name}; the file stays as it is.`));
      out.append(
        fields(
          lab.values.get(tensor.id) ?? flatten(initialOf(tensor, snippet)).map(toNumber),
          tensor.shape,
          name,
          (values) => {
            lab.values.set(tensor.id, values);
            lab.changed();
          },
        ),
      );
    }
    for (const { ordinal, v } of seeds) {
      out.append(h("p", { class: "muted" }, "Another v for backward (gradient=):"));
      const shape = tensor.shape;
      out.append(
        fields(lab.seeds.get(ordinal) ?? flatten(v).map(toNumber), shape, "v", (values) => {
          lab.seeds.set(ordinal, values);
          lab.changed();
        }),
      );
    }
    out.append(actions(tensor, leaf, context));
    if (lab.original !== null) out.append(movedTable(lab.original, snippet, model, context.select));
    return out;
  });
}

/** What it was when it was first used: the code may have changed it since. */
function initialOf(tensor: TensorRecord, snippet: SnippetReport): NestedValue {
  let value: NestedValue | null = null;
  for (const step of snippet.timeline) {
    if (step.kind === "forward") {
      if (step.node !== null && step.inputs.includes(tensor.id)) break;
      const output = step.outputs.indexOf(tensor.id);
      if (output >= 0) value = step.values[output]?.value ?? value;
    } else if (step.kind === "mutate" && step.tensor === tensor.id) value = step.values[0]?.value ?? value;
  }
  return value ?? tensor.value ?? [];
}

function fields(
  values: readonly number[],
  shape: readonly number[],
  name: string,
  changed: (values: number[]) => void,
): HTMLElement {
  const columns = shape.at(-1) ?? 1;
  const grid = h("div", { class: "fields", role: "group", "aria-label": `Numbers of ${name}` });
  grid.style.setProperty("--columns", String(Math.min(columns, 6)));
  const now = [...values];
  let timer: ReturnType<typeof setTimeout> | null = null;
  values.forEach((value, i) => {
    const index = shape.length === 0 ? "" : indexText(i, shape);
    const field = h("input", {
      type: "number",
      step: "any",
      class: "number-field",
      value: exactNumber(value),
      "aria-label": `${name}${index}`,
      "data-focus": `${name}${index}`,
    });
    const take = (wait: number): void => {
      const typed = field.valueAsNumber;
      if (!Number.isFinite(typed) || typed === now[i]) return;
      now[i] = typed;
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(() => changed([...now]), wait);
    };
    field.addEventListener("input", () => take(250));
    field.addEventListener("change", () => take(0));
    // Arrow keys and the wheel of the mouse step in the second digit that counts.
    field.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
      const at = field.valueAsNumber;
      const size = stepOf(at) * (event.shiftKey ? 10 : 1);
      field.value = String(Number((at + (event.key === "ArrowUp" ? size : -size)).toPrecision(10)));
      event.preventDefault();
      take(60);
    });
    grid.append(field);
  });
  return grid;
}

const stepOf = (value: number): number =>
  value === 0 || !Number.isFinite(value)
    ? 0.1
    : 10 ** Math.max(-6, Math.floor(Math.log10(Math.abs(value))) - 1);

function actions(tensor: TensorRecord, leaf: boolean, context: DetailsContext): HTMLElement {
  const { lab } = context;
  const tried = lab.values.get(tensor.id);
  const said = h("p", { class: "muted", role: "status" });
  const reset = h(
    "button",
    { type: "button", class: "text-button", "data-focus": "reset" },
    "Back to the code",
  );
  reset.disabled = !lab.trying;
  reset.addEventListener("click", () => lab.reset());
  const undo = h("button", { type: "button", class: "text-button", "data-focus": "undo" }, "Undo");
  undo.disabled = !lab.canUndo;
  undo.addEventListener("click", () => lab.undo());
  const bar = h("div", { class: "actions" }, undo, reset);
  if (leaf && elementCount(tensor.shape) <= mostFields) {
    const write = h(
      "button",
      { type: "button", class: "text-button", "data-focus": "write" },
      "Write into code",
    );
    write.disabled = tried === undefined;
    write.hidden = true;
    lab.canWrite(tensor.id).then(
      (can) => {
        write.hidden = !can;
      },
      // Without an answer it is not offered.
      () => {},
    );
    write.addEventListener("click", async () => {
      if (tried === undefined) return;
      const problem = await lab.write(tensor.id, nest(tried, tensor.shape));
      said.textContent = problem ?? "";
    });
    bar.append(write);
  }
  return h("div", {}, bar, said);
}
