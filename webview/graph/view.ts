// The drawn graph: keeps one SVG group per node key across updates, moves it rather than redrawing
// it, and turns mouse and keys into selections. What is far outside the view is not in the document.
import { h, prefersReducedMotion, svg } from "../dom";
import { icon } from "../icons";
import type { Frame } from "../timeline/frames";
import { type Card, cardOf, type Measure } from "./card";
import { describeEdge, describeView } from "./describe";
import { drawCard, drawEdge } from "./draw";
import { drawFlows, drawLabels } from "./flows";
import { drawFrames } from "./frameLayer";
import { type Box, boundsOf, emptyLayout, intersects, type Layout, type Point } from "./geometry";
import { type DrawnModel, type DrawnNode, type Group, noDrawing } from "./groups";
import { Minimap } from "./minimap";
import { type Arrow, inOrder, neighbour } from "./navigation";
import { fitted, listenForViews, onto, opening, showing, type View, visiblePart, zoomedAt } from "./viewport";

export interface GraphCallbacks {
  /** Chosen by mouse or keys; `go` asks to show the code too, `focus` to move the keyboard there. */
  chosen(key: string | null, options: { go: boolean; focus: boolean }): void;
  viewChanged(): void;
  /** A group is to be opened or folded. */
  toggled(group: string, open: boolean): void;
}

/** More labels than these would hide what they are about. */
const mostLabels = 12;

/** Above this many nodes only those near the view are in the document. */
const keepAll = 120;

interface Drawn {
  group: SVGGElement;
  /** Takes focus and name: the picture under it says the same in pieces that would be read one by one. */
  target: SVGRectElement;
  signature: string;
}

export class GraphView {
  readonly element: HTMLElement;
  private readonly canvas: SVGSVGElement;
  private readonly world = svg("g", { class: "world" });
  private readonly frameLayer = svg("g", { class: "frames", role: "group", "aria-label": "Open groups" });
  private readonly edgeLayer = svg("g", { class: "edges", "aria-hidden": "true" });
  private readonly nodeLayer = svg("g", { class: "nodes" });
  private readonly flowLayer = svg("g", { class: "flows", "aria-hidden": "true" });
  private readonly labelLayer = svg("g", { class: "edge-labels", "aria-hidden": "true" });
  /** The groups around what is selected, from the outside in. */
  private readonly crumbs = h("nav", { class: "crumbs", "aria-label": "Groups around the selection" });
  /** What the mouse is on. */
  private hovered: { node: string } | { edge: string } | null = null;
  private readonly drawn = new Map<string, Drawn>();
  private readonly drawnEdges = new Map<string, SVGGElement>();
  /** Of the layout that is shown. */
  private readonly edgeBounds = new Map<string, Box>();
  private readonly minimap = new Minimap((view) => {
    this.untouched = false;
    this.setView(view);
  });
  private model: DrawnModel = noDrawing();
  private layout: Layout = emptyLayout();
  private cards = new Map<string, Card>();
  private frame: Frame | null = null;
  private matches: Set<string> | null = null;
  private selected: string | null = null;
  private order: string[] = [];
  private view: View = { x: 0, y: 0, scale: 1 };
  private size = { width: 0, height: 0 };
  /** The person has not moved the drawing: it may be fitted anew. */
  private untouched = true;
  private pending = false;
  private awaited: string | null = null;

