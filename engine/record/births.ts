// Where a NaN or an infinity was born: from a loss or a gradient that holds one back to the first operator, forward
// or backward, that made it of finite numbers. Asked when it happens, since values may be gone later.
import type {
  BackwardFacts,
  BadFacts,
  CallFacts,
  NodeFacts,
  OpFacts,
  SnippetRecord,
  TensorFacts,
} from "./facts";
import type { Snapshot } from "./snapshot";

type What = BadFacts["what"];

const DEEPEST = 2000;
/** How far behind a result a `where` may stand that does not choose it. */
const NEAR = 6;

const isNaNumber = (value: number): boolean => value !== value;
const isInfinite = (value: number): boolean => value === Number.POSITIVE_INFINITY || value === -Infinity;

/** null: not known, since nobody looked at a large tensor. */
export function holds(snapshot: Snapshot | null | undefined, what: What): boolean | null {
  if (!snapshot) return false;
  const { numbers } = snapshot;
  if (numbers === null) {
    const { summary } = snapshot.elements();
    return summary ? (what === "nan" ? summary.nan : summary.inf) > 0 : null;
  }
  if (numbers instanceof BigInt64Array) return false;
  return (numbers as Float64Array).some(what === "nan" ? isNaNumber : isInfinite);
}

function badness(snapshot: Snapshot): What | null {
  if (snapshot.numbers === null) return null;
  return holds(snapshot, "nan") ? "nan" : holds(snapshot, "inf") ? "inf" : null;
}

const finite = (snapshot: Snapshot | null): boolean =>
  holds(snapshot, "nan") === false && holds(snapshot, "inf") === false;

function valueOf(op: OpFacts, tensor: TensorFacts | null): Snapshot | undefined {
  const place = tensor ? op.outputs.indexOf(tensor) : -1;
  return op.values[place < 0 ? 0 : place];
}

// ---- forward

/** The loss that backward starts from. */
export function badRoot(call: CallFacts, root: TensorFacts): BadFacts | null {
  const what = root.value.single === null ? null : badness(root.value);
  return what && forward(call, root, root.producer, what);
}

function forward(call: CallFacts, reached: TensorFacts, from: OpFacts, what: What): BadFacts | null {
  const birth = forwardBirth(from, what);
  if (!birth || birth.name === "" || birth.name === "grad") return null;
  // NaN of infinities: infinity minus infinity. The infinity is the first cause.
  const infinite =
    what === "nan" ? birth.producers.find((p, i) => p && holds(valueOf(p, birth.inputs[i]), "inf")) : null;
  const first = infinite && !/^(masked_fill|full)/.test(infinite.name) ? forwardBirth(infinite, "inf") : null;
  const origin = first && first.name !== "" && first.name !== "grad" ? first : birth;
  return {
    what,
    born: "forward",
    site: origin.site,
    name: origin.name,
    because: forwardWords(origin),
    turned: origin === birth ? null : { site: birth.site, name: birth.name },
    where: null,
    reached,
    call,
  };
}

/** The first operator on the way back whose result is bad although nothing that it was given is; null: not known. */
export function forwardBirth(from: OpFacts, what: What): OpFacts | null {
  let current = from;
  for (let steps = 0; steps < DEEPEST; steps++) {
    if (current.evicted) return null;
    let next: OpFacts | null = null;
    for (let i = 0; i < current.producers.length; i++) {
      const producer = current.producers[i];
      if (!producer || producer === current) continue;
      const bad = holds(valueOf(producer, current.inputs[i]), what);
      if (bad === null) return null;
      if (bad) {
        next = producer;
        break;
      }
    }
    if (next === null) return current;
    current = next;
  }
  return null;
}

function inputs(op: OpFacts): (Snapshot | undefined)[] {
  return op.producers.map((producer, i) => (producer ? valueOf(producer, op.inputs[i]) : undefined));
}

function least(snapshot: Snapshot | undefined): number {
  const numbers = snapshot?.numbers;
  if (!numbers) return Number.NaN;
  let found = Number.POSITIVE_INFINITY;
  for (const value of numbers as Float64Array) if (Number(value) < found) found = Number(value);
  return found;
}

function hasZero(snapshot: Snapshot | undefined): boolean {
  return snapshot?.numbers
    ? Array.from(snapshot.numbers as Float64Array).some((value) => Number(value) === 0)
    : false;
}

