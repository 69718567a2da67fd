// The face of one node: its outline, its size, and every text, picture and mark on it at its place.
// Pure: widths of text come from a function that is handed in, colours are the style sheet's.
import type { Elements } from "../../engine/protocol/report";
import { formatNumber, formatShape, lineOf, plural, shorten } from "../format";
import { flatten, type Heat, heatMapOf, heatOf, heatScale, rangeText, shapeOf, shortValue } from "../values";
import type { DrawnNode, GroupView } from "./groups";
import type { OperatorView, TensorView, ViewNode } from "./model";

export type TextStyle = "name" | "small" | "number";
export type Measure = (text: string, style: TextStyle) => number;

/** Outlines tell the kinds apart without colour. */
export type Outline = "leaf" | "tensor" | "pill" | "plain" | "octagon" | "stack";

export type MarkName =
  | "requires-grad"
  | "frozen"
  | "retains-grad"
  | "saved"
  | "root"
  | "freed"
  | "failed"
  | "folded";

export interface CardText {
  x: number;
  y: number;
  text: string;
  style: TextStyle;
  /** muted: secondary; grad: a gradient; passing: a gradient that PyTorch does not keep; error. */
  tone: "plain" | "muted" | "grad" | "passing" | "error";
  anchor?: "middle" | "end";
}

export interface CardHeat {
  x: number;
  y: number;
  cell: { width: number; height: number };
  columns: number;
  levels: Heat[];
  /** Written into the cells where there is room. */
  numbers?: string[];
  /** Only a corner. */
  partial: boolean;
}

export interface CardMark {
  x: number;
  y: number;
  mark: MarkName;
}

export interface Chip {
  x: number;
  y: number;
  width: number;
  text: string;
  tone: "version" | "count" | "added";
}

export interface Card {
  outline: Outline;
  width: number;
  height: number;
  texts: CardText[];
  heats: CardHeat[];
  marks: CardMark[];
  chips: Chip[];
}

/** What a timeline step changes on a face; absent outside the timeline. */
export interface Moment {
  value?: Elements | null | "untold";
  /** untold: changed in iterations of a loop that the timeline leaves out. */
  grad?: Elements | null | "untold";
  /** ".grad" or "∂": kept by PyTorch, or passing through. */
  gradLabel?: string;
  /** "+6": what this step adds. */
  added?: string;
  /** A node that was freed later than this. */
  notYetFreed?: boolean;
  /** What failed in the end had not failed by then. */
  notYetFailed?: boolean;
}

export const markSize = 12;
const padX = 10;
const lineHeight = 15;

const grid = (size: number): number => Math.ceil(size / 8) * 8;

/** `size` is given where the place is laid out already: a moment must fit into it. */
export function cardOf(
  view: DrawnNode,
  measure: Measure,
  moment?: Moment,
  size?: { width: number; height: number },
): Card {
  switch (view.kind) {
    case "tensor":
      return tensorCard(view, measure, moment, size);
    case "failure":
      return failureCard(view, measure);
    case "group":
      return groupCard(view, measure, moment);
    default:
      return operatorCard(view, measure, moment, size);
  }
}

/** Which marks a tensor carries, in the order of the legend. */
export function tensorMarks(view: TensorView, moment?: Moment): MarkName[] {
  const marks: MarkName[] = [];
  if (view.failing !== null && !moment?.notYetFailed) marks.push("failed");
  if (view.root) marks.push("root");
  if (view.tensor.requiresGrad) marks.push("requires-grad");
  if (view.frozen) marks.push("frozen");
  if (view.tensor.retainsGrad) marks.push("retains-grad");
  if (view.savedBy.length > 0) marks.push("saved");
  return marks;
}

