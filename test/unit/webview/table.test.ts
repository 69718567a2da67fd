// The table twin's rows and the search that it shares with the graph.
import assert from "node:assert/strict";
import { groupTree } from "../../../webview/graph/groups";
import { buildModel } from "../../../webview/graph/model";
import { search } from "../../../webview/graph/search";
import { rowsOf, type Sorting } from "../../../webview/table/rows";
import { cut, lesson, loop, modules } from "../../webview/fixtures/reports";

const byLine: Sorting = { column: "line", descending: false };
const names = (rows: ReturnType<typeof rowsOf>) => rows.map((r) => r.cells.name);

describe("table rows", () => {
  it("hold exactly the nodes of the graph", () => {
    for (const report of [lesson(), cut(), loop()]) {
      const model = buildModel(report);
      const rows = rowsOf(model, { sorting: byLine, query: "", expanded: new Set() });
      assert.deepEqual(rows.map((r) => r.key).sort(), model.nodes.map((n) => n.key).sort());
    }
  });

  it("stand in the order of the code until another column is chosen", () => {
    const model = buildModel(lesson());
    const lines = rowsOf(model, { sorting: byLine, query: "", expanded: new Set() }).map((r) =>
      Number(r.cells.line),
    );
    assert.deepEqual(
      lines,
      [...lines].sort((a, b) => a - b),
    );
    const sorting: Sorting = { column: "value", descending: true };
    assert.deepEqual(names(rowsOf(model, { sorting, query: "", expanded: new Set() })).slice(0, 3), [
      "z",
      "y",
      "x",
    ]);
  });

  it("say which calls of modules and rounds of loops a node is part of, and sort by that", () => {
    const report = modules();
    const model = buildModel(report);
    const groups = groupTree(report, model);
    const rowsBy = (sorting: Sorting) =>
      rowsOf(model, { sorting, query: "", expanded: new Set(), groups }).map((row) => row.cells.within);
    const places = rowsBy(byLine);
    assert.ok(
      places.some((place) => /^for t in range\(3\) × 3 › .*› /.test(place)),
      places.join("\n"),
    );
    const sorted = rowsBy({ column: "within", descending: false });
    assert.deepEqual(
      sorted,
      [...places].sort((a, b) => a.localeCompare(b)),
    );
  });

  it("open to what a node is connected with, by the name of its input", () => {
    const rows = rowsOf(buildModel(lesson()), {
      sorting: byLine,
      query: "",
      expanded: new Set(["n:AddBackward0>z"]),
    });
    assert.deepEqual(names(rows.filter((r) => r.level === 2)).sort(), [
      "other from pow",
      "self from PowBackward0",
      "to z",
    ]);
  });

  it("say what passed through without being kept", () => {
    const z = rowsOf(buildModel(lesson()), { sorting: byLine, query: "z", expanded: new Set() }).find(
      (r) => r.key === "t:z",
    );
    assert.equal(z?.cells.grad, "∂ 1");
  });

  it("tell the state in words", () => {
    const rows = rowsOf(buildModel(cut()), { sorting: byLine, query: "", expanded: new Set() });
    const state = (key: string) => rows.find((r) => r.key === key)?.cells.state;
    assert.equal(state("t:y"), "requires_grad, retains_grad, saved");
    assert.equal(state("t:scale"), "frozen, saved");
    assert.equal(state("n:detach>target"), "gradient cut");
    assert.match(state("n:MulBackward0") ?? "", /^freed by line 7$/);
  });
});

describe("search", () => {
  it("finds by name, operator, type, shape, line and state, every word of the query", () => {
    const model = buildModel(cut());
    assert.deepEqual([...(search(model, "SCALE") ?? [])], ["t:scale"]);
    assert.deepEqual([...(search(model, "mul freed") ?? [])].sort(), ["n:MulBackward0", "n:MulBackward0>y"]);
    assert.deepEqual([...(search(model, "frozen") ?? [])], ["t:scale"]);
    assert.equal(search(model, "float32 [3]")?.has("t:x"), true);
    assert.equal(search(model, "line 4")?.has("t:y"), true);
    assert.equal(search(model, "nothing like it")?.size, 0);
  });

  it("asks for nothing when the query is empty", () => {
    assert.equal(search(buildModel(cut()), "  "), null);
  });
});
