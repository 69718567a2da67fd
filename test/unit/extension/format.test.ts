// Numbers as text. What torch prints for the same tensors stands beside them.
import assert from "node:assert/strict";
import {
  elementsLine,
  gridLines,
  oneLine,
  summaryBriefly,
  summaryLine,
} from "../../../extension/view/format";

const lines = (value: Parameters<typeof gridLines>[0], dtype = "float32") => gridLines(value, dtype);

describe("numbers as text", () => {
  it("writes scalars as torch prints them", () => {
    // torch.tensor(3.), tensor(0.1), tensor(7), tensor(True), tensor(1e-5), tensor(1.5e10), tensor(float("nan"))
    assert.deepEqual(lines(3), ["3."]);
    assert.deepEqual(lines(0.1), ["0.1000"]);
    assert.deepEqual(lines(7, "int64"), ["7"]);
    assert.deepEqual(lines(true, "bool"), ["True"]);
    assert.deepEqual(lines(1e-5), ["1.0000e-05"]);
    assert.deepEqual(lines(1.5e10), ["1.5000e+10"]);
    assert.deepEqual(lines("NaN"), ["nan"]);
    assert.deepEqual(lines("-Infinity"), ["-inf"]);
  });

  it("aligns the columns of a matrix", () => {
    assert.deepEqual(
      lines([
        [3, 5, 7],
        [9, 11, 13],
      ]),
      ["[[ 3.,  5.,  7.],", " [ 9., 11., 13.]]"],
    );
    assert.deepEqual(
      lines([
        [0.5, -1.25],
        [10, 0],
      ]),
      ["[[ 0.5000, -1.2500],", " [10.0000,  0.0000]]"],
    );
  });

  it("uses exponents where magnitudes differ more than a thousandfold", () => {
    assert.deepEqual(lines([1000.5, 0.001]), ["[1.0005e+03, 1.0000e-03]"]);
    assert.deepEqual(lines([0.0002, 0.05]), ["[0.0002, 0.0500]"]);
  });

  it("writes nan and inf among numbers", () => {
    assert.deepEqual(lines([1, "NaN", "Infinity"]), ["[1., nan, inf]"]);
    assert.deepEqual(
      lines([
        [0, -2],
        ["-Infinity", 100.5],
      ]),
      ["[[  0.0000,  -2.0000],", " [    -inf, 100.5000]]"],
    );
    assert.deepEqual(lines([-0, 2.5]), ["[-0.0000, 2.5000]"]);
    assert.deepEqual(lines([true, false], "bool"), ["[ True, False]"]);
  });

  it("separates the matrices of a tensor with three dimensions by a blank line", () => {
    assert.deepEqual(lines([[[1, 2]], [[3, 4]]]), ["[[[1., 2.]],", "", " [[3., 4.]]]"]);
  });

  it("leaves the middle of long rows and columns out", () => {
    const row = Array.from({ length: 20 }, (_, index) => index);
    assert.deepEqual(lines(row, "int64"), ["[ 0,  1,  2, ..., 17, 18, 19]"]);
    const tall = Array.from({ length: 20 }, (_, index) => [index]);
    assert.equal(lines(tall, "int64").length, 7);
    assert.equal(lines(tall, "int64")[3], " ...,");
  });

  it("writes empty tensors", () => {
    assert.deepEqual(lines([]), ["[]"]);
    assert.deepEqual(lines([[], []]), ["[[],", " []]"]);
  });

  it("puts a matrix on one line and cuts it off at the width", () => {
    assert.equal(
      oneLine(
        [
          [1, 2],
          [3, 40],
        ],
        "float32",
        80,
      ),
      "[[1., 2.], [3., 40.]]",
    );
    assert.equal(oneLine([1, 2, 3, 4], "int64", 8), "[1, 2, …");
  });

  it("describes large tensors by their statistics", () => {
    const summary = {
      count: 2000,
      min: -1.23456,
      max: 4,
      mean: 0.5,
      std: 1,
      zeros: 3,
      nan: 2,
      inf: 1,
      histogram: [],
      corner: [1],
    };
    assert.equal(
      summaryLine(summary),
      "2,000 elements, min -1.235, max 4, mean 0.5, std 1, 3 zero, 2 NaN, 1 infinite",
    );
    assert.equal(elementsLine({ value: null, summary }, "float32", 80), summaryLine(summary));
    assert.equal(elementsLine({ value: null }, "float32", 80), "not recorded");
  });

  it("has a short form for behind a line", () => {
    const summary = {
      count: 3000,
      min: -0.0027291,
      max: 0.0027341,
      mean: 0,
      std: 1,
      zeros: 0,
      nan: 0,
      inf: 0,
      histogram: [],
      corner: [],
    };
    assert.equal(summaryBriefly(summary), "3,000 elements from -0.00273 to 0.00273");
    assert.equal(
      summaryBriefly({ ...summary, nan: 2, inf: 1 }),
      "3,000 elements from -0.00273 to 0.00273, 3 not finite",
    );
  });
});
