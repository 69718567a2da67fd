// Scales of charts, and what a curve's line is of a report.
import assert from "node:assert/strict";
import { type Line, placeOn, pointAt, scaleOf, suggestsLog } from "../../../webview/curves/lines";

const line = (...values: number[]): Line => ({
  key: null,
  tensor: 1,
  name: "loss",
  calls: values.map((_, i) => 10 * i),
  values,
});

describe("the scale of a chart", () => {
  it("has ticks of 1, 2 or 5 times a power of ten around all values", () => {
    assert.deepEqual(scaleOf([line(0.42, 0.01)], false), {
      log: false,
      low: 0,
      high: 0.6,
      ticks: [0, 0.2, 0.4, 0.6],
    });
    assert.deepEqual(scaleOf([line(-3, 8)], false).ticks, [-5, 0, 5, 10]);
  });

  it("does not start at zero where everything is far from it", () => {
    assert.equal(scaleOf([line(100, 101)], false).low, 100);
  });

  it("has room for a line that stays the same, or has no finite value", () => {
    for (const values of [
      [5, 5],
      [0, 0],
      [-2, -2],
      [Number.NaN, Number.POSITIVE_INFINITY],
    ]) {
      const { low, high } = scaleOf([line(...values)], false);
      assert.ok(Number.isFinite(low) && high > low, `${values}: ${low} to ${high}`);
    }
  });

  it("goes in powers of ten where all is positive and spans more than two of them", () => {
    assert.equal(suggestsLog([line(1000, 1)]), true);
    assert.equal(suggestsLog([line(50, 1)]), false);
    assert.equal(suggestsLog([line(1000, 1, 0)]), false);
    assert.equal(suggestsLog([line(1e7, 1, 0)]), true);
    assert.equal(suggestsLog([line(1000, 1, -1)]), false);
    assert.deepEqual(scaleOf([line(1000, 2)], true), {
      log: true,
      low: 1,
      high: 1000,
      ticks: [1, 10, 100, 1000],
    });
  });

  it("gives zero and negative numbers no place among powers of ten, and none to NaN anywhere", () => {
    const log = scaleOf([line(100, 0)], true);
    assert.equal(placeOn(log, 0), null);
    assert.ok(Math.abs((placeOn({ ...log, low: 1, high: 100 }, 10) ?? 0) - 0.5) < 1e-12);
    assert.equal(placeOn(scaleOf([line(1, 2)], false), Number.NaN), null);
  });
});

describe("a line at a call", () => {
  it("has the value of that call or of the last one before it that was kept", () => {
    assert.deepEqual(
      [0, 5, 10, 99].map((call) => pointAt(line(1, 2), call)),
      [1, 1, 2, 2],
    );
    assert.equal(pointAt({ ...line(1), calls: [4] }, 3), null);
  });
});
