// A small line over steps or iterations, with its extremes said beside it; values that are no numbers leave gaps.
import type { NumberValue } from "../../engine/protocol/report";
import { h, svg } from "../dom";
import { formatNumber } from "../format";
import { toNumber } from "../values";

const [width, height] = [240, 44];

export function lineChart(values: readonly NumberValue[], label: string): HTMLElement {
  const numbers = values.map(toNumber);
  const finite = numbers.filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const x = (i: number): number => 2 + (i / Math.max(1, numbers.length - 1)) * (width - 4);
  const y = (n: number): number =>
    high > low ? height - 4 - ((n - low) / (high - low)) * (height - 8) : height / 2;
  let path = "";
  let drawing = false;
  numbers.forEach((n, i) => {
    if (!Number.isFinite(n)) {
      drawing = false;
      return;
    }
    path += `${drawing ? "L" : "M"}${x(i).toFixed(1)} ${y(n).toFixed(1)}`;
    drawing = true;
  });
  const chart = svg("svg", {
    class: "line-chart",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": `${label}: from ${formatNumber(values[0] ?? "NaN")} to ${formatNumber(values.at(-1) ?? "NaN")}, between ${formatNumber(finite.length > 0 ? low : "NaN")} and ${formatNumber(finite.length > 0 ? high : "NaN")}`,
  });
  if (low < 0 && high > 0) chart.append(svg("path", { class: "chart-zero", d: `M0 ${y(0)}H${width}` }));
  chart.append(svg("path", { class: "chart-line", d: path }));
  numbers.forEach((n, i) => {
    if (!Number.isFinite(n))
      chart.append(svg("circle", { class: "chart-bad", cx: x(i), cy: height - 4, r: 2.5 }));
  });
  const range = finite.length > 0 ? `${formatNumber(low)} … ${formatNumber(high)}` : "no finite value";
  return h("div", { class: "chart" }, chart as unknown as Node, h("span", { class: "muted" }, range));
}
