// What the shapes, marks and lines of the graph mean, each shown as it is drawn.
import { h, svg } from "../dom";
import type { Card, MarkName } from "../graph/card";
import { drawCard, drawHeat } from "../graph/draw";
import { markIcon } from "../icons";
import type { Heat } from "../values";

type Outline = Card["outline"];

const shapes: { outline: Outline; classes: string; text: string }[] = [
  { outline: "leaf", classes: "node node-tensor tracked", text: "leaf tensor that requires grad" },
  { outline: "leaf", classes: "node node-tensor untracked", text: "leaf tensor, no gradient" },
  { outline: "tensor", classes: "node node-tensor tracked", text: "computed tensor (non-leaf)" },
  { outline: "pill", classes: "node node-grad_fn", text: "autograd node (grad_fn)" },
  { outline: "pill", classes: "node node-grad_fn is-freed", text: "freed: its saved tensors are gone" },
  { outline: "plain", classes: "node node-op", text: "operator without gradient" },
  { outline: "octagon", classes: "node is-failing", text: "failed here" },
  { outline: "stack", classes: "node node-group", text: "folded: a module call, or rounds of a loop" },
];

const marks: [MarkName, string][] = [
  ["requires-grad", "requires grad"],
  ["root", "backward started here"],
  ["saved", "saved for backward"],
  ["retains-grad", "retains its gradient"],
  ["frozen", "frozen parameter"],
  ["failed", "failed"],
  ["freed", "its saved tensors are gone"],
  ["folded", "opens what is folded"],
];

const edges: [string, string][] = [
  ["gradient", "the gradient flows back here"],
  ["data", "data only"],
  ["cut", "the gradient is cut"],
  ["write", "written in place"],
];

const words: [string, string][] = [
  [".grad", "kept by PyTorch"],
  ["∂", "passed through; .grad is None"],
  ["v1", "version: changed in place"],
  ["× 100", "made so often (a loop)"],
  ["…", "not told: changed in between"],
];

export function legend(): HTMLElement {
  const list = h("dl", { class: "legend-list" });
  const add = (sample: Node, text: string): void => {
    list.append(h("dt", {}, sample), h("dd", {}, text));
  };
  for (const { outline, classes, text } of shapes) {
    const card: Card = { outline, width: 30, height: 16, texts: [], heats: [], marks: [], chips: [] };
    add(sample(30, 16, svg("g", { class: classes }, ...drawCard(card))), text);
  }
  for (const [mark, text] of marks) add(markIcon(mark), text);
  for (const [kind, text] of edges) {
    const line = svg("path", { class: "line", d: "M1 8H24" });
    const arrow = svg("path", { class: "arrow", d: "M24 5L29 8L24 11Z" });
    const cut = kind === "cut" ? svg("path", { class: "cut-lines", d: "M9 13L13 3M14 13L18 3" }) : null;
    add(sample(30, 16, svg("g", { class: `edge edge-${kind}` }, line, arrow, cut)), text);
  }
  for (const [word, text] of words) add(h("span", { class: "code" }, word), text);
  add(heatCells([-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5], 4), "negative to positive");
  add(heatCells(["nan"], 10), "NaN");
  return h("section", { class: "legend", "aria-label": "Legend", tabindex: 0 }, list);
}

const sample = (width: number, height: number, child: Node): SVGSVGElement =>
  svg(
    "svg",
    { class: "sample", width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    child,
  );

function heatCells(levels: Heat[], width: number): SVGSVGElement {
  const cell = { width, height: 10 };
  const heat = { x: 0, y: 3, cell, columns: levels.length, levels, partial: false };
  const card = {
    outline: "plain",
    width: 0,
    height: 0,
    texts: [],
    heats: [heat],
    marks: [],
    chips: [],
  } satisfies Card;
  const group = svg("g", {}, ...card.heats.map(drawHeat));
  return sample(levels.length * width, 16, group);
}
