// The curves' panel: for each place of backward calls the loss and the gradients' norms over its calls, the numbers
// under the cursor, the findings that belong to them, and all numbers as a table.
import type { Range, Site, SnippetReport } from "../../engine/protocol/report";
import { facts, link } from "../details/parts";
import { h, setText, svg } from "../dom";
import { exactNumber, formatNumber, placeText } from "../format";
import type { GraphModel } from "../graph/model";
import { icon } from "../icons";
import { Chart, styleOf } from "./chart";
import {
  type CurveGroup,
  curveGroups,
  type Line,
  pointAt,
  samePlace,
  scaleOf,
  suggestsLog,
  toCsv,
} from "./lines";

export interface CurvesCallbacks {
  chosen(key: string): void;
  goTo(range: Range): void;
  /** Shows this call in the timeline; answers what has to be said when that was not kept. */
  replay(site: Site | null, call: number): string;
  copy(text: string): void;
}

/** More columns than these nobody reads side by side; they can be copied. */
const tableColumns = 16;

export class CurvesView {
  readonly element = h("div", { class: "curves" });
  private views: GroupView[] = [];
  private selected: string | null = null;
  private shown = "";

  constructor(private readonly callbacks: CurvesCallbacks) {}

  /** Answers whether there are any. */
  show(snippet: SnippetReport | null, model: GraphModel): boolean {
    const groups = curveGroups(snippet, model);
    const signature = JSON.stringify(groups);
    // The same numbers: what is open and where the cursor is stays.
    if (signature === this.shown) return groups.length > 0;
    this.shown = signature;
    this.views = groups.map((group) => new GroupView(group, this.callbacks));
    this.element.replaceChildren(...this.views.map(({ element }) => element));
    this.select(this.selected);
    return groups.length > 0;
  }

  select(key: string | null): void {
    this.selected = key;
    for (const view of this.views) view.select(key);
  }

  /** The call that the timeline's step belongs to. */
  setCall(site: Site, call: number): void {
    for (const view of this.views) view.follow(site, call);
  }
}

class GroupView {
  readonly element: HTMLElement;
  private readonly charts: Chart[] = [];
  private readonly now = new Map<Line, HTMLElement>();
  private readonly rows = new Map<Line, HTMLElement>();
  private readonly reading = h("th", { scope: "col" });
  private readonly note = h("p", { class: "muted curve-note", role: "status" });
  private selected: Line | null = null;

  constructor(
    private readonly group: CurveGroup,
    private readonly callbacks: CurvesCallbacks,
  ) {
    const { loss, gradients, title } = group;
    const copy = h(
      "button",
      {
        type: "button",
        class: "icon-button small",
        title: "Copy all numbers as CSV",
        "aria-label": `Copy all numbers of ${title} as CSV`,
        click: () => callbacks.copy(toCsv(group)),
      },
      icon("copy"),
    );
    this.element = h(
      "section",
      { class: "curve-group", "aria-label": title },
      h("div", { class: "section-head" }, h("h2", {}, title), copy),
    );
    if (loss.length > 0) this.addChart(named(loss, "Loss"), loss);
    if (gradients.length > 0) this.addChart("Norm of the gradient", gradients);
    this.element.append(this.note, this.summary(), this.findings() ?? "", this.numbers());
    this.read(group.calls.at(-1) ?? 0);
  }

  select(key: string | null): void {
    const lines = [...this.group.loss, ...this.group.gradients];
    this.selected = key === null ? null : (lines.find((line) => line.key === key) ?? null);
    for (const [line, row] of this.rows) row.classList.toggle("is-selected", line === this.selected);
    this.light(this.selected);
  }

  private light(line: Line | null): void {
    for (const chart of this.charts) chart.light(line);
  }

  private addChart(title: string, lines: readonly Line[]): void {
    let log = suggestsLog(lines);
    const chart = new Chart(
      `${title} over backward calls`,
      lines,
      this.group.marks,
      this.group.calls,
      scaleOf(lines, log),
      {
        read: (call) => this.read(call),
        chosen: ({ key }) => key !== null && this.callbacks.chosen(key),
        picked: (call) => this.pick(call),
        marked: (findings, call) => {
          if (call !== null) this.read(call);
          const [first] = findings;
          if (first !== undefined) this.callbacks.goTo(first.range);
        },
        words: (call) => wordsAt(lines, call),
      },
    );
    const toggle = h(
      "button",
      {
        type: "button",
        class: "curve-scale",
        "aria-pressed": String(log),
        "aria-label": `log scale: ${title}`,
        click: () => {
          log = !log;
          toggle.setAttribute("aria-pressed", String(log));
          chart.setScale(scaleOf(lines, log));
        },
      },
      "log",
    );
    this.charts.push(chart);
    this.element.append(h("div", { class: "curve-head" }, h("h3", {}, title), toggle), chart.element);
  }

  follow(site: Site, call: number): void {
    if (!samePlace(site, this.group.site)) return;
    const near = this.group.calls.findLast((each) => each <= call) ?? this.group.calls[0];
    if (near !== undefined) this.read(near);
  }

  private pick(call: number): void {
    this.read(call);
    setText(this.note, this.callbacks.replay(this.group.site, call));
  }

  private read(call: number): void {
    for (const chart of this.charts) chart.setCursor(call);
    setText(this.reading, `Call ${call}`);
    for (const [line, cell] of this.now) setText(cell, textOf(pointAt(line, call)));
  }