export function forwardWords(op: OpFacts): string {
  const [first, second] = inputs(op);
  switch (op.name) {
    case "log":
    case "log2":
    case "log10":
      return least(first) < 0 ? "the logarithm of a negative number" : "the logarithm of zero";
    case "log1p":
      return "the logarithm of zero or less";
    case "sqrt":
    case "rsqrt":
      return least(first) < 0 ? "the square root of a negative number" : "one over the square root of zero";
    case "div":
    case "reciprocal":
    case "true_divide":
      return hasZero(second ?? first) ? "a division by zero" : "";
    case "exp":
    case "expm1":
    case "exp2":
    case "sinh":
    case "cosh":
      return "a result too large for a float";
    case "acos":
    case "asin":
      return "an angle whose sine or cosine would be beyond 1";
    case "std":
    case "var":
      return "the spread of a single number";
    case "pow":
      return least(first) < 0
        ? "a fractional power of a negative number"
        : hasZero(first)
          ? "a negative power of zero"
          : "a result too large for a float";
    default:
      return "";
  }
}

// ---- backward

/** A gradient that comes to a leaf. */
export function badGradient(
  record: SnippetRecord,
  call: CallFacts,
  leaf: TensorFacts,
  gradient: Snapshot,
): BadFacts | null {
  const what = badness(gradient);
  if (what === null) return null;
  const events = record.backward
    .flatMap((series) => series.kept)
    .filter((event) => event.call === call)
    .sort((a, b) => a.order - b.order);
  const birth = events.find((event) => gives(event, what) && !takes(event, what));
  if (!birth) {
    const root = call.roots.find((each) => !finite(each.value));
    return root ? forward(call, leaf, root.producer, holds(root.value, "nan") ? "nan" : "inf") : null;
  }
  // NaN of an infinity: infinity times zero. The infinity is the first cause.
  const first =
    what === "nan" && takes(birth, "inf")
      ? events.find((event) => gives(event, "inf") && !takes(event, "inf") && event.order < birth.order)
      : undefined;
  const origin = first ?? birth;
  const { node } = origin;
  const op = node.op;
  const chosen = op ? unchosen(record, op, origin) : null;
  if (op && !op.evicted) {
    // What the formula computed with was bad already.
    const seen = [...inputs(op), ...op.values];
    const before = (["nan", "inf"] as const).find((which) =>
      seen.some((value) => value && holds(value, which)),
    );
    const earlier = before && (before === "nan" || chosen) ? forward(call, leaf, op, before) : null;
    if (earlier) return { ...earlier, what, where: chosen };
  }
  return {
    what,
    born: "backward",
    site: node.site,
    name: node.name,
    because: backwardWords(node),
    turned: origin === birth ? null : { site: birth.node.site, name: birth.node.name },
    where: chosen,
    reached: leaf,
    call,
  };
}

const gives = (event: BackwardFacts, what: What): boolean => event.outgoing.some((each) => holds(each, what));
const takes = (event: BackwardFacts, what: What): boolean => event.incoming.some((each) => holds(each, what));

/** The `where` behind an operator, if what it computed was multiplied by a gradient of zero somewhere. */
function unchosen(record: SnippetRecord, op: OpFacts, event: BackwardFacts): { site: number } | null {
  if (!event.incoming.some((each) => each && hasZero(each))) return null;
  for (const { last } of record.ops) {
    if (last?.name === "where" && leadsTo(last, op, NEAR)) return { site: last.site };
  }
  return null;
}

function leadsTo(from: OpFacts, to: OpFacts, steps: number): boolean {
  if (from === to) return true;
  if (steps === 0) return false;
  return from.producers.some((producer) => producer !== null && leadsTo(producer, to, steps - 1));
}

const SLOPES: Readonly<Record<string, string>> = {
  SqrtBackward0: "the slope of the square root at zero is infinite",
  RsqrtBackward0: "the slope of 1/sqrt(x) at zero is infinite",
  LogBackward0: "the slope of the logarithm at zero is infinite",
  Log2Backward0: "the slope of the logarithm at zero is infinite",
  Log10Backward0: "the slope of the logarithm at zero is infinite",
  DivBackward0: "the slope of a division by zero is infinite",
  ReciprocalBackward0: "the slope of 1/x at zero is infinite",
  PowBackward0: "the slope of this power is infinite, or not defined, at this number",
  PowBackward1: "the slope of this power is not defined at this number",
  AcosBackward0: "the slope of acos at -1 and 1 is infinite",
  AsinBackward0: "the slope of asin at -1 and 1 is infinite",
  StdBackward0: "the slope of the standard deviation of equal numbers is 0/0",
  XlogyBackward0: "the slope of x·log(y) at y = 0 is infinite",
  ProdBackward0: "the slope of a product with zeros is 0/0",
  AcoshBackward0: "the slope of acosh at 1 is infinite",
  AtanhBackward0: "the slope of atanh at -1 and 1 is infinite",
};

const backwardWords = ({ name }: NodeFacts): string => SLOPES[name] ?? "";
