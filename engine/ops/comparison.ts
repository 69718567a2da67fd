// Questions, answered as bool: comparisons, logic, what kind of number; and the operators on bits.
import type { Comparison, IntBinary } from "../kernels/binary";
import { compare, copyAs, floatOf, intBinary, test } from "../kernels/pointwise";
import type { FloatTest } from "../kernels/unary";
import { bool, type DType } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { broadcastSizes, sameSizes } from "../tensor/shape";
import { scalarTensor, type Tensor, wrappedNumber } from "../tensor/tensor";
import { add, mul, sub } from "./arithmetic";
import { notImplementedFor } from "./checks";
import { zerosLike, zerosOf } from "./creation";
import { composite, type Formula, inPlaceOp, type Operator, op, type PythonNames, using } from "./define";
import { all } from "./extremes";
import { resultType } from "./promotion";
import { abs } from "./unary";

type PairSchema = "f(Tensor self, Tensor other) -> Tensor";
type PairOperator = Operator<PairSchema>;

function named(name: string, ...aliases: string[]): PythonNames {
  return { functions: [name, ...aliases], methods: [name, ...aliases] };
}

const flat = <A>(): Formula<A> => using<A>(({ grad }) => zerosLike(grad as Tensor));

function comparison(name: Comparison, ...aliases: string[]): PairOperator {
  const declared = op(`${name}.Tensor(Tensor self, Tensor other) -> Tensor` as PairSchema);
  const forward = (self: Tensor, other: Tensor) => compare(name, self, other, resultType([self, other]));
  declared.define({ forward, scalar: "other", python: named(name, ...aliases) });
  // In place the answers take self's dtype, and the gradient is zero.
  const node = name[0].toUpperCase() + name.slice(1);
  const python = { functions: [], methods: [name, ...aliases].map((each) => `${each}_`) };
  inPlaceOp(`${name}_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)` as typeof PAIR_IN_PLACE).define({
    forward,
    vjp: { self: flat(), other: using(({ other }) => zerosOf(other.sizes, other.dtype)) },
    node: `${node}Backward1`,
    python,
  });
  inPlaceOp(`${name}_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)` as typeof SCALAR_IN_PLACE).define({
    forward: (self, other) => forward(self, wrappedNumber(other)),
    vjp: { self: flat() },
    node: `${node}Backward0`,
    python,
  });
  return declared;
}
declare const PAIR_IN_PLACE: "f_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)";
declare const SCALAR_IN_PLACE: "f_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)";

export const eq = comparison("eq");
export const ne = comparison("ne", "not_equal");
export const lt = comparison("lt", "less");
export const le = comparison("le", "less_equal");
export const gt = comparison("gt", "greater");
export const ge = comparison("ge", "greater_equal");

// ---- logic ----

const truth = (self: Tensor) => (self.dtype === bool ? self : copyAs(self, bool));

function logical(name: string, kernel: IntBinary): PairOperator {
  const declared = op(`${name}(Tensor self, Tensor other) -> Tensor` as PairSchema);
  declared.define({
    forward: (self, other) => intBinary(kernel, truth(self), truth(other), bool),
    inPlace: true,
  });
  return declared;
}

export const logical_and = logical("logical_and", "bitwiseAnd");
export const logical_or = logical("logical_or", "bitwiseOr");
export const logical_xor = logical("logical_xor", "bitwiseXor");

export const logical_not = op("logical_not(Tensor self) -> Tensor");
logical_not.define({
  forward: (self) => intBinary("bitwiseXor", truth(self), scalarTensor(true, bool), bool),
  inPlace: true,
});

function question(name: FloatTest, whole: (value: number) => number): Operator<"f(Tensor self) -> Tensor"> {
  const declared = op(`${name}(Tensor self) -> Tensor` as "f(Tensor self) -> Tensor");
  declared.define({ forward: (self) => test(name, self, whole) });
  return declared;
}
const never = () => 0;
export const isnan = question("isnan", never);
export const isinf = question("isinf", never);
export const isposinf = question("isposinf", never);
export const isneginf = question("isneginf", never);
export const isfinite = question("isfinite", () => 1);
export const signbit = question("signbit", (value) => (value < 0 ? 1 : 0));

// ---- bits ----

function bits(
  name: string,
  kernel: IntBinary,
  error: string,
  ofBools: boolean,
  aliases: string[],
): PairOperator {
  const declared = op(`${name}.Tensor(Tensor self, Tensor other) -> Tensor` as PairSchema);
  declared.define({
    forward: (self, other) => {
      broadcastSizes(self.sizes, other.sizes);
      const dtype = resultType([self, other]);
      if (dtype.kind === "float" || (dtype === bool && !ofBools)) throw notImplementedFor(error, dtype);
      return intBinary(kernel, self, other, dtype);
    },
    inPlace: true,
    scalar: "other",
    python: { functions: [name], methods: [name, ...aliases] },
  });
  return declared;
}

export const bitwise_and = bits("bitwise_and", "bitwiseAnd", "bitwise_and_cpu", true, []);
export const bitwise_or = bits("bitwise_or", "bitwiseOr", "bitwise_or_cpu", true, []);
export const bitwise_xor = bits("bitwise_xor", "bitwiseXor", "bitwise_xor_cpu", true, []);
bits("bitwise_left_shift", "shiftLeft", "lshift_cpu", false, []);
bits("bitwise_right_shift", "shiftRight", "rshift_cpu", false, []);

// ---- closeness ----

/** |self - other| <= atol + rtol |other|, element by element. */
export const isclose = composite(
  "isclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> Tensor",
  (self, other, rtol, atol, equalNan) => {
    if (self.dtype !== other.dtype) {
      throw runtimeError(`${self.dtype.scalarName} did not match ${other.dtype.scalarName}`);
    }
    if (rtol < 0) throw runtimeError(`rtol must be greater than or equal to zero, but got ${rtol}`);
    if (atol < 0) throw runtimeError(`atol must be greater than or equal to zero, but got ${atol}`);
    let close: Tensor = eq(self, other);
    if (equalNan && self.isFloat) close = logical_or(close, logical_and(isnan(self), isnan(other)));
    if (rtol === 0 && atol === 0) return close;
    const dtype: DType = self.isFloat ? self.dtype : floatOf(self.dtype);
    const [a, b] = self.isFloat ? [self, other] : [copyAs(self, dtype), copyAs(other, dtype)];
    const allowed = add(abs(mul(b, rtol)), atol, 1n);
    const actual = abs(sub(a, b, 1n));
    return logical_or(close, logical_and(isfinite(actual), le(actual, allowed)));
  },
);

composite(
  "_allclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> Tensor",
  (self, other, rtol, atol, equalNan) => all(isclose(self, other, rtol, atol, equalNan)),
  { python: { functions: ["_allclose"], methods: [] } },
);

/** Whether two tensors have the same shape and elements: a bool tensor, which Python makes a bool. */
composite(
  "_equal(Tensor self, Tensor other) -> Tensor",
  (self, other) => {
    if (!sameSizes(self.sizes, other.sizes)) return scalarTensor(false, bool);
    return all(eq(self, other));
  },
  { python: { functions: ["_equal"], methods: [] } },
);
