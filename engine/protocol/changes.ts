// What a change of "what if" makes of an element: the engine and the page that shows it compute the same. Pure.
import type { Change } from "./experiment";

/** The element's value after the changes, one after the other. */
export function changed(value: number, element: number, changes: readonly Change[]): number {
  let now = value;
  for (const change of changes) now = changedOnce(now, element, change);
  return now;
}

function changedOnce(value: number, element: number, change: Change): number {
  switch (change.kind) {
    case "set":
      return element === change.element ? change.value : value;
    case "fill":
      return change.value;
    case "scale":
      return value * change.factor;
    case "add":
      return value + change.amount;
    case "noise":
      return value + change.deviation * normal(change.seed, element);
    case "random":
      return change.deviation * normal(change.seed, element);
    default:
      return change satisfies never;
  }
}

/** Box and Muller's transform of two numbers that depend on the seed and the element alone. */
function normal(seed: number, element: number): number {
  const u = uniform(seed, 2 * element);
  const angle = 2 * Math.PI * uniform(seed, 2 * element + 1);
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(angle);
}

/** In (0, 1): the bits of seed and place, mixed as splitmix32 mixes them. */
function uniform(seed: number, place: number): number {
  let bits = (Math.imul(seed | 0, 0x9e3779b1) + Math.imul(place | 0, 0x85ebca77) + 0x165667b1) | 0;
  for (let round = 0; round < 2; round++) {
    bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    bits ^= bits >>> 15;
  }
  return ((bits >>> 0) + 0.5) / 2 ** 32;
}
