// Numbers, values, heat, pages and the text formats of the export.

import assert from "node:assert/strict";
import { instance } from "@viz-js/viz";
import { clampPage, extentOf, firstPage, sliceText, stretchesOf } from "../../../webview/details/paging";
import { asTable, asTensor, asText } from "../../../webview/details/parts";
import { movements } from "../../../webview/experiments/moved";
import { plainColour } from "../../../webview/export/picture";
import { toDot, toJson, toMermaid } from "../../../webview/export/text";
import { contains, exactNumber, formatNumber, ordinal, shorten } from "../../../webview/format";
import { buildModel } from "../../../webview/graph/model";
import { heatMapOf, heatOf, describe as inWords, shortValue } from "../../../webview/values";
import { range } from "../../webview/fixtures/builder";
import { cut, hostile, sharedAndFreed } from "../../webview/fixtures/reports";

describe("numbers", () => {
  it("are short, with a real minus, and name what is not finite", () => {
    assert.deepEqual(
      [3, 0.1 + 0.2, -0.5, 1234567, 0.00001234, -0, 100000, "NaN" as const, "-Infinity" as const, true].map(
        (n) => formatNumber(n),
      ),
      ["3", "0.3", "−0.5", "1.23e6", "1.23e−5", "0", "100000", "nan", "−∞", "True"],
    );
  });
  it("are exact for copying", () => {
    assert.equal(exactNumber(0.1 + 0.2), "0.30000000000000004");
    assert.equal(exactNumber("-Infinity"), "-inf");
    assert.equal(
      asText([
        [1, "NaN"],
        [true, -2.5],
      ]),
      '[[1, float("nan")], [True, -2.5]]',
    );
  });
  it("count as one says it", () => {
    assert.deepEqual(
      [1, 2, 3, 4, 11, 12, 13, 21, 101, 111].map(ordinal).join(" "),
      "1st 2nd 3rd 4th 11th 12th 13th 21st 101st 111th",
    );
  });
});

describe("text", () => {
  it("is shortened in its middle", () => {
    assert.equal(shorten("model.encoder.layers.0.weight", 15), "model.e….weight");
    assert.equal(shorten("short", 15), "short");
  });
  it("knows which place lies in which", () => {
    assert.equal(contains(range(1, 0, 20), range(1, 5, 10)), true);
    assert.equal(contains(range(1, 5, 10), range(1, 0, 20)), false);
    assert.equal(contains(range(1, 5, 10), range(1, 5, 10)), true);
  });
});

describe("values in short", () => {
  it("are themselves when few, shape and extent when many", () => {
    assert.equal(shortValue({ value: [[1, 2]] }), "[[1, 2]]");
    assert.equal(shortValue({ value: [1, 2, 3, 4] }), null);
    assert.equal(
      inWords({
        value: [
          [1, 2, 3, 4],
          [5, 6, 7, -8],
        ],
      }),
      "2×4, −8 … 7",
    );
    assert.equal(inWords({ value: [] }), "empty");
    assert.equal(inWords(null), "none");
    assert.equal(inWords({ value: Array.from({ length: 200_000 }, (_, i) => i) }), "200000, 0 … 199999");
  });
});

describe("heat", () => {
  it("is diverging around zero and never rounds a value to zero", () => {
    assert.deepEqual(
      [-1, -0.5, -0.001, 0, 0.001, 1].map((v) => heatOf(v, 1)),
      [-5, -3, -1, 0, 1, 5],
    );
    assert.equal(heatOf("NaN", 1), "nan");
    assert.equal(heatOf("Infinity", 1), 5);
    assert.equal(heatOf(0, 0), 0);
  });
  it("shows up to eight by eight cells and says when there is more", () => {
    const wide = heatMapOf({ value: [Array.from({ length: 20 }, (_, i) => i)] });
    assert.equal(wide?.columns, 8);
    assert.equal(wide?.partial, true);
    assert.equal(heatMapOf({ value: 3 }), null);
    assert.equal(heatMapOf({ value: [[]] }), null);
    const cube = heatMapOf({ value: [[[1, 2]], [[3, 4]]] });
    assert.deepEqual([cube?.rows, cube?.columns, cube?.partial], [2, 2, false]);
  });
});

describe("pages of a grid", () => {
  it("cover every element of any rank exactly once", () => {
    for (const shape of [[], [5], [40], [3, 4], [40, 30], [2, 3, 20, 14], [2, 1, 17, 1]]) {
      const count = shape.reduce((a, b) => a * b, 1);
      const seen = new Array<number>(count).fill(0);
      const { rows, columns, leading } = extentOf(shape);
      const visit = (at: number[]): void => {
        if (at.length < leading.length) {
          for (let i = 0; i < (leading[at.length] ?? 0); i++) visit([...at, i]);
          return;
        }
        for (let row = 0; row < rows; row += 16) {
          for (let column = 0; column < columns; column += 12) {
            for (const { offset, count: n } of stretchesOf(shape, { leading: at, row, column })) {
              for (let i = 0; i < n; i++) seen[offset + i] = (seen[offset + i] ?? 0) + 1;
            }
          }
        }
      };
      visit([]);
      assert(seen.length === count && seen.every((n) => n === 1), `shape ${shape}`);
    }
  });
  it("ask for nothing where there is nothing", () => {
    assert.deepEqual(stretchesOf([0, 3], firstPage([0, 3])), []);
  });
  it("stay where they are when the shape allows it", () => {
    assert.deepEqual(clampPage({ leading: [4], row: 16, column: 0 }, [2, 20, 3]), {
      leading: [1],
      row: 16,
      column: 0,
    });
    assert.deepEqual(clampPage({ leading: [4], row: 16, column: 0 }, [20, 3]), {
      leading: [],
      row: 0,
      column: 0,
    });
    assert.equal(sliceText({ leading: [0, 2], row: 0, column: 0 }), "[0, 2, :, :]");
  });
});

