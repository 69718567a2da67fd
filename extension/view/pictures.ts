// Small pictures for hovers: a histogram and a sparkline as SVG in the theme's colours. Pure. Nothing but numbers
// goes into them, so no text of the user's can.
import type { NumberValue, Summary } from "../../engine/protocol/report";

export type ThemeKind = "light" | "dark" | "highContrast" | "highContrastLight";

export type Picture =
  | { kind: "histogram"; title: "value" | "gradient"; summary: Summary }
  | { kind: "sparkline"; title: "value" | "gradient"; values: readonly NumberValue[]; every: number };

interface Palette {
  mark: string;
  /** Below zero. */
  below: string;
  text: string;
  axis: string;
}

/** Blue and orange stay apart for every kind of colour vision; the text keeps a contrast of 4.5 and more. */
const PALETTES: Record<ThemeKind, Palette> = {
  light: { mark: "#1f6aa5", below: "#b3560d", text: "#3b3b3b", axis: "#8a8a8a" },
  dark: { mark: "#7fb8e0", below: "#e5a06a", text: "#cccccc", axis: "#808080" },
  highContrast: { mark: "#9cdcfe", below: "#ffb066", text: "#ffffff", axis: "#ffffff" },
  highContrastLight: { mark: "#0f4a85", below: "#8a3c00", text: "#000000", axis: "#000000" },
};

const WIDTH = 208;
const BARS = 32;
const CAPTION = 13;
const TITLE = 14;
const MAX_POINTS = 120;

export function pictureWidth(): number {
  return WIDTH;
}

/** What a screen reader says in the picture's place. */
export function pictureWords(picture: Picture): string {
  switch (picture.kind) {
    case "histogram": {
      const { summary } = picture;
      const peak = peakOf(summary);
      const most = peak ? `, most between ${short(peak.from)} and ${short(peak.to)}` : "";
      return `histogram from ${short(summary.min)} to ${short(summary.max)}${most}`;
    }
    case "sparkline": {
      const { values } = picture;
      const first = values[0] ?? 0;
      const last = values[values.length - 1] ?? 0;
      return `curve from ${short(first)} to ${short(last)}`;
    }
    default:
      return picture satisfies never;
  }
}

/** The picture as an address that Markdown can show. */
export function pictureUri(picture: Picture, theme: ThemeKind): string {
  return `data:image/svg+xml;base64,${base64(pictureSvg(picture, theme))}`;
}

export function pictureSvg(picture: Picture, theme: ThemeKind): string {
  const palette = PALETTES[theme];
  const title = `<text x="1" y="10" fill="${palette.text}">${picture.title}</text>`;
  const body =
    picture.kind === "histogram"
      ? histogram(picture.summary, palette)
      : sparkline(picture.values, picture.every, palette);
  const height = TITLE + BARS + CAPTION + 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="10">${title}<g transform="translate(0 ${TITLE})">${body}</g></svg>`;
}

function histogram(summary: Summary, palette: Palette): string {
  const { histogram: counts } = summary;
  const most = Math.max(1, ...counts);
  const from = finite(summary.min) ?? 0;
  const to = finite(summary.max) ?? 0;
  const step = WIDTH / Math.max(1, counts.length);
  const bars = counts.map((count, index) => {
    if (count <= 0) return "";
    // A bin with anything in it can be seen.
    const height = Math.max(1, (count / most) * BARS);
    const middle = from + ((index + 0.5) / counts.length) * (to - from);
    const colour = middle < 0 ? palette.below : palette.mark;
    return rect(index * step + 0.5, BARS - height, step - 1, height, colour);
  });
  const zero = from < 0 && to > 0 ? line((-from / (to - from)) * WIDTH, 0, BARS, palette.axis) : "";
  return `${bars.join("")}${base(palette)}${zero}${captions(short(summary.min), short(summary.max), palette)}`;
}

function sparkline(values: readonly NumberValue[], every: number, palette: Palette): string {
  const numbers = thinned(values);
  const known = numbers.filter((value) => value !== undefined);
  const low = Math.min(...known);
  const high = Math.max(...known);
  const spread = high - low || 1;
  const x = (index: number) => 2 + (index / Math.max(1, numbers.length - 1)) * (WIDTH - 4);
  const y = (value: number) => 2 + (1 - (value - low) / spread) * (BARS - 4);
  const parts: string[] = [];
  let run: string[] = [];
  const flush = () => {
    if (run.length > 0)
      parts.push(
        `<polyline fill="none" stroke="${palette.mark}" stroke-width="1.5" points="${run.join(" ")}"/>`,
      );
    run = [];
  };
  numbers.forEach((value, index) => {
    if (value === undefined) {
      // NaN and the infinities are no points of a curve; where they begin the curve breaks off.
      flush();
      parts.push(rect(x(index) - 1.5, BARS - 4, 3, 3, palette.below));
      return;
    }
    run.push(`${round(x(index))},${round(y(value))}`);
  });
  flush();
  if (low < 0 && high > 0) {
    const at = round(y(0));
    parts.push(
      `<line x1="0" x2="${WIDTH}" y1="${at}" y2="${at}" stroke="${palette.axis}" stroke-dasharray="2 3"/>`,
    );
  }
  const first = values[0] ?? 0;
  const last = values[values.length - 1] ?? 0;
  const pace = every > 1 ? ` (every ${every}th)` : "";
  return `${parts.join("")}${base(palette)}${captions(`${short(first)}${pace}`, short(last), palette)}`;
}

/** At most so many points, the first and the last among them; undefined for what is no number. */
function thinned(values: readonly NumberValue[]): (number | undefined)[] {
  if (values.length <= MAX_POINTS) return values.map(finite);
  return Array.from({ length: MAX_POINTS }, (_, index) =>
    finite(values[Math.round((index / (MAX_POINTS - 1)) * (values.length - 1))] ?? "NaN"),
  );
}

function peakOf({ histogram: counts, min, max }: Summary): { from: number; to: number } | undefined {
  const from = finite(min);
  const to = finite(max);
  if (counts.length === 0 || from === undefined || to === undefined || from === to) return undefined;
  const index = counts.indexOf(Math.max(...counts));
  const step = (to - from) / counts.length;
  return { from: from + index * step, to: from + (index + 1) * step };
}

function finite(value: NumberValue): number | undefined {
  if (typeof value === "boolean") return Number(value);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function rect(x: number, y: number, width: number, height: number, colour: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${colour}"/>`;
}

function line(x: number, from: number, to: number, colour: string): string {
  return `<line x1="${round(x)}" x2="${round(x)}" y1="${from}" y2="${to}" stroke="${colour}" stroke-dasharray="2 3"/>`;
}

function base({ axis }: Palette): string {
  return `<line x1="0" x2="${WIDTH}" y1="${BARS + 0.5}" y2="${BARS + 0.5}" stroke="${axis}"/>`;
}

function captions(left: string, right: string, { text }: Palette): string {
  const y = BARS + CAPTION - 1;
  return `<text x="1" y="${y}" fill="${text}">${left}</text><text x="${WIDTH - 1}" y="${y}" fill="${text}" text-anchor="end">${right}</text>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function short(value: NumberValue): string {
  if (typeof value === "string") return value === "NaN" ? "nan" : value.startsWith("-") ? "-inf" : "inf";
  return String(Number(Number(value).toPrecision(3)));
}

/** The text is ASCII. */
function base64(text: string): string {
  return btoa(text);
}
