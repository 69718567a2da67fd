// The status bar's item: what the engine is doing, in two words, and the whole story when pointed at. Pure.
import type { EngineState } from "../engineService";
import type { DocumentView } from "./documentView";
import { duration } from "./documentView";

export interface StatusModel {
  /** With an icon, for the status bar. */
  text: string;
  /** The same in words alone. */
  words: string;
  detail: string;
  /** The detail in a few words. */
  brief: string;
  severity: "information" | "warning" | "error";
  busy: boolean;
  /** A run is going on that can be stopped. */
  canStop: boolean;
}

export interface StatusInput {
  engine: EngineState;
  view: DocumentView | undefined;
  /** Set while a run is going on that has lasted long enough to be shown. */
  runningSince: number | undefined;
  now: number;
  liveMode: "onType" | "onSave" | "manual";
}

export const LIVE_WORDS: Record<StatusInput["liveMode"], string> = {
  onType: "runs while you type",
  onSave: "runs when you save",
  manual: "runs when asked to",
};

export function statusOf(input: StatusInput): StatusModel {
  const model = modelOf(input);
  const words = model.text.replace(/^\$\([^)]*\) grad: /, "");
  const ready = input.engine.kind === "ready" || input.engine.kind === "running";
  const brief = ready && !model.busy && input.view?.trusted !== false ? summary(input.view) : model.detail;
  return { ...model, words, brief, canStop: model.busy && /^running/.test(words) };
}

function modelOf(input: StatusInput): Omit<StatusModel, "words" | "brief" | "canStop"> {
  const { engine, view } = input;
  const plain = { severity: "information" as const, busy: false };
  if (view && !view.trusted) {
    return {
      text: "$(workspace-untrusted) grad: untrusted",
      detail: "This workspace is not trusted, so no code is run.",
      severity: "warning",
      busy: false,
    };
  }
  if (input.runningSince !== undefined && engine.kind !== "starting") {
    const seconds = Math.floor((input.now - input.runningSince) / 1000);
    const time = seconds > 0 ? ` ${seconds} s` : "";
    return {
      ...plain,
      text: `$(loading~spin) grad: running${time}`,
      detail: "A snippet is running.",
      busy: true,
    };
  }
  switch (engine.kind) {
    case "off":
      return {
        ...plain,
        text: "$(circle-outline) grad: idle",
        detail: "The engine starts with the first run.",
      };
    case "starting":
      return {
        ...plain,
        text: "$(loading~spin) grad: starting",
        detail: "The engine is starting.",
        busy: true,
      };
    case "failed":
      return {
        text: "$(error) grad: engine failed",
        detail: `The engine could not be started: ${engine.message}`,
        severity: "error",
        busy: false,
      };
    case "ready":
    case "running":
      return {
        ...plain,
        ...outcome(view),
        detail: `${summary(view)}; ${LIVE_WORDS[input.liveMode]}.${engineWords(engine)}`,
      };
    default:
      return engine satisfies never;
  }
}

function outcome(view: DocumentView | undefined): { text: string } {
  const snippets = view?.snippets ?? [];
  const raised = snippets.filter(
    (snippet) => snippet.report?.status === "raised" || snippet.syntaxError,
  ).length;
  const stale = snippets.some((snippet) => snippet.stale);
  if (stale) return { text: "$(history) grad: stale" };
  if (raised > 0) return { text: `$(error) grad: ${raised} raised` };
  return { text: "$(pass) grad: ready" };
}

function summary(view: DocumentView | undefined): string {
  const snippets = view?.snippets ?? [];
  const ran = snippets.filter((snippet) => snippet.report);
  const time = ran.reduce((sum, snippet) => sum + (snippet.report?.milliseconds ?? 0), 0);
  const count = `${snippets.length} ${snippets.length === 1 ? "snippet" : "snippets"}`;
  return ran.length === 0 ? count : `${count}, ran in ${duration(time)}`;
}

function engineWords(engine: EngineState): string {
  return engine.kind === "ready" || engine.kind === "running"
    ? ` torch ${engine.info.torch}, Python ${engine.info.python}.`
    : "";
}
