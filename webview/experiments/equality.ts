// Whether two computations of the same numbers agree, said with the largest difference.
import type { NumberValue } from "../../engine/protocol/report";
import { h } from "../dom";
import { formatNumber } from "../format";
import { toNumber } from "../values";

/** float32 keeps about seven digits, and a sum of many terms loses some of them. */
const tolerance = 1e-4;

interface Agreement {
  agree: boolean;
  /** The largest, of elements that are numbers in both. */
  difference: number;
}

function agreement(a: readonly NumberValue[], b: readonly NumberValue[]): Agreement {
  let scale = 0;
  for (const value of b) {
    const size = Math.abs(toNumber(value));
    if (Number.isFinite(size) && size > scale) scale = size;
  }
  let difference = 0;
  let agree = a.length === b.length;
  a.forEach((value, i) => {
    const [x, y] = [toNumber(value), toNumber(b[i] ?? "NaN")];
    // NaN agrees with NaN, an infinity with itself.
    if (Object.is(x, y) || x === y) return;
    const apart = Math.abs(x - y);
    if (!(apart <= tolerance * Math.max(scale, 1e-30))) agree = false;
    if (apart > difference) difference = apart;
  });
  return { agree, difference };
}

/** "= the gradient of x", with a tick; or by how much the two differ. */
export function equalityNote(
  a: readonly NumberValue[],
  b: readonly NumberValue[],
  what: string,
): HTMLElement {
  const { agree, difference } = agreement(a, b);
  const exact = difference === 0;
  const text = agree
    ? `✓ equal to ${what}${exact ? "" : `; rounding apart: at most ${formatNumber(difference, 2)}`}`
    : `differs from ${what} by up to ${formatNumber(difference, 3)}`;
  return h("p", { class: agree ? "equality" : "equality bad" }, text);
}
