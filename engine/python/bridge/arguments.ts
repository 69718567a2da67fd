// An operator's arguments as they cross (docs/architecture.md, "The bridge crosses with numbers") made
// into what its entry is called with. Arguments that Python leaves away at the end get their defaults here.
import type { OperatorEntry } from "../../ops/define";
import type { Param } from "../../ops/schema";
import { type DType, dtypeOfCode } from "../../tensor/dtype";
import { type Scalar, Tensor } from "../../tensor/tensor";
import { tensorOrNull, tensors } from "./handles";

const KIND_BOOL = 0;
const KIND_INT = 1;
const KIND_FLOAT = 2;

/** A number as Python has it: ints beyond 2^53 come as bigint. */
export function scalar(kind: number, value: unknown): Scalar {
  if (kind === KIND_BOOL) return Boolean(value);
  if (kind === KIND_INT) return BigInt(value as number | bigint);
  return Number(value);
}

/** Reads one argument of `flat` at `at`; answers where the next begins. */
type Reader = (flat: readonly unknown[], at: number, out: unknown[]) => number;

const one =
  (convert: (value: unknown) => unknown): Reader =>
  (flat, at, out) => {
    out.push(convert(flat[at]));
    return at + 1;
  };

const orNull =
  (convert: (value: unknown) => unknown): ((value: unknown) => unknown) =>
  (value) =>
    value === undefined || value === null ? null : convert(value);

const list =
  (convert: (value: unknown) => unknown): Reader =>
  (flat, at, out) => {
    const length = flat[at] as number;
    if (length < 0) {
      out.push(null);
      return at + 1;
    }
    out.push(flat.slice(at + 1, at + 1 + length).map(convert));
    return at + 1 + length;
  };

const number = (value: unknown): number => Number(value);
const tensor = (handle: unknown): unknown => tensors.get(handle as number);
const optionalTensor = (handle: unknown): unknown => tensorOrNull(handle as number);

const READERS: Record<Param["kind"], Reader> = {
  Tensor: one(tensor),
  "Tensor?": one(optionalTensor),
  "Tensor[]": list(tensor),
  "Tensor?[]": list(optionalTensor),
  Scalar: (flat, at, out) => {
    out.push(scalar(flat[at] as number, flat[at + 1]));
    return at + 2;
  },
  "Scalar?": (flat, at, out) => {
    const kind = flat[at] as number;
    out.push(kind < 0 ? null : scalar(kind, flat[at + 1]));
    return at + 2;
  },
  int: one(number),
  "int?": one(orNull(number)),
  "int[]": list(number),
  "int[]?": list(number),
  float: one(number),
  "float?": one(orNull(number)),
  bool: one(Boolean),
  "bool?": one(orNull(Boolean)),
  str: one(String),
  "str?": one(orNull(String)),
  ScalarType: one((code) => dtypeOfCode(code as number)),
  "ScalarType?": one((code) => ((code as number) < 0 ? null : dtypeOfCode(code as number))),
};

/** ATen's names for the ways to reduce a loss. */
const REDUCTIONS: Record<string, number> = { None: 0, Mean: 1, Sum: 2 };

/** The value of ATen's text of a default. */
export function defaultOf(param: Param): unknown {
  const text = param.default;
  if (text === null) throw new Error(`the argument ${param.name} has no default`);
  if (text.startsWith("[")) return text.slice(1, -1).split(",").filter(Boolean).map(Number);
  if (text === "True") return true;
  if (text === "False") return false;
  const quoted = /^["'](.*)["']$/.exec(text);
  if (quoted) return quoted[1];
  if (text === "None" && param.kind !== "int") return null;
  if (text in REDUCTIONS) return REDUCTIONS[text];
  const value = Number(text);
  if (param.kind.startsWith("Scalar")) return /^-?\d+$/.test(text) ? BigInt(text) : value;
  if (param.kind.startsWith("int[]")) return new Array<number>(param.listSize ?? 1).fill(value);
  return value;
}

export type Decode = (flat: readonly unknown[]) => unknown[];

/** The decoder of one operator. */
export function decoder(entry: OperatorEntry): Decode {
  const { params } = entry.schema;
  const readers = params.map((param) => READERS[param.kind]);
  return (flat) => {
    const out: unknown[] = [];
    let at = 0;
    let i = 0;
    for (; i < readers.length && at < flat.length; i++) at = readers[i](flat, at, out);
    for (; i < readers.length; i++) out.push(defaultOf(params[i]));
    return out;
  };
}

/** The defaults of all arguments from the one at `first` on; null where one of them has none. */
export function defaultsFrom(entry: OperatorEntry, first: number): unknown[] | null {
  const rest = entry.schema.params.slice(first);
  return rest.every((param) => param.default !== null) ? rest.map(defaultOf) : null;
}

/** A number's kind and text, so that large and strange ones arrive as they are. */
function numberText(value: Scalar): { n: [number, string] } {
  if (typeof value === "boolean") return { n: [KIND_BOOL, value ? "1" : ""] };
  if (typeof value === "bigint") return { n: [KIND_INT, String(value)] };
  return { n: [KIND_FLOAT, String(value)] };
}

/** The number that a tensor of `wrappedNumber` stands for. */
function numberOf({ storage, dtype }: Tensor): Scalar {
  const [value] = storage.data;
  return dtype.kind === "bool" ? value !== 0 : value;
}

/**
 * An operator's arguments on their way to Python: a text in JSON, and the tensors that it refers to by place.
 * Python's numbers that became tensors are numbers again.
 */
export function describe(
  { schema }: OperatorEntry,
  args: readonly unknown[],
): { text: string; tensors: Tensor[] } {
  const found: Tensor[] = [];
  const described = (value: unknown, kind: Param["kind"]): unknown => {
    if (value instanceof Tensor) {
      return value.wrappedNumber ? numberText(numberOf(value)) : { t: found.push(value) - 1 };
    }
    if (Array.isArray(value)) return value.map((item) => described(item, kind));
    if (value === null || value === undefined) return null;
    if (kind.startsWith("ScalarType")) return { d: (value as DType).code };
    const isNumber = kind.startsWith("Scalar") || kind.startsWith("float") || typeof value === "bigint";
    return isNumber ? numberText(value as Scalar) : value;
  };
  const text = JSON.stringify(args.map((value, i) => described(value, schema.params[i].kind)));
  return { text, tensors: found };
}
