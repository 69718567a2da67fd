// Kernels by themselves: special functions against 40-digit arithmetic, sums and rounding bit by bit,
// type promotion and the layout of results.
import { strict as assert } from "node:assert";
import { log, sinCos } from "../../../engine/kernels/doubleDouble";
import { fma } from "../../../engine/kernels/fma";
import { memoryOrder } from "../../../engine/kernels/iterate";
import { besselScaled, digamma, erf, erfc, erfinv, lgamma, polygamma } from "../../../engine/kernels/special";
import { elementsOf } from "../../../engine/kernels/strided";
import { roundHalfEven } from "../../../engine/kernels/unary";
import { operator } from "../../../engine/ops";
import { promoteTypes, resultType } from "../../../engine/ops/promotion";
import {
  bool,
  DTYPES,
  type DType,
  float32,
  float64,
  int32,
  int64,
  uint8,
} from "../../../engine/tensor/dtype";
import { empty, fromData, scalarTensor, Tensor, wrappedNumber } from "../../../engine/tensor/tensor";

/** [x, f(x)] to the last digit of a double. */
const REFERENCE: Record<string, [x: number, y: number][]> = {
  erf: [
    [-3.2, -0.9999939742388483],
    [-0.6, -0.6038560908479259],
    [-1e-5, -1.1283791670579e-5],
    [0.0, 0.0],
    [0.3, 0.3286267594591274],
    [0.64, 0.6345858291221413],
    [0.66, 0.6493766879629542],
    [1.5, 0.9661051464753108],
    [4.0, 0.9999999845827421],
  ],
  erfc: [
    [-2.0, 1.9953222650189528],
    [0.1, 0.887537083981715],
    [0.7, 0.32219880616258156],
    [3.0, 2.209049699858544e-5],
    [8.0, 1.1224297172982926e-29],
    [20.0, 5.395865611607901e-176],
  ],
  erfinv: [
    [-0.999, -2.3267537655135246],
    [-0.3, -0.2724627147267543],
    [0.01, 0.008862501280950598],
    [0.5, 0.4769362762044699],
    [0.9999999, 3.7665625816384707],
  ],
  lgamma: [
    [-3.3, -0.8243558050174264],
    [-0.4, 1.31452458994339],
    [1e-5, 11.512919692895826],
    [0.5, 0.5723649429247001],
    [0.999, 0.0005780385328913802],
    [1.0001, -5.771334222047127e-5],
    [1.9999, -4.227520877215346e-5],
    [2.3, 0.15418945495963046],
    [10.0, 12.801827480081469],
    [150.5, 602.5139548705854],
  ],
  digamma: [
    [-2.3, 3.3173231575618227],
    [0.1, -10.423754940411076],
    [1.0, -0.5772156649015329],
    [2.5, 0.7031566406452432],
    [11.0, 2.351752589066721],
    [300.0, 5.702114882064637],
  ],
  trigamma: [
    [-1.5, 9.379246644989124],
    [0.2, 26.267377205423777],
    [1.0, 1.6449340668482264],
    [7.5, 0.1426158966967038],
    [40.0, 0.02531510384129103],
  ],
  i0e: [
    [0.0, 1.0],
    [-1.5, 0.36743360905415834],
    [5.0, 0.18354081260932836],
    [19.0, 0.09214465721171876],
    [21.0, 0.08758915965422785],
    [80.0, 0.044673291782275276],
  ],
  i1e: [
    [-1.5, -0.21903938742092569],
    [5.0, 0.16397226694454237],
    [21.0, 0.08547759644522977],
  ],
};

const FUNCTIONS: Record<string, { f: (x: number) => number; within: number }> = {
  erf: { f: erf, within: 1e-15 },
  erfc: { f: erfc, within: 1e-14 },
  erfinv: { f: erfinv, within: 1e-14 },
  lgamma: { f: lgamma, within: 1e-13 },
  digamma: { f: digamma, within: 1e-13 },
  trigamma: { f: (x) => polygamma(1, x), within: 1e-13 },
  i0e: { f: (x) => besselScaled(0, x), within: 2e-15 },
  i1e: { f: (x) => besselScaled(1, x), within: 2e-15 },
};