  constructor(
    private readonly measure: Measure,
    private readonly callbacks: GraphCallbacks,
    ...controls: HTMLElement[]
  ) {
    this.world.append(this.frameLayer, this.edgeLayer, this.nodeLayer, this.flowLayer, this.labelLayer);
    this.canvas = svg(
      "svg",
      { class: "canvas", role: "group", "aria-label": "Computation graph" },
      this.world,
    );
    this.nodeLayer.setAttribute("role", "listbox");
    this.nodeLayer.setAttribute(
      "aria-label",
      "Tensors and operators; arrow keys follow the edges, Enter goes to the code or opens what is folded, C folds",
    );
    const buttons = h("div", { class: "graph-controls", role: "toolbar", "aria-label": "View of the graph" });
    buttons.append(
      this.button("zoomOut", "Zoom out (−)", () => this.zoom(1 / 1.25)),
      this.button("zoomIn", "Zoom in (+)", () => this.zoom(1.25)),
      this.button("fit", "Fit the whole graph (0)", () => this.fit(true)),
      this.button("target", "Zoom to the selection (Z)", () => this.zoomToSelection()),
      ...controls,
    );
    this.element = h(
      "div",
      { class: "graph" },
      this.canvas as unknown as Node,
      this.minimap.element,
      this.crumbs,
      buttons,
    );
    listenForViews(
      this.canvas,
      () => this.view,
      (view) => {
        this.untouched = false;
        this.setView(view);
      },
    );
    this.canvas.addEventListener("click", (event) => this.onClick(event));
    this.canvas.addEventListener("dblclick", (event) => this.onDoubleClick(event));
    this.canvas.addEventListener("keydown", (event) => this.onKey(event));
    this.canvas.addEventListener("pointerover", (event) => this.hover(event));
    this.canvas.addEventListener("pointerleave", () => this.hover(null));
    new ResizeObserver(() => this.onResize()).observe(this.element);
  }

  private button(name: Parameters<typeof icon>[0], label: string, click: () => void): HTMLElement {
    return h(
      "button",
      { type: "button", class: "icon-button", title: label, "aria-label": label, click },
      icon(name),
    );
  }

  /** Draws a model at its layout. Nodes that were there move from where they were. */
  show(model: DrawnModel, layout: Layout, cards: Map<string, Card>, animate: boolean): void {
    const before = this.layout;
    const moved = layout !== before;
    const { shownAs } = this.model;
    this.model = model;
    this.layout = layout;
    if (moved) this.edgeBounds.clear();
    this.cards = cards;
    this.order = moved ? inOrder(model, layout) : this.order;
    const focused = this.nodeLayer.contains(document.activeElement);
    for (const [key, drawn] of this.drawn) {
      if (model.byKey.has(key)) continue;
      drawn.group.remove();
      this.drawn.delete(key);
    }
    for (const group of this.drawnEdges.values()) group.remove();
    this.drawnEdges.clear();
    if (moved && this.untouched && this.size.width > 0) this.view = opening(layout, this.size, this.result());
    this.applyView();
    if (moved) this.frameLayer.replaceChildren(...drawFrames(model.frames, layout, this.measure));
    this.draw();
    this.minimap.show(model, layout, this.matches);
    // What had the focus may be folded away by now, or have been unfolded.
    if (focused && !this.nodeLayer.contains(document.activeElement)) {
      this.drawn.get(this.selected ?? "")?.target.focus({ preventScroll: true });
    }
    const { awaited } = this;
    this.awaited = null;
    if (moved && awaited !== null && layout.frames[awaited]) this.revealBox(layout.frames[awaited]);
    else if (moved && this.selected !== null) this.reveal(this.selected);
    if (moved && animate && !prefersReducedMotion()) this.glide(before, shownAs);
  }

  /** The edge that the mouse is on, or those of the node, say what they carry. */
  private hover(event: Event | null): void {
    const target = event?.target as Element | null;
    const edge = target?.closest("[data-edge]")?.getAttribute("data-edge");
    const node = target?.closest("[data-key]")?.getAttribute("data-key");
    this.hovered = edge ? { edge } : node ? { node } : null;
    this.markEdges();
  }

