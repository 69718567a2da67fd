// Numbers that are followed from one backward call to the next: the loss that each started from, the size of the
// gradient that each left with a leaf. Bounded: points are thinned as a loop goes on.
import { gather } from "../kernels/strided";
import type { Curve } from "../protocol/report";
import { type Data, float64 } from "../tensor/dtype";
import type { Tensor } from "../tensor/tensor";
import type { CallFacts, TensorFacts } from "./facts";
import type { Series } from "./series";
import { numberValue, type Snapshot } from "./snapshot";

/** Points that are kept of one curve, and in a report at most of all of them together. */
const POINTS = 256;
const ALL_POINTS = 8192;
/** Curves of a snippet; a model with more parameters shows those that came first. */
const CURVES = 256;
/** Leaves that one place made after another are followed one by one up to this many. */
const LEAVES = 64;

export class CurveFacts {
  /** By BackwardCall.ordinal. */
  calls: number[] = [];
  values: number[] = [];
  private every = 1;
  private count = 0;
  /** The newest, which thinning may have left out. */
  private newest: { call: number; snapshot: Snapshot } | null = null;

  constructor(
    readonly of: Curve["of"],
    readonly site: number,
    /** The last tensor that it was measured on. */
    public tensor: TensorFacts,
  ) {}

  /** `measure` is asked only where the point is kept. */
  add(call: CallFacts, tensor: TensorFacts, snapshot: Snapshot, measure: () => number): void {
    this.tensor = tensor;
    this.newest = { call: call.ordinal, snapshot };
    const place = this.count++;
    if (place % this.every !== 0) return;
    if (this.calls.length >= POINTS) {
      this.calls = this.calls.filter((_, i) => i % 2 === 0);
      this.values = this.values.filter((_, i) => i % 2 === 0);
      this.every *= 2;
      if (place % this.every !== 0) return;
    }
    this.calls.push(call.ordinal);
    this.values.push(measure());
  }

  /** With the newest point, where that can still be told. */
  finish(): void {
    if (this.newest === null || this.calls[this.calls.length - 1] === this.newest.call) return;
    const value = measured(this.of, this.newest.snapshot);
    if (value === null) return;
    this.calls.push(this.newest.call);
    this.values.push(value);
  }
}

export class CurveBook {
  readonly curves: CurveFacts[] = [];
  private readonly table = new Map<object, Map<number, CurveFacts>>();

  loss(call: CallFacts, series: Series<CallFacts>): void {
    const [root] = call.roots;
    const value = root?.value.single;
    if (call.roots.length !== 1 || !root || value === null || value === undefined) return;
    this.curve("loss", series, call.site, root)?.add(call, root, root.value, () => Number(value));
  }

  /** `gradient` is what `.grad` holds now, or what autograd.grad gives; `snapshot` is of the same. */
  gradient(call: CallFacts, leaf: TensorFacts, gradient: Tensor, snapshot: Snapshot): void {
    const { series } = leaf.made;
    const curve = this.curve("gradient", series.count > LEAVES ? series : leaf, call.site, leaf);
    curve?.add(call, leaf, snapshot, () => norm(elementsOf(gradient, snapshot)));
  }

  private curve(of: Curve["of"], key: object, site: number, tensor: TensorFacts): CurveFacts | null {
    let bySite = this.table.get(key);
    if (!bySite) {
      bySite = new Map();
      this.table.set(key, bySite);
    }
    let curve = bySite.get(site);
    if (!curve) {
      if (this.curves.length >= CURVES && of === "gradient") return null;
      curve = new CurveFacts(of, site, tensor);
      bySite.set(site, curve);
      this.curves.push(curve);
    }
    return curve;
  }
}

/** The curves that have a course, as the report tells them: what one loop made leaf by leaf is one curve. */
export function curvesOf(
  book: CurveBook,
  idOf: (tensor: TensorFacts) => number,
  place: (site: number) => Curve["site"],
): Curve[] {
  for (const curve of book.curves) curve.finish();
  const told = joined(book.curves).filter(({ calls }) => calls.length > 1);
  const most = Math.max(16, Math.min(POINTS, Math.floor(ALL_POINTS / Math.max(1, told.length))));
  return told.map(({ of, site, tensor, calls, values }) => {
    const every = Math.ceil(calls.length / most);
    const kept = (_: unknown, i: number): boolean => i % every === 0 || i === calls.length - 1;
    return {
      of,
      tensor: idOf(tensor),
      site: place(site),
      calls: calls.filter(kept),
      values: values.filter(kept).map((value) => numberValue(value, float64)),
    };
  });
}

type Points = Pick<CurveFacts, "of" | "site" | "tensor" | "calls" | "values">;

/** Leaves that were made at one place, each for calls of its own, follow one another: w = (w - g).detach() in a loop. */
function joined(curves: readonly CurveFacts[]): Points[] {
  const families = new Map<string, CurveFacts[]>();
  const seriesNumbers = new Map<object, number>();
  for (const curve of curves) {
    const { series } = curve.tensor.made;
    const number = seriesNumbers.get(series) ?? seriesNumbers.set(series, seriesNumbers.size).size - 1;
    const key = `${curve.of} ${curve.site} ${number}`;
    const family = families.get(key);
    if (family) family.push(curve);
    else families.set(key, [curve]);
  }
  return [...families.values()].flatMap((family) => {
    const points = family.flatMap(({ calls, values }) =>
      calls.map((call, i) => ({ call, value: values[i] })),
    );
    const apart = new Set(points.map(({ call }) => call)).size === points.length;
    if (family.length === 1 || !apart) return family;
    points.sort((a, b) => a.call - b.call);
    const { of, site, tensor } = family[family.length - 1];
    return [
      { of, site, tensor, calls: points.map(({ call }) => call), values: points.map(({ value }) => value) },
    ];
  });
}

function elementsOf(tensor: Tensor, snapshot: Snapshot): Data {
  if (snapshot.numbers !== null) return snapshot.numbers;
  const { storage, dtype, sizes, strides, offset } = tensor;
  return gather(storage.data, dtype, sizes, strides, offset);
}

/** What a point of the curve is; null where the elements are gone. A large tensor's from its statistics. */
function measured(of: Curve["of"], snapshot: Snapshot): number | null {
  const { single, numbers } = snapshot;
  if (of === "loss") return single === null ? null : Number(single);
  if (numbers !== null) return norm(numbers);
  const { summary } = snapshot.elements();
  if (!summary) return null;
  if (summary.nan > 0) return Number.NaN;
  if (summary.inf > 0) return Number.POSITIVE_INFINITY;
  return Math.sqrt(
    (summary.count - 1) * Number(summary.std) ** 2 + summary.count * Number(summary.mean) ** 2,
  );
}

/** The square root of the sum of squares. */
function norm(data: Data): number {
  const squares = (scale: number): number => {
    let sum = 0;
    for (let i = 0; i < data.length; i++) {
      const value = Number(data[i]) / scale;
      sum += value * value;
    }
    return sum;
  };
  const sum = squares(1);
  if (sum !== Number.POSITIVE_INFINITY && (sum > 1e-280 || sum === 0)) return Math.sqrt(sum);
  // Squares of very large or very small numbers have no place in a float64.
  let most = 0;
  for (let i = 0; i < data.length; i++) most = Math.max(most, Math.abs(Number(data[i])));
  return Number.isFinite(most) && most > 0 ? most * Math.sqrt(squares(most)) : Math.sqrt(sum);
}
