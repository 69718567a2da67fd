// The main thread's side of the layout worker. A newer request ends the older one: the worker that
// is busy with it is terminated, since Graphviz cannot be interrupted, and a fresh one takes over.
import type { LayoutAnswer, LayoutRequest } from "../layoutWorker";
import { emptyLayout, type Layout, type LayoutInput } from "./geometry";

export type LayoutOutcome =
  | { kind: "done"; layout: Layout; milliseconds: number }
  | { kind: "superseded" }
  | { kind: "failed"; message: string };

/** The part of a Worker that is used. */
export interface WorkerLike {
  postMessage(request: LayoutRequest): void;
  onmessage: ((event: MessageEvent<LayoutAnswer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

export class LayoutClient {
  private worker: Promise<WorkerLike>;
  private under: { id: number; posted: boolean; settle(outcome: LayoutOutcome): void } | null = null;
  private nextId = 1;

  constructor(private readonly start: () => Promise<WorkerLike>) {
    this.worker = start();
    // Whoever asks for a layout hears of a failed start; nobody else needs to.
    this.worker.catch(() => undefined);
  }

  layout(input: LayoutInput): Promise<LayoutOutcome> {
    this.cancel();
    if (input.nodes.length === 0) {
      return Promise.resolve({ kind: "done", layout: emptyLayout(), milliseconds: 0 });
    }
    const id = this.nextId++;
    return new Promise((resolve) => {
      const settle = (outcome: LayoutOutcome): void => {
        if (this.under?.id === id) this.under = null;
        resolve(outcome);
      };
      this.under = { id, posted: false, settle };
      this.worker.then(
        (worker) => {
          if (this.under?.id !== id) return;
          worker.onmessage = ({ data }) => {
            if (data.kind === "ready" || data.id !== id) return;
            settle(data.kind === "done" ? data : { kind: "failed", message: data.message });
          };
          worker.onerror = (event) => {
            settle({ kind: "failed", message: event.message || "The layout worker could not start." });
          };
          this.under.posted = true;
          worker.postMessage({ id, input });
        },
        (error: unknown) => settle({ kind: "failed", message: String(error) }),
      );
    });
  }

  /** Ends what is under way, if anything is. */
  cancel(): void {
    const { under } = this;
    if (under === null) return;
    this.under = null;
    under.settle({ kind: "superseded" });
    // A worker that is still starting has not begun anything that would have to be ended.
    if (!under.posted) return;
    const old = this.worker;
    this.worker = this.start();
    this.worker.catch(() => undefined);
    old.then(
      (worker) => worker.terminate(),
      () => undefined,
    );
  }
}

/**
 * A webview may only start workers from a blob of its own, so the script is fetched once and kept.
 */
export function workerStarter(uri: string): () => Promise<WorkerLike> {
  let source: Promise<string> | undefined;
  return async () => {
    source ??= fetch(uri).then(async (response) => {
      if (!response.ok) throw new Error(`The layout worker could not be read: ${response.status}`);
      return URL.createObjectURL(new Blob([await response.text()], { type: "text/javascript" }));
    });
    return new Worker(await source);
  };
}
