// What stands at a place of the code: the tensor of the smallest name or expression, or a backward call. Pure.
import type {
  BackwardCall,
  Occurrence,
  Position,
  Range,
  TensorRecord,
} from "../../../engine/protocol/report";
import type { LiveReport } from "../documentView";
import { smaller, touches } from "../edits";

export interface TensorPlace {
  tensor: TensorRecord;
  range: Range;
  /** Absent for an expression. */
  name?: string;
}

/** The smallest occurrence around a place, or the tensor that the smallest expression around it made. */
export function tensorAt(report: LiveReport, at: Position): TensorPlace | null {
  let best: Occurrence | null = null;
  for (const occurrence of report.occurrences) {
    if (touches(occurrence.range, at) && (!best || smaller(occurrence.range, best.range))) best = occurrence;
  }
  const byId = (id: number) => report.tensors.find((tensor) => tensor.id === id);
  const named = best && byId(best.tensor);
  if (best && named) {
    return { tensor: named, range: best.range, ...(best.name === undefined ? {} : { name: best.name }) };
  }
  let made: TensorRecord | null = null;
  for (const tensor of report.tensors) {
    const { site } = tensor;
    if (!site || site.file || !touches(site.range, at)) continue;
    if (!made?.site || smaller(site.range, made.site.range)) made = tensor;
  }
  return made?.site ? { tensor: made, range: made.site.range } : null;
}

export function backwardCallAt(report: LiveReport, at: Position): BackwardCall | null {
  return report.backwardCalls.find((call) => !call.site.file && touches(call.site.range, at)) ?? null;
}
