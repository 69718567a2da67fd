// The matrix product's kernel against three plain loops, over sizes around its tiles and blocks.
import { strict as assert } from "node:assert";
import { gemm } from "../../../engine/kernels/gemm";
import { wasm } from "../../../engine/kernels/wasm/module";

function plain(m: number, n: number, k: number, a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let l = 0; l < k; l++) out[i * n + j] += a[i * k + l] * b[l * n + j];
    }
  }
  return out;
}

function wave(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => Math.sin(i * 1.7) + 0.3 * Math.cos(i * 0.13));
}

const SIZES: [number, number, number][] = [
  [1, 1, 1],
  [3, 5, 7],
  [4, 4, 4],
  [16, 16, 16],
  [17, 19, 23],
  [65, 30, 40],
  [7, 9, 513],
  [70, 5, 1100],
  [1, 64, 300],
  [64, 1, 300],
];

describe("gemm", () => {
  for (const [m, n, k] of SIZES) {
    it(`${m}×${k} · ${k}×${n} is within 1e-12 of plain loops, also read transposed and from an offset`, () => {
      const a = wave(m * k);
      const b = wave(k * n).reverse();
      const expected = plain(m, n, k, a, b);
      const turned = new Float64Array(k * m + 3);
      for (let i = 0; i < m; i++) for (let l = 0; l < k; l++) turned[3 + l * m + i] = a[i * k + l];
      const out = new Float64Array(m * n + 2);
      gemm(
        m,
        n,
        k,
        { data: turned, offset: 3, rowStride: 1, columnStride: m },
        { data: b, offset: 0, rowStride: n, columnStride: 1 },
        out,
        2,
      );
      expected.forEach((value, i) => {
        assert.ok(Math.abs(out[i + 2] - value) <= 1e-12 * k, `[${i}] ${out[i + 2]} for ${value}`);
      });
      assert.equal(out[0], 0);
    });
  }

  describe("of float32", () => {
    const views = (m: number, n: number, k: number) => {
      const a = Float32Array.from(wave(m * k));
      const b = Float32Array.from(wave(k * n));
      const left = { data: a, offset: 0, rowStride: k, columnStride: 1 };
      const right = { data: b, offset: 0, rowStride: n, columnStride: 1 };
      return { a, b, left, right };
    };

    it("a small one is rounded once: no further than 6e-8 from the product in double precision", () => {
      const [m, n, k] = [7, 6, 12];
      const { a, b, left, right } = views(m, n, k);
      const out = new Float32Array(m * n);
      gemm(m, n, k, left, right, out, 0);
      plain(m, n, k, Float64Array.from(a), Float64Array.from(b)).forEach((value, i) => {
        assert.ok(
          Math.abs(out[i] - value) <= 6e-8 * Math.abs(value) + 1e-12,
          `[${i}] ${out[i]} for ${value}`,
        );
      });
    });

    for (const [m, n, k] of [...SIZES, [33, 21, 700], [130, 67, 300], [5, 200, 40]] as const) {
      it(`${m}×${k} · ${k}×${n} is within 1e-6 of Σ|a||b|, in all orders of memory and between other numbers`, () => {
        const { a, b, left, right } = views(m, n, k);
        const expected = plain(m, n, k, Float64Array.from(a), Float64Array.from(b));
        const bound = plain(m, n, k, Float64Array.from(a, Math.abs), Float64Array.from(b, Math.abs));
        const apart = new Float32Array(2 * k * n + 5);
        for (let i = 0; i < k * n; i++) apart[5 + 2 * i] = b[i];
        const turned = new Float32Array(m * k);
        for (let i = 0; i < m; i++) for (let l = 0; l < k; l++) turned[l * m + i] = a[i * k + l];
        for (const x of [left, { data: turned, offset: 0, rowStride: 1, columnStride: m }]) {
          for (const y of [right, { data: apart, offset: 5, rowStride: 2 * n, columnStride: 2 }]) {
            const out = new Float32Array(m * n + 2);
            gemm(m, n, k, x, y, out, 1);
            expected.forEach((value, i) => {
              assert.ok(Math.abs(out[i + 1] - value) <= 1e-6 * bound[i], `[${i}] ${out[i + 1]} for ${value}`);
            });
            assert.deepEqual([out[0], out[m * n + 1]], [0, 0]);
          }
        }
      });
    }

    it("WASM and the loops agree: the kernels are there, and used for what is not tiny", () => {
      assert.ok(wasm.used);
      const { left, right } = views(40, 30, 50);
      const fast = new Float32Array(40 * 30);
      const slow = new Float32Array(40 * 30);
      gemm(40, 30, 50, left, right, fast, 0);
      wasm.used = false;
      try {
        gemm(40, 30, 50, left, right, slow, 0);
      } finally {
        wasm.used = true;
      }
      let differences = 0;
      slow.forEach((value, i) => {
        if (fast[i] !== value) differences++;
        assert.ok(Math.abs(fast[i] - value) < 2e-5);
      });
      assert.ok(differences > 0, "both were computed in the same way");
    });
  });

  it("whole numbers of 64 bits wrap as in C++", () => {
    const data = BigInt64Array.from([2n ** 62n, 3n]);
    const out = new BigInt64Array(1);
    gemm(
      1,
      1,
      2,
      { data, offset: 0, rowStride: 2, columnStride: 1 },
      { data: BigInt64Array.from([4n, 5n]), offset: 0, rowStride: 1, columnStride: 1 },
      out,
      0,
    );
    assert.equal(out[0], 15n);
  });

  it("can be ended between the blocks of a large product", () => {
    const size = 300;
    const data = wave(size * size);
    const view = { data, offset: 0, rowStride: size, columnStride: 1 };
    assert.throws(
      () =>
        gemm(size, size, size, view, view, new Float64Array(size * size), 0, () => {
          throw new Error("ended");
        }),
      /ended/,
    );
  });
});
