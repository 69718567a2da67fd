// The table twin: a treegrid with the graph's nodes, the same selection, sorting and the same search.
import { h, toggleAttribute } from "../dom";
import { type GroupTree, noGroups } from "../graph/groups";
import type { GraphModel } from "../graph/model";
import { icon } from "../icons";
import { columns, type Row, rowsOf, type Sorting } from "./rows";
import { allUpTo, type RowWindow, scrollTo, windowOf } from "./window";

export interface TableCallbacks {
  chosen(key: string, options: { go: boolean; focus: boolean }): void;
  changed(): void;
}

export class TableView {
  readonly element: HTMLElement;
  private readonly body = h("tbody");
  private readonly headers = new Map<string, HTMLTableCellElement>();
  private readonly empty = h("p", { class: "table-empty", role: "status" });
  private model: GraphModel | null = null;
  private groups: GroupTree = noGroups();
  /** What happens at the step of the timeline that is shown. */
  private active: string | null = null;
  private rows: Row[] = [];
  private readonly places = new Map<string, number>();
  /** The rows that are in the document. */
  private shown: RowWindow = { from: 0, to: 0 };
  private rowHeight = 22;
  private readonly table: HTMLTableElement;
  private query = "";
  private visible = false;
  /** Rows are made when they are looked at: a large graph has thousands. */
  private outdated = true;
  private selected: string | null = null;
  /** The row that Tab reaches. */
  private current: string | null = null;
  sorting: Sorting = { column: "line", descending: false };
  expanded = new Set<string>();

