// How tensors print, against recordings of real PyTorch.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { DTYPES, type DType } from "../../engine/tensor/dtype";
import { DEFAULT_PRINT_OPTIONS, exponential, fixed, formatTensor } from "../../engine/tensor/format";
import { empty } from "../../engine/tensor/tensor";

interface Case {
  values: string[];
  shape: number[];
  dtype: string;
  requiresGrad: boolean;
  options: {
    precision?: number;
    threshold?: number;
    edgeitems?: number;
    linewidth?: number;
    sci_mode?: boolean;
  } | null;
  text: string;
}

const { cases } = JSON.parse(readFileSync("test/oracle/printing.json", "utf8")) as { cases: Case[] };

/** Python writes "nan" and "inf" where JavaScript reads "NaN" and "Infinity". */
function number(text: string): number {
  return Number(text.replace("nan", "NaN").replace("inf", "Infinity"));
}

describe("tensors print as in PyTorch, character for character", () => {
  cases.forEach(({ values, shape, dtype: name, requiresGrad, options, text }, i) => {
    it(`case ${i}: ${name} [${shape.join(", ")}] ${options ? JSON.stringify(options) : ""}`, () => {
      const dtype = DTYPES.find((candidate) => candidate.name === name) as DType;
      const tensor = empty(shape, dtype);
      values.forEach((value, k) => {
        tensor.storage.data[k] = name === "int64" ? BigInt(value) : number(value);
      });
      const { precision, threshold, edgeItems, lineWidth, sciMode } = DEFAULT_PRINT_OPTIONS;
      const printed = formatTensor(
        tensor,
        { gradFn: null, requiresGrad },
        {
          precision: options?.precision ?? precision,
          threshold: options?.threshold ?? threshold,
          edgeItems: options?.edgeitems ?? edgeItems,
          lineWidth: options?.linewidth ?? lineWidth,
          sciMode: options?.sci_mode ?? sciMode,
        },
      );
      assert.equal(printed, text);
    });
  });
});

describe("numbers are rounded as C rounds them", () => {
  it("an exact tie goes to the even digit", () => {
    assert.deepEqual([fixed(0.5, 0), fixed(1.5, 0), fixed(2.5, 0)], ["0", "2", "2"]);
    assert.deepEqual([fixed(0.03125, 4), fixed(0.09375, 4)], ["0.0312", "0.0938"]);
    assert.equal(exponential(1.00005e10, 4), "1.0000e+10");
  });

  it("a negative zero keeps its sign", () => {
    assert.equal(fixed(-0, 4), "-0.0000");
  });
});
