// What flows along the edges in a timeline step: a moving dash and the number it carries.
import { svg } from "../dom";
import type { Flow } from "../timeline/frames";
import type { Measure } from "./card";
import { type Box, intersects, type Layout, splineMiddle, splinePath } from "./geometry";

const labelHeight = 18;

/** Labels of neighbouring edges are moved sideways until none lies on another. */
export function apart<T extends Box>(boxes: readonly T[]): T[] {
  const done: T[] = [];
  for (const box of [...boxes].sort((a, b) => a.x - b.x)) {
    let { x } = box;
    for (const other of done) if (intersects({ ...box, x }, other)) x = other.x + other.width + 2;
    done.push({ ...box, x });
  }
  return done;
}

export function drawFlows(flows: readonly Flow[], layout: Layout, measure: Measure): SVGElement[] {
  const lines: SVGElement[] = [];
  const placed: (Box & { text: string })[] = [];
  for (const flow of flows) {
    const spline = layout.splines[flow.edge];
    if (spline === undefined) continue;
    const ends = spline.tip === null ? spline.points : [...spline.points, spline.tip];
    // Against the data: the same curve from its other end.
    const { points, tip } = spline;
    const end = points.at(-1);
    const d =
      flow.way === "forward" || tip === null || end === undefined
        ? splinePath(points)
        : `M${tip.x} ${tip.y}L${end.x} ${end.y}${splinePath([...points].reverse()).replace(/^M[^C]*/, "")}`;
    const path = svg("path", { class: `flow flow-${flow.way} flow-${flow.when}`, d });
    lines.push(path);
    const [from, to] = flow.way === "forward" ? [ends.at(-2), ends.at(-1)] : [ends[1], ends[0]];
    if (from && to) lines.push(head(from, to, flow));
    if (flow.label === null) continue;
    const { at } = splineMiddle(spline.points);
    const width = Math.ceil(measure(flow.label, "number")) + 12;
    placed.push({
      text: flow.label,
      x: at.x - width / 2,
      y: at.y - labelHeight / 2,
      width,
      height: labelHeight,
    });
  }
  const labels = apart(placed).map(({ text, x, y, width }) =>
    svg(
      "g",
      { class: "flow-label", transform: `translate(${x} ${y})` },
      svg("rect", { width, height: labelHeight, rx: labelHeight / 2 }),
      svg("text", { class: "t-number", x: width / 2, y: 13, "text-anchor": "middle" }, text),
    ),
  );
  return [...lines, ...labels];
}

/** What goes along some edges, at their middle. */
export function drawLabels(
  labels: readonly { edge: string; text: string }[],
  layout: Layout,
  measure: Measure,
): SVGElement[] {
  const placed = labels.flatMap(({ edge, text }) => {
    const spline = layout.splines[edge];
    if (spline === undefined || text === "") return [];
    const { at } = splineMiddle(spline.points);
    const width = Math.ceil(measure(text, "small")) + 10;
    return [{ text, x: at.x - width / 2, y: at.y - 8, width, height: 16 }];
  });
  return apart(placed).map(({ text, x, y, width, height }) =>
    svg(
      "g",
      { class: "edge-label", transform: `translate(${x} ${y})` },
      svg("rect", { width, height, rx: 4 }),
      svg("text", { class: "t-small", x: width / 2, y: 12, "text-anchor": "middle" }, text),
    ),
  );
}

/** An arrow head that ends at `to`, coming from the side of `from`. */
function head(from: { x: number; y: number }, to: { x: number; y: number }, flow: Flow): SVGElement {
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  return svg("path", {
    class: `flow-head flow-${flow.way} flow-${flow.when}`,
    d: "M0 0L-9 -4.5V4.5Z",
    transform: `translate(${to.x} ${to.y}) rotate(${angle})`,
  });
}
