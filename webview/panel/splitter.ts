// The handle between the graph and the details: mouse and arrow keys, below one another or side by side.
import { h } from "../dom";

export interface SplitterCallbacks {
  resized(): void;
}

export class Splitter {
  readonly element = h("div", {
    class: "splitter",
    role: "separator",
    tabindex: 0,
    "aria-label": "Size of the details",
    "aria-valuemin": 15,
    "aria-valuemax": 75,
  });
  /** The details' share of the panel, between 0.15 and 0.75. */
  private share = 0.4;

  constructor(
    private readonly panel: HTMLElement,
    private readonly callbacks: SplitterCallbacks,
  ) {
    this.element.addEventListener("pointerdown", (event) => {
      this.element.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    this.element.addEventListener("pointermove", (event) => {
      if (!this.element.hasPointerCapture(event.pointerId)) return;
      const frame = this.panel.getBoundingClientRect();
      this.set(
        this.sideBySide
          ? (frame.right - event.clientX) / frame.width
          : (frame.bottom - event.clientY) / frame.height,
      );
      this.callbacks.resized();
    });
    this.element.addEventListener("keydown", (event) => {
      const [more, less] = this.sideBySide ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
      if (event.key !== more && event.key !== less) return;
      this.set(this.share + (event.key === more ? 0.04 : -0.04));
      this.callbacks.resized();
      event.preventDefault();
    });
    this.set(this.share);
  }

  get value(): number {
    return this.share;
  }

  set(share: number): void {
    this.share = Math.min(0.75, Math.max(0.15, share));
    this.panel.style.setProperty("--details-share", `${(this.share * 100).toFixed(1)}%`);
    this.element.setAttribute("aria-valuenow", String(Math.round(this.share * 100)));
  }

  private get sideBySide(): boolean {
    return getComputedStyle(this.element).cursor === "ew-resize";
  }
}