  /** Edges that are looked at stand out with what they carry; in the timeline the numbers take the place of that. */
  private markEdges(): void {
    const { hovered, selected } = this;
    const node = hovered === null ? selected : "node" in hovered ? hovered.node : null;
    const edge = hovered !== null && "edge" in hovered ? hovered.edge : null;
    const labels: { edge: string; text: string }[] = [];
    for (const each of this.model.edges) {
      const ends = each.from === node || each.to === node;
      const near = each.key === edge || ends || each.from === selected || each.to === selected;
      this.drawnEdges.get(each.key)?.classList.toggle("near", near);
      if (each.key === edge || (ends && node !== null)) {
        labels.push({ edge: each.key, text: describeEdge(each) });
      }
    }
    const shown = this.frame === null && labels.length <= mostLabels ? labels : [];
    this.labelLayer.replaceChildren(...drawLabels(shown, this.layout, this.measure));
  }

  private showCrumbs(): void {
    const { selected } = this;
    const around: Group[] = [];
    const inner = selected === null ? undefined : this.frameOf(selected);
    for (let at: Group | null = inner ?? null; at !== null; at = at.parent) around.unshift(at);
    const shown = around.map(({ key }) => key).join(" ");
    for (const frame of this.frameLayer.children) {
      frame.classList.toggle("selected", frame.getAttribute("data-group") === selected);
    }
    if (this.crumbs.dataset.shown === shown) return;
    this.crumbs.dataset.shown = shown;
    this.crumbs.hidden = around.length === 0;
    this.crumbs.replaceChildren(
      ...around.map((group) =>
        h(
          "button",
          {
            type: "button",
            class: "crumb",
            title: `Select ${group.label}`,
            click: () => {
              this.callbacks.chosen(group.key, { go: false, focus: false });
              this.reveal(group.key);
            },
          },
          group.label,
        ),
      ),
    );
  }

  setFrame(frame: Frame | null): void {
    if (frame === this.frame) return;
    this.frame = frame;
    this.draw();
    if (frame === null) return;
    this.revealActive();
  }

  /** What happens at the step that is shown. */
  private revealActive(): void {
    const active = [...(this.frame?.phases ?? [])].find(([, phase]) => phase === "active")?.[0];
    if (active !== undefined) this.reveal(active);
  }

  setMatches(matches: Set<string> | null): void {
    this.matches = matches;
    this.draw();
    this.minimap.show(this.model, this.layout, matches);
  }

  select(key: string | null, options: { reveal: boolean; focus?: boolean }): void {
    this.selected = key;
    this.draw();
    if (key === null) return;
    if (options.reveal) this.reveal(key);
    if (options.focus) this.drawn.get(key)?.target.focus({ preventScroll: true });
  }

  /** Nodes that are drawn at the moment, for what wants to look at them. */
  get viewState(): { view: View; untouched: boolean } {
    return { view: this.view, untouched: this.untouched };
  }

  restore(state: { view: View; untouched: boolean }): void {
    this.untouched = state.untouched;
    if (!state.untouched) this.setView(state.view);
  }

  fit(animate: boolean): void {
    this.untouched = true;
    this.setView(fitted(this.layout, this.size), animate);
  }

  /** The selected node and what it is connected to, as large as they fit. */
  zoomToSelection(): void {
    const { selected } = this;
    const own = selected === null ? undefined : this.boxOf(selected);
    if (own === undefined) return;
    const boxes = [own];
    for (const { from, to } of this.model.edges) {
      const other =
        from === selected ? this.layout.boxes[to] : to === selected ? this.layout.boxes[from] : null;
      if (other) boxes.push(other);
    }
    const around = boundsOf(boxes.flatMap((box) => [box, { x: box.x + box.width, y: box.y + box.height }]));
    this.untouched = false;
    this.setView(onto(around, own, this.size), true);
  }

  /** The next layout is looked at from its own opening, as after a change of direction. */
  forgetView(): void {
    this.untouched = true;
  }

  zoom(factor: number): void {
    this.untouched = false;
    this.setView(zoomedAt(this.view, { x: this.size.width / 2, y: this.size.height / 2 }, factor), true);
  }

