// The table twin: a treegrid with the graph's nodes, the same selection, sorting and the same search.
import { h, toggleAttribute } from "../dom";
import type { GraphModel } from "../graph/model";
import { icon } from "../icons";
import { columns, type Row, rowsOf, type Sorting } from "./rows";

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
  private rows: Row[] = [];
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
    const table = h(
      "table",
      { role: "treegrid", "aria-label": "Tensors and operators" },
      h("thead", {}, head),
      this.body,
    );
    this.element = h("div", { class: "table" }, table, this.empty);
    this.body.addEventListener("keydown", (event) => this.onKey(event));
    this.body.addEventListener("click", (event) => this.onClick(event));
    this.body.addEventListener("dblclick", (event) => {
      const row = this.rowAt(event);
      if (row) this.callbacks.chosen(row.key, { go: true, focus: true });
    });
  }

  show(model: GraphModel): void {
    this.model = model;
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
    if (reveal && key !== null) this.elementOf(key)?.scrollIntoView({ block: "nearest" });
  }

  focusCurrent(): void {
    this.elementOf(this.current ?? "")?.focus();
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
    this.elementOf(this.current ?? "")?.focus();
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
    this.body.replaceChildren(...this.rows.map((row) => this.rowElement(row)));
    this.empty.textContent =
      this.rows.length > 0 || this.model === null ? "" : `Nothing matches “${this.query}”.`;
    this.mark();
    if (hadFocus) this.focusCurrent();
  }

  private options(): Parameters<typeof rowsOf>[1] {
    return { sorting: this.sorting, query: this.query, expanded: this.expanded };
  }

  private rowElement(row: Row): HTMLElement {
    const element = h("tr", {
      "data-id": row.id,
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
    const byId = new Map(this.rows.map((row) => [row.id, row]));
    for (const element of this.body.rows) {
      const row = byId.get(element.dataset.id ?? "");
      element.setAttribute("aria-selected", String(row?.key === this.selected && row?.level === 1));
      element.tabIndex = element.dataset.id === this.current ? 0 : -1;
    }
  }

  private elementOf(id: string): HTMLElement | null {
    return [...this.body.rows].find((row) => row.dataset.id === id) ?? null;
  }

  private rowAt(event: Event): Row | undefined {
    const id = (event.target as Element | null)?.closest("tr")?.dataset.id;
    return this.rows.find((row) => row.id === id);
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
    const at = this.rows.indexOf(row);
    const go = (to: Row | undefined): void => {
      if (to === undefined) return;
      this.current = to.id;
      this.callbacks.chosen(to.key, { go: false, focus: false });
      this.elementOf(to.id)?.focus();
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
