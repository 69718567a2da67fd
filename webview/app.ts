// The inspector's panel: takes the extension's state, makes model, layout and views of it, and keeps
// graph, table, timeline, details and the editor at the same selection and the same step.
import type {
  ExportFormat,
  InspectorApi,
  InspectorHostApi,
  InspectorState,
  Selection,
  Shared,
} from "../engine/protocol/inspectorApi";
import type { Site, SnippetReport } from "../engine/protocol/report";
import { CurvesView } from "./curves/curves";
import { DetailsView } from "./details/details";
import { h } from "./dom";
import { changeWords } from "./experiments/changesForm";
import { Lab } from "./experiments/lab";
import { formatNumber, sameRange } from "./format";
import { type Card, cardOf } from "./graph/card";
import { compareUpTo, type Direction, emptyLayout, type Layout, type LayoutInput } from "./graph/geometry";
import {
  type DrawnModel,
  type DrawnNode,
  fold,
  type Group,
  type GroupTree,
  groupsAround,
  groupTree,
  groupView,
  noDrawing,
  noGroups,
  openGroups,
  unfolded,
  usualRoom,
} from "./graph/groups";
import type { LayoutClient } from "./graph/layoutClient";
import { buildModel, emptyModel, type GraphModel } from "./graph/model";
import { search, states } from "./graph/search";
import { nearest, reach, subset, type Way } from "./graph/subset";
import { GraphView } from "./graph/view";
import { icon } from "./icons";
import { copyImage, type Exportable, exported } from "./panel/exporter";
import { Header, type Tab } from "./panel/header";
import { legend } from "./panel/legend";
import { TextMeasure } from "./panel/measure";
import type { DirectionChoice, Memory } from "./panel/memory";
import type { MenuItem } from "./panel/menu";
import { emptyMessage, notices } from "./panel/notices";
import { Splitter } from "./panel/splitter";
import { TableView } from "./table/table";
import { activeKey, frameAt } from "./timeline/frames";
import { TimelineView } from "./timeline/timeline";

export interface AppEnvironment {
  root: HTMLElement;
  host: InspectorHostApi;
  layouts: LayoutClient;
  memory: Memory;
  remember(memory: Memory): void;
}

const directionWords: Record<DirectionChoice, string> = {
  auto: "Direction: by the panel's shape",
  LR: "Direction: left to right",
  TB: "Direction: top down",
};

/** Above this a layout takes seconds, and nothing can be made out in it. */
const mostDrawn = 3600;

/** From this width on the details stand beside the graph, as the style sheet has it. */
const sideBySide = 640;

