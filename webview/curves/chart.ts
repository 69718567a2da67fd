// One chart: lines over backward calls, marks of findings, and a cursor that mouse and keys move from call to call.
import type { Finding, Severity } from "../../engine/protocol/report";
import { LOUDNESS } from "../../engine/protocol/severity";
import { h, svg } from "../dom";
import { formatNumber, placeText } from "../format";
import { type Line, type Mark, marksByCall, placeOn, type Scale } from "./lines";

const height = 132;
const frame = { left: 46, right: 10, top: 14, bottom: 20 };
/** Colours and dashes; more lines than that are told apart by pointing at them. */
export const styles = 6;

export interface ChartCallbacks {
  /** The cursor was moved to a call. */
  read(call: number): void;
  /** A line was clicked on. */
  chosen(line: Line): void;
  /** A call was clicked on, or chosen with Enter. */
  picked(call: number): void;
  /** The mark of findings was clicked on; `call` is null where they are about all calls. */
  marked(findings: readonly Finding[], call: number | null): void;
  /** What the cursor's place says. */
  words(call: number): string;
}

export class Chart {
  readonly element: HTMLElement;
  private readonly slider: HTMLElement;
  private readonly heads: { call: number | null; button: HTMLElement }[] = [];
  /** What the mark that is pointed at, or has the focus, says. */
  private readonly tip = h("p", { class: "curve-tip", hidden: true, "aria-hidden": "true" });
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
    this.slider = h("div", {
      class: "curve-chart",
      role: "slider",
      tabindex: 0,
      "aria-label": label,
      "aria-description": "Enter goes to this call in the timeline",
      "aria-valuemin": calls[0] ?? 0,
      "aria-valuemax": this.call,
    });
    this.slider.append(this.picture);
    this.slider.addEventListener("keydown", (event) => this.onKey(event));
    this.slider.addEventListener("pointermove", (event) => this.callbacks.read(this.callAt(event)));
    this.slider.addEventListener("click", (event) => {
      const line = this.lineAt(event);
      if (line !== null) this.callbacks.chosen(line);
      this.callbacks.picked(this.callAt(event));
    });
    for (const [call, findings] of marksByCall(marks)) this.heads.push(this.head(call, findings));
    this.element = h("div", { class: "curve-frame" }, this.slider, ...this.heads.map((each) => each.button));
    this.element.append(this.tip);
    new ResizeObserver(() => {
      if (this.slider.clientWidth !== this.width) this.draw();
    }).observe(this.slider);
  }

  /** The head of a mark: says what it is when it is pointed at or has the focus, and leads to the code. */
  private head(
    call: number | null,
    findings: readonly Finding[],
  ): { call: number | null; button: HTMLElement } {
    const [first] = findings;
    const severity = worst(findings);
    const when = call === null ? "all calls" : `call ${call}`;
    const texts = findings.map(({ message, range }) => `${message} (${placeText({ range })})`);
    const button = h("button", {
      type: "button",
      class: `curve-head-mark severity-${severity}${call === null ? " is-wide" : ""}`,
      "aria-label": `${severity}, ${when}: ${texts.join("; ")}; go to ${placeText({ range: first.range })}`,
      click: () => this.callbacks.marked(findings, call),
    });
    const say = (on: boolean): void => {
      this.tip.hidden = !on;
      this.tip.replaceChildren(h("b", {}, when), ...texts.map((text) => h("span", {}, text)));
      button.classList.toggle("is-told", on);
      if (on && call !== null) this.callbacks.read(call);
    };
    button.addEventListener("pointerenter", () => say(true));
    button.addEventListener("pointerleave", () => say(document.activeElement === button));
    button.addEventListener("focus", () => say(true));
    button.addEventListener("blur", () => say(false));
    return { call, button };
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
    this.slider.setAttribute("aria-valuenow", String(call));
    this.slider.setAttribute("aria-valuetext", this.callbacks.words(call));
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
    this.width = this.slider.clientWidth;
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
    for (const [call, findings] of marksByCall(this.marks)) {
      const [from, to] = [frame.left, this.width - frame.right];
      const x = call === null ? (from + to) / 2 : this.x(call);
      const head = call === null ? "l-5 -4l5 -4l5 4z" : "l-5 -8h10z";
      // One of all calls is a bar from the first to the last.
      const line =
        call === null ? `M${from} ${frame.top - 7}H${to}` : `M${x} ${frame.top - 4}V${height - frame.bottom}`;
      const name = `curve-mark severity-${worst(findings)}${call === null ? " is-wide" : ""}`;
      parts.push(
        svg(
          "g",
          { class: name },
          svg("path", { class: "curve-mark-line", d: line }),
          svg("path", { class: "curve-mark-head", d: `M${x} ${frame.top - 3}${head}` }),
        ),
      );
    }
    for (const { call, button } of this.heads) {
      const x = call === null ? (frame.left + this.width - frame.right) / 2 : this.x(call);
      button.style.left = `${Math.min(this.width - 24, Math.max(0, x - 12))}px`;
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

  private callAt(event: MouseEvent): number {
    const x = event.clientX - this.picture.getBoundingClientRect().left;
    let best = this.calls[0] ?? 0;
    for (const call of this.calls) if (Math.abs(this.x(call) - x) < Math.abs(this.x(best) - x)) best = call;
    return best;
  }

  /** The line that passes nearest to the pointer, within a finger's breadth. */
  private lineAt(event: MouseEvent): Line | null {
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
    if (event.key === "Enter") {
      this.callbacks.picked(this.call);
      event.preventDefault();
    }
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const call = this.calls[Math.min(this.calls.length - 1, Math.max(0, to))];
    if (call !== undefined) this.callbacks.read(call);
    event.preventDefault();
    event.stopPropagation();
  }
}

const worst = (findings: readonly Finding[]): Severity =>
  findings.reduce<Severity>(
    (most, { severity }) => (LOUDNESS[severity] > LOUDNESS[most] ? severity : most),
    "hint",
  );

/** A few lines have colours and dashes of their own; many are alike. */
export const styleOf = (line: number, of: number): number | "many" => (of > styles ? "many" : line);
