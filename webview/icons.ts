// Our own small icons, drawn in a 16 by 16 box with the current colour, and the marks of the graph
// in a 12 by 12 box. Shapes rather than letters, so that they are read at a glance and without colour.
import { svg } from "./dom";
import type { MarkName } from "./graph/card";

interface Drawing {
  /** Filled outlines. */
  fill?: string;
  /** Strokes of 1.3 pixels. */
  stroke?: string;
}

const icons = {
  fit: { stroke: "M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3M6 6h4v4H6z" },
  zoomIn: { stroke: "M7 3a4 4 0 1 0 0 8a4 4 0 1 0 0-8M10 10l3.5 3.5M7 5.2v3.6M5.2 7h3.6" },
  zoomOut: { stroke: "M7 3a4 4 0 1 0 0 8a4 4 0 1 0 0-8M10 10l3.5 3.5M5.2 7h3.6" },
  leftRight: { stroke: "M2.5 6h4v4h-4zM9.5 6h4v4h-4zM6.5 8h3" },
  topDown: { stroke: "M6 2.5h4v4H6zM6 9.5h4v4H6zM8 6.5v3" },
  legend: { stroke: "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M8 7.3v3.6", fill: "M7.2 4.8h1.6v1.5H7.2z" },
  export: { stroke: "M8 2.5v7.5M5 7.2l3 3l3-3M2.8 11v2.5h10.4V11" },
  search: { stroke: "M7 3a4 4 0 1 0 0 8a4 4 0 1 0 0-8M10 10l3.5 3.5" },
  play: { fill: "M4.5 2.8v10.4l8.6-5.2z" },
  pause: { fill: "M4 3h2.8v10H4zM9.2 3H12v10H9.2z" },
  stepBack: { fill: "M11.5 3v10L4.8 8zM3.5 3h1.4v10H3.5z" },
  stepForward: { fill: "M4.5 3v10l6.7-5zM11.1 3h1.4v10h-1.4z" },
  end: { stroke: "M4 4l8 8M12 4l-8 8" },
  error: { stroke: "M8 2.2a5.8 5.8 0 1 0 0 11.6a5.8 5.8 0 1 0 0-11.6M5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2" },
  chevronRight: { stroke: "M6 3.5l4.5 4.5L6 12.5" },
  chevronDown: { stroke: "M3.5 6l4.5 4.5L12.5 6" },
  filter: { stroke: "M2.5 3.5h11M4.5 8h7M6.5 12.5h3" },
  target: { stroke: "M8 4.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7M8 1.5v3M8 11.5v3M1.5 8h3M11.5 8h3" },
  copy: { stroke: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z" },
} satisfies Record<string, Drawing>;

export type IconName = keyof typeof icons;

const marks: Record<MarkName, Drawing> = {
  // Nabla: asks for gradients.
  "requires-grad": { stroke: "M1.6 2.4h8.8L6 10z" },
  // Snow: a parameter without gradient.
  frozen: { stroke: "M6 1v10M1.7 3.5l8.6 5M10.3 3.5l-8.6 5M4.7 1.8L6 3l1.3-1.2M4.7 10.2L6 9l1.3 1.2" },
  // A pin: keeps its gradient though no leaf.
  "retains-grad": { stroke: "M4 1.5h4M4.6 1.5v3.4L2.8 7.2h6.4L7.4 4.9V1.5M6 7.2V11" },
  // A bookmark: kept for backward.
  saved: { stroke: "M3 1.5h6v9L6 8.2l-3 2.3z" },
  // A flag: backward starts here.
  root: { stroke: "M3 11V1.5", fill: "M3 1.5h6.5L7.6 3.9l1.9 2.4H3z" },
  // An open, emptied circle.
  freed: { stroke: "M6 1.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M2.9 9.1l6.2-6.2" },
  failed: { stroke: "M2.5 2.5l7 7M9.5 2.5l-7 7" },
  // A box to be opened.
  folded: { stroke: "M1.5 1.5h9v9h-9zM3.8 6h4.4M6 3.8v4.4" },
};

function paths(drawing: Drawing): SVGPathElement[] {
  const out: SVGPathElement[] = [];
  if (drawing.stroke) out.push(svg("path", { d: drawing.stroke, class: "icon-stroke" }));
  if (drawing.fill) out.push(svg("path", { d: drawing.fill, class: "icon-fill" }));
  return out;
}

export function icon(name: IconName): SVGSVGElement {
  const attributes = { class: "icon", viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" };
  return svg("svg", attributes, ...paths(icons[name]));
}

/** For use inside another drawing. */
export const markGroup = (name: MarkName): SVGGElement =>
  svg("g", { class: `mark mark-${name}` }, ...paths(marks[name]));

export function markIcon(name: MarkName): SVGSVGElement {
  const attributes = {
    class: `icon mark mark-${name}`,
    viewBox: "0 0 12 12",
    width: 12,
    height: 12,
    "aria-hidden": "true",
  };
  return svg("svg", attributes, ...paths(marks[name]));
}