describe("copied values", () => {
  it("are what Python reads, NaN and infinities too", () => {
    assert.equal(
      asText([
        [1, "NaN"],
        ["-Infinity", true],
      ]),
      '[[1, float("nan")], [float("-inf"), True]]',
    );
    assert.equal(asText(2.5), "2.5");
    assert.equal(asText([]), "[]");
  });
  it("make the tensor again, with a dtype where torch.tensor would choose another", () => {
    assert.equal(asTensor([1.5, 2], "float32"), "torch.tensor([1.5, 2])");
    assert.equal(asTensor([1, 2], "float32"), "torch.tensor([1, 2], dtype=torch.float32)");
    assert.equal(asTensor([1, 2], "int64"), "torch.tensor([1, 2])");
    assert.equal(asTensor([true, false], "bool"), "torch.tensor([True, False])");
    assert.equal(asTensor([], "float32"), "torch.tensor([], dtype=torch.float32)");
    assert.equal(asTensor(["NaN", 1], "float64"), 'torch.tensor([float("nan"), 1], dtype=torch.float64)');
  });
  it("are rows and columns for a spreadsheet, matrices of a higher rank below one another", () => {
    assert.equal(asTable(3), "3\n");
    assert.equal(asTable([1, 2.5]), "1\t2.5\n");
    assert.equal(
      asTable([
        [1, 2],
        [3, "NaN"],
      ]),
      "1\t2\n3\tnan\n",
    );
    assert.equal(asTable([[[1, 2]], [[3, 4]]]), "1\t2\n\n3\t4\n");
  });
});

describe("what other numbers have moved", () => {
  it("is told with before and after, the largest movement first", () => {
    const [before, after] = [cut(), cut()];
    const [x] = after.tensors;
    assert.ok(x && Array.isArray(x.value));
    x.value = [1, -2, 30];
    const [first, ...rest] = movements(before, after);
    assert.deepEqual(rest, []);
    assert.deepEqual(
      [first?.name, first?.what, first?.before, first?.after, first?.difference],
      ["x", "value", "[1, −2, 3]", "[1, −2, 30]", "up to +27"],
    );
  });
});

describe("exports as text", () => {
  it("write DOT that Graphviz reads, also with hostile names", async () => {
    const viz = await instance();
    for (const report of [cut(), sharedAndFreed(), hostile()]) {
      const model = buildModel(report);
      const parsed = JSON.parse(viz.renderString(toDot(model, "TB"), { format: "json0" })) as {
        objects: { label: string }[];
        edges: unknown[];
      };
      assert.equal(parsed.objects.length, model.nodes.length);
      assert.equal(parsed.edges.length, model.edges.length);
    }
  });
  it("say freed and cut in DOT and in Mermaid", () => {
    const dot = toDot(buildModel(cut()), "LR");
    assert.match(dot, /rankdir=LR/);
    assert.match(dot, /label="MulBackward0\\nfreed by line 7"[^\n]*dashed/);
    assert.match(dot, /label="cut"/);
    const mermaid = toMermaid(buildModel(cut()), "TB");
    assert.match(mermaid, /^flowchart TB\n/);
    assert.match(mermaid, /-\. cut \.->/);
    assert.match(mermaid, /class .*freed/);
  });
  it("let no markup of a name into Mermaid", () => {
    const mermaid = toMermaid(buildModel(hostile()), "TB");
    assert.doesNotMatch(mermaid, /<img|<script/);
    assert.match(mermaid, /#60;img/);
    assert.match(mermaid, /עברית 🦊/u);
  });
  it("write Mermaid of whole statements alone, whatever a name holds", () => {
    const label = `"[^"\\n\\r]*"`;
    const statement = new RegExp(
      [
        `^flowchart (TB|LR)$`,
        `^  n\\d+(\\[${label}\\]|\\(${label}\\)|\\(\\[${label}\\]\\)|\\{\\{${label}\\}\\})$`,
        `^  n\\d+ (-->|-\\.->|-\\. (cut|writes) \\.->) n\\d+$`,
        `^  classDef freed stroke-dasharray: 4 3$`,
        `^  class n\\d+(,n\\d+)* freed$`,
      ].join("|"),
    );
    for (const report of [cut(), sharedAndFreed(), hostile()]) {
      const lines = toMermaid(buildModel(report), "TB").trimEnd().split("\n");
      for (const line of lines) assert.match(line, statement);
    }
  });
  it("write the report itself as JSON", () => {
    assert.deepEqual(JSON.parse(toJson(cut())), cut());
  });
  it("turn computed colours into what every program reads", () => {
    assert.deepEqual(plainColour("color(srgb 1 0.5 0 / 0.5)"), { rgb: "#ff8000", alpha: 0.5 });
    assert.deepEqual(plainColour("rgba(16, 32, 255, 0.25)"), { rgb: "#1020ff", alpha: 0.25 });
    assert.deepEqual(plainColour("rgb(0, 0, 0)"), { rgb: "#000000", alpha: 1 });
    assert.equal(plainColour("none"), null);
  });
});
