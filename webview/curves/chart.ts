// One chart: lines over backward calls, marks of findings, and a cursor that mouse and keys move from call to call.
import { h, svg } from "../dom";
import { formatNumber } from "../format";
import { type Line, type Mark, placeOn, type Scale } from "./lines";

const height = 132;
const frame = { left: 46, right: 10, top: 14, bottom: 20 };
/** Colours and dashes; more lines than that are told apart by pointing at them. */
export const styles = 6;

export interface ChartCallbacks {
  /** The cursor was moved to a call. */
  read(call: number): void;
  /** A line was clicked on. */
  chosen(line: Line): void;
  /** What the cursor's place says. */
  words(call: number): string;
}

export class Chart {
  readonly element: HTMLElement;
  private readonly picture = svg("svg", { "aria-hidden": "true", width: 0, height });
  private readonly cursor = svg("g", { class: "curve-cursor" });
  private paths: SVGPathElement[] = [];
  private width = 0;
  private lit: Line | null = null;
  private call: number;

  constructor(
    label: string,
    private readonly lines: readonly Line[],
    private readonly marks: readonly Mark[],
    /** Calls that the cursor stops at. */
    private readonly calls: readonly number[],
    private scale: Scale,
    private readonly callbacks: ChartCallbacks,
  ) {
    this.call = calls.at(-1) ?? 0;
    this.element = h("div", {
      class: "curve-chart",
      role: "slider",
      tabindex: 0,
      "aria-label": label,
      "aria-valuemin": calls[0] ?? 0,
      "aria-valuemax": this.call,
    });
    this.element.append(this.picture);
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    this.element.addEventListener("pointermove", (event) => this.callbacks.read(this.callAt(event)));
    this.element.addEventListener("pointerdown", (event) => {
      const line = this.lineAt(event);
      if (line !== null) this.callbacks.chosen(line);
    });
    new ResizeObserver(() => {
      if (this.element.clientWidth !== this.width) this.draw();
    }).observe(this.element);
  }

  setScale(scale: Scale): void {
    this.scale = scale;
    this.draw();
  }

  /** The line that is looked at stands out. */
  light(line: Line | null): void {
    this.lit = line;
    this.picture.classList.toggle("has-lit", line !== null && this.lines.includes(line));
    this.paths.forEach((path, i) => {
      path.classList.toggle("is-lit", this.lines[i] === line);
    });
  }

  setCursor(call: number): void {
    this.call = call;
    this.element.setAttribute("aria-valuenow", String(call));
    this.element.setAttribute("aria-valuetext", this.callbacks.words(call));
    this.drawCursor();
  }

  private x(call: number): number {
    const [first = 0, last = 1] = [this.calls[0], this.calls.at(-1)];
    const span = this.width - frame.left - frame.right;
    return frame.left + ((call - first) / Math.max(1, last - first)) * span;
  }

  private y(value: number): number | null {
    const place = placeOn(this.scale, value);
    return place === null ? null : height - frame.bottom - place * (height - frame.top - frame.bottom);
  }

  private draw(): void {
    this.width = this.element.clientWidth;
    if (this.width === 0) return;
    this.picture.setAttribute("width", String(this.width));
    this.picture.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    const parts: Element[] = this.scale.ticks.flatMap((tick) => {
      const y = this.y(tick);
      if (y === null) return [];
      return [
        svg("path", { class: "curve-grid", d: `M${frame.left} ${y.toFixed(1)}H${this.width - frame.right}` }),
        svg(
          "text",
          { class: "curve-tick", x: frame.left - 6, y: y + 3.5, "text-anchor": "end" },
          formatNumber(tick, 3),
        ),
      ];
    });
    const [first = 0, last = 0] = [this.calls[0], this.calls.at(-1)];
    const foot = height - 5;
    parts.push(
      svg("text", { class: "curve-tick", x: frame.left, y: foot }, `call ${first}`),
      svg(
        "text",
        { class: "curve-tick", x: this.width - frame.right, y: foot, "text-anchor": "end" },
        String(last),
      ),
    );
    for (const { call, finding } of this.marks) {
      if (call === null) continue;
      const x = this.x(call).toFixed(1);
      parts.push(
        svg(
          "g",
          { class: `curve-mark severity-${finding.severity}` },
          svg("path", { class: "curve-mark-line", d: `M${x} ${frame.top - 4}V${height - frame.bottom}` }),
          svg("path", {
            class: "curve-mark-head",
            d: `M${x} ${frame.top - 3}l-5 -8h10z`,
          }),
        ),
      );
    }
    this.paths = this.lines.map((line, i) =>
      svg("path", { class: `curve-line curve-style-${styleOf(i, this.lines.length)}`, d: this.pathOf(line) }),
    );
    this.picture.replaceChildren(
      ...parts,
      ...this.paths,
      ...this.lines.flatMap((line) => this.bad(line)),
      this.cursor,
    );
    this.light(this.lit);
    this.drawCursor();
  }

