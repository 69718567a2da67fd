// The table twin's rows and the search that it shares with the graph.
import assert from "node:assert/strict";
import { fold, groupTree, openGroups } from "../../../webview/graph/groups";
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
      rowsOf(model, { sorting, query: "", expanded: new Set(), groups, flat: true }).map(
        (row) => row.cells.within,
      );
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

describe("table rows of groups", () => {
  const setUp = (opened: Record<string, boolean> = {}, report = modules(3, 5)) => {
    const model = buildModel(report);
    const groups = groupTree(report, model);
    const open = openGroups(groups, model, opened);
    const rows = (more: Partial<Parameters<typeof rowsOf>[1]> = {}) =>
      rowsOf(model, { sorting: byLine, query: "", expanded: new Set(), groups, open, ...more });
    return { model, groups, open, rows };
  };
  const loopKey = "g/for t in range(3)";

  it("show what the graph shows: folded groups as one row, the content of open ones a level deeper", () => {
    const choices: Record<string, boolean>[] = [
      {},
      { [loopKey]: true },
      { [loopKey]: true, [`${loopKey}/round 1`]: true },
    ];
    for (const opened of choices) {
      const { model, groups, open, rows } = setUp(opened);
      const drawn = fold(model, groups, open);
      const shown = rows().filter((row) => row.kind === "node" || !row.expanded);
      assert.deepEqual(shown.map((row) => row.key).sort(), drawn.nodes.map((view) => view.key).sort());
    }
  });

  it("have the level, the place and the number of siblings that a screen reader tells", () => {
    const { rows } = setUp({ [loopKey]: true });
    const list = rows();
    const at = list.findIndex((row) => row.key === loopKey);
    const next = list[at + 1];
    assert.equal(list[at]?.level, 1);
    assert.equal(list[at]?.expanded, true);
    assert.equal(next?.level, 2);
    assert.equal(next?.position, 1);
    const inside = list.filter((row) => row.level === 2);
    assert.ok(inside.length > 0 && inside.every((row) => row.siblings === inside.length));
    assert.deepEqual(
      inside.map((row) => row.position),
      inside.map((_, i) => i + 1),
    );
  });

  it("are sorted within their level, with groups among nodes by the largest number inside", () => {
    const { rows } = setUp({ [loopKey]: true });
    const list = rows({ sorting: { column: "grad", descending: true } });
    const at = list.findIndex((row) => row.key === loopKey);
    const end = list.findLastIndex((row) => row.level === 2);
    assert.equal(list[at + 1]?.level, 2);
    assert.ok(
      list.slice(at + 1, end + 1).every((row) => row.level > 1),
      "what is inside left its group",
    );
    const outside = list.filter((row) => row.level === 1);
    const largest = outside.map((row) => Number(row.cells.grad.match(/[\d.]+$/)?.[0] ?? -1));
    assert.ok(largest.filter((n) => n >= 0).length > 1);
    assert.deepEqual(
      largest,
      [...largest].sort((x, y) => y - x),
    );
    assert.match(list[at]?.cells.grad ?? "", /^max /);
  });

  it("are sorted with NaN before infinities and both before numbers", () => {
    const report = lesson();
    const set = (name: string, grad: "NaN" | "Infinity" | number): void => {
      const tensor = report.tensors.find((t) => t.names[0] === name);
      assert.ok(tensor);
      tensor.grad = grad;
    };
    set("x", "Infinity");
    set("y", "NaN");
    const sorting: Sorting = { column: "grad", descending: true };
    const rows = rowsOf(buildModel(report), { sorting, query: "", expanded: new Set() });
    assert.deepEqual(names(rows).slice(0, 2), ["y", "x"]);
  });

  it("show what was found with the groups around it, whatever is folded, until they are folded by hand", () => {
    const { model, rows } = setUp();
    const found = search(model, "tanh");
    const list = rows({ query: "tanh" });
    assert.deepEqual(
      list
        .filter((row) => row.kind === "node")
        .map((row) => row.key)
        .sort(),
      [...(found ?? [])].sort(),
    );
    assert.equal(list[0]?.key, loopKey);
    assert.ok(list.every((row) => row.kind === "group" || row.level > 1));
    assert.deepEqual(
      rows({ query: "tanh", folded: new Set([loopKey]) }).map((row) => row.key),
      [loopKey],
    );
  });

  it("can be left out: then every node stands at the first level and says where it belongs", () => {
    const { model, rows } = setUp();
    const list = rows({ flat: true });
    assert.equal(list.length, model.nodes.length);
    assert.ok(list.every((row) => row.level === 1 && row.kind === "node"));
    assert.ok(list.some((row) => row.cells.within.startsWith("for t in range(3) × 5 › ")));
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
