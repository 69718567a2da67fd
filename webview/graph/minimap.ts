// The whole graph in a corner, with the part that is seen marked; a click or a drag there moves the view.
// For the mouse alone: with keys, the graph itself goes to wherever the selection goes.
import { h } from "../dom";
import { type Box, intersects, type Layout } from "./geometry";
import type { DrawnModel } from "./groups";
import { narrow, type View, visiblePart } from "./viewport";

const sizes = { usual: { width: 120, height: 84 }, narrow: { width: 76, height: 60 } };
const margin = 4;
/** From the edges of the room, as graph.css has it; at the top stand the names of groups. */
const inset = { side: 8, top: 34, bottom: 8 };
/** The lower right one belongs to the buttons. */
const corners = ["bottom-left", "top-left", "top-right"] as const;

type Colours = Record<"tensor" | "node" | "bad" | "found" | "view", string>;

export class Minimap {
  readonly element = h("canvas", { class: "minimap", "aria-hidden": "true" });
  private readonly picture = document.createElement("canvas");
  private size = sizes.usual;
  private shown: [DrawnModel, ReadonlySet<string> | null] | null = null;
  private colours: Colours | null = null;
  private layout: Layout | null = null;
  private scale = 1;
  private room = { width: 0, height: 0 };
  private view: View = { x: 0, y: 0, scale: 1 };

  constructor(private readonly move: (view: View) => void) {
    this.setSize(sizes.usual);
    this.element.hidden = true;
    const go = (event: PointerEvent): void => {
      const frame = this.element.getBoundingClientRect();
      const at = { x: event.clientX - frame.left - margin, y: event.clientY - frame.top - margin };
      const { scale } = this.view;
      this.move({
        scale,
        x: this.room.width / 2 - (at.x / this.scale) * scale,
        y: this.room.height / 2 - (at.y / this.scale) * scale,
      });
    };
    this.element.addEventListener("pointerdown", (event) => {
      this.element.setPointerCapture(event.pointerId);
      event.preventDefault();
      go(event);
    });
    this.element.addEventListener("pointermove", (event) => {
      if (this.element.hasPointerCapture(event.pointerId)) go(event);
    });
  }

  private setSize(size: { width: number; height: number }): void {
    this.size = size;
    for (const canvas of [this.element, this.picture]) {
      canvas.width = size.width * 2;
      canvas.height = size.height * 2;
    }
    this.element.style.width = `${size.width}px`;
    this.element.style.height = `${size.height}px`;
  }

  /** The picture of all nodes is drawn once for each layout. */
  show(model: DrawnModel, layout: Layout, matches: ReadonlySet<string> | null): void {
    const { size } = this;
    this.layout = layout;
    this.shown = [model, matches];
    this.scale = Math.min(
      (size.width - 2 * margin) / Math.max(1, layout.width),
      (size.height - 2 * margin) / Math.max(1, layout.height),
    );
    const context = this.picture.getContext("2d");
    if (context === null) return;
    // Read once for each drawing, a change of theme among them: asking for a style makes the browser work it out.
    this.colours = coloursOf(this.element);
    const { colours } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.picture.width, this.picture.height);
    context.setTransform(2 * this.scale, 0, 0, 2 * this.scale, 2 * margin, 2 * margin);
    const least = 1.2 / this.scale;
    for (const view of model.nodes) {
      const box = layout.boxes[view.key];
      if (box === undefined) continue;
      const found = matches?.has(view.key) === true;
      context.fillStyle =
        view.failing !== null
          ? colours.bad
          : found
            ? colours.found
            : view.kind === "tensor"
              ? colours.tensor
              : colours.node;
      context.fillRect(box.x, box.y, Math.max(least, box.width), Math.max(least, box.height));
    }
    this.place();
    this.paint();
  }

  /** Stays in its corner until another one covers less of the nodes; not while the view is moved by hand. */
  private place(): void {
    const { layout, room, size } = this;
    if (layout === null || room.width === 0) return;
    const { x, y, scale } = this.view;
    const covered = corners.map((corner) => {
      const left = corner.endsWith("left") ? inset.side : room.width - inset.side - size.width;
      const top = corner.startsWith("top") ? inset.top : room.height - inset.bottom - size.height;
      const part: Box = {
        x: (left - x) / scale,
        y: (top - y) / scale,
        width: size.width / scale,
        height: size.height / scale,
      };
      return Object.values(layout.boxes).filter((box) => intersects(box, part)).length;
    });
    this.element.dataset.corner = corners[covered.indexOf(Math.min(...covered))];
  }

  see(view: View, room: { width: number; height: number }): void {
    this.view = view;
    const resized = room.width !== this.room.width || room.height !== this.room.height;
    this.room = room;
    const size = room.width < narrow ? sizes.narrow : sizes.usual;
    if (size !== this.size) {
      this.setSize(size);
      if (this.layout !== null && this.shown !== null) {
        const [model, matches] = this.shown;
        this.show(model, this.layout, matches);
      }
    }
    if (resized) this.place();
    this.paint();
  }

  private paint(): void {
    const { layout, size } = this;
    if (layout === null || this.room.width === 0) return;
    const seen = visiblePart(this.view, this.room);
    const whole: Box = { x: 0, y: 0, width: layout.width, height: layout.height };
    const all =
      seen.x <= 0 &&
      seen.y <= 0 &&
      seen.x + seen.width >= whole.width &&
      seen.y + seen.height >= whole.height;
    // In a small room it would cover more than it tells.
    const small = this.room.width < 240 || this.room.height < (this.room.width < narrow ? 320 : 260);
    this.element.hidden = all || small;
    if (this.element.hidden) return;
    const context = this.element.getContext("2d");
    if (context === null) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.element.width, this.element.height);
    context.drawImage(this.picture, 0, 0);
    if (!intersects(seen, whole)) return;
    context.setTransform(2, 0, 0, 2, 2 * margin, 2 * margin);
    this.colours ??= coloursOf(this.element);
    context.strokeStyle = this.colours.view;
    context.lineWidth = 1.5;
    const left = Math.max(-2, seen.x * this.scale);
    const top = Math.max(-2, seen.y * this.scale);
    const right = Math.min(size.width - 2 * margin + 2, (seen.x + seen.width) * this.scale);
    const bottom = Math.min(size.height - 2 * margin + 2, (seen.y + seen.height) * this.scale);
    context.strokeRect(left, top, right - left, bottom - top);
  }
}

/** Colours of the theme, which a canvas cannot take from the style sheet by itself. */
function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const of = (name: string): string => style.getPropertyValue(name).trim() || "gray";
  return {
    tensor: of("--gi-grad"),
    node: of("--gi-muted"),
    bad: of("--gi-bad"),
    found: of("--gi-cut"),
    view: of("--gi-focus"),
  };
}