function tensorCard(
  view: TensorView,
  measure: Measure,
  moment: Moment | undefined,
  size: { width: number; height: number } | undefined,
): Card {
  const { tensor } = view;
  const left = tensor.isLeaf ? padX + 3 : padX;
  const card: Card = {
    outline: tensor.isLeaf ? "leaf" : "tensor",
    width: 0,
    height: 0,
    texts: [],
    heats: [],
    marks: [],
    chips: [],
  };
  const name = shorten(view.label, 24);
  const nameTone = view.failing === null || moment?.notYetFailed ? "plain" : "error";
  card.texts.push({ x: left, y: 18, text: name, style: "name", tone: nameTone });
  const marks = tensorMarks(view, moment);
  const type = `${tensor.dtype} ${formatShape(tensor.shape)}`;
  card.texts.push({ x: left, y: 18 + lineHeight, text: type, style: "small", tone: "muted" });

  const chips: { text: string; tone: Chip["tone"] }[] = [];
  if (tensor.version > 0) chips.push({ text: `v${tensor.version}`, tone: "version" });
  if (view.count > 1) chips.push({ text: `× ${view.count}`, tone: "count" });
  const chipWidths = chips.map((chip) => Math.ceil(measure(chip.text, "small")) + 8);

  let bottom = 18 + lineHeight + 9;
  let width = Math.max(
    left + measure(name, "name") + (marks.length > 0 ? 8 + marks.length * (markSize + 3) : 0) + padX,
    left + measure(type, "small") + chipWidths.reduce((sum, w) => sum + w + 6, 0) + padX,
  );

  const pictures = [
    { caption: "value", shown: { value: tensor.value, summary: tensor.summary }, tone: "plain" as const },
    ...gradPicture(view),
  ];
  const now = pictures.map((picture, i) => momentOf(picture, i, moment));
  let x = left;
  let tallest = 0;
  const columns = pictures.map((picture, i) => {
    const drawing = drawElements(picture.shown, measure, 4);
    const current = now[i];
    const shown = current === undefined ? picture : current;
    const inMoment =
      shown === picture ? drawing : shown.untold ? untold(measure) : drawElements(shown.shown, measure, 3);
    const column = {
      x,
      width: Math.max(i === 0 ? 34 : 46, drawing.width, inMoment.width, measure(shown.caption, "small")),
    };
    tallest = Math.max(tallest, drawing.height, inMoment.height);
    x += column.width + 14;
    return { ...column, shown, drawing: inMoment };
  });
  for (const column of columns) {
    placeDrawing(card, column.drawing, column.x, bottom, column.shown.tone);
    const y = bottom + tallest + 12;
    card.texts.push({ x: column.x, y, text: column.shown.caption, style: "small", tone: "muted" });
  }
  if (columns.length > 0) {
    width = Math.max(width, x - 14 + padX);
    bottom += tallest + 12 + 8;
  }
  card.width = size?.width ?? grid(width);
  card.height = size?.height ?? bottom;

  let markX = card.width - padX + 2;
  for (const mark of [...marks].reverse()) {
    markX -= markSize;
    card.marks.unshift({ x: markX, y: 7, mark });
    markX -= 3;
  }
  let chipX = card.width - padX + 2;
  for (let i = chips.length - 1; i >= 0; i--) {
    const chip = chips[i];
    const chipWidth = chipWidths[i] ?? 0;
    if (chip === undefined) continue;
    chipX -= chipWidth;
    card.chips.unshift({ x: chipX, y: 22, width: chipWidth, ...chip });
    chipX -= 4;
  }
  if (moment?.added) {
    const addedWidth = Math.ceil(measure(moment.added, "number")) + 12;
    // Below `.grad`, over the card's edge: it is there for one step, and moves nothing.
    const x = card.width + 4 - addedWidth;
    card.chips.push({ x, y: card.height - 5, width: addedWidth, text: moment.added, tone: "added" });
  }
  return card;
}

interface Picture {
  caption: string;
  shown: Elements;
  tone: "plain" | "grad" | "passing";
  untold?: boolean;
}

function gradPicture(view: TensorView): Picture[] {
  const { tensor } = view;
  if (!tensor.requiresGrad) return [];
  const shown: Elements = { value: tensor.grad };
  if (tensor.gradSummary) shown.summary = tensor.gradSummary;
  const kept = tensor.gradSource === "pytorch";
  if (tensor.grad === null && !tensor.gradSummary && !tensor.isLeaf) return [];
  return [{ caption: kept || tensor.isLeaf ? ".grad" : "∂", shown, tone: kept ? "grad" : "passing" }];
}