describe("special functions", () => {
  for (const [name, { f, within }] of Object.entries(FUNCTIONS)) {
    it(`${name} has a relative error below ${within}`, () => {
      for (const [x, y] of REFERENCE[name]) {
        const error = Math.abs(f(x) - y);
        assert.ok(error <= within * Math.abs(y), `${name}(${x}) = ${f(x)} instead of ${y}`);
      }
    });
  }

  it("have PyTorch's answers at their poles", () => {
    assert.deepEqual([digamma(0), digamma(-0), digamma(-2)], [-Infinity, Infinity, NaN]);
    assert.deepEqual([lgamma(0), lgamma(-3), lgamma(Infinity)], [Infinity, Infinity, Infinity]);
    assert.deepEqual([erfinv(1), erfinv(-1), erfinv(1.5)], [Infinity, -Infinity, NaN]);
  });
});

describe("rounding", () => {
  it("halves go to the even number", () => {
    const halves = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5];
    assert.deepEqual(halves.map(roundHalfEven), [0, 2, 2, -0, -2, -2]);
  });

  it("fma rounds once: what the product loses comes back", () => {
    const a = 1 + 2 ** -30;
    assert.equal(a * a - (1 + 2 ** -29), 0);
    assert.equal(fma(a, a, -(1 + 2 ** -29)), 2 ** -60);
    assert.equal(fma(2, 3, 4), 10);
    assert.equal(fma(Infinity, 1, 1), Infinity);
  });

  it("log, sin and cos are the doubles next to the true values", () => {
    assert.equal(log(0.1), -2.3025850929940455);
    assert.equal(log(0.9999999), -1.0000000494736474e-7);
    assert.deepEqual(sinCos(3), [0.1411200080598672, -0.9899924966004454]);
    assert.deepEqual(sinCos(6.25), [-0.03317921654755682, 0.9994494182244994]);
  });

  it("float32 sums have the last bit of PyTorch's", () => {
    // Ten times 0.1 in eight lanes and two: summed exactly and rounded once it would be 1.
    const tenths = fromData(new Float32Array(10).fill(0.1), [10], float32);
    assert.equal(elementsOf(operator("sum").call([tenths, null]) as Tensor)[0], 1.0000001192092896);
  });
});

