// Splitting along the first, second or third dimension; a diagonal made of any tensor; parts of numbers.
import { elementsOf } from "../kernels/strided";
import { int32 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { fromData, type Tensor } from "../tensor/tensor";
import { div } from "./arithmetic";
import { notImplementedFor } from "./checks";
import { composite, op, operator, using } from "./define";
import { fill_ } from "./fill";
import { diag_embed } from "./rearrange";
import { exp2 } from "./unary";
import { as_strided, slice } from "./view";
import { reshape } from "./viewComposites";

const NAMES = ["hsplit", "vsplit", "dsplit"] as const;

/** The dimension that a function splits, after its check. Of a vector hsplit splits the only one. */
function dimOf(name: (typeof NAMES)[number], self: Tensor): number {
  const least = { hsplit: 1, vsplit: 2, dsplit: 3 }[name];
  if (self.rank < least) {
    throw runtimeError(
      `torch.${name} requires a tensor with at least ${least} dimension, but got a tensor with ${self.rank} dimensions!`,
    );
  }
  return { hsplit: self.rank === 1 ? 0 : 1, vsplit: 0, dsplit: 2 }[name];
}

for (const name of NAMES) {
  composite(
    `${name}.int(Tensor(a) self, int sections) -> Tensor(a)[]` as "h(Tensor(a) self, int sections) -> Tensor(a)[]",
    (self, sections) => {
      const dim = dimOf(name, self);
      const size = self.sizes[dim];
      if (sections === 0 || size % sections !== 0) {
        throw runtimeError(
          `torch.${name} attempted to split along dimension ${dim}, but the size of the dimension ${size} is not divisible by the split_size ${sections}!`,
        );
      }
      const part = size / sections;
      return Array.from({ length: sections }, (_, i) => slice(self, dim, i * part, (i + 1) * part, 1));
    },
  );
  composite(
    `${name}.array(Tensor(a) self, int[] indices) -> Tensor(a)[]` as "h(Tensor(a) self, int[] indices) -> Tensor(a)[]",
    (self, indices) => {
      const dim = dimOf(name, self);
      const ends = [...indices, self.sizes[dim]];
      return ends.map((end, i) => slice(self, dim, i === 0 ? 0 : ends[i - 1], end, 1));
    },
  );
}

composite("diagflat(Tensor self, int offset=0) -> Tensor", (self, offset) =>
  diag_embed(reshape(self, [-1]), offset, 0, 1),
);

/** Mantissas in [½, 1) and exponents of two. */
const frexp = op("frexp.Tensor(Tensor self) -> (Tensor mantissa, Tensor exponent)");
frexp.define({
  forward: (self) => {
    if (self.dtype.kind !== "float") {
      throw runtimeError("torch.frexp() only supports floating-point dtypes");
    }
    const data = elementsOf(self) as Float64Array;
    const mantissas = self.dtype.allocate(data.length) as Float64Array;
    const exponents = new Int32Array(data.length);
    for (let i = 0; i < data.length; i++) {
      const x = data[i];
      if (x === 0 || !Number.isFinite(x)) {
        mantissas[i] = x;
        continue;
      }
      let e = Math.max(-1023, Math.floor(Math.log2(Math.abs(x))) + 1);
      let m = x * 2 ** -e;
      while (Math.abs(m) < 0.5) {
        m *= 2;
        e--;
      }
      while (Math.abs(m) >= 1) {
        m /= 2;
        e++;
      }
      mantissas[i] = m;
      exponents[i] = e;
    }
    return [fromData(mantissas, self.sizes, self.dtype), fromData(exponents, self.sizes, int32)];
  },
  vjp: { self: using("exponent", ({ grad, exponent }) => div(grad, exp2(exponent))) },
  node: "FrexpBackward0",
  python: { functions: ["frexp"], methods: ["frexp"] },
  math: { self: "\\bar{s} = 2^{-e}\\,\\bar{m}" },
  samples: (g) => [[g.uniform(0.6, 0.9, 2, 3)]],
});

/** The angle of a real number: 0, or π where it is negative. */
const angle = op("angle(Tensor self) -> Tensor");
angle.define({
  forward: (self) => {
    if (self.dtype.round !== undefined) throw notImplementedFor("angle_cpu", self.dtype);
    return operator("where.self").call([
      operator("lt.Scalar").call([self, 0n]),
      Math.PI,
      operator("mul.Tensor").call([operator("nan_to_num").call([self, Number.NaN, null, null]), 0.0]),
    ]) as Tensor;
  },
  vjp: { self: using("self", ({ grad }) => operator("mul.Tensor").call([grad, 0n]) as Tensor) },
  samples: (g) => [[g.randn(2, 3)]],
  gradcheck: { skip: "a constant on either side of zero" },
});

composite(
  "fill_diagonal_(Tensor(a!) self, Scalar fill_value, bool wrap=False) -> Tensor(a!)",
  (self, value, wrap) => {
    if (self.rank < 2) throw runtimeError("dimensions must larger than 1");
    const [height, width] = self.sizes;
    if (self.rank > 2 && self.sizes.some((size) => size !== height)) {
      throw runtimeError("all dimensions of input must be of equal length");
    }
    const step = self.strides.reduce((sum, stride) => sum + stride, 0);
    const count = Math.min(...self.sizes);
    const first = as_strided(self, [count], [step], self.offset);
    fill_(first, value);
    if (wrap && self.rank === 2 && height > width + 1) {
      const rest = height * width - width * (width + 1);
      const length = Math.ceil(rest / (width + 1));
      if (length > 0) {
        fill_(as_strided(self, [length], [step], self.offset + self.strides[0] * (width + 1)), value);
      }
    }
    return self;
  },
  { python: { functions: [], methods: ["fill_diagonal_"] } },
);