  constructor(private readonly callbacks: TableCallbacks) {
    const head = h("tr", {});
    for (const { id, title } of columns) {
      const sort = (): void => this.sortBy(id);
      const cell = h(
        "th",
        { scope: "col", class: `col-${id}` },
        h("button", { type: "button", click: sort }, title),
      );
      this.headers.set(id, cell);
      head.append(cell);
    }
    this.table = h(
      "table",
      { role: "treegrid", "aria-label": "Tensors and operators" },
      h("thead", {}, head),
      this.body,
    );
    this.element = h("div", { class: "table", tabindex: -1 }, this.table, this.empty);
    this.element.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.scrolled()).observe(this.element);
    this.element.addEventListener("keydown", (event) => this.onKey(event));
    this.body.addEventListener("click", (event) => this.onClick(event));
    this.body.addEventListener("dblclick", (event) => {
      const row = this.rowAt(event);
      if (row) this.callbacks.chosen(row.key, { go: true, focus: true });
    });
  }

  show(model: GraphModel, groups: GroupTree): void {
    this.model = model;
    this.groups = groups;
    this.table.classList.toggle("no-groups", groups.roots.length === 0);
    this.refresh();
  }

  setQuery(query: string): void {
    if (query === this.query) return;
    this.query = query;
    this.refresh();
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
    if (this.outdated) this.refresh();
  }

  private refresh(): void {
    this.outdated = !this.visible;
    if (this.visible) this.render();
  }

  select(key: string | null, reveal: boolean): void {
    this.selected = key;
    const here = this.rows.find((row) => row.id === this.current);
    if (key !== null && here?.key !== key) this.current = key;
    this.mark();
    if (reveal && key !== null) this.bringIn(key)?.scrollIntoView({ block: "nearest" });
  }

  /** The node of the timeline's step. */
  setActive(key: string | null): void {
    if (key === this.active) return;
    this.active = key;
    this.mark();
    if (key !== null && this.visible) this.bringIn(key)?.scrollIntoView({ block: "nearest" });
  }

  focusCurrent(): void {
    this.bringIn(this.current ?? "")?.focus();
  }

  private sortBy(column: Sorting["column"]): void {
    const same = this.sorting.column === column;
    this.sorting = { column, descending: same && !this.sorting.descending };
    this.render();
    this.callbacks.changed();
  }

  private toggle(key: string, open: boolean): void {
    if (open) this.expanded.add(key);
    else this.expanded.delete(key);
    this.render();
    this.focusCurrent();
    this.callbacks.changed();
  }

  private render(): void {
    for (const [id, cell] of this.headers) {
      const sorted = this.sorting.column === id;
      toggleAttribute(
        cell,
        "aria-sort",
        sorted ? (this.sorting.descending ? "descending" : "ascending") : "none",
      );
    }
    this.rows = this.model === null ? [] : rowsOf(this.model, this.options());
    if (!this.rows.some((row) => row.id === this.current)) {
      this.current = this.rows.find((row) => row.key === this.selected)?.id ?? this.rows[0]?.id ?? null;
    }
    const hadFocus = this.body.contains(document.activeElement);
    this.places.clear();
    this.rows.forEach((row, i) => {
      this.places.set(row.id, i);
    });
    this.table.setAttribute("aria-rowcount", String(this.rows.length + 1));
    this.paint(this.wantedWindow());
    this.empty.textContent =
      this.rows.length > 0 || this.model === null ? "" : `Nothing matches “${this.query}”.`;
    if (hadFocus) this.focusCurrent();
  }

  private wantedWindow(): RowWindow {
    const { scrollTop, clientHeight } = this.element;
    return windowOf(this.rows.length, scrollTop, clientHeight, this.rowHeight);
  }

  private scrolled(): void {
    if (!this.visible || this.rows.length <= allUpTo) return;
    const wanted = this.wantedWindow();
    if (
      Math.abs(wanted.from - this.shown.from) < 8 &&
      wanted.to - wanted.from === this.shown.to - this.shown.from
    )
      return;
    this.paint(wanted);
  }

  /** Puts the rows of a window into the document, and room for the others above and below them. */
  private paint(wanted: RowWindow): void {
    this.shown = wanted;
    const hadFocus = this.body.contains(document.activeElement);
    const room = (rows: number): HTMLElement[] => {
      if (rows === 0) return [];
      const gap = h("tr", { class: "table-gap", "aria-hidden": "true" });
      gap.style.height = `${rows * this.rowHeight}px`;
      return [gap];
    };
    this.body.replaceChildren(
      ...room(wanted.from),
      ...this.rows.slice(wanted.from, wanted.to).map((row, i) => this.rowElement(row, wanted.from + i)),
      ...room(this.rows.length - wanted.to),
    );
    const measured = this.body.querySelector<HTMLElement>("tr:not(.table-gap)")?.offsetHeight ?? 0;
    if (measured > 0) this.rowHeight = measured;
    this.mark();
    if (!hadFocus) return;
    // The row that had the focus may be out of the document; keys go on from it.
    const row = this.elementOf(this.current ?? "");
    if (row === null) this.element.focus({ preventScroll: true });
    else row.focus({ preventScroll: true });
  }

  /** The element of a row, scrolled to where it is long out of sight. */
  private bringIn(id: string): HTMLElement | null {
    const place = this.places.get(id);
    if (place !== undefined && this.visible && (place < this.shown.from || place >= this.shown.to)) {
      const { scrollTop, clientHeight } = this.element;
      const head = this.table.tHead?.offsetHeight ?? 0;
      this.element.scrollTop = scrollTo(place, scrollTop, clientHeight, this.rowHeight, head);
      this.paint(this.wantedWindow());
    }
    return this.elementOf(id);
  }

  private options(): Parameters<typeof rowsOf>[1] {
    return { sorting: this.sorting, query: this.query, expanded: this.expanded, groups: this.groups };
  }

  private rowElement(row: Row, place: number): HTMLElement {
    const element = h("tr", {
      "data-id": row.id,
      "aria-rowindex": place + 2,
      "aria-level": row.level,
      "aria-posinset": row.position,
      "aria-setsize": row.siblings,
      class: `level-${row.level}${row.failing ? " is-failing" : ""}`,
    });
    if (row.expandable) element.setAttribute("aria-expanded", String(row.expanded));
    for (const { id } of columns) {
      if (id === "name") {
        const twist = row.expandable
          ? icon(row.expanded ? "chevronDown" : "chevronRight")
          : h("span", { class: "icon" });
        element.append(
          h(
            "th",
            { scope: "row", class: "col-name", title: row.cells.name },
            twist,
            h("span", {}, row.cells.name),
          ),
        );
      } else {
        element.append(h("td", { class: `col-${id}`, title: row.cells[id] || null }, row.cells[id]));
      }
    }
    return element;
  }

  private mark(): void {
    for (const element of this.body.rows) {
      if (element.classList.contains("table-gap")) continue;
      const row = this.rows[this.places.get(element.dataset.id ?? "") ?? -1];
      element.setAttribute("aria-selected", String(row?.key === this.selected && row?.level === 1));
      toggleAttribute(element, "aria-current", row?.id === this.active && row?.level === 1 ? "step" : null);
      element.tabIndex = element.dataset.id === this.current ? 0 : -1;
    }
  }

  private elementOf(id: string): HTMLElement | null {
    return [...this.body.rows].find((row) => row.dataset.id === id) ?? null;
  }

  private rowAt(event: Event): Row | undefined {
    const target = event.target as Element | null;
    // Keys that nobody took are those of the row that had the focus before it was scrolled away.
    const id = target === this.element ? this.current : target?.closest("tbody tr")?.getAttribute("data-id");
    return this.rows[this.places.get(id ?? "") ?? -1];
  }

  private onClick(event: Event): void {
    const row = this.rowAt(event);
    if (row === undefined) return;
    this.current = row.id;
    if (row.expandable && (event.target as Element).closest(".icon")) {
      this.toggle(row.key, !row.expanded);
      return;
    }
    this.callbacks.chosen(row.key, { go: true, focus: false });
    this.elementOf(row.id)?.focus();
  }

  private onKey(event: KeyboardEvent): void {
    const row = this.rowAt(event);
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.places.get(row.id) ?? -1;
    const go = (to: Row | undefined): void => {
      if (to === undefined) return;
      this.current = to.id;
      this.callbacks.chosen(to.key, { go: false, focus: false });
      this.bringIn(to.id)?.focus();
    };
    switch (event.key) {
      case "ArrowDown":
        go(this.rows[at + 1]);
        break;
      case "ArrowUp":
        go(this.rows[at - 1]);
        break;
      case "Home":
        go(this.rows[0]);
        break;
      case "End":
        go(this.rows.at(-1));
        break;
      case "ArrowRight":
        if (row.expandable && !row.expanded) this.toggle(row.key, true);
        else if (row.expanded) go(this.rows[at + 1]);
        break;
      case "ArrowLeft":
        if (row.expanded) this.toggle(row.key, false);
        else if (row.level === 2) go(this.rows.slice(0, at).findLast((r) => r.level === 1));
        break;
      case "Enter":
        this.callbacks.chosen(row.key, { go: true, focus: true });
        break;
      case " ":
        this.callbacks.chosen(row.key, { go: false, focus: false });
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
