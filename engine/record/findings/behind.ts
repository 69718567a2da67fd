// What a result was computed from: the operators behind it, nearest first.
import type { OpFacts } from "../facts";

const MOST = 2000;

/** `op` itself and the operators behind it; those that were dropped in the middle of a loop end the way. */
export function behind(op: OpFacts, most = MOST): Set<OpFacts> {
  const found = new Set([op]);
  // A set is walked in the order of insertion, what is added on the way included.
  for (const each of found) {
    if (found.size >= most) break;
    for (const producer of each.producers) if (producer) found.add(producer);
  }
  return found;
}
