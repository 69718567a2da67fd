// What engine/client.ts and the worker say to each other; the extension sees EngineApi only.
import type { EngineInfo, RunRequest } from "./engineApi";
import type { Elements, SnippetReport, TensorId } from "./report";

/** Why a run is to end. Byte 1 of the interrupt buffer holds the position in this list, 0 is none. */
export const STOP_REASONS = ["none", "timeout", "user", "superseded"] as const;
export type StopReason = (typeof STOP_REASONS)[number];

/**
 * The interrupt buffer: byte 0 is Python's signal number (2 interrupts), byte 1 the reason, and the 32-bit
 * word at byte 4 the snippet that a timeout is meant for, so that a late one does not hit the next snippet.
 */
export const INTERRUPT_BYTES = 8;

/** Offered by the worker. */
export interface WorkerApi {
  /** Waits until Python is loaded. */
  info(): Promise<EngineInfo>;
  /** Snippets are reported one by one through WorkerHostApi; this answers when the last has been. */
  run(request: RunRequest): Promise<void>;
  elements(runId: number, tensor: TensorId, offset: number, count: number): Promise<Elements>;
}

/** Offered by the client to the worker. */
export interface WorkerHostApi {
  snippetStarted(runId: number, index: number): void;
  snippetFinished(runId: number, index: number, snippet: SnippetReport): void;
  /** The worker has used so much memory that the next run is better off in a new one. */
  wornOut(): void;
  log(line: string): void;
}