  /** The whole drawing, every node of it, for a picture; `after` is called with it before it is culled again. */
  withEverything<T>(use: (world: SVGGElement, size: { width: number; height: number }) => T): T {
    this.draw(true);
    const result = use(this.world, this.layout);
    this.draw();
    return result;
  }

  /** Measured now where the first notice of it is still to come. */
  get shape(): { width: number; height: number } {
    if (this.size.width > 0) return this.size;
    const { width, height } = this.element.getBoundingClientRect();
    return { width, height };
  }

  /** What failed, else where backward started last, else the end of the drawing. */
  private result(): Box | null {
    const failed = this.model.nodes.find((view) => view.failing !== null);
    const root = failed ?? this.model.nodes.findLast((view) => "root" in view && view.root);
    return this.layout.boxes[root?.key ?? this.order.at(-1) ?? ""] ?? null;
  }

  /** The frame of this group is to be in sight when it has been laid out. */
  awaitFrame(group: string): void {
    this.awaited = group;
  }

  private reveal(key: string): void {
    this.revealBox(this.boxOf(key));
  }

  /** Of a node, or of the frame of an open group. */
  private boxOf(key: string): Box | undefined {
    return this.layout.boxes[key] ?? this.layout.frames[key];
  }

  /** What is larger than the room is shown from its top left. */
  private revealBox(whole: Box | undefined): void {
    if (whole === undefined || this.size.width === 0) return;
    const { scale } = this.view;
    const box = {
      ...whole,
      width: Math.min(whole.width, (this.size.width - 80) / scale),
      height: Math.min(whole.height, (this.size.height - 100) / scale),
    };
    const view = showing(this.view, box, this.size);
    if (view !== this.view) this.setView(view, true);
  }

