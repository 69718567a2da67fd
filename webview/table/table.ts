// The table twin: a treegrid with the graph's groups and nodes, the same selection, sorting and the same search.
import { h, toggleAttribute } from "../dom";
import { type Group, type GroupTree, groupsAround, noGroups } from "../graph/groups";
import type { GraphModel } from "../graph/model";
import { icon } from "../icons";
import { columns, type Row, rowsOf, type Sorting } from "./rows";
import { allUpTo, type RowWindow, scrollTo, windowOf } from "./window";

export interface TableCallbacks {
  chosen(key: string, options: { go: boolean; focus: boolean }): void;
  /** Groups are to be opened or folded, here and in the graph. */
  toggled(groups: readonly string[], open: boolean): void;
  changed(): void;
}

const groupsOutside = (group: Group): Group[] =>
  group.parent === null ? [] : [...groupsOutside(group.parent), group.parent];

export class TableView {
  readonly element: HTMLElement;
  private readonly body = h("tbody");
  private readonly headers = new Map<string, HTMLTableCellElement>();
  private readonly empty = h("p", { class: "table-empty", role: "status" });
  private model: GraphModel | null = null;
  private groups: GroupTree = noGroups();
  private open: ReadonlySet<string> = new Set();
  /** Groups folded while something is searched for; the next search starts anew. */
  private folded = new Set<string>();
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
  /** Without groups: all nodes one below the other. */
  flat = false;

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
    this.refresh();
  }

  /** The groups whose content is shown. */
  setOpen(open: ReadonlySet<string>): void {
    const same = open.size === this.open.size && [...open].every((key) => this.open.has(key));
    this.open = open;
    if (!same) this.refresh();
  }

  setFlat(flat: boolean): void {
    this.flat = flat;
    this.refresh();
  }

  setQuery(query: string): void {
    if (query === this.query) return;
    this.query = query;
    this.folded = new Set();
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
    if (reveal && key !== null) this.bringIn(this.rowFor(key) ?? "")?.scrollIntoView({ block: "nearest" });
  }

  /** The row of a node or group, or that of the folded group which holds it. */
  private rowFor(key: string | null): string | null {
    if (key === null || this.places.has(key)) return key;
    const group = this.groups.byKey.get(key);
    const around = group === undefined ? groupsAround(this.groups, key) : groupsOutside(group);
    const last = around.findLast((each) => this.places.has(each.key));
    const row = this.rows[this.places.get(last?.key ?? "") ?? -1];
    return row === undefined || row.expanded ? null : row.id;
  }

  /** The node of the timeline's step. */
  setActive(key: string | null): void {
    if (key === this.active) return;
    this.active = key;
    this.mark();
    if (key !== null && this.visible)
      this.bringIn(this.rowFor(key) ?? "")?.scrollIntoView({ block: "nearest" });
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

  private toggle(row: Row, open: boolean): void {
    this.toggleAll([row], open);
    this.focusCurrent();
  }

  private toggleAll(rows: readonly Row[], open: boolean): void {
    const groups = rows.filter(({ kind }) => kind === "group").map(({ key }) => key);
    for (const { kind, key } of rows) {
      if (kind !== "node") continue;
      if (open) this.expanded.add(key);
      else this.expanded.delete(key);
    }
    // What holds something found is open by itself; that says nothing about the graph.
    if (this.query.trim() !== "") {
      for (const key of groups) {
        if (open) this.folded.delete(key);
        else this.folded.add(key);
      }
    } else if (groups.length > 0) this.callbacks.toggled(groups, open);
    this.refresh();
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
    this.table.classList.toggle("no-within", !this.flat || this.groups.roots.length === 0);
    this.rows = this.model === null ? [] : rowsOf(this.model, this.options());
    if (!this.rows.some((row) => row.id === this.current)) {
      this.current = null;
    }
    const hadFocus = this.body.contains(document.activeElement);
    this.places.clear();
    this.rows.forEach((row, i) => {
      this.places.set(row.id, i);
    });
    this.current ??= this.rowFor(this.selected) ?? this.rows[0]?.id ?? null;
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
    const { sorting, query, expanded, groups, open, folded, flat } = this;
    return { sorting, query, expanded, groups, open, folded, flat };
  }

  private rowElement(row: Row, place: number): HTMLElement {
    const element = h("tr", {
      "data-id": row.id,
      "aria-rowindex": place + 2,
      "aria-level": row.level,
      "aria-posinset": row.position,
      "aria-setsize": row.siblings,
      class: `row-${row.kind}${row.failing ? " is-failing" : ""}`,
    });
    // Deeper than that the name would have no room left.
    element.style.setProperty("--level", String(Math.min(row.level, 8) - 1));
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
    const selected = this.rowFor(this.selected);
    const active = this.rowFor(this.active);
    for (const element of this.body.rows) {
      if (element.classList.contains("table-gap")) continue;
      const row = this.rows[this.places.get(element.dataset.id ?? "") ?? -1];
      element.setAttribute("aria-selected", String(row !== undefined && row.id === selected));
      toggleAttribute(element, "aria-current", row !== undefined && row.id === active ? "step" : null);
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

  /** The rows of the same level under the same parent. */
  private siblings(at: number): Row[] {
    const { level = 1 } = this.rows[at] ?? {};
    const before = this.rows.slice(0, at);
    const from = before.findLastIndex((row) => row.level < level) + 1;
    const end = this.rows.findIndex((row, i) => i > at && row.level < level);
    return this.rows.slice(from, end < 0 ? undefined : end).filter((row) => row.level === level);
  }

  private onClick(event: Event): void {
    const row = this.rowAt(event);
    if (row === undefined) return;
    this.current = row.id;
    if (row.expandable && (event.target as Element).closest(".icon")) {
      this.toggle(row, !row.expanded);
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
        if (row.expandable && !row.expanded) this.toggle(row, true);
        else if (row.expanded) go(this.rows[at + 1]);
        break;
      case "ArrowLeft":
        if (row.expanded) this.toggle(row, false);
        else go(this.rows.slice(0, at).findLast((r) => r.level < row.level));
        break;
      case "*": {
        // All groups of this level, as trees do.
        const groups = this.siblings(at).filter((each) => each.kind === "group" && !each.expanded);
        if (groups.length > 0) this.toggleAll(groups, true);
        this.focusCurrent();
        break;
      }
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
