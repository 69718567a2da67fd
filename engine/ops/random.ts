// Random numbers: in place, as new tensors, like other tensors; samples of given probabilities; dropout.
// All draw from `drawing.generator`; the order of draws is PyTorch's (kernels/distributions.ts).
import {
  drawBernoulli,
  fillAny,
  fillCauchy,
  fillExponential,
  fillGeometric,
  fillIntegers,
  fillLogNormal,
  fillNormal,
  fillUniform,
  permutation,
} from "../kernels/distributions";
import { drawing, type RandomGenerator } from "../kernels/mersenne";
import { elementsAs, elementsBroadcast, elementsOf } from "../kernels/strided";
import { type Data, type DType, defaults, float64, int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { broadcastSizes, numel, type Sizes } from "../tensor/shape";
import { empty, fromData, type Scalar, type Tensor } from "../tensor/tensor";
import { add, mul } from "./arithmetic";
import { notImplementedFor, typeMetaName } from "./checks";
import { emptyLike } from "./convert";
import { checkSizes, fullOf, zerosLike, zerosOf } from "./creation";
import { composite, type Formula, inPlaceOp, op, using } from "./define";

type Fill = (out: Data, dtype: DType, generator: RandomGenerator) => void;

/** Numbers for the places of `self`, drawn in the order of memory. */
function drawnLike(self: Tensor, fill: Fill, dtype: DType = self.dtype): Tensor {
  const out = emptyLike(self, dtype);
  fill(out.storage.data, dtype, drawing.generator);
  return out;
}

function drawn(sizes: Sizes, dtype: DType, fill: Fill): Tensor {
  checkSizes(sizes);
  const out = empty([...sizes], dtype);
  fill(out.storage.data, dtype, drawing.generator);
  return out;
}

function requireFloat(kernel: string, dtype: DType): void {
  if (dtype.kind !== "float") throw notImplementedFor(kernel, dtype);
}

/** What was there before does not matter any more: its gradient is zero. */
function forgotten<A>(): Formula<A> {
  return using<A>(({ grad }) => zerosLike(grad as Tensor));
}

/** What a distribution is made from gets no gradient either: zeros of its own shape. */
function constant<A>(): Formula<A> {
  return using<A>((context) => zerosOf(context.grad.sizes, context.grad.dtype));
}

// ---- in place ----

function uniform(from: number, to: number): Fill {
  return (out, dtype, generator) => {
    requireFloat("check_uniform_bounds", dtype);
    if (from > to) {
      throw runtimeError(`uniform_ expects to return a [from, to) range, but found from=${from} > to=${to}`);
    }
    fillUniform(out, dtype, from, to, generator);
  };
}

inPlaceOp("uniform_(Tensor(a!) self, float from=0., float to=1.) -> Tensor(a!)").define({
  forward: (self, from, to) => drawnLike(self, uniform(from, to)),
  vjp: { self: forgotten() },
});

function normal(mean: number, std: number): Fill {
  return (out, dtype, generator) => {
    requireFloat("normal_kernel_cpu", dtype);
    if (std < 0) throw runtimeError(`normal expects std >= 0.0, but found std ${std}`);
    fillNormal(out, dtype, mean, std, generator);
  };
}

/** Memory with gaps in its order is filled number by number, as short tensors are. */
function normalLike(self: Tensor, mean: number, std: number, dtype: DType): Tensor {
  if (emptyLike(self, dtype).isContiguous()) return drawnLike(self, normal(mean, std), dtype);
  const oneByOne: Fill = (out, wanted, generator) => {
    requireFloat("normal_kernel_cpu", wanted);
    for (let i = 0; i < out.length; i++) out[i] = generator.normal() * std + mean;
  };
  return drawnLike(self, oneByOne, dtype);
}

inPlaceOp("normal_(Tensor(a!) self, float mean=0., float std=1.) -> Tensor(a!)").define({
  forward: (self, mean, std) => {
    if (std < 0) throw runtimeError(`normal expects std >= 0.0, but found std ${std}`);
    return normalLike(self, mean, std, self.dtype);
  },
  vjp: { self: forgotten() },
});

inPlaceOp("random_(Tensor(a!) self) -> Tensor(a!)").define({
  forward: (self) => drawnLike(self, fillAny),
  vjp: { self: forgotten() },
  node: "RandomBackward2",
});

function integers(from: number, to: number): Fill {
  return (out, dtype, generator) => {
    if (from >= to) {
      throw runtimeError(`random_ expects 'from' to be less than 'to', but got from=${from} >= to=${to}`);
    }
    fillIntegers(out, dtype, BigInt(from), BigInt(to), generator);
  };
}

inPlaceOp("random_.to(Tensor(a!) self, int to) -> Tensor(a!)").define({
  forward: (self, to) => drawnLike(self, integers(0, to)),
  vjp: { self: forgotten() },
  node: "RandomBackward1",
});

inPlaceOp("random_.from(Tensor(a!) self, int from, int? to) -> Tensor(a!)").define({
  forward: (self, from, to) => drawnLike(self, to === null ? fillAny : integers(from, to)),
  vjp: { self: forgotten() },
});

inPlaceOp("exponential_(Tensor(a!) self, float lambd=1.) -> Tensor(a!)").define({
  forward: (self, rate) => {
    if (self.dtype.kind !== "float") {
      throw runtimeError(
        "Exponential distribution is a continuous probability distribution. dtype must be a floating point but you " +
          `specified ${self.dtype.scalarName}`,
      );
    }
    if (rate <= 0) throw runtimeError(`exponential_ expects lambda > 0.0, but found lambda=${rate}`);
    return drawnLike(self, (out, _dtype, generator) => fillExponential(out, rate, generator));
  },
  vjp: { self: forgotten() },
});

inPlaceOp("cauchy_(Tensor(a!) self, float median=0., float sigma=1.) -> Tensor(a!)").define({
  forward: (self, median, sigma) => {
    if (self.dtype.kind !== "float") {
      throw runtimeError(
        "Cauchy distribution is a continuous probability distribution. dtype must be a floating point but you " +
          `specified ${typeMetaName(self.dtype)}`,
      );
    }
    return drawnLike(self, (out, _dtype, generator) => fillCauchy(out, median, sigma, generator));
  },
  vjp: { self: forgotten() },
});

inPlaceOp("log_normal_(Tensor(a!) self, float mean=1., float std=2.) -> Tensor(a!)").define({
  forward: (self, mean, std) => {
    requireFloat("log_normal_cpu", self.dtype);
    return drawnLike(self, (out, _dtype, generator) => fillLogNormal(out, mean, std, generator));
  },
  vjp: { self: forgotten() },
});

inPlaceOp("geometric_(Tensor(a!) self, float p) -> Tensor(a!)").define({
  forward: (self, p) => {
    if (p <= 0 || p >= 1) throw runtimeError(`geometric_ expects p to be in (0, 1), but got p=${p}`);
    return drawnLike(self, (out, _dtype, generator) => fillGeometric(out, p, generator));
  },
  vjp: { self: forgotten() },
});

// ---- 0 or 1 ----

const PROBABILITY =
  "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  If so, " +
  "please report an enhancement request to PyTorch.)";

function checkProbability(p: number): void {
  if (!(p >= 0 && p <= 1)) throw runtimeError(`bernoulli_ expects p to be in [0, 1], but got p=${p}`);
}

/** One probability for all: 53 random bits each. */
function bernoulliLike(self: Tensor, p: number): Tensor {
  checkProbability(p);
  return drawnLike(self, (out, dtype, generator) => {
    for (let i = 0; i < out.length; i++) {
      const value = drawBernoulli(p, generator);
      out[i] = dtype === int64 ? BigInt(value) : value;
    }
  });
}

/** A probability for each: as many random bits as its dtype has. */
function bernoulliOf(probabilities: Tensor, sizes: Sizes, dtype: DType): Tensor {
  const data = elementsBroadcast(probabilities, sizes);
  const single = probabilities.dtype !== float64;
  return drawn(sizes, dtype, (out, _dtype, generator) => {
    for (let i = 0; i < out.length; i++) {
      const p = Number(data[i]);
      if (!(p >= 0 && p <= 1)) throw runtimeError(PROBABILITY);
      const value = (single ? generator.uniform24() : generator.uniform53()) < p ? 1 : 0;
      out[i] = dtype === int64 ? BigInt(value) : value;
    }
  });
}

inPlaceOp("bernoulli_.float(Tensor(a!) self, float p=0.5) -> Tensor(a!)").define({
  forward: bernoulliLike,
  vjp: { self: forgotten() },
  node: "BernoulliBackward2",
});

inPlaceOp("bernoulli_.Tensor(Tensor(a!) self, Tensor p) -> Tensor(a!)").define({
  forward: (self, p) => bernoulliOf(p, self.sizes, self.dtype),
  vjp: { self: forgotten(), p: constant() },
  node: "BernoulliBackward1",
});

op("bernoulli(Tensor self) -> Tensor").define({
  forward: (self) => {
    requireFloat("bernoulli_tensor_cpu_p_", self.dtype);
    return bernoulliOf(self, self.sizes, self.dtype);
  },
  vjp: { self: forgotten() },
  samples: (g) => [[g.uniform(0.1, 0.9, 2, 3)]],
  gradcheck: { skip: "random" },
});

op("bernoulli.p(Tensor self, float p) -> Tensor").define({
  forward: bernoulliLike,
  vjp: "refuse",
});

// ---- new tensors ----

op("rand(int[] size, *, ScalarType? dtype=None) -> Tensor").define({
  forward: (size, dtype) => drawn(size, dtype ?? defaults.dtype, uniform(0, 1)),
});

op("randn(int[] size, *, ScalarType? dtype=None) -> Tensor").define({
  forward: (size, dtype) => drawn(size, dtype ?? defaults.dtype, normal(0, 1)),
});

function randint(low: number, high: number, size: Sizes, dtype: DType): Tensor {
  return drawn(size, dtype, integers(low, high));
}

op("randint(int high, int[] size, *, ScalarType? dtype=None) -> Tensor").define({
  forward: (high, size, dtype) => randint(0, high, size, dtype ?? int64),
});

op("randint.low(int low, int high, int[] size, *, ScalarType? dtype=None) -> Tensor").define({
  forward: (low, high, size, dtype) => randint(low, high, size, dtype ?? int64),
});

op("randperm(int n, *, ScalarType? dtype=None) -> Tensor").define({
  forward: (n, dtype) => {
    checkSizes([n]);
    const order = permutation(n, drawing.generator);
    const wanted = dtype ?? int64;
    const data = wanted.allocate(n);
    for (let i = 0; i < n; i++) data[i] = wanted === int64 ? BigInt(order[i]) : order[i];
    return fromData(data, [n], wanted);
  },
});

const LIKE = { methods: [] };

op("rand_like(Tensor self, *, ScalarType? dtype=None, int? memory_format=None) -> Tensor").define({
  forward: (self, dtype) => drawnLike(self, uniform(0, 1), dtype ?? self.dtype),
  python: LIKE,
});

op("randn_like(Tensor self, *, ScalarType? dtype=None, int? memory_format=None) -> Tensor").define({
  forward: (self, dtype) => normalLike(self, 0, 1, dtype ?? self.dtype),
  python: LIKE,
});

op(
  "randint_like(Tensor self, int high, *, ScalarType? dtype=None, int? memory_format=None) -> Tensor",
).define({
  forward: (self, high, dtype) => drawnLike(self, integers(0, high), dtype ?? self.dtype),
  python: LIKE,
});

op(
  "randint_like.low_dtype(Tensor self, int low, int high, *, ScalarType? dtype=None, int? memory_format=None) -> Tensor",
).define({
  forward: (self, low, high, dtype) => drawnLike(self, integers(low, high), dtype ?? self.dtype),
  python: { functions: ["randint_like"], methods: [] },
});

// ---- normal with tensors as parameters ----

function normalOf(mean: Tensor | number, std: Tensor | number): Tensor {
  const shaped = [mean, std].filter((each) => typeof each !== "number");
  const sizes = shaped.reduce<Sizes>((common, { sizes: each }) => broadcastSizes(common, each), []);
  const { dtype } = shaped[0];
  const at = (given: Tensor | number): ((i: number) => number) => {
    if (typeof given === "number") return () => given;
    const elements = elementsBroadcast(given, sizes);
    return (i) => Number(elements[i]);
  };
  const [means, stds] = [at(mean), at(std)];
  for (let i = 0; i < numel(sizes); i++) {
    if (stds(i) < 0) throw runtimeError("normal expects all elements of std >= 0.0");
  }
  const out = drawn(sizes, dtype, normal(0, 1));
  const { data } = out.storage;
  const round = dtype === float64 ? (value: number) => value : Math.fround;
  for (let i = 0; i < data.length; i++) data[i] = round(Number(data[i]) * stds(i)) + means(i);
  return out;
}

op("normal.Tensor_float(Tensor mean, float std=1) -> Tensor").define({
  forward: normalOf,
  vjp: { mean: constant() },
  node: "NormalBackward1",
  python: { functions: ["normal"], methods: [] },
  samples: (g) => [[g.randn(2, 3), 1.5]],
  gradcheck: { skip: "random" },
});
op("normal.float_Tensor(float mean, Tensor std) -> Tensor").define({
  forward: normalOf,
  vjp: { std: constant() },
  node: "NormalBackward2",
  python: { functions: ["normal"], methods: [] },
  samples: (g) => [[1.5, g.uniform(0.5, 1, 2, 3)]],
  gradcheck: { skip: "random" },
});
op("normal.Tensor_Tensor(Tensor mean, Tensor std) -> Tensor").define({
  forward: normalOf,
  vjp: { mean: constant(), std: constant() },
  node: "NormalBackward3",
  python: { functions: ["normal"], methods: [] },
  samples: (g) => [[g.randn(3), g.uniform(0.5, 1, 3)]],
  gradcheck: { skip: "random" },
});
op("normal.float_float(float mean, float std, int[] size, *, ScalarType? dtype=None) -> Tensor").define({
  forward: (mean, std, size, dtype) => drawn(size, dtype ?? defaults.dtype, normal(mean, std)),
  python: { functions: ["normal"], methods: [] },
});

// ---- samples ----

function checkDistribution(row: ArrayLike<number>): void {
  let sum = 0;
  for (let i = 0; i < row.length; i++) {
    if (!(row[i] >= 0) || row[i] === Number.POSITIVE_INFINITY) {
      throw runtimeError("probability tensor contains either `inf`, `nan` or element < 0");
    }
    sum += row[i];
  }
  if (sum <= 0) throw runtimeError("invalid multinomial distribution (sum of probabilities <= 0)");
}

/** Without replacement: the largest of p / Exponential(1). With it: where a uniform number falls in the running sum. */
op("multinomial(Tensor self, int num_samples, bool replacement=False) -> Tensor").define({
  forward: (self, count, replacement) => {
    if (self.rank < 1 || self.rank > 2) throw runtimeError("prob_dist must be 1 or 2 dim");
    if (self.dtype.kind !== "float") {
      throw runtimeError(
        `multinomial only supports floating-point dtypes for input, got: ${self.dtype.scalarName}`,
      );
    }
    if (count <= 0) throw runtimeError("cannot sample n_sample <= 0 samples");
    const width = self.sizes[self.rank - 1];
    if (!replacement && count > width) {
      throw runtimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement");
    }
    const rows = numel(self.sizes) / width;
    const data = elementsAs(self, float64) as Float64Array;
    const generator = drawing.generator;
    const out = new BigInt64Array(rows * count);
    for (let r = 0; r < rows; r++) checkDistribution(data.subarray(r * width, (r + 1) * width));
    if (!replacement || count === 1) {
      const noise = self.dtype.allocate(rows * width);
      fillExponential(noise, 1, generator);
      for (let r = 0; r < rows; r++) {
        const scores = Array.from(
          { length: width },
          (_, i) => data[r * width + i] / Number(noise[r * width + i]),
        );
        const order = scores.map((_, i) => i).sort((a, b) => scores[b] - scores[a]);
        for (let k = 0; k < count; k++) out[r * count + k] = BigInt(order[k]);
      }
    } else {
      for (let r = 0; r < rows; r++) {
        const sums = new Float64Array(width);
        let sum = 0;
        for (let i = 0; i < width; i++) {
          sum += data[r * width + i];
          sums[i] = sum;
        }
        for (let k = 0; k < count; k++) {
          const u = generator.uniform53();
          let at = 0;
          while (at < width - 1 && sums[at] / sum < u) at++;
          out[r * count + k] = BigInt(at);
        }
      }
    }
    return fromData(out, [...self.sizes.slice(0, -1), count], int64);
  },
});

// ---- dropout: PyTorch's CPU path, put together from these ----

function noiseFor(input: Tensor, sizes: Sizes, p: number): Tensor {
  // Elements are drawn in the order of the input's memory, whole channels in that of their own.
  const like = sizes === input.sizes ? input : empty([...sizes], input.dtype);
  const noise = bernoulliLike(like, 1 - p);
  const { data } = noise.storage;
  const round = input.dtype === float64 ? (value: number) => value : Math.fround;
  const scale = round(1 / round(1 - p));
  for (let i = 0; i < data.length; i++) if (data[i]) data[i] = scale;
  return noise;
}

function dropped(input: Tensor, sizes: Sizes, p: number, train: boolean): Tensor {
  if (!(p >= 0 && p <= 1)) throw runtimeError(`dropout probability has to be between 0 and 1, but got ${p}`);
  if (p === 0 || !train || input.numel === 0) return input;
  if (p === 1) return mul(input, fullOf([], 0n, input.dtype));
  return mul(input, noiseFor(input, sizes, p));
}

composite("dropout(Tensor input, float p, bool train) -> Tensor", (input, p, train) =>
  dropped(input, input.sizes, p, train),
);

composite("feature_dropout(Tensor input, float p, bool train) -> Tensor", (input, p, train) => {
  const sizes = train && p > 0 ? featureSizes(input) : input.sizes;
  return dropped(input, sizes, p, train);
});

/** The mean and spread that selu networks have are kept: what is dropped goes to α, then all is scaled and shifted. */
function alphaDropped(input: Tensor, sizes: Sizes, p: number, train: boolean): Tensor {
  if (!(p >= 0 && p <= 1)) throw runtimeError(`dropout probability has to be between 0 and 1, but got ${p}`);
  if (p === 0 || !train || input.numel === 0) return input;
  if (p === 1) return mul(input, fullOf([], 0n, input.dtype));
  const alpha = 1.7580993408473766;
  const scale = 1 / Math.sqrt((alpha * alpha * p + 1) * (1 - p));
  const noise = bernoulliLike(empty([...sizes], input.dtype), 1 - p);
  const shift = add(mul(add(noise, -1, 1n), alpha * scale), alpha * scale * p, 1n);
  return add(mul(input, mul(noise, scale)), shift, 1n);
}
function featureSizes(input: Tensor): number[] {
  if (input.rank < 2) throw runtimeError("Feature dropout requires at least 2 dimensions in the input");
  return input.sizes.map((size, d) => (d < 2 ? size : 1));
}

composite("alpha_dropout(Tensor input, float p, bool train) -> Tensor", (input, p, train) =>
  alphaDropped(input, input.sizes, p, train),
);
composite("feature_alpha_dropout(Tensor input, float p, bool train) -> Tensor", (input, p, train) =>
  alphaDropped(input, train && p > 0 ? featureSizes(input) : input.sizes, p, train),
);

// ---- leaky_relu with a random slope ----

const rrelu_with_noise = op(
  "rrelu_with_noise(Tensor self, Tensor noise, Scalar lower=0.125, Scalar upper=0.3333333333333333, bool training=False) -> Tensor",
);
const rrelu_with_noise_backward = op(
  "rrelu_with_noise_backward(Tensor grad_output, Tensor self, Tensor noise, Scalar lower, Scalar upper, bool training, bool self_is_result) -> Tensor",
);

/** Whether each element has a slope of its own. */
function varies(lower: Scalar, upper: Scalar, training: boolean): boolean {
  return training && Number(upper) - Number(lower) > 1e-6;
}

rrelu_with_noise.define({
  // `noise` takes the slopes, as PyTorch's does.
  forward: (self, noise, lower, upper, training) => {
    const [low, high] = [Number(lower), Number(upper)];
    if (low > high) throw runtimeError("Lower bound should be less than or equal to the upper bound");
    if (self.dtype.kind !== "float") throw notImplementedFor("rrelu_with_noise_out_cpu", self.dtype);
    const data = elementsOf(self) as Float64Array;
    const out = self.dtype.allocate(data.length) as Float64Array;
    const slopes = noise.storage.data as Float64Array;
    const drawn = new Float64Array(1);
    for (let i = 0; i < data.length; i++) {
      slopes[i] = 1;
      if (!training) {
        out[i] = data[i] <= 0 ? data[i] * ((low + high) / 2) : data[i];
        continue;
      }
      if (data[i] <= 0) {
        fillUniform(drawn, float64, low, high, drawing.generator);
        slopes[i] = drawn[0];
      }
      out[i] = data[i] * slopes[i];
    }
    return fromData(out, self.sizes, self.dtype);
  },
  vjp: {
    self: using("noise", "self", ({ grad, self, noise, lower, upper, training }) =>
      rrelu_with_noise_backward(grad, self, noise, lower, upper, training, false),
    ),
  },
  python: { functions: [], methods: [] },
  math: { self: "\\bar{s} = \\bar{r}\\,[s > 0] + a\\,\\bar{r}\\,[s \\le 0]" },
  gradcheck: { skip: "random" },
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3), 0.125, 0.3, true]],
});
rrelu_with_noise_backward.define({
  forward: (grad_output, self, noise, lower, upper, training) => {
    const [g, x, slopes] = [grad_output, self, noise].map((each) => elementsOf(each) as Float64Array);
    const own = varies(lower, upper, training);
    const mean = (Number(lower) + Number(upper)) / 2;
    const out = self.dtype.allocate(g.length) as Float64Array;
    for (let i = 0; i < g.length; i++) out[i] = g[i] * (own ? slopes[i] : x[i] > 0 ? 1 : mean);
    return fromData(out, self.sizes, self.dtype);
  },
  vjp: {
    grad_output: using("noise", "self", ({ grad, self, noise, lower, upper, training }) =>
      rrelu_with_noise_backward(grad, self, noise, lower, upper, training, false),
    ),
    self: using(({ self }) => zerosOf(self.sizes, self.dtype)),
  },
  node: "RreluWithNoiseBackwardBackward0",
  python: { functions: [], methods: [] },
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3), g.randn(2, 3), 0.125, 0.3, true, false]],
});
composite(
  "rrelu(Tensor self, Scalar lower=0.125, Scalar upper=0.3333333333333333, bool training=False) -> Tensor",
  (self, lower, upper, training) =>
    rrelu_with_noise(self, empty(self.sizes, self.dtype), lower, upper, training),
  { python: { functions: ["rrelu"], methods: [] } },
);