describe("fast loops", () => {
  const ODD = [
    0,
    -0,
    1.5,
    -1.5,
    1e-45,
    -1e-45,
    3e38,
    -3e38,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  const values = Float32Array.from({ length: 400 }, (_, i) =>
    i % 7 === 0 ? ODD[(i / 7) % ODD.length] : i % 31 === 0 ? Number.NaN : Math.sin(i) * 5,
  );
  // The sign of this NaN is set.
  new Uint32Array(values.buffer)[5] = 0xffc00001;

  it("relu and its gradient choose as comparisons do, special numbers and both kinds of NaN among them", () => {
    const x = fromData(values, [400], float32);
    const gradient = Float32Array.from(values, (_, i) => i - 200.5);
    const relu = operator("relu").call([x]) as Tensor;
    assert.deepEqual(
      [...elementsOf(relu)],
      Array.from(values, (value) => (value < 0 ? 0 : value)),
    );
    const back = operator("threshold_backward").call([fromData(gradient, [400], float32), x, 0n]) as Tensor;
    assert.deepEqual(
      [...elementsOf(back)],
      Array.from(gradient, (value, i) => (values[i] <= 0 ? 0 : value)),
    );
  });

  it("a number that stands for a whole tensor, as the gradient of a sum does, is read as its copies are", () => {
    const x = fromData(values, [20, 20], float32);
    const number = fromData(Float32Array.of(9, 0.3), [2], float32);
    const expanded = new Tensor(number.storage, float32, [20, 20], [0, 0], 1);
    const copies = fromData(new Float32Array(400).fill(0.3), [20, 20], float32);
    for (const key of ["add.Tensor", "sub.Tensor", "mul.Tensor", "div.Tensor", "maximum", "atan2"]) {
      const results = [expanded, copies].map((other) => {
        const more = key.startsWith("add") || key.startsWith("sub") ? [2] : [];
        const sides = [
          [x, other],
          [other, x],
        ].map((pair) => operator(key).call([...pair, ...more]) as Tensor);
        return sides.map((result) => [...elementsOf(result)]);
      });
      assert.deepEqual(results[0], results[1], key);
    }
    const both = operator("mul.Tensor").call([expanded, expanded]) as Tensor;
    assert.deepEqual([...both.sizes, elementsOf(both).length], [20, 20, 400]);
  });

  it("sums over rows are added up in groups of sixteen rows, to the last bit", () => {
    for (const rows of [3, 16, 32, 33, 100, 255]) {
      const width = 37;
      const data = Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i * 1.7) * 10 ** (i % 5));
      const sum = operator("sum.dim_IntList").call([
        fromData(data, [rows, width], float32),
        [0],
        false,
        null,
      ]);
      // The last column that goes the way of whole registers.
      for (let column = 0; column < 32; column++) {
        let total = 0;
        for (let from = 0; from < rows; from += 16) {
          let group = 0;
          for (let i = from; i < Math.min(from + 16, rows); i++) {
            group = Math.fround(group + data[i * width + column]);
          }
          total = Math.fround(total + group);
        }
        assert.equal(elementsOf(sum as Tensor)[column], total, `${rows} rows, column ${column}`);
      }
    }
  });
});

describe("type promotion", () => {
  it("is symmetric and idempotent", () => {
    for (const a of DTYPES) {
      assert.equal(promoteTypes(a, a), a);
      for (const b of DTYPES) assert.equal(promoteTypes(a, b), promoteTypes(b, a), `${a.name} and ${b.name}`);
    }
  });

  it("prefers dimensions to 0-dim tensors to numbers, within a category", () => {
    const of = (dtype: DType) => empty([2], dtype);
    const zero = (dtype: DType) => scalarTensor(0n, dtype);
    assert.equal(resultType([of(float32), zero(float64)]), float32);
    assert.equal(resultType([of(int32), zero(float64)]), float64);
    assert.equal(resultType([of(int32), wrappedNumber(1.5)]), float32);
    assert.equal(resultType([of(float64), wrappedNumber(1.5)]), float64);
    assert.equal(resultType([of(uint8), wrappedNumber(300n)]), uint8);
    assert.equal(resultType([of(bool), wrappedNumber(1n)]), int64);
    assert.equal(resultType([zero(int32), wrappedNumber(true)]), int32);
  });
});

describe("the layout of results", () => {
  const strided = (sizes: number[], strides: number[]) =>
    new Tensor(empty([64], float32).storage, float32, sizes, strides);

  it("is row-major for row-major operands", () => {
    assert.equal(memoryOrder([strided([2, 3], [3, 1])], [2, 3]), null);
  });

  it("follows a transposed operand", () => {
    assert.deepEqual(memoryOrder([strided([2, 3], [1, 2])], [2, 3]), [1, 0]);
  });

  it("is decided by the first operand that has a stride", () => {
    const row = strided([1, 3], [0, 1]);
    const transposed = strided([2, 3], [1, 2]);
    assert.deepEqual(memoryOrder([row, transposed], [2, 3]), [1, 0]);
    const doubled = operator("mul.Tensor").call([transposed, transposed]) as Tensor;
    assert.deepEqual(doubled.strides, [1, 2]);
  });
});