  /** Values that are no numbers leave gaps. */
  private pathOf({ calls, values }: Line): string {
    let path = "";
    let pen = false;
    calls.forEach((call, i) => {
      const y = this.y(values[i] ?? Number.NaN);
      if (y !== null) path += `${pen ? "L" : "M"}${this.x(call).toFixed(1)} ${y.toFixed(1)}`;
      pen = y !== null;
    });
    return path;
  }

  /** Crosses on the floor where a value is NaN or infinite. */
  private bad({ calls, values }: Line): SVGPathElement[] {
    let crosses = "";
    calls.forEach((call, i) => {
      if (Number.isFinite(values[i])) return;
      const [x, y] = [this.x(call) - 2.5, height - frame.bottom - 2.5];
      crosses += `M${x.toFixed(1)} ${y}l5 5m0 -5l-5 5`;
    });
    return crosses === "" ? [] : [svg("path", { class: "curve-bad", d: crosses })];
  }

  private drawCursor(): void {
    if (this.width === 0) return;
    const x = this.x(this.call).toFixed(1);
    const dots = this.lines.length > 24 && this.lit !== null ? [this.lit] : this.lines.slice(0, 24);
    this.cursor.replaceChildren(
      svg("path", { d: `M${x} ${frame.top}V${height - frame.bottom}` }),
      ...dots.flatMap((line) => {
        const at = line.calls.indexOf(this.call);
        const y = at < 0 ? null : this.y(line.values[at] ?? Number.NaN);
        return y === null ? [] : [svg("circle", { cx: x, cy: y.toFixed(1), r: 2.5 })];
      }),
    );
  }

  private callAt(event: PointerEvent): number {
    const x = event.clientX - this.picture.getBoundingClientRect().left;
    let best = this.calls[0] ?? 0;
    for (const call of this.calls) if (Math.abs(this.x(call) - x) < Math.abs(this.x(best) - x)) best = call;
    return best;
  }

  /** The line that passes nearest to the pointer, within a finger's breadth. */
  private lineAt(event: PointerEvent): Line | null {
    const y = event.clientY - this.picture.getBoundingClientRect().top;
    const call = this.callAt(event);
    let [nearest, distance]: [Line | null, number] = [null, 12];
    for (const line of this.lines) {
      const at = line.calls.indexOf(call);
      const place = at < 0 ? null : this.y(line.values[at] ?? Number.NaN);
      if (place === null || Math.abs(place - y) >= distance) continue;
      [nearest, distance] = [line, Math.abs(place - y)];
    }
    return nearest;
  }

  private onKey(event: KeyboardEvent): void {
    const at = this.calls.indexOf(this.call);
    const leap = Math.max(1, Math.round(this.calls.length / 10));
    const to = {
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      PageDown: at - leap,
      PageUp: at + leap,
      Home: 0,
      End: this.calls.length - 1,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const call = this.calls[Math.min(this.calls.length - 1, Math.max(0, to))];
    if (call !== undefined) this.callbacks.read(call);
    event.preventDefault();
    event.stopPropagation();
  }
}

/** A few lines have colours and dashes of their own; many are alike. */
export const styleOf = (line: number, of: number): number | "many" => (of > styles ? "many" : line);