  /** Each line with its numbers: the key to the chart as well. */
  private summary(): HTMLElement {
    const head = h(
      "tr",
      {},
      h("th", { scope: "col" }, "Line"),
      this.reading,
      ...["First", "Last", "Least", "Most"].map((title) => h("th", { scope: "col" }, title)),
    );
    const body = h("tbody");
    const add = (lines: readonly Line[], what: (name: string) => string): void => {
      lines.forEach((line, i) => {
        const now = h("td", {});
        const finite = line.values.filter(Number.isFinite);
        const most = finite.reduce((a, b) => Math.max(a, b), -Infinity);
        const least = finite.reduce((a, b) => Math.min(a, b), Infinity);
        const { key } = line;
        const name = what(line.name);
        const row = h(
          "tr",
          {},
          h(
            "th",
            { scope: "row" },
            swatch(styleOf(i, lines.length)) as unknown as Node,
            key === null ? h("span", {}, name) : link(name, () => this.callbacks.chosen(key)),
          ),
          now,
          ...[line.values[0], line.values.at(-1), least, most].map((n) =>
            h("td", {}, textOf(finite.length === 0 ? Number.NaN : (n ?? null))),
          ),
        );
        row.addEventListener("pointerenter", () => this.light(line));
        row.addEventListener("pointerleave", () => this.light(this.selected));
        this.now.set(line, now);
        this.rows.set(line, row);
        body.append(row);
      });
    };
    add(this.group.loss, (name) => name);
    add(this.group.gradients, (name) => `‖${name}.grad‖`);
    const table = h(
      "table",
      { class: "data curve-lines", "aria-label": "Lines" },
      h("thead", {}, head),
      body,
    );
    return h("div", { class: "data-frame", tabindex: 0, role: "group", "aria-label": "Lines" }, table);
  }

  private findings(): HTMLElement | null {
    const { marks, calls } = this.group;
    if (marks.length === 0) return null;
    const last = calls.at(-1) ?? 0;
    return h(
      "div",
      { class: "curve-findings" },
      h("h3", {}, "Findings"),
      facts(
        marks.map(({ call, finding }) => {
          const place = placeText(finding);
          const near = call === null ? null : calls.findLast((each) => each <= call);
          const when =
            call === null
              ? "all calls"
              : link(`call ${call}`, () => this.read(near ?? last), `read the curves at call ${call}`);
          return [
            "",
            h(
              "span",
              {},
              when,
              ": ",
              finding.message,
              " ",
              link(place, () => this.callbacks.goTo(finding.range), `go to ${place}`),
            ),
          ] as const;
        }),
      ),
    );
  }

  /** Made when it is opened: it may have thousands of cells. */
  private numbers(): HTMLElement {
    const { group } = this;
    const lines = [...group.loss, ...group.gradients];
    const room = h("div", {
      class: "data-frame curve-numbers",
      tabindex: 0,
      role: "group",
      "aria-label": "All numbers",
    });
    const box = h("details", { class: "curve-all" }, h("summary", {}, "All numbers"), room);
    box.addEventListener("toggle", () => {
      if (!box.open || room.firstChild !== null) return;
      const columns = lines.slice(0, tableColumns);
      const names = columns.map((line) => (group.loss.includes(line) ? line.name : `‖${line.name}.grad‖`));
      const head = h("tr", {}, ...["Call", ...names].map((title) => h("th", { scope: "col" }, title)));
      const body = h("tbody");
      const points = columns.map((line) => new Map(line.calls.map((call, i) => [call, line.values[i]])));
      for (const call of group.calls) {
        const cells = points.map((of) => h("td", {}, textOf(of.get(call) ?? null)));
        body.append(h("tr", {}, h("th", { scope: "row" }, String(call)), ...cells));
      }
      room.append(
        h(
          "table",
          { class: "data", "aria-label": `All numbers of ${group.title}` },
          h("thead", {}, head),
          body,
        ),
      );
      if (lines.length > columns.length) {
        const more = `${lines.length - columns.length} more lines are in the CSV that can be copied above.`;
        room.append(h("p", { class: "muted" }, more));
      }
    });
    return box;
  }
}

const named = (lines: readonly Line[], word: string): string => {
  const [line] = lines;
  return line === undefined || lines.length > 1 || line.name === word.toLowerCase()
    ? word
    : `${word}: ${line.name}`;
};

/** NaN and the infinities are words of their own in numbers of JavaScript. */
const textOf = (value: number | null): string => {
  if (value === null) return "";
  if (Number.isFinite(value)) return formatNumber(value);
  return formatNumber(Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
};

/** For a screen reader: the first few lines by name, the others as their number. */
function wordsAt(lines: readonly Line[], call: number): string {
  const few = lines.slice(0, 4).map((line) => {
    const value = pointAt(line, call);
    const text =
      value === null
        ? "nothing"
        : Number.isFinite(value)
          ? exactNumber(Number(value.toPrecision(4)))
          : textOf(value);
    return `${line.name} ${text}`;
  });
  const more = lines.length > few.length ? [`${lines.length - few.length} more`] : [];
  return `call ${call}: ${[...few, ...more].join(", ")}`;
}

function swatch(style: number | "many"): SVGElement {
  return svg(
    "svg",
    { class: "curve-swatch", width: 18, height: 8, viewBox: "0 0 18 8", "aria-hidden": "true" },
    svg("path", { class: `curve-line curve-style-${style}`, d: "M0 4H18" }),
  );
}
