// What a layout is: boxes and splines in pixels, top left at (0, 0). Plain data that crosses to and
// from the layout worker, and arithmetic on it.

export interface LayoutInput {
  /** auto: whichever is larger when fitted into the room, unless that turns the graph for little. */
  direction: Direction | "auto";
  room: { width: number; height: number };
  before: Direction | null;
  nodes: { key: string; width: number; height: number }[];
  /** `free` edges do not push their ends apart. */
  edges: { key: string; from: string; to: string; free?: boolean }[];
  /** Frames around nodes, outer ones first. `nodes` are those that stand in no inner frame. */
  groups?: { key: string; parent: string | null; label: string; nodes: string[] }[];
}

/** Laying out twice to choose a direction costs too much beyond this; then the first room alone decides. */
export const compareUpTo = 120;

export type Direction = "LR" | "TB";

export interface Box {
  /** Top left corner. */
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Layout {
  direction: Direction;
  width: number;
  height: number;
  boxes: Record<string, Box>;
  /** Bézier control points: one start, then three for each piece; the last is where the arrow begins. */
  splines: Record<string, { points: Point[]; tip: Point | null }>;
  /** Frames of groups, with room for a label at the top. */
  frames: Record<string, Box>;
}

export const emptyLayout = (): Layout => ({
  direction: "TB",
  width: 0,
  height: 0,
  boxes: {},
  splines: {},
  frames: {},
});

export const centre = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });

const round = (n: number): number => Math.round(n * 10) / 10;

export function splinePath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let path = `M${round(first.x)} ${round(first.y)}`;
  for (let i = 0; i + 2 < rest.length; i += 3) {
    const [a, b, c] = [rest[i], rest[i + 1], rest[i + 2]];
    if (a && b && c)
      path += `C${round(a.x)} ${round(a.y)} ${round(b.x)} ${round(b.y)} ${round(c.x)} ${round(c.y)}`;
  }
  return path;
}

/** The point in the middle of a spline, and the direction there as a unit vector. */
export function splineMiddle(points: readonly Point[]): { at: Point; along: Point } {
  const pieces = Math.floor((points.length - 1) / 3);
  const t = pieces % 2 === 0 ? 0 : 0.5;
  const start = Math.floor(pieces / 2) * 3;
  const p = [0, 1, 2, 3].map((i) => points[Math.min(start + i, points.length - 1)] ?? { x: 0, y: 0 });
  const [a, b, c, d] = p as [Point, Point, Point, Point];
  const u = 1 - t;
  const mix = (f: (q: Point) => number) =>
    u * u * u * f(a) + 3 * u * u * t * f(b) + 3 * u * t * t * f(c) + t * t * t * f(d);
  const slope = (f: (q: Point) => number) =>
    u * u * (f(b) - f(a)) + 2 * u * t * (f(c) - f(b)) + t * t * (f(d) - f(c));
  const dx = slope((q) => q.x);
  const dy = slope((q) => q.y);
  const length = Math.hypot(dx, dy) || 1;
  return { at: { x: mix((q) => q.x), y: mix((q) => q.y) }, along: { x: dx / length, y: dy / length } };
}

/** A small triangle from the end of the spline to the tip. */
export function arrowPath(points: readonly Point[], tip: Point | null, halfWidth = 3): string {
  const end = points.at(-1);
  if (end === undefined || tip === null) return "";
  const length = Math.hypot(tip.x - end.x, tip.y - end.y) || 1;
  const nx = (-(tip.y - end.y) / length) * halfWidth;
  const ny = ((tip.x - end.x) / length) * halfWidth;
  return `M${round(end.x + nx)} ${round(end.y + ny)}L${round(tip.x)} ${round(tip.y)}L${round(end.x - nx)} ${round(end.y - ny)}Z`;
}

export const intersects = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

export function boundsOf(points: readonly Point[]): Box {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}
