// Numbers in a grid with a tint for sign and size: any rank, one page at a time; pages of large
// tensors are read when they are looked at.
import type { NumberValue } from "../../engine/protocol/report";
import { h } from "../dom";
import { elementCount, exactNumber, formatNumber } from "../format";
import { heatClass } from "../graph/draw";
import { icon } from "../icons";
import { heatOf, heatScale } from "../values";
import {
  clampPage,
  elementAt,
  extentOf,
  firstPage,
  indexText,
  type Page,
  pageColumns,
  pageRows,
  sliceText,
  stretchesOf,
} from "./paging";

export interface GridSource {
  shape: readonly number[];
  read(offset: number, count: number): NumberValue[] | Promise<NumberValue[]>;
  /** The largest magnitude of all, where it is known; else that of the page. */
  scale?: number;
  /** Cells are fields: called with the element's place in row-major order when another number was typed. */
  edit?(element: number, value: number): void;
}

/** Where one was in a grid, for when it is made anew: a number was typed, the code ran again. */
const turned = new Map<string, Page>();
const mostTurned = 200;

export function gridView(source: GridSource, label: string): HTMLElement {
  const element = h("div", { class: "grid" });
  let page = clampPage(turned.get(label) ?? firstPage(source.shape), source.shape);
  let latest = 0;
  const turn = (next: Page): void => {
    page = next;
    turned.delete(label);
    turned.set(label, next);
    for (const [oldest] of turned) {
      if (turned.size <= mostTurned) break;
      turned.delete(oldest);
    }
    void show();
  };
  const show = async (): Promise<void> => {
    const mine = ++latest;
    const shown = page;
    const asked = stretchesOf(source.shape, shown).map(({ offset, count }) => source.read(offset, count));
    const waiting = asked.some((answer) => answer instanceof Promise);
    if (waiting) element.setAttribute("aria-busy", "true");
    try {
      const rows = waiting ? await Promise.all(asked) : (asked as NumberValue[][]);
      if (mine !== latest) return;
      element.replaceChildren(...pageElements(source, shown, rows.flat(), label, turn));
    } catch (error) {
      if (mine !== latest) return;
      const message = error instanceof Error ? error.message : String(error);
      element.replaceChildren(h("p", { class: "muted" }, `These values could not be read: ${message}`));
    } finally {
      if (mine === latest) element.removeAttribute("aria-busy");
    }
  };
  void show();
  return element;
}

function pageElements(
  source: GridSource,
  page: Page,
  values: NumberValue[],
  label: string,
  turn: (page: Page) => void,
): HTMLElement[] {
  const { rows, columns, leading } = extentOf(source.shape);
  if (elementCount(source.shape) === 0) return [h("p", { class: "muted" }, "No elements.")];
  const rowCount = Math.min(pageRows, rows - page.row);
  const columnCount = Math.min(pageColumns, columns - page.column);
  const scale = source.scale ?? heatScale(values);
  const table = h("table", { "aria-label": label });
  const indexed = rows > 1 || columns > 1;
  if (indexed && columns > 1) {
    const head = h("tr", {}, rows > 1 ? h("td", {}) : null);
    for (let c = 0; c < columnCount; c++) head.append(h("th", { scope: "col" }, String(page.column + c)));
    table.append(h("thead", {}, head));
  }
  const body = h("tbody");
  for (let r = 0; r < rowCount; r++) {
    const row = h("tr", {}, indexed && rows > 1 ? h("th", { scope: "row" }, String(page.row + r)) : null);
    for (let c = 0; c < columnCount; c++) {
      const value = values[r * columnCount + c];
      if (value === undefined) continue;
      const attributes = {
        class: indexed ? heatClass(heatOf(value, scale)) : "single",
        title: exactNumber(value),
      };
      const { edit } = source;
      const element = elementAt(source.shape, page, r, c);
      const content = edit ? cellField(value, element, source.shape, edit) : formatNumber(value);
      row.append(h("td", attributes, content));
    }
    body.append(row);
  }
  table.append(body);

  const pagers: HTMLElement[] = [];
  leading.forEach((size, dim) => {
    const at = page.leading[dim] ?? 0;
    const to = (next: number) => () =>
      turn({ ...page, leading: page.leading.map((old, d) => (d === dim ? next : old)) });
    pagers.push(
      pager(
        `dim ${dim}`,
        `${at} of 0…${size - 1}`,
        at > 0 ? to(at - 1) : null,
        at < size - 1 ? to(at + 1) : null,
      ),
    );
  });
  if (rows > pageRows) {
    const to = (row: number) => () => turn({ ...page, row });
    const back = page.row > 0 ? to(Math.max(0, page.row - pageRows)) : null;
    const on = page.row + pageRows < rows ? to(page.row + pageRows) : null;
    pagers.push(pager("rows", `${page.row}…${page.row + rowCount - 1} of ${rows}`, back, on));
  }
  if (columns > pageColumns) {
    const to = (column: number) => () => turn({ ...page, column });
    const back = page.column > 0 ? to(Math.max(0, page.column - pageColumns)) : null;
    const on = page.column + pageColumns < columns ? to(page.column + pageColumns) : null;
    pagers.push(pager("columns", `${page.column}…${page.column + columnCount - 1} of ${columns}`, back, on));
  }
  const frame = h(
    "div",
    { class: "grid-frame", tabindex: 0, role: "region", "aria-label": `${label}, ${sliceText(page)}` },
    table,
  );
  return pagers.length === 0 ? [frame] : [h("div", { class: "pagers" }, ...pagers), frame];
}

/** A number that can be typed over; taken when the field is left or Enter is pressed. */
function cellField(
  value: NumberValue,
  element: number,
  shape: readonly number[],
  edit: (element: number, value: number) => void,
): HTMLElement {
  const place = indexText(element, shape);
  const field = h("input", {
    type: "number",
    step: "any",
    class: "number-field in-cell",
    // Shown as short as elsewhere; what is typed is taken as it is.
    value: typeof value === "number" ? String(Number(value.toPrecision(5))) : exactNumber(value),
    "aria-label": place,
    "data-focus": place,
  });
  field.addEventListener("change", () => {
    if (Number.isFinite(field.valueAsNumber)) edit(element, field.valueAsNumber);
  });
  return field;
}

function pager(what: string, text: string, back: (() => void) | null, on: (() => void) | null): HTMLElement {
  const button = (label: string, go: (() => void) | null, flip: boolean): HTMLElement =>
    h(
      "button",
      {
        type: "button",
        class: `icon-button small${flip ? " flip" : ""}`,
        "aria-label": label,
        title: label,
        disabled: go === null,
        click: () => go?.(),
      },
      icon("chevronRight"),
    );
  return h(
    "div",
    { class: "pager", role: "group", "aria-label": what },
    h("span", { class: "muted" }, what),
    button(`previous ${what}`, back, true),
    h("span", { class: "pager-at", "aria-live": "polite" }, text),
    button(`next ${what}`, on, false),
  );
}
