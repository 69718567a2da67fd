// Linear maps that act on each dimension by itself: interpolation, mean pooling, padding with what is there.
// What a map reads along one dimension is a table of taps; the map turned round reads the same table.
import { type Data, type DType, int64 } from "../tensor/dtype";
import { numel, type Sizes } from "../tensor/shape";

/** For each of `to` places along a dimension: which of the `from` places it reads, and with what weights. */
export interface Taps {
  readonly from: number;
  readonly to: number;
  /** Place i reads the taps starts[i] to starts[i + 1]. */
  readonly starts: Int32Array;
  readonly places: readonly number[];
  readonly weights: readonly number[];
}

export function makeTaps(
  from: number,
  to: number,
  describe: (place: number, tap: (from: number, weight: number) => void) => void,
): Taps {
  const starts = new Int32Array(to + 1);
  const places: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i < to; i++) {
    describe(i, (place, weight) => {
      places.push(place);
      weights.push(weight);
    });
    starts[i + 1] = places.length;
  }
  return { from, to, starts, places, weights };
}

/** Whether every place reads one place as it is, so that any dtype can be mapped. */
function isChoice({ weights, to }: Taps): boolean {
  return weights.length === to && weights.every((weight) => weight === 1);
}

type Numbers = Float64Array;

function alongOne(data: Data, outer: number, taps: Taps, inner: number, turned: boolean): Numbers {
  const { from, to, starts, places, weights } = taps;
  const [reads, writes] = turned ? [to, from] : [from, to];
  const out = new Float64Array(outer * writes * inner);
  const source = data as Numbers;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < to; i++) {
      for (let k = starts[i]; k < starts[i + 1]; k++) {
        const weight = weights[k];
        let read = (o * reads + (turned ? i : places[k])) * inner;
        let write = (o * writes + (turned ? places[k] : i)) * inner;
        for (let c = 0; c < inner; c++) out[write++] += weight * source[read++];
      }
    }
  }
  return out;
}

/** The same for whole numbers, which are chosen, never mixed. */
function chosen(data: Data, outer: number, taps: Taps, inner: number, dtype: DType): Data {
  const out = dtype.allocate(outer * taps.to * inner);
  for (let o = 0, write = 0; o < outer; o++) {
    for (let i = 0; i < taps.to; i++) {
      let read = (o * taps.from + taps.places[i]) * inner;
      for (let c = 0; c < inner; c++) out[write++] = data[read++];
    }
  }
  return out;
}

function spread(data: Data, dtype: DType): Data {
  if (dtype !== int64) {
    const out = dtype.allocate(data.length);
    (out as Numbers).set(data as Numbers);
    return out;
  }
  return BigInt64Array.from(data as Numbers, (value) => BigInt(Math.trunc(value)));
}

/**
 * Maps the last dimensions of row-major `data` of `sizes`, one table each; `turned`: the transpose, from `to` places
 * back to `from`. Sums are made in double precision and rounded once.
 */
export function mapSeparably(
  data: Data,
  sizes: Sizes,
  tables: readonly Taps[],
  dtype: DType,
  turned: boolean,
): Data {
  const before = sizes.length - tables.length;
  const current = [...sizes];
  let numbers = data;
  const choosing = !turned && tables.every(isChoice);
  if (!choosing && numbers instanceof BigInt64Array) numbers = Float64Array.from(numbers, Number);
  tables.forEach((taps, t) => {
    const d = before + t;
    const outer = numel(current.slice(0, d));
    const inner = numel(current.slice(d + 1));
    numbers = choosing
      ? chosen(numbers, outer, taps, inner, dtype)
      : alongOne(numbers, outer, taps, inner, turned);
    current[d] = turned ? taps.from : taps.to;
  });
  return choosing && tables.length > 0 ? numbers : spread(numbers, dtype);
}
