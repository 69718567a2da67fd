// A card and an edge as SVG elements. Classes carry meaning, the style sheet carries colour.
import { svg } from "../dom";
import { markGroup } from "../icons";
import type { Heat } from "../values";
import { type Card, type CardHeat, markSize } from "./card";
import { arrowPath, type Layout, splineMiddle, splinePath } from "./geometry";
import type { ViewEdge } from "./model";

const textClass = { plain: "", muted: "muted", grad: "grad", passing: "passing", error: "error" };

export const heatClass = (heat: Heat): string =>
  heat === "nan" ? "heat-nan" : heat === 0 ? "heat-0" : heat > 0 ? `heat-p${heat}` : `heat-n${-heat}`;

export function drawCard(card: Card): SVGElement[] {
  const out: SVGElement[] = [...outline(card)];
  for (const heat of card.heats) out.push(drawHeat(heat));
  for (const text of card.texts) {
    const attributes = {
      x: text.x,
      y: text.y,
      class: `t-${text.style} ${textClass[text.tone]}`.trim(),
      "text-anchor": text.anchor ?? null,
    };
    out.push(svg("text", attributes, text.text));
  }
  for (const chip of card.chips) {
    out.push(
      svg("rect", {
        class: `chip chip-${chip.tone}`,
        x: chip.x,
        y: chip.y,
        width: chip.width,
        height: 14,
        rx: 3,
      }),
      svg(
        "text",
        {
          class: `t-small chip-text chip-${chip.tone}-text`,
          x: chip.x + chip.width / 2,
          y: chip.y + 11,
          "text-anchor": "middle",
        },
        chip.text,
      ),
    );
  }
  for (const { mark, x, y } of card.marks) {
    const group = markGroup(mark);
    group.setAttribute("transform", `translate(${x} ${y}) scale(${markSize / 12})`);
    out.push(group);
  }
  return out;
}

/** leaf: square with a bar; tensor: rounded; pill: a node of autograd; plain: no fill; octagon: stopped here. */
function outline(card: Card): SVGElement[] {
  const { width, height } = card;
  const box = { class: "outline", x: 0.5, y: 0.5, width: width - 1, height: height - 1 };
  switch (card.outline) {
    case "leaf":
      return [
        svg("rect", { ...box, rx: 1 }),
        svg("rect", { class: "bar", x: 0, y: 0, width: 4, height, rx: 1 }),
      ];
    case "tensor":
      return [svg("rect", { ...box, rx: 7 })];
    case "pill":
      return [svg("rect", { ...box, rx: Math.min(height / 2, 16) })];
    case "plain":
      return [svg("rect", { ...box, rx: Math.min(height / 2, 16), class: "outline plain" })];
    case "octagon": {
      const c = Math.min(9, height * 0.3);
      const [w, h] = [width - 0.5, height - 0.5];
      const d = `M${c} 0.5H${w - c}L${w} ${c}V${h - c}L${w - c} ${h}H${c}L0.5 ${h - c}V${c}Z`;
      return [svg("path", { class: "outline", d })];
    }
    case "stack": {
      // Two sheets behind, down to the right: more lies below.
      const sheet = { class: "outline sheet", width: width - 7, height: height - 7, rx: 5 };
      return [
        svg("rect", { ...sheet, x: 6.5, y: 6.5 }),
        svg("rect", { ...sheet, x: 3.5, y: 3.5 }),
        svg("rect", { ...sheet, class: "outline", x: 0.5, y: 0.5 }),
      ];
    }
    default:
      return card.outline satisfies never;
  }
}

/** Cells of one level are one path, so that a picture costs at most a dozen elements. */
export function drawHeat(heat: CardHeat): SVGElement {
  const { cell, columns, levels } = heat;
  const byLevel = new Map<Heat, string>();
  const gap = heat.numbers ? 0 : 0.5;
  levels.forEach((level, i) => {
    const x = (i % columns) * cell.width;
    const y = Math.floor(i / columns) * cell.height;
    const path = `M${x} ${y}h${cell.width - gap}v${cell.height - gap}h${-(cell.width - gap)}z`;
    byLevel.set(level, (byLevel.get(level) ?? "") + path);
  });
  const rows = Math.ceil(levels.length / columns);
  const group = svg("g", {
    class: heat.numbers ? "heat tint" : "heat",
    transform: `translate(${heat.x} ${heat.y})`,
  });
  for (const [level, d] of byLevel) group.append(svg("path", { class: heatClass(level), d }));
  const frame = { class: "heat-frame", width: cell.width * columns - gap, height: cell.height * rows - gap };
  group.append(svg("rect", frame));
  heat.numbers?.forEach((number, i) => {
    const x = ((i % columns) + 0.5) * cell.width;
    const y = Math.floor(i / columns) * cell.height + 12;
    group.append(svg("text", { class: "t-number", x, y, "text-anchor": "middle" }, number));
  });
  if (heat.partial)
    group.append(
      svg("text", { class: "t-small muted", x: cell.width * columns + 1, y: cell.height * rows }, "…"),
    );
  return group;
}

export function drawEdge(edge: ViewEdge, layout: Layout): SVGGElement | null {
  const spline = layout.splines[edge.key];
  if (spline === undefined) return null;
  const group = svg("g", { class: `edge edge-${edge.kind}`, "data-edge": edge.key });
  const d = splinePath(spline.points);
  group.append(
    svg("path", { class: "line", d }),
    svg("path", { class: "arrow", d: arrowPath(spline.points, spline.tip) }),
  );
  if (edge.kind === "cut") {
    const { at, along } = splineMiddle(spline.points);
    const angle = (Math.atan2(along.y, along.x) * 180) / Math.PI;
    const transform = `translate(${at.x} ${at.y}) rotate(${angle})`;
    group.append(
      svg(
        "g",
        { class: "cut-mark", transform },
        svg("rect", { x: -3.5, y: -6, width: 7, height: 12 }),
        svg("path", { d: "M-5 6L-1 -6M1 6L5 -6" }),
      ),
    );
    group.append(svg("title", {}, edge.cut ?? "The gradient is cut here."));
  }
  // Wider than what is seen: for the mouse. The last, since pictures leave it out.
  group.append(svg("path", { class: "edge-target", d }));
  return group;
}