function momentOf(picture: Picture, index: number, moment: Moment | undefined): Picture | undefined {
  const shown = index === 0 ? moment?.value : moment?.grad;
  if (moment === undefined || shown === undefined) return undefined;
  const caption = index === 0 ? picture.caption : (moment.gradLabel ?? picture.caption);
  if (shown === "untold") return { ...picture, caption, shown: { value: null }, untold: true };
  return { ...picture, caption, shown: shown ?? { value: null } };
}

type Drawing = { width: number; height: number } & (
  | { kind: "text"; text: string; muted: boolean }
  | { kind: "heat"; heat: Omit<CardHeat, "x" | "y"> }
);

const untold = (measure: Measure): Drawing => ({
  kind: "text",
  text: "…",
  muted: true,
  width: measure("…", "number"),
  height: 14,
});

/** A scalar as its number, a few values as numbers on tinted cells, more as coloured cells alone. */
function drawElements(elements: Elements, measure: Measure, digits: number): Drawing {
  const text = (shown: string, muted = false): Drawing => ({
    kind: "text",
    text: shown,
    muted,
    width: measure(shown, "number"),
    height: 14,
  });
  if (elements.value === null && !elements.summary) return text("None", true);
  if (elements.value !== null && !Array.isArray(elements.value))
    return text(shortValue(elements, 1, digits) ?? "");
  const heat = heatMapOf(elements);
  if (heat === null) return text(elements.summary ? rangeText(elements.summary) : "empty", true);
  const source = elements.value ?? elements.summary?.corner ?? null;
  const flat = flatten(source);
  const columns = source === null ? 1 : (shapeOf(source).at(-1) ?? 1);
  if (!heat.partial && flat.length <= 9 && columns <= 3 && heat.rows <= 3) {
    const numbers = flat.map((value) => formatNumber(value, 3));
    const widest = Math.max(...numbers.map((n) => measure(n, "number")));
    const cell = { width: Math.ceil(Math.max(20, widest + 8)), height: 16 };
    const scale = heatScale(flat);
    const levels = flat.map((value) => heatOf(value, scale));
    return {
      kind: "heat",
      heat: { cell, columns, levels, numbers, partial: false },
      width: cell.width * columns,
      height: cell.height * heat.rows,
    };
  }
  const side = heat.rows > 5 || heat.columns > 5 ? 6 : 9;
  return {
    kind: "heat",
    heat: {
      cell: { width: side, height: side },
      columns: heat.columns,
      levels: heat.levels,
      partial: heat.partial,
    },
    width: side * heat.columns + (heat.partial ? 8 : 0),
    height: side * heat.rows,
  };
}

function placeDrawing(card: Card, drawing: Drawing, x: number, y: number, tone: CardText["tone"]): void {
  if (drawing.kind === "heat") {
    card.heats.push({ x, y, ...drawing.heat });
    return;
  }
  const shown = drawing.muted ? "muted" : tone;
  card.texts.push({ x, y: y + 12, text: drawing.text, style: "number", tone: shown });
}