export class App implements InspectorApi {
  private readonly measure = new TextMeasure();
  private readonly header: Header;
  private readonly graph: GraphView;
  private readonly table: TableView;
  private readonly curves: CurvesView;
  private hasCurves = false;
  private readonly timeline: TimelineView;
  private readonly details: DetailsView;
  private readonly lab: Lab;
  /** The snippet as it runs with other numbers, while those are tried. */
  private trial: SnippetReport | null = null;
  /** What `trial` was made of: something newer may be tried by now. */
  private trialWords = "";
  private readonly splitter: Splitter;
  private readonly noticeArea = h("div", { class: "notices", "aria-live": "polite" });
  private readonly emptyArea = h("div", { class: "empty-area" });
  private readonly graphPanel: HTMLElement;
  private readonly tablePanel: HTMLElement;
  private readonly curvesPanel: HTMLElement;
  private readonly legendPanel: HTMLElement;
  private readonly legendButton: HTMLButtonElement;
  private readonly directionButton: HTMLButtonElement;
  private state: InspectorState | null = null;
  private model: GraphModel = emptyModel();
  private groups: GroupTree = noGroups();
  /** The model with nothing folded and nothing left out. */
  private unfolded: DrawnModel = noDrawing();
  /** What is drawn of the model: a part of it, groups folded. */
  private drawn: DrawnModel = noDrawing();
  private cards = new Map<string, Card>();
  private layout: Layout = emptyLayout();
  /** What `layout` was made from, and what is being laid out now. */
  private laidOut = "";
  private asked = "";
  private direction: Direction = "TB";
  private room = 0;
  /** How many nodes may be seen before groups fold by themselves. */
  private capacity = usualRoom;
  private selected: string | null = null;
  private selectedByCursor = false;
  private highlighting = false;
  /** Another page is followed; a report is being shown: then there is nothing to tell other pages. */
  private following = false;
  private showing = false;
  private layoutProblem: string | null = null;
  /** The snippet runs with other numbers, and has for a while. */
  private runningTry = false;
  /** What did not work, until the next run or until it is asked for again. */
  private said = "";
  /** Nodes that are not drawn, because nobody could look at so many. */
  private leftOut = 0;
  /** Ends when the layout that was asked for last is drawn. */
  private laying: Promise<void> = Promise.resolve();
  private writing: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly env: AppEnvironment) {
    const { memory } = env;
    this.header = new Header({
      choose: (snippet) => env.host.choose(snippet),
      tab: (tab) => this.setTab(tab),
      search: (query) => this.setQuery(query),
      filters: this.filters(),
      next: (back) => this.nextMatch(back),
      save: (format) => env.host.save(format),
      copy: (format) => void this.copy(format),
      makeScript: (place) => void this.makeScript(place),
    });
    this.legendPanel = legend();
    this.legendButton = this.control("legend", "Legend", () =>
      this.setLegend(Boolean(this.legendPanel.hidden)),
    );
    this.directionButton = this.control("topDown", directionWords.auto, () => this.turn());
    this.graph = new GraphView(
      this.measure.width,
      {
        chosen: (key, options) => this.chosen(key, options),
        viewChanged: () => this.viewChanged(),
        toggled: (group, open) => this.toggleGroup(group, open),
      },
      this.directionButton,
      this.legendButton,
    );
    this.table = new TableView({
      chosen: (key, options) => this.chosen(key, options),
      toggled: (groups, open) => this.openOrFold(groups, open),
      changed: () => this.save(),
    });
    this.curves = new CurvesView({
      chosen: (key) => this.chosen(key, { go: false, focus: false }),
      goTo: (range) => env.host.reveal(range, false),
      replay: (site, call) => this.replay(site, call),
      copy: (text) => env.host.copy(text),
    });
    this.timeline = new TimelineView({ moved: (step) => this.moved(step), speedChanged: () => this.save() });
    this.lab = new Lab({
      ask: (question, tries) => env.host.ask(this.state?.runId ?? 0, question, tries),
      cancel: () => env.host.cancelQuestion(),
      tried: () => {
        this.share();
        void this.tryOut();
      },
      write: (tensor, value) => env.host.writeValue(this.state?.runId ?? 0, tensor, value),
      canWrite: (tensor) => env.host.canWrite(this.state?.runId ?? 0, tensor),
      opened: () => this.save(),
    });
    for (const name of memory.sections) this.lab.open.add(name);
    this.details = new DetailsView({
      lab: this.lab,
      select: (key) => {
        this.chosen(key, { go: false, focus: false });
        this.openAround(key);
      },
      open: (group) => this.toggleGroup(group, !this.drawn.frames.some(({ key }) => key === group)),
      goTo: (site) => env.host.reveal(site.range, false),
      copy: (text) => env.host.copy(text),
      elements: (tensor, offset, count) => env.host.elements(this.state?.runId ?? 0, tensor, offset, count),
    });
    const tabPanel = (tab: Tab, ...parts: HTMLElement[]): HTMLElement =>
      h(
        "div",
        { id: `panel-${tab}`, role: "tabpanel", "aria-labelledby": `tab-${tab}`, class: "panel" },
        ...parts,
      );
    this.graphPanel = tabPanel("graph", this.graph.element, this.legendPanel);
    this.tablePanel = tabPanel("table", this.table.element);
    this.curvesPanel = tabPanel("curves", this.curves.element);
    const main = h(
      "div",
      { class: "main" },
      this.graphPanel,
      this.tablePanel,
      this.curvesPanel,
      this.timeline.element,
    );
    const content = h("div", { class: "content" }, main);
    this.splitter = new Splitter(content, { resized: () => this.save() });
    content.append(this.splitter.element, this.details.element);
    const progress = h("div", { class: "progress", role: "progressbar", "aria-label": "Running" });
    const panel = h(
      "main",
      { class: "inspector" },
      progress,
      this.header.element,
      this.noticeArea,
      content,
      this.emptyArea,
    );
    env.root.replaceChildren(panel);
    new ResizeObserver(() => this.fitCapacity()).observe(panel);

    this.setTab(memory.tab);
    this.setLegend(memory.legend);
    this.splitter.set(memory.share);
    this.timeline.setSpeed(memory.speed);
    this.table.sorting = memory.sorting;
    this.table.expanded = new Set(memory.expanded);
    this.table.flat = memory.flat;
    if (memory.query !== "") this.header.setQuery(memory.query);
    this.graph.restore(memory.view);
    this.showDirection();
    this.watchTheme();
    panel.addEventListener("keydown", (event) => {
      const find = event.key === "/" || (event.key === "f" && (event.ctrlKey || event.metaKey));
      if (!find || (event.target as Element).closest("vscode-textfield, input, textarea")) return;
      this.header.focusSearch();
      event.preventDefault();
    });
  }

  show(state: InspectorState): void {
    const { memory } = this.env;
    const before = this.state;
    const step = this.timeline.step;
    this.state = state;
    const { snippet } = state;
    if (before?.runId !== state.runId || before.chosen !== state.chosen) {
      this.trial = null;
      this.lab.forget();
      this.said = "";
      this.runningTry = false;
    }
    const panel = this.env.root.firstElementChild;
    panel?.classList.toggle("is-running", state.running);
    panel?.classList.toggle("is-stale", state.stale);
    panel?.classList.toggle("is-empty", snippet === null);
    panel?.classList.toggle("is-alone", state.titles.length < 2);
    this.header.show(state);
    this.emptyArea.replaceChildren(
      ...(snippet === null ? [emptyMessage(state, (c) => this.env.host.runCommand(c))] : []),
    );
    const of = { file: state.file, title: state.titles[state.chosen] ?? "" };
    if (snippet !== null && (of.file !== memory.of.file || of.title !== memory.of.title)) {
      // Another snippet: nothing of what was looked at in the old one applies.
      if (memory.of.file !== "") {
        this.selected = null;
        Object.assign(memory, { selected: null, step: null, focus: null, opened: {} });
        this.graph.forgetView();
      }
      memory.of = of;
    }
    const sameRun = before?.runId === state.runId && before.chosen === state.chosen;
    const wanted = before === null || before.snippet === null ? memory.step : sameRun ? step : null;
    this.display(wanted);
  }

  /** Draws the snippet, or what became of it with other numbers. */
  private display(wanted: number | null): void {
    this.showing = true;
    this.fitCapacity();
    this.showSnippet(wanted);
    this.showing = false;
  }

  private showSnippet(wanted: number | null): void {
    const { snippet } = this;
    const { memory } = this.env;
    this.lab.original = this.trial === null ? null : (this.state?.snippet ?? null);
    this.model = snippet === null ? emptyModel() : buildModel(snippet);
    this.unfolded = unfolded(this.model);
    this.groups = snippet === null ? noGroups() : groupTree(snippet, this.model);
    this.selected ??= memory.selected;
    const known = (key: string): boolean => this.model.byKey.has(key) || this.groups.byKey.has(key);
    if (this.selected !== null && !known(this.selected)) this.selected = null;
    if (memory.focus !== null && !this.model.byKey.has(memory.focus.key)) memory.focus = null;
    this.table.show(this.model, this.groups);
    this.hasCurves = this.curves.show(snippet, this.model);
    this.header.offer("curves", this.hasCurves);
    this.showTab();
    this.showMatches();
    this.relayout();

    this.timeline.show(snippet);
    if (wanted !== null && snippet !== null && wanted < snippet.timeline.length) this.timeline.go(wanted);
    else this.moved(null);
    this.applySelection({ reveal: false });
    this.showNotices();
  }

  /** Runs the snippet with the numbers that are tried and shows that, or the real run again. */
  private async tryOut(): Promise<void> {
    const { lab, state } = this;
    if (state?.snippet == null) return;
    this.said = "";
    const { runId } = state;
    if (!lab.trying) {
      this.trial = null;
      this.display(this.timeline.step);
      return;
    }
    const { tries } = lab;
    const asked = JSON.stringify(tries);
    const waiting = setTimeout(() => this.showRunning(true), 300);
    const answer = await this.env.host.ask(runId, { kind: "whatIf" }, tries).finally(() => {
      clearTimeout(waiting);
    });
    // Something newer is tried by now, or the code has run again.
    if (this.state?.runId !== runId || JSON.stringify(lab.tries) !== asked) return;
    this.showRunning(false);
    if (answer.kind !== "whatIf") {
      this.say(answer.kind === "refused" ? answer.why : "There is no answer.");
      return;
    }
    this.trial = answer.report;
    this.trialWords = this.triedWords();
    this.display(this.timeline.step);
    if (answer.missed.length > 0)
      this.say("Not every number found its tensor: the code ran differently this time.");
  }

  /** A run with other numbers that takes its time can be ended. */
  private showRunning(running: boolean): void {
    if (this.runningTry === running) return;
    this.runningTry = running;
    this.showNotices();
  }

  private triedWords(): string {
    const { values, seeds } = this.lab;
    const done = [...this.lab.changes].map(([id, changes]) => {
      const tensor = this.state?.snippet?.tensors.find((t) => t.id === id);
      return `${tensor?.names[0] ?? "a tensor"} was changed (${changes.map((each) => changeWords(each, tensor?.shape ?? [])).join(", ")})`;
    });
    const parts = [...values].map(([id, numbers]) => {
      const name = this.state?.snippet?.tensors.find((t) => t.id === id)?.names[0] ?? "a tensor";
      const shown =
        numbers.length > 4
          ? `${numbers.length} other numbers`
          : numbers.map((n) => formatNumber(n)).join(", ");
      return `${name} were ${numbers.length > 1 && numbers.length <= 4 ? `[${shown}]` : shown}`;
    });
    for (const numbers of seeds.values()) {
      const shown =
        numbers.length > 6 ? "other numbers" : `[${numbers.map((n) => formatNumber(n)).join(", ")}]`;
      parts.push(`v were ${shown}`);
    }
    return [...parts, ...done].join(" and ");
  }

  follow({ runId, selected, step, tries }: Shared): void {
    if (this.state?.runId !== runId) return;
    this.following = true;
    try {
      if (selected !== this.selected) {
        this.selected = selected;
        this.applySelection({ reveal: true });
      }
      if (step !== this.timeline.step) this.timeline.go(step);
      if (JSON.stringify(tries) !== JSON.stringify(this.lab.tries)) this.lab.take(tries);
    } finally {
      this.following = false;
    }
  }

  /** What was done here is done in the other pages too. */
  private share(): void {
    if (this.following || this.state === null) return;
    const { selected, lab, state } = this;
    this.env.host.share({ runId: state.runId, selected, step: this.timeline.step, tries: lab.tries });
  }

  select(selection: Selection): void {
    const key =
      selection === null
        ? undefined
        : selection.kind === "tensor"
          ? this.model.byTensor.get(selection.id)
          : this.model.byNode.get(selection.id);
    if (key === undefined) {
      // The cursor left what it had selected; what a person chose here stays.
      if (!this.selectedByCursor) return;
      this.selected = null;
    } else this.selected = key;
    this.selectedByCursor = true;
    this.applySelection({ reveal: true });
    this.save();
  }

  async exportGraph(format: ExportFormat): Promise<string> {
    // A page that was opened for this has just been shown its first graph.
    await this.laying;
    return exported(format, this.exportable());
  }

  private exportable(): Exportable {
    return { snippet: this.snippet, model: this.model, direction: this.direction, graph: this.graph };
  }

  private get snippet(): SnippetReport | null {
    return this.trial ?? this.state?.snippet ?? null;
  }

  private async copy(format: ExportFormat): Promise<void> {
    this.said = "";
    try {
      if (format === "png") await copyImage(this.exportable());
      else this.env.host.copy(await this.exportGraph(format));
    } catch (error) {
      this.say(`The graph could not be copied: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** The engine tries what can be left out, which takes a moment. */
  private async makeScript(place: "clipboard" | "editor"): Promise<void> {
    try {
      this.said = "";
      this.showNotices();
      const why = await this.env.host.makeScript(this.state?.runId ?? 0, place);
      if (why !== null) this.say(why);
    } catch (error) {
      this.say(`No script could be made: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private chosen(key: string | null, options: { go: boolean; focus: boolean }): void {
    this.selected = key;
    this.selectedByCursor = false;
    this.applySelection({ reveal: false });
    this.share();
    const site = key === null ? null : (this.viewOf(key)?.site ?? null);
    if (options.go && site !== null && site.file === undefined)
      this.env.host.reveal(site.range, options.focus);
    this.save();
  }

  private applySelection(options: { reveal: boolean }): void {
    const { selected } = this;
    this.graph.select(selected === null ? null : (this.drawn.shownAs.get(selected) ?? selected), options);
    this.table.select(selected, options.reveal);
    this.curves.select(selected);
    const view = selected === null ? null : this.viewOf(selected);
    this.details.show(view, this.snippet, this.model);
    this.env.root.firstElementChild?.classList.toggle("has-selection", view !== null);
  }

  /** A node, or a group, be it folded or open. */
  private viewOf(key: string): DrawnNode | null {
    const view = this.model.byKey.get(key) ?? this.drawn.byKey.get(key);
    if (view !== undefined) return view;
    const group = this.groups.byKey.get(key);
    return group === undefined ? null : { ...groupView(group, this.model), open: true };
  }

  private moved(step: number | null): void {
    const { snippet } = this;
    const frame = step === null || snippet === null ? null : frameAt(snippet, this.drawn, step);
    this.graph.setFrame(frame);
    // The table has every node, also where the graph has folded it away.
    const now = frame === null ? undefined : activeKey(frame.step, this.unfolded);
    this.table.setActive(now ?? null);
    const call = frame !== null && "call" in frame.step ? snippet?.backwardCalls[frame.step.call] : undefined;
    if (call?.ordinal !== undefined) this.curves.setCall(call.site, call.ordinal);
    const range = frame?.range ?? null;
    if (range !== null || this.highlighting) this.env.host.highlight(range);
    this.highlighting = range !== null;
    if (!this.showing) this.share();
    this.save();
  }

  /** The first step of a backward call. Of a loop's calls the timeline has some only. */
  private replay(site: Site | null, ordinal: number): string {
    const { snippet } = this;
    const calls = snippet?.backwardCalls ?? [];
    const here = calls.filter((call) => site === null || sameRange(call.site.range, site.range));
    const index = calls.findIndex((call, i) => here.includes(call) && (call.ordinal ?? i + 1) === ordinal);
    const step = snippet?.timeline.findIndex(
      (each) => (each.kind === "backward" || each.kind === "accumulate") && each.call === index,
    );
    if (index >= 0 && step !== undefined && step >= 0) {
      this.timeline.pause();
      this.timeline.go(step);
      return "";
    }
    const kept = here.map((call) => call.ordinal ?? calls.indexOf(call) + 1);
    return `Of call ${ordinal} only these numbers were kept; the timeline replays ${listed(kept)}.`;
  }

  private setTab(tab: Tab): void {
    this.env.memory.tab = tab;
    this.showTab();
    this.table.select(this.selected, true);
    this.save();
  }

  /** The tab that is wanted; the graph while the snippet has no curves. */
  private showTab(): void {
    const wanted = this.env.memory.tab;
    const tab = wanted === "curves" && !this.hasCurves ? "graph" : wanted;
    this.header.setTab(tab);
    this.graphPanel.hidden = tab !== "graph";
    this.tablePanel.hidden = tab !== "table";
    this.curvesPanel.hidden = tab !== "curves";
    this.table.setVisible(tab === "table");
  }

  private setLegend(open: boolean): void {
    this.legendPanel.hidden = !open;
    this.legendButton.setAttribute("aria-expanded", String(open));
    this.save();
  }

  private setQuery(query: string): void {
    this.env.memory.query = query;
    if (this.env.memory.onlyMatches) this.relayout();
    this.showMatches();
    this.save();
  }

  private showMatches(): void {
    const { query } = this.env.memory;
    const found = search(this.model, query);
    this.graph.setMatches(found === null ? null : this.shownOf(found));
    this.header.setFiltering(
      this.env.memory.focus !== null || (found !== null && this.env.memory.onlyMatches),
    );
    this.table.setQuery(query);
    this.showCount(found);
  }

  private showCount(found: ReadonlySet<string> | null): void {
    const at = found === null ? -1 : [...found].indexOf(this.selected ?? "");
    this.header.setCount(found === null ? null : found.size, at + 1);
  }

  private nextMatch(back: boolean): void {
    const found = search(this.model, this.env.memory.query);
    if (found === null || found.size === 0) return;
    const keys = [...found];
    const at = keys.indexOf(this.selected ?? "");
    const next = keys.at(back ? (at < 0 ? -1 : at - 1) : (at + 1) % keys.length);
    if (next === undefined) return;
    this.chosen(next, { go: false, focus: false });
    this.openAround(next);
    this.applySelection({ reveal: true });
    this.showCount(found);
  }

  private shownOf(keys: ReadonlySet<string>): Set<string> {
    return new Set([...keys].flatMap((key) => this.drawn.shownAs.get(key) ?? []));
  }

  private filters(): (MenuItem | null)[] {
    const { memory } = this.env;
    const has = (word: string): boolean => memory.query.toLowerCase().split(/\s+/).includes(word);
    const toggle = (word: string): void => {
      const words = memory.query.split(/\s+/).filter(Boolean);
      const next = has(word) ? words.filter((w) => w.toLowerCase() !== word) : [...words, word];
      this.header.setQuery(next.join(" "));
    };
    const focus = (way: Way, label: string): MenuItem => ({
      label,
      checked: () => memory.focus?.way === way,
      enabled: () =>
        memory.focus?.way === way || (this.selected !== null && this.model.byKey.has(this.selected)),
      run: () => this.setFocus(way),
    });
    return [
      focus("ancestors", "Only what leads to the selection"),
      focus("descendants", "Only what the selection leads to"),
      focus("both", "Only what is connected with the selection"),
      null,
      ...Object.entries(states).map(([state, label]) => ({
        label,
        checked: () => has(`is:${state}`),
        run: () => toggle(`is:${state}`),
      })),
      null,
      {
        label: "Open all groups",
        enabled: () => this.groups.roots.length > 0,
        run: () => this.openAll(true),
      },
      {
        label: "Fold all groups",
        enabled: () => this.groups.roots.length > 0,
        run: () => this.openAll(false),
      },
      {
        label: "Table without groups",
        checked: () => memory.flat,
        enabled: () => this.groups.roots.length > 0,
        run: () => {
          memory.flat = !memory.flat;
          this.table.setFlat(memory.flat);
          this.save();
        },
      },
      null,
      {
        label: "Hide what is not found",
        checked: () => memory.onlyMatches,
        run: () => {
          memory.onlyMatches = !memory.onlyMatches;
          this.refold();
        },
      },
      { label: "Show everything", run: () => this.showEverything() },
    ];
  }

  private setFocus(way: Way): void {
    const { memory } = this.env;
    if (memory.focus?.way === way) memory.focus = null;
    else if (this.selected !== null) memory.focus = { key: this.selected, way };
    this.refold();
  }

  private showEverything(): void {
    Object.assign(this.env.memory, { focus: null, onlyMatches: false });
    this.header.setQuery("");
    this.refold();
  }

  private toggleGroup(group: string, open: boolean): void {
    const inside = this.groups.byKey.get(group);
    // Opened, its first node is selected; folded, the group itself.
    this.selected = open ? (firstIn(inside) ?? null) : group;
    if (open) this.graph.awaitFrame(group);
    this.openOrFold([group], open);
  }

  private openOrFold(groups: readonly string[], open: boolean): void {
    const { memory } = this.env;
    memory.opened = { ...memory.opened };
    for (const group of groups) memory.opened[group] = open;
    this.refold();
  }

  private openAll(open: boolean): void {
    this.graph.forgetView();
    this.openOrFold([...this.groups.byKey.keys()], open);
  }

  /** Opens whatever hides a node. */
  private openAround(key: string): void {
    const closed = groupsAround(this.groups, key).filter(
      (group) => !this.drawn.frames.some((frame) => frame.key === group.key),
    );
    if (closed.length === 0) return;
    this.openOrFold(
      closed.map((group) => group.key),
      true,
    );
  }

  /** What is drawn of the model has changed, and nothing else. */
  private refold(): void {
    this.relayout();
    this.showMatches();
    this.moved(this.timeline.step);
    this.applySelection({ reveal: false });
    this.save();
  }

  private drawnModel(): DrawnModel {
    const { memory } = this.env;
    let part = this.model;
    if (memory.focus !== null) part = subset(part, reach(part, memory.focus.key, memory.focus.way));
    const found = memory.onlyMatches ? search(this.model, memory.query) : null;
    if (found !== null) part = subset(part, found);
    const open = (of: GraphModel): Set<string> => openGroups(this.groups, of, memory.opened, this.capacity);
    this.table.setOpen(open(this.model));
    const drawn = fold(part, this.groups, open(part));
    this.leftOut = 0;
    if (drawn.nodes.length <= mostDrawn) return drawn;
    const near = subset(part, nearest(part, mostDrawn));
    const bounded = fold(near, this.groups, open(near));
    this.leftOut = part.nodes.length - near.nodes.length;
    return bounded;
  }

  private turn(): void {
    const order: DirectionChoice[] = ["auto", "LR", "TB"];
    const { memory } = this.env;
    memory.direction = order[(order.indexOf(memory.direction) + 1) % order.length] ?? "auto";
    this.graph.forgetView();
    this.relayout();
    this.showDirection();
    this.save();
  }

  private showDirection(): void {
    const { direction } = this.env.memory;
    this.directionButton.replaceChildren(icon(this.direction === "LR" ? "leftRight" : "topDown"));
    this.directionButton.classList.toggle("is-auto", direction === "auto");
    const words = directionWords[direction];
    this.directionButton.title = words;
    this.directionButton.setAttribute("aria-label", words);
  }

  /** Halves of doublings: a new layout is worth its while only when the room's shape has clearly changed. */
  private roomShape(): number {
    const { width, height } = this.graph.shape;
    if (this.env.memory.direction !== "auto" || width === 0) return 0;
    if (this.drawn.nodes.length > compareUpTo) return 0;
    return Math.round(2 * Math.log2(width / Math.max(1, height)));
  }

  /** Groups fold and unfold by themselves with the panel's size, but not when the details open in it. */
  private fitCapacity(): void {
    const { width, height } = this.env.root.getBoundingClientRect();
    const capacity = capacityOf(width, height);
    if (width === 0 || capacity === this.capacity) return;
    this.capacity = capacity;
    if (this.state !== null && this.groups.roots.length > 0) this.refold();
  }

  /** Asks for a layout unless what is to be laid out is what is laid out already. */
  private relayout(): void {
    this.drawn = this.drawnModel();
    this.cards = new Map(this.drawn.nodes.map((view) => [view.key, cardOf(view, this.measure.width)]));
    const input: LayoutInput = {
      direction: this.env.memory.direction,
      room: this.graph.shape,
      before: this.layout.width > 0 ? this.direction : null,
      nodes: this.drawn.nodes.map(({ key }) => {
        const card = this.cards.get(key);
        return { key, width: card?.width ?? 0, height: card?.height ?? 0 };
      }),
      edges: this.drawn.edges.map(({ key, from, to, kind }) => ({
        key,
        from,
        to,
        ...(kind === "write" ? { free: true } : {}),
      })),
      groups: this.drawn.frames.map(({ key, parent, label, own, children }) => ({
        key,
        parent: parent?.key ?? null,
        label,
        nodes: [...own, ...children.map((child) => child.key)].filter((inner) => this.drawn.byKey.has(inner)),
      })),
    };
    this.room = this.roomShape();
    const signature = JSON.stringify({ ...input, before: null, room: this.room });
    this.asked = signature;
    if (signature === this.laidOut) {
      this.env.layouts.cancel();
      this.drawGraph(false);
      return;
    }
    this.laying = this.env.layouts.layout(input).then((outcome) => {
      if (this.asked !== signature || outcome.kind === "superseded") return;
      if (outcome.kind === "failed") {
        this.layoutProblem = `The graph could not be laid out: ${outcome.message}`;
        this.showNotices();
        return;
      }
      this.layoutProblem = null;
      const first = this.laidOut === "";
      this.laidOut = signature;
      this.layout = outcome.layout;
      this.direction = outcome.layout.direction;
      this.showDirection();
      this.drawGraph(!first);
      this.showNotices();
    });
  }

  private drawGraph(animate: boolean): void {
    this.graph.show(this.drawn, this.layout, this.cards, animate);
    this.env.root.dataset.drawn = String(Number(this.env.root.dataset.drawn ?? 0) + 1);
  }

  private viewChanged(): void {
    if (this.state !== null && this.roomShape() !== this.room) this.relayout();
    this.save();
  }

  private showNotices(): void {
    const { state } = this;
    if (state === null) return;
    const tried = this.trial === null ? null : { words: this.trialWords, reset: () => this.lab.reset() };
    const shown = { ...state, snippet: this.snippet };
    const much =
      this.leftOut > 0
        ? `${this.leftOut} nodes further from the result are not drawn. The table has them all; a focus or a filter draws those asked for.`
        : null;
    const all = notices(
      shown,
      this.layoutProblem ?? much,
      (range) => this.env.host.reveal(range, false),
      tried,
    );
    if (this.runningTry) {
      const stop = h(
        "button",
        { type: "button", class: "link", click: () => this.env.host.cancelQuestion() },
        "stop",
      );
      all.push(h("p", { class: "notice notice-tried" }, "Running with other numbers… ", stop));
    }
    if (this.said !== "") all.push(h("p", { class: "notice notice-warning" }, this.said));
    this.noticeArea.replaceChildren(...all);
  }

  private say(text: string): void {
    this.said = text;
    this.showNotices();
  }

  private control(name: Parameters<typeof icon>[0], label: string, click: () => void): HTMLButtonElement {
    return h(
      "button",
      { type: "button", class: "icon-button", title: label, "aria-label": label, click },
      icon(name),
    );
  }

  /** VS Code changes the theme by classes on the body and variables on the root element. */
  private watchTheme(): void {
    const observer = new MutationObserver(() => {
      this.measure.forget();
      if (this.state !== null) this.relayout();
    });
    observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
  }

  /** Written a little later, since much of it changes with every movement of the mouse. */
  private save(): void {
    if (this.writing !== null) return;
    this.writing = setTimeout(() => {
      this.writing = null;
      const { memory } = this.env;
      Object.assign(memory, {
        legend: !this.legendPanel.hidden,
        share: this.splitter.value,
        speed: this.timeline.speed,
        sorting: this.table.sorting,
        expanded: [...this.table.expanded],
        sections: [...this.lab.open],
      });
      // Before a graph is shown there is nothing that would be worth more than what is remembered.
      if (this.laidOut !== "") {
        Object.assign(memory, {
          selected: this.selected,
          step: this.timeline.step,
          view: this.graph.viewState,
        });
      }
      this.env.remember(memory);
    }, 150);
  }
}

/** "call 1", "calls 1, 2 and 300" */
function listed(calls: readonly number[]): string {
  if (calls.length < 2) return calls.length === 0 ? "none" : `call ${calls[0]}`;
  return `calls ${calls.slice(0, -1).join(", ")} and ${calls.at(-1)}`;
}

/** About how many nodes can be read at once in a panel of this size, in steps, so that a drag does not change it all the time. */
function capacityOf(width: number, height: number): number {
  const drawing = (width < sideBySide ? width : width * 0.6) * Math.max(0, height - 230);
  const room = drawing / 17_000;
  return [30, usualRoom, 14].find((step) => room >= step) ?? 8;
}

/** The first node of a group, in the order of the report. */
function firstIn(group: Group | undefined): string | undefined {
  return group?.own[0] ?? group?.children.map(firstIn).find((key) => key !== undefined);
}