  private setView(view: View, animate = false): void {
    this.view = view;
    this.world.classList.toggle("gliding", animate && !prefersReducedMotion());
    this.applyView();
    this.callbacks.viewChanged();
    if (this.pending || this.model.nodes.length <= keepAll) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      this.draw();
    });
  }

  private applyView(): void {
    const { x, y, scale } = this.view;
    this.world.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    this.canvas.classList.toggle("far", scale < 0.4);
    this.canvas.classList.toggle("very-far", scale < 0.2);
    this.minimap.see(this.view, this.size);
  }

  private onResize(): void {
    const { width, height } = this.element.getBoundingClientRect();
    if (width === this.size.width && height === this.size.height) return;
    const first = this.size.width === 0;
    this.size = { width, height };
    if (this.untouched && this.layout.width > 0) this.setView(opening(this.layout, this.size, this.result()));
    else if (first) this.draw();
    // The details open below and take room: what they are about stays in sight.
    if (this.selected !== null) this.reveal(this.selected);
    this.revealActive();
    this.callbacks.viewChanged();
  }

  /** Brings the document in line with model, layout, frame, search and selection. */
  private draw(everything = false): void {
    const all = everything || this.model.nodes.length <= keepAll || this.size.width === 0;
    const seen = grown(visiblePart(this.view, this.size), 200);
    const focus = this.focusKey();
    for (const view of this.model.nodes) {
      const box = this.layout.boxes[view.key];
      if (box === undefined) continue;
      if (all || intersects(box, seen) || view.key === focus) this.drawNode(view, box);
      else this.forget(view.key);
    }
    const flowing = new Set(this.frame?.flows.map((flow) => flow.edge));
    for (const edge of this.model.edges) {
      const spline = this.layout.splines[edge.key];
      if (spline === undefined) continue;
      const wanted = all || intersects(this.boundsOfEdge(edge.key, spline.points), seen);
      let group = this.drawnEdges.get(edge.key);
      if (!wanted) {
        group?.remove();
        this.drawnEdges.delete(edge.key);
        continue;
      }
      if (group === undefined) {
        group = drawEdge(edge, this.layout) ?? undefined;
        if (group === undefined) continue;
        this.drawnEdges.set(edge.key, group);
        this.edgeLayer.append(group);
      }
      const dim = this.matches !== null && !(this.matches.has(edge.from) && this.matches.has(edge.to));
      group.classList.toggle("dim", dim);
      group.classList.toggle("flowing", flowing.has(edge.key));
      const future = [edge.from, edge.to].some((key) => this.frame?.phases.get(key) === "future");
      group.classList.toggle("future", future);
    }
    this.flowLayer.replaceChildren(
      ...(this.frame === null ? [] : drawFlows(this.frame.flows, this.layout, this.measure)),
    );
    this.markEdges();
    this.showCrumbs();
  }

  private boundsOfEdge(key: string, points: readonly Point[]): Box {
    let bounds = this.edgeBounds.get(key);
    if (bounds === undefined) {
      bounds = boundsOf(points);
      this.edgeBounds.set(key, bounds);
    }
    return bounds;
  }

  private focusKey(): string | null {
    const { selected } = this;
    if (selected !== null && this.model.byKey.has(selected)) return selected;
    return this.order[0] ?? null;
  }

  private drawNode(view: DrawnNode, box: Box): void {
    const { key } = view;
    const base = this.cards.get(key);
    if (base === undefined) return;
    const moment = this.frame?.moments.get(key);
    const card = moment === undefined ? base : cardOf(view, this.measure, moment, base);
    const signature = JSON.stringify(card);
    let drawn = this.drawn.get(key);
    if (drawn === undefined) {
      const target = svg("rect", { class: "target", role: "option" });
      const group = svg("g", { "data-key": key, role: "presentation" });
      drawn = { group, target, signature: "" };
      this.drawn.set(key, drawn);
      this.nodeLayer.append(group);
    }
    const { group, target } = drawn;
    if (drawn.signature !== signature) {
      drawn.signature = signature;
      drawn.target.setAttribute("width", String(card.width));
      drawn.target.setAttribute("height", String(card.height));
      group.replaceChildren(svg("g", { "aria-hidden": "true" }, ...drawCard(card)), drawn.target);
    }
    group.setAttribute("transform", `translate(${box.x} ${box.y})`);
    // What a step adds stands out over the card's side, and so over a neighbour; moving an element takes its focus.
    const over = moment?.added !== undefined && group !== this.nodeLayer.lastElementChild;
    if (over && !group.contains(document.activeElement)) this.nodeLayer.append(group);
    group.setAttribute("class", this.classesOf(view));
    target.setAttribute("aria-label", describeView(view));
    target.setAttribute("aria-selected", String(key === this.selected));
    target.setAttribute("tabindex", key === this.focusKey() ? "0" : "-1");
  }

  private classesOf(view: DrawnNode): string {
    const classes = ["node", `node-${view.kind}`];
    if (view.kind === "tensor") {
      classes.push(view.tensor.requiresGrad ? "tracked" : "untracked");
      if (view.frozen) classes.push("is-frozen");
    } else if ("node" in view && view.node.state === "freed") {
      if (!this.frame?.moments.get(view.key)?.notYetFreed) classes.push("is-freed");
    }
    if (view.failing !== null && !this.frame?.moments.get(view.key)?.notYetFailed) classes.push("is-failing");
    if (view.key === this.selected) classes.push("selected");
    if (this.matches !== null) classes.push(this.matches.has(view.key) ? "match" : "dim");
    const phase = this.frame?.phases.get(view.key);
    if (phase !== undefined) classes.push(phase);
    return classes.join(" ");
  }

  private forget(key: string): void {
    this.drawn.get(key)?.group.remove();
    this.drawn.delete(key);
  }

  /**
   * From where things were to where they are: nodes slide, all edges fade in. What a group held comes out of it;
   * a group that was folded comes from the middle of what it holds.
   */
  private glide(before: Layout, shownAs: ReadonlyMap<string, string>): void {
    const timing = { duration: 240, easing: "ease-out" };
    for (const [key, { group }] of this.drawn) {
      const old = before.boxes[key] ?? before.boxes[shownAs.get(key) ?? ""] ?? before.frames[key];
      const now = this.layout.boxes[key];
      if (now === undefined) continue;
      if (old === undefined) {
        group.animate([{ opacity: 0 }, { opacity: 1 }], timing);
      } else if (old.x !== now.x || old.y !== now.y) {
        const place = (box: Box): Keyframe => ({ transform: `translate(${box.x}px, ${box.y}px)` });
        group.animate([place(old), place(now)], timing);
      }
    }
    for (const layer of [this.edgeLayer, this.frameLayer])
      layer.animate([{ opacity: 0 }, { opacity: 0, offset: 0.5 }, { opacity: 1 }], { duration: 360 });
  }

  /** The innermost open group around a node. */
  private frameOf(key: string): Group | undefined {
    return this.model.frames.findLast(
      (group) => group.own.includes(key) || group.children.some((c) => c.key === key),
    );
  }

  private keyAt(event: Event): string | null {
    const target = event.target as Element | null;
    return target?.closest("[data-key]")?.getAttribute("data-key") ?? null;
  }

  private onDoubleClick(event: Event): void {
    const key = this.keyAt(event);
    if (key !== null && this.model.byKey.get(key)?.kind === "group") this.callbacks.toggled(key, true);
    else this.chooseFocused(true);
  }

  private onClick(event: Event): void {
    const handle = (event.target as Element | null)?.closest(".frame-handle");
    const frame = handle?.closest("[data-group]")?.getAttribute("data-group");
    if (frame) {
      this.callbacks.toggled(frame, false);
      return;
    }
    const edge = (event.target as Element | null)?.closest("[data-edge]")?.getAttribute("data-edge");
    // An edge stands for the tensor that goes along it: it leads to where that comes from.
    const key = this.keyAt(event) ?? this.model.edges.find((each) => each.key === edge)?.from ?? null;
    this.callbacks.chosen(key, { go: key !== null, focus: false });
    if (key !== null) this.drawn.get(key)?.target.focus({ preventScroll: true });
  }

  private chooseFocused(focus: boolean): void {
    if (this.selected !== null) this.callbacks.chosen(this.selected, { go: true, focus });
  }

  private move(to: string | null | undefined): void {
    if (to === null || to === undefined) return;
    this.callbacks.chosen(to, { go: false, focus: false });
    this.select(to, { reveal: true, focus: true });
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = this.keyAt(event) ?? this.focusKey();
    const arrow = arrows[event.key];
    if (arrow !== undefined) {
      if (key !== null)
        this.move(this.selected === null ? key : neighbour(this.model, this.layout, key, arrow));
    } else {
      switch (event.key) {
        case "Enter":
          if (key === null) break;
          if (this.model.byKey.get(key)?.kind === "group") this.callbacks.toggled(key, true);
          else this.callbacks.chosen(key, { go: true, focus: true });
          break;
        case "c": {
          const around = key === null ? undefined : this.frameOf(key);
          if (around !== undefined) this.callbacks.toggled(around.key, false);
          break;
        }
        case "z":
          this.zoomToSelection();
          break;
        case " ":
          if (key !== null) this.callbacks.chosen(key, { go: false, focus: false });
          break;
        case "Escape":
          this.callbacks.chosen(null, { go: false, focus: false });
          break;
        case "Home":
          this.move(this.order[0]);
          break;
        case "End":
          this.move(this.order.at(-1));
          break;
        case "+":
        case "=":
          this.zoom(1.25);
          break;
        case "-":
          this.zoom(1 / 1.25);
          break;
        case "0":
          this.fit(true);
          break;
        default:
          return;
      }
    }
    event.preventDefault();
    event.stopPropagation();
  }
}

const arrows: Record<string, Arrow | undefined> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

const grown = (box: Box, by: number): Box => ({
  x: box.x - by,
  y: box.y - by,
  width: box.width + 2 * by,
  height: box.height + 2 * by,
});
