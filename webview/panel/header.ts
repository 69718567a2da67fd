// The top of the panel: which snippet, how it stands, graph or table, search, export.
import "@vscode-elements/elements/dist/vscode-option/index.js";
import "@vscode-elements/elements/dist/vscode-single-select/index.js";
import "@vscode-elements/elements/dist/vscode-textfield/index.js";
import type { ExportFormat, InspectorState } from "../../engine/protocol/inspectorApi";
import { custom, h, on, setText } from "../dom";
import { icon } from "../icons";
import { type MenuItem, menuButton } from "./menu";

export type Tab = "graph" | "table" | "curves";

const tabNames: Record<Tab, string> = { graph: "Graph", table: "Table", curves: "Curves" };

export interface HeaderCallbacks {
  choose(snippet: number): void;
  tab(tab: Tab): void;
  search(query: string): void;
  /** What the filter's menu offers. */
  filters: readonly (MenuItem | null)[];
  /** Enter in the search field: the next match; with Shift the one before. */
  next(back: boolean): void;
  save(format: ExportFormat): void;
  copy(format: ExportFormat): void;
  makeScript(place: "clipboard" | "editor"): void;
}

const formats: [ExportFormat, string][] = [
  ["svg", "SVG"],
  ["png", "PNG"],
  ["svg-print", "SVG for print"],
  ["png-print", "PNG for print"],
  ["dot", "DOT"],
  ["mermaid", "Mermaid"],
  ["json", "JSON"],
];

const copied = formats.filter(([format]) => !format.endsWith("-print"));

type Select = HTMLElement & { value: string; selectedIndex: number };
type Field = HTMLElement & { value: string };

export class Header {
  readonly element: HTMLElement;
  private readonly select: Select;
  private readonly title = h("h1", { class: "title" });
  private readonly chip = h("span", { class: "chip-state" });
  private readonly field: Field;
  private readonly count = h("span", { class: "search-count", "aria-live": "polite" });
  private readonly tabs = new Map<Tab, HTMLButtonElement>();
  private readonly bar: HTMLElement;
  private readonly filterButton: HTMLButtonElement;
  private titles = "";

  constructor(private readonly callbacks: HeaderCallbacks) {
    this.select = custom(
      "vscode-single-select",
      { label: "Snippet" },
      { class: "snippets", "aria-label": "Snippet" },
    ) as Select;
    on(this.select, "change", () => callbacks.choose(this.select.selectedIndex));
    this.field = custom(
      "vscode-textfield",
      { placeholder: "Search", label: "Search the graph", type: "search" },
      { class: "search" },
    ) as Field;
    on(this.field, "input", () => callbacks.search(this.field.value));
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") callbacks.next(event.shiftKey);
      else if (event.key === "Escape") this.setQuery("");
      else return;
      event.preventDefault();
    });
    const tabList = h("div", { class: "tabs", role: "tablist", "aria-label": "Form" });
    for (const [tab, text] of Object.entries(tabNames) as [Tab, string][]) {
      const button = h(
        "button",
        {
          type: "button",
          role: "tab",
          id: `tab-${tab}`,
          "aria-controls": `panel-${tab}`,
          click: () => callbacks.tab(tab),
        },
        text,
      );
      this.tabs.set(tab, button);
      tabList.append(button);
    }
    tabList.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const there = [...this.tabs].filter(([, button]) => !button.hidden).map(([tab]) => tab);
      const at = there.findIndex((tab) => this.tabs.get(tab) === document.activeElement);
      const other = there.at((at + (event.key === "ArrowRight" ? 1 : -1)) % there.length) ?? "graph";
      callbacks.tab(other);
      this.tabs.get(other)?.focus();
      event.preventDefault();
    });
    const exportButton = h(
      "button",
      { type: "button", class: "icon-button", title: "Export", "aria-label": "Export" },
      icon("export"),
    );
    const menu = menuButton(exportButton, "Export", [
      ...formats.map(([format, name]) => ({ label: `Save as ${name}…`, run: () => callbacks.save(format) })),
      null,
      ...copied.map(([format, name]) => ({
        label: format === "png" ? "Copy image" : `Copy ${name}`,
        run: () => callbacks.copy(format),
      })),
      null,
      { label: "Copy as a PyTorch script", run: () => callbacks.makeScript("clipboard") },
      { label: "Open as a PyTorch script", run: () => callbacks.makeScript("editor") },
    ]);
    const filterButton = h(
      "button",
      {
        type: "button",
        class: "icon-button filter",
        title: "Filter and focus",
        "aria-label": "Filter and focus",
      },
      icon("filter"),
    );
    const filter = menuButton(filterButton, "Filter and focus", callbacks.filters);
    this.filterButton = filterButton;
    const search = h("div", { class: "search-frame" }, this.field, this.count);
    this.bar = h("div", { class: "bar" }, tabList, search, filter, menu);
    const head = h("div", { class: "head" }, this.title, this.select, this.chip);
    this.element = h("header", { class: "header" }, head, this.bar);
  }

  show(state: InspectorState): void {
    const titles = state.titles.map((title, i) => title || `Snippet ${i + 1}`);
    const several = titles.length > 1;
    this.select.hidden = !several;
    this.title.hidden = several;
    setText(this.title, titles[0] ?? state.file);
    this.title.title = state.file;
    const signature = JSON.stringify(titles);
    if (signature !== this.titles) {
      this.titles = signature;
      this.select.replaceChildren(
        ...titles.map((title, i) =>
          custom("vscode-option", {}, { value: String(i), selected: i === state.chosen }, title),
        ),
      );
    }
    this.select.value = String(state.chosen);
    const [text, kind] = standing(state);
    setText(this.chip, text);
    this.chip.hidden = text === "";
    this.chip.dataset.kind = kind;
    this.bar.hidden = state.snippet === null;
  }

  setTab(tab: Tab): void {
    for (const [name, button] of this.tabs) {
      button.setAttribute("aria-selected", String(name === tab));
      button.tabIndex = name === tab ? 0 : -1;
    }
  }

  /** Not every snippet has curves. */
  offer(tab: Tab, there: boolean): void {
    const button = this.tabs.get(tab);
    if (button) button.hidden = !there;
  }

  setQuery(query: string): void {
    this.field.value = query;
    this.callbacks.search(query);
  }

  /** `at`: which of them is selected, from 1. */
  setCount(found: number | null, at: number): void {
    setText(this.count, found === null ? "" : at > 0 ? `${at} of ${found}` : String(found));
    this.count.title = found === null ? "" : `${found} found; Enter goes to the next`;
  }

  /** Part of the graph is left out. */
  setFiltering(on: boolean): void {
    this.filterButton.classList.toggle("is-on", on);
  }

  get query(): string {
    return this.field.value;
  }

  focusSearch(): void {
    this.field.focus();
  }
}

/** How the shown report stands, in a word; an ordinary good run needs none. */
function standing(state: InspectorState): [string, string] {
  if (state.running) return ["running", "running"];
  if (state.stale) return ["stale", "stale"];
  if (state.snippet === null) return ["", ""];
  if (state.snippet.status === "raised") return ["raised", "error"];
  if (state.snippet.status === "stopped") return ["stopped", "error"];
  return ["", ""];
}