function operatorCard(
  view: OperatorView,
  measure: Measure,
  moment: Moment | undefined,
  size: { width: number; height: number } | undefined,
): Card {
  const { node } = view;
  const failing = view.failing !== null && !moment?.notYetFailed;
  const freed = node.state === "freed" && !moment?.notYetFreed;
  const name = shorten(view.label, 28);
  const second = freed
    ? node.freedBy === undefined
      ? "freed"
      : `freed by line ${lineOf(node.freedBy.range)}`
    : node.saved.length > 0
      ? `saves ${plural(node.saved.length, "tensor")}`
      : "";
  const marks: MarkName[] = failing ? ["failed"] : freed ? ["freed"] : [];
  if (view.root) marks.push("root");
  const chip = view.count > 1 ? `× ${view.count}` : "";
  const chipWidth = chip === "" ? 0 : Math.ceil(measure(chip, "small")) + 8;
  const pad = 14;
  const beside = marks.length * (markSize + 4) + (chip === "" ? 0 : chipWidth + 6);
  const nameWidth = measure(name, "name");
  const width = size?.width ?? grid(pad * 2 + Math.max(nameWidth + beside, measure(second, "small")));
  const height = size?.height ?? (second === "" ? 28 : 40);
  const start = (width - nameWidth - beside) / 2;
  const card: Card = {
    outline: failing ? "octagon" : view.kind === "grad_fn" ? "pill" : "plain",
    width,
    height,
    texts: [],
    heats: [],
    marks: marks.map((mark, i) => ({ x: start + i * (markSize + 4), y: second === "" ? 8 : 6, mark })),
    chips: [],
  };
  const nameX = start + marks.length * (markSize + 4);
  const nameY = second === "" ? 18 : 17;
  const tone = failing ? "error" : freed || view.kind === "op" ? "muted" : "plain";
  card.texts.push({ x: nameX, y: nameY, text: name, style: "name", tone });
  if (second !== "") {
    card.texts.push({ x: width / 2, y: 31, text: second, style: "small", tone: "muted", anchor: "middle" });
  }
  if (chip !== "") {
    const tone = "count";
    card.chips.push({ x: nameX + nameWidth + 6, y: nameY - 11, width: chipWidth, text: chip, tone });
  }
  return card;
}

/** A folded group: what is in it, counted. */
function groupCard(view: GroupView, measure: Measure, moment: Moment | undefined): Card {
  const name = shorten(view.label, 30);
  const second = insideText(view);
  const failing = view.failing !== null && !moment?.notYetFailed;
  const marks: MarkName[] = failing ? ["folded", "failed"] : ["folded"];
  const chip = view.count > 1 ? `× ${view.count}` : "";
  const chipWidth = chip === "" ? 0 : Math.ceil(measure(chip, "small")) + 8;
  const left = 12;
  const beside = marks.length * (markSize + 5);
  const nameWidth = measure(name, "name");
  const first = beside + nameWidth + (chip === "" ? 0 : chipWidth + 8);
  const width = grid(left * 2 + 6 + Math.max(first, beside + measure(second, "small")));
  const card: Card = {
    outline: "stack",
    width,
    height: 48,
    texts: [
      { x: left + beside, y: 19, text: name, style: "name", tone: failing ? "error" : "plain" },
      { x: left + beside, y: 34, text: second, style: "small", tone: "muted" },
    ],
    heats: [],
    marks: marks.map((mark, i) => ({ x: left + i * (markSize + 5), y: 9, mark })),
    chips: [],
  };
  if (chip !== "") {
    card.chips.push({ x: left + beside + nameWidth + 8, y: 8, width: chipWidth, text: chip, tone: "count" });
  }
  return card;
}

/** "4 operators, 2 parameters" */
export function insideText(view: GroupView): string {
  const parts: string[] = [];
  if (view.operators > 0) parts.push(plural(view.operators, "operator"));
  if (view.parameters > 0) parts.push(plural(view.parameters, "parameter"));
  return parts.join(", ") || plural(view.group.size, "tensor");
}

function failureCard(view: ViewNode, measure: Measure): Card {
  const name = shorten(view.label, 28);
  const second = view.site === null ? "" : `line ${lineOf(view.site.range)}`;
  const width = grid(40 + measure(name, "name") + markSize + 4);
  const start = (width - measure(name, "name") - markSize - 4) / 2;
  return {
    outline: "octagon",
    width,
    height: 40,
    texts: [
      { x: start + markSize + 4, y: 17, text: name, style: "name", tone: "error" },
      { x: width / 2, y: 31, text: second, style: "small", tone: "muted", anchor: "middle" },
    ],
    heats: [],
    marks: [{ x: start, y: 6, mark: "failed" }],
    chips: [],
  };
}
