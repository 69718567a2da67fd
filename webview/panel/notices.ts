// What has to be said above the graph: an error, an early stop, a stale or incomplete report; and the
// message in place of a graph when there is nothing to show.
import "@vscode-elements/elements/dist/vscode-button/index.js";
import type { InspectorState } from "../../engine/protocol/inspectorApi";
import type { Range, SnippetReport, StoppedBy } from "../../engine/protocol/report";
import { custom, h } from "../dom";
import { lineOf } from "../format";
import { icon } from "../icons";

const stops: Record<StoppedBy, string> = {
  timeout: "Stopped: it ran longer than its time limit. What is shown happened before.",
  user: "Stopped on request. What is shown happened before.",
  superseded: "Stopped, because the text changed while it ran.",
  memory: "Stopped: it needed more memory than its limit. What is shown happened before.",
};

/** `tried`: numbers that are tried in place of those of the code, and the way back. */
export function notices(
  state: InspectorState,
  problem: string | null,
  goTo: (range: Range) => void,
  tried: { words: string; reset(): void } | null = null,
): HTMLElement[] {
  const { snippet } = state;
  const out: HTMLElement[] = [];
  if (tried !== null) {
    const back = h(
      "button",
      { type: "button", class: "link", click: () => tried.reset() },
      "Back to the code",
    );
    out.push(h("p", { class: "notice notice-tried" }, h("b", {}, "What if "), `${tried.words}. `, back));
  }
  if (state.stale) out.push(notice("stale", "The text has changed since this run."));
  if (snippet?.error) out.push(errorNotice(snippet.error, goTo));
  if (snippet?.stoppedBy) out.push(notice("warning", stops[snippet.stoppedBy]));
  if (snippet?.truncated) out.push(notice("warning", snippet.truncated));
  if (problem !== null) out.push(notice("warning", problem));
  return out;
}

const notice = (kind: string, text: string): HTMLElement => h("p", { class: `notice notice-${kind}` }, text);

function errorNotice(error: NonNullable<SnippetReport["error"]>, goTo: (range: Range) => void): HTMLElement {
  const line = `line ${lineOf(error.range)}`;
  const go = h(
    "button",
    { type: "button", class: "link", "aria-label": `go to ${line}`, click: () => goTo(error.range) },
    line,
  );
  const text = h("div", { class: "error-text", tabindex: 0, role: "region", "aria-label": "Error" });
  text.append(h("b", {}, error.type), " at ", go, h("span", { class: "error-message" }, error.message));
  return h("div", { class: "notice notice-error" }, icon("error"), text);
}

export function emptyMessage(state: InspectorState, run: (command: string) => void): HTMLElement {
  const { message } = state;
  const text = message?.text ?? (state.running ? "Running…" : "There is no snippet to inspect here.");
  const frame = h("div", { class: "empty", role: "status" }, h("p", {}, ...withCode(text)));
  if (message?.command !== undefined) {
    const { command } = message;
    const button = custom("vscode-button", {}, {}, message.commandTitle ?? "Run");
    button.addEventListener("click", () => run(command));
    frame.append(button);
  }
  return frame;
}

/** What stands between backticks is code. */
const withCode = (text: string): (HTMLElement | string)[] =>
  text.split("`").map((part, i) => (i % 2 === 1 ? h("span", { class: "code" }, part) : part));
