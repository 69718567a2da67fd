// "What if" for tensors of more numbers than a form has fields: something that is done to all of them, or single
// numbers in the pages of a grid. What has been done stands below, in order.
import { changed } from "../../engine/protocol/changes";
import type { Change } from "../../engine/protocol/experiment";
import type { NumberValue, TensorRecord } from "../../engine/protocol/report";
import { gridView } from "../details/grid";
import { indexText } from "../details/paging";
import type { DetailsContext } from "../details/parts";
import { h } from "../dom";
import { formatNumber } from "../format";
import { flatten, toNumber } from "../values";
import { asValue } from "./numbers";

type Kind = "scale" | "add" | "noise" | "fill" | "random";

const kinds: Record<Kind, { label: string; start: number; seeded: boolean }> = {
  scale: { label: "multiply all by", start: 0.5, seeded: false },
  add: { label: "add to all", start: 0.1, seeded: false },
  noise: { label: "add noise of deviation", start: 0.1, seeded: true },
  fill: { label: "set all to", start: 0, seeded: false },
  random: { label: "random, of deviation", start: 0.1, seeded: true },
};

/** What was done last is likely to be done again. */
let lastKind: Kind = "scale";
let lastAmount: number | null = null;

const changeOf = (kind: Kind, amount: number, seed: number): Change => {
  switch (kind) {
    case "scale":
      return { kind, factor: amount };
    case "add":
      return { kind, amount };
    case "fill":
      return { kind, value: amount };
    case "noise":
    case "random":
      return { kind, deviation: amount, seed };
    default:
      return kind satisfies never;
  }
};

/** "× 0.5", "[3, 1] = 2" */
export function changeWords(change: Change, shape: readonly number[]): string {
  switch (change.kind) {
    case "scale":
      return `× ${formatNumber(change.factor)}`;
    case "add":
      return `+ ${formatNumber(change.amount)}`;
    case "fill":
      return `all ${formatNumber(change.value)}`;
    case "noise":
      return `noise of ${formatNumber(change.deviation)}, seed ${change.seed}`;
    case "random":
      return `random of ${formatNumber(change.deviation)}, seed ${change.seed}`;
    case "set":
      return `${indexText(change.element, shape)} = ${formatNumber(change.value)}`;
    default:
      return change satisfies never;
  }
}

/** `tensor`: as the code alone leaves it. */
export function changesForm(tensor: TensorRecord, context: DetailsContext): HTMLElement {
  const { lab } = context;
  const name = tensor.names[0] ?? "the tensor";
  const now = lab.changes.get(tensor.id) ?? [];
  const add = (change: Change): void => {
    const last = now.at(-1);
    // Typed again into the same cell, it is one change.
    const before = change.kind === "set" && last?.kind === "set" && last.element === change.element;
    lab.changes.set(tensor.id, [...(before ? now.slice(0, -1) : now), change]);
    lab.changed();
  };
  const out = h("div", { class: "changes" }, actionBar(name, now, add));
  if (now.length > 0) {
    const list = h("ol", { class: "changes-list", "aria-label": `What is done to ${name}` });
    for (const change of now) list.append(h("li", {}, changeWords(change, tensor.shape)));
    out.append(list);
  }
  const values = tensor.value === null ? null : flatten(tensor.value);
  // What is read of a large tensor is what the snippet left: that is its beginning only if nothing changed it.
  if (values === null && tensor.version > 0) return out;
  const read = async (offset: number, count: number): Promise<NumberValue[]> => {
    const own =
      values?.slice(offset, offset + count) ??
      flatten((await context.elements(tensor.id, offset, count)).value);
    return own.map((value, i) => asValue(Math.fround(changed(toNumber(value), offset + i, now))));
  };
  out.append(
    h("p", { class: "muted" }, "Or single numbers:"),
    gridView(
      {
        shape: tensor.shape,
        read,
        edit: (element, value) => add({ kind: "set", element, value }),
      },
      `Numbers of ${name} to change`,
    ),
  );
  return out;
}

function actionBar(name: string, now: readonly Change[], add: (change: Change) => void): HTMLElement {
  const kind = h("select", {
    class: "plain-select",
    "aria-label": `What to do with ${name}`,
    "data-focus": "change",
  });
  for (const [value, { label }] of Object.entries(kinds)) kind.append(h("option", { value }, label));
  const field = (label: string, value: number, focus: string): HTMLInputElement =>
    h("input", {
      type: "number",
      step: "any",
      class: "number-field",
      "aria-label": label,
      "data-focus": focus,
      value: String(value),
    });
  kind.value = lastKind;
  const amount = field("Amount", lastAmount ?? kinds[lastKind].start, "amount");
  const seed = field("Seed", now.filter((each) => "seed" in each).length, "seed");
  const seedLabel = h("label", { class: "seed" }, "seed ", seed);
  const chosen = (): Kind => kind.value as Kind;
  const show = (): void => {
    seedLabel.hidden = !kinds[chosen()].seeded;
  };
  kind.addEventListener("change", () => {
    amount.value = String(kinds[chosen()].start);
    show();
  });
  show();
  const button = h("button", { type: "submit", class: "text-button", "data-focus": "do" }, "Do it");
  const form = h("form", { class: "change-bar" }, kind, amount, seedLabel, button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!Number.isFinite(amount.valueAsNumber)) return;
    lastKind = chosen();
    lastAmount = amount.valueAsNumber;
    add(changeOf(chosen(), amount.valueAsNumber, Math.trunc(seed.valueAsNumber) || 0));
  });
  return form;
}
