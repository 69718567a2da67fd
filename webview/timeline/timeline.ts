// The slider through what happened: forward statements, then backward node by node. Its right end is
// the result, where nothing is replayed; every other place shows one step.
import type { SnippetReport, Step } from "../../engine/protocol/report";
import { h, setText } from "../dom";
import { type IconName, icon } from "../icons";
import { stretches } from "./frames";
import { sentenceOf } from "./words";

export interface TimelineCallbacks {
  /** A step is to be shown; null is the result. */
  moved(step: number | null): void;
  speedChanged(): void;
}

export const speeds = [0.5, 1, 2, 4];
const stepMilliseconds = 900;

export class TimelineView {
  readonly element: HTMLElement;
  private readonly slider: HTMLInputElement;
  private readonly track = h("div", { class: "timeline-track", "aria-hidden": "true" });
  private readonly words = h("p", { class: "timeline-words", "aria-live": "polite" });
  private readonly counter = h("span", { class: "timeline-counter" });
  private readonly playButton: HTMLButtonElement;
  private readonly speedButton: HTMLButtonElement;
  private readonly endButton: HTMLButtonElement;
  private snippet: SnippetReport | null = null;
  private steps: readonly Step[] = [];
  private at: number | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  speed = 1;

  constructor(private readonly callbacks: TimelineCallbacks) {
    this.slider = h("input", { type: "range", min: 0, max: 0, step: 1, value: 0, "aria-label": "Timeline" });
    this.slider.addEventListener("input", () => {
      this.pause();
      const value = Number(this.slider.value);
      this.go(value >= this.steps.length ? null : value);
    });
    this.slider.addEventListener("keydown", (event) => {
      if (event.key === " ") this.toggle();
      else if (event.key === "Escape") this.go(null);
      else return;
      event.preventDefault();
    });
    this.playButton = button("play", "Play", () => this.toggle());
    this.endButton = button("end", "Back to the result (Escape)", () => {
      this.pause();
      this.go(null);
    });
    this.speedButton = h("button", {
      type: "button",
      class: "icon-button speed",
      click: () => this.nextSpeed(),
    });
    const controls = h(
      "div",
      { class: "timeline-controls", role: "group", "aria-label": "Replay" },
      button("stepBack", "Previous step", () => this.by(-1)),
      this.playButton,
      button("stepForward", "Next step", () => this.by(1)),
    );
    const rail = h("div", { class: "timeline-rail" }, this.track, this.slider);
    const bar = h(
      "div",
      { class: "timeline-bar" },
      controls,
      rail,
      this.counter,
      this.speedButton,
      this.endButton,
    );
    this.element = h("section", { class: "timeline", "aria-label": "Timeline" }, bar, this.words);
    this.showSpeed();
  }

  show(snippet: SnippetReport | null): void {
    this.pause();
    this.snippet = snippet;
    this.steps = snippet?.timeline ?? [];
    this.element.hidden = this.steps.length === 0;
    this.slider.max = String(this.steps.length);
    this.track.replaceChildren(
      ...stretches(this.steps).map((stretch) => {
        const piece = h("span", { class: `stretch stretch-${stretch.kind}` });
        piece.style.flexGrow = String(stretch.count);
        return piece;
      }),
    );
    this.at = null;
    this.refresh();
  }

  /** Shows a step (null: the result) and tells so. */
  go(step: number | null): void {
    const next = step === null || step >= this.steps.length ? null : Math.max(0, step);
    this.at = next;
    this.refresh();
    this.callbacks.moved(next);
  }

  get step(): number | null {
    return this.at;
  }

  get playing(): boolean {
    return this.timer !== null;
  }

  private by(change: 1 | -1): void {
    this.pause();
    const from = this.at ?? (change > 0 ? -1 : this.steps.length);
    this.go(from + change);
  }

  private toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  private play(): void {
    if (this.steps.length === 0) return;
    if (this.at === null) this.go(0);
    const tick = (): void => {
      this.timer = setTimeout(() => {
        const next = (this.at ?? this.steps.length) + 1;
        this.go(next);
        if (next < this.steps.length) tick();
        else this.pause();
      }, stepMilliseconds / this.speed);
    };
    tick();
    this.showPlaying();
  }

  pause(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.showPlaying();
  }

  private showPlaying(): void {
    const label = this.playing ? "Pause" : "Play";
    this.playButton.replaceChildren(icon(this.playing ? "pause" : "play"));
    this.playButton.setAttribute("aria-label", label);
    this.playButton.title = label;
  }

  private nextSpeed(): void {
    this.setSpeed(speeds[(speeds.indexOf(this.speed) + 1) % speeds.length] ?? 1);
    this.callbacks.speedChanged();
  }

  setSpeed(speed: number): void {
    this.speed = speeds.includes(speed) ? speed : 1;
    this.showSpeed();
  }

  private showSpeed(): void {
    this.speedButton.textContent = `${this.speed}×`;
    this.speedButton.setAttribute("aria-label", `Speed ${this.speed} times; change`);
    this.speedButton.title = "Speed";
  }

  private refresh(): void {
    const total = this.steps.length;
    const value = this.at ?? total;
    this.slider.value = String(value);
    const share = total === 0 ? 0 : value / total;
    this.element.style.setProperty("--played", String(share));
    const inResult = this.at === null;
    this.element.classList.toggle("at-result", inResult);
    this.endButton.disabled = inResult;
    setText(this.counter, inResult ? `${total}` : `${value + 1}/${total}`);
    this.counter.title = inResult ? `${total} steps` : `step ${value + 1} of ${total}`;
    const sentence =
      this.at === null || this.snippet === null
        ? restWords(this.snippet, total)
        : sentenceOf(this.snippet, this.at);
    setText(this.words, sentence);
    this.slider.setAttribute(
      "aria-valuetext",
      inResult ? "the result" : `step ${value + 1} of ${total}: ${sentence}`,
    );
  }
}

function restWords(snippet: SnippetReport | null, total: number): string {
  if (snippet === null || total === 0) return "";
  const backward = snippet.timeline.filter((step) => step.kind === "backward").length;
  const forward = snippet.timeline.filter((step) => step.kind === "forward" || step.kind === "mutate").length;
  const count = (n: number, what: string): string => `${n} ${what} step${n === 1 ? "" : "s"}`;
  return `The result, after ${count(forward, "forward")} and ${count(backward, "backward")}.`;
}

function button(name: IconName, label: string, click: () => void): HTMLButtonElement {
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, click },
    icon(name),
  );
}
