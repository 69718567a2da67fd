// Questions to the engine from the details: asked once for each run, remembered, shown as they come. What is
// tried in "what if" is kept here too, until the next real run.
import type { Answer, Change, Question, Tries } from "../../engine/protocol/experiment";
import type { NestedValue, SnippetReport, TensorId } from "../../engine/protocol/report";
import { link } from "../details/parts";
import { h } from "../dom";

export interface LabHost {
  ask(question: Question, tries: Tries): Promise<Answer>;
  cancel(): void;
  /** What was tried has changed: the snippet with it is to be shown. */
  tried(): void;
  /** Answers why not, where that cannot be done. */
  write(tensor: TensorId, value: NestedValue): Promise<string | null>;
  /** Whether the code that made the tensor is a literal, or a call that can be given one. */
  canWrite(tensor: TensorId): Promise<boolean>;
  /** A section was opened or closed. */
  opened(): void;
}

export class Lab {
  private readonly answers = new Map<string, Promise<Answer>>();
  /** Numbers that are tried, in place of those of the code; v by BackwardCall.ordinal. */
  readonly values = new Map<TensorId, number[]>();
  /** What is done to tensors of more numbers than can be typed. */
  readonly changes = new Map<TensorId, Change[]>();
  /** The run of the code as it is, where a trial is shown. */
  original: SnippetReport | null = null;
  private readonly past: Tries[] = [];
  private last: Tries = { replace: [], seeds: [] };
  readonly seeds = new Map<number, number[]>();
  /** Sections that are open. */
  readonly open = new Set<string>();

  constructor(private readonly host: LabHost) {}

  /** Another run: what was asked about the last one says nothing of it. */
  forget(): void {
    this.answers.clear();
    this.past.length = 0;
    this.set({ replace: [], seeds: [] });
    this.last = this.tries;
  }

  /** Answers to what is tried hold for that alone. */
  changed(): void {
    this.past.push(this.last);
    this.last = this.tries;
    this.answers.clear();
    this.host.tried();
  }

  get tries(): Tries {
    return {
      replace: [
        ...[...this.values].map(([tensor, values]) => ({ tensor, values: [...values] })),
        ...[...this.changes].map(([tensor, changes]) => ({ tensor, changes: [...changes] })),
      ],
      seeds: [...this.seeds].map(([call, values]) => ({ call, values: [...values] })),
    };
  }

  get trying(): boolean {
    return this.values.size + this.changes.size + this.seeds.size > 0;
  }

  /** As another page has it. */
  take(tries: Tries): void {
    this.set(tries);
    this.changed();
  }

  reset(): void {
    this.take({ replace: [], seeds: [] });
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  /** What was tried before. */
  undo(): void {
    const before = this.past.pop();
    if (before === undefined) return;
    this.set(before);
    this.last = before;
    this.answers.clear();
    this.host.tried();
  }

  private set({ replace, seeds }: Tries): void {
    for (const map of [this.values, this.changes, this.seeds]) map.clear();
    for (const { tensor, values, changes } of replace) {
      if (changes) this.changes.set(tensor, [...changes]);
      else this.values.set(tensor, [...values]);
    }
    for (const { call, values } of seeds) this.seeds.set(call, [...values]);
  }

  stop(): void {
    this.host.cancel();
  }

  canWrite(tensor: TensorId): Promise<boolean> {
    return this.host.canWrite(tensor);
  }

  write(tensor: TensorId, value: NestedValue): Promise<string | null> {
    return this.host.write(tensor, value);
  }

  ask(question: Question): Promise<Answer> {
    const key = JSON.stringify(question);
    let answer = this.answers.get(key);
    if (answer === undefined) {
      answer = this.host.ask(question, this.tries);
      this.answers.set(key, answer);
      // What was stopped or failed may be asked again.
      answer.then(
        (found) => found.kind === "refused" && this.answers.delete(key),
        () => this.answers.delete(key),
      );
    }
    return answer;
  }

  /** A section that asks when it is opened. */
  section(name: string, title: string, body: () => Node | Promise<Node>): HTMLElement {
    const content = h("div", { class: "experiment-body" });
    const frame = h("details", { class: "experiment" }, h("summary", {}, title), content);
    const fill = async (): Promise<void> => {
      const made = body();
      if (!(made instanceof Promise)) {
        content.replaceChildren(made);
        return;
      }
      if (content.childElementCount === 0) {
        content.replaceChildren(
          h(
            "p",
            { class: "muted", role: "status" },
            "Asking the engine… ",
            link("stop", () => this.host.cancel()),
          ),
        );
      }
      try {
        content.replaceChildren(await made);
      } catch (error) {
        content.replaceChildren(
          h("p", { class: "muted" }, error instanceof Error ? error.message : String(error)),
        );
      }
    };
    let filled = false;
    const show = (): void => {
      if (filled || !frame.open) return;
      filled = true;
      void fill();
    };
    frame.open = this.open.has(name);
    show();
    frame.addEventListener("toggle", () => {
      const was = this.open.has(name);
      if (frame.open) this.open.add(name);
      else this.open.delete(name);
      show();
      if (was !== frame.open) this.host.opened();
    });
    return frame;
  }
}

/** What stands in place of an answer of another kind. */
export const refusal = (answer: Answer): HTMLElement =>
  h("p", { class: "muted" }, answer.kind === "refused" ? answer.why : "There is no answer.");
