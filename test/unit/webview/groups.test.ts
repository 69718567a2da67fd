// What is folded, what is opened by itself, and what a part of the graph is.
import assert from "node:assert/strict";
import { fold, groupTree, openGroups, unfolded } from "../../../webview/graph/groups";
import { buildModel } from "../../../webview/graph/model";
import { isIn, search } from "../../../webview/graph/search";
import { nearest, reach, subset } from "../../../webview/graph/subset";
import { frameAt } from "../../../webview/timeline/frames";
import { large, layered, lesson, modules, sharedAndFreed } from "../../webview/fixtures/reports";

const setUp = (report = modules(3, 5)) => {
  const model = buildModel(report);
  return { report, model, tree: groupTree(report, model) };
};

describe("groups of the graph", () => {
  it("are one for a loop, one for each round in it, and one for each call in a round", () => {
    const { tree } = setUp();
    assert.deepEqual(
      tree.roots.map((group) => [group.label, group.kind, group.rounds, group.children.length]),
      [["for t in range(3)", "rounds", 5, 5]],
    );
    const [round] = tree.roots[0]?.children ?? [];
    assert.equal(round?.label, "round 1");
    assert.deepEqual(
      round?.children.map((group) => [group.label, group.kind]),
      [["model (Net)", "module"]],
    );
  });

  it("have keys that are the same in every run of the same code", () => {
    assert.deepEqual([...setUp().tree.byKey.keys()], [...setUp().tree.byKey.keys()]);
    assert.equal(setUp().tree.byKey.size, [...new Set(setUp().tree.byKey.keys())].length);
  });

  it("hold what is used inside alone: parameters shared by rounds stand in the loop", () => {
    const { tree } = setUp();
    assert.equal(tree.of.get("t:model.layers.0.weight")?.kind, "rounds");
    const { tree: once } = setUp(layered(3));
    assert.match(once.of.get("t:model.stages.0.blocks.1.weight")?.label ?? "", /blocks\.1/);
  });

  it("stay folded where a loop has many rounds, and open by themselves where there is room", () => {
    const { tree, model } = setUp();
    assert.deepEqual([...openGroups(tree, model, {})], []);
    const few = setUp(modules(1, 2));
    assert.ok(openGroups(few.tree, few.model, {}).size > 0);
    assert.deepEqual([...openGroups(few.tree, few.model, { "g/for t in range(3)": false })], []);
  });

  it("are opened and folded by hand without moving any other", () => {
    const { tree, model } = setUp(layered(60));
    const before = openGroups(tree, model, {});
    assert.ok(before.size > 0 && before.size < tree.byKey.size);
    for (const group of tree.byKey.values()) {
      const inside = (key: string): boolean => key === group.key || key.startsWith(`${group.key}/`);
      const after = openGroups(tree, model, { [group.key]: !before.has(group.key) });
      const others = (set: Set<string>): string[] => [...set].filter((key) => !inside(key)).sort();
      assert.deepEqual(others(after), others(before), group.key);
    }
  });

  it("open by themselves as far as the room allows", () => {
    const { tree, model } = setUp(layered(60));
    const drawn = (room: number): number => fold(model, tree, openGroups(tree, model, {}, room)).nodes.length;
    assert.ok(drawn(8) <= 8, `${drawn(8)} nodes`);
    assert.ok(drawn(30) > drawn(8) && drawn(30) <= 30, `${drawn(30)} nodes`);
  });

  it("stand for what they hold: no tensor and no node is lost, and no edge leads nowhere", () => {
    for (const report of [modules(3, 5), layered(60), lesson()]) {
      const { tree, model } = setUp(report);
      const drawn = fold(model, tree, openGroups(tree, model, {}));
      for (const view of model.nodes) {
        const shown = drawn.shownAs.get(view.key);
        assert.ok(shown !== undefined && drawn.byKey.has(shown), view.key);
      }
      for (const key of [...drawn.byTensor.values(), ...drawn.byNode.values()])
        assert.ok(drawn.byKey.has(key));
      for (const { from, to } of drawn.edges) {
        assert.ok(drawn.byKey.has(from) && drawn.byKey.has(to) && from !== to);
      }
      const keys = drawn.edges.map(({ key }) => key);
      assert.equal(new Set(keys).size, keys.length);
    }
  });

  it("count what is inside, and fold 3,000 nodes to a few", () => {
    const { tree, model } = setUp(layered(500));
    const drawn = fold(model, tree, openGroups(tree, model, {}));
    assert.ok(drawn.nodes.length <= 24, `${drawn.nodes.length} nodes`);
    const inside = drawn.nodes.reduce((sum, view) => sum + (view.kind === "group" ? view.group.size : 1), 0);
    assert.equal(inside, model.nodes.length);
  });

  it("are active in the timeline when something inside is", () => {
    const { report, tree, model } = setUp();
    const drawn = fold(model, tree, new Set());
    const last = report.timeline.length - 1;
    assert.equal(frameAt(report, drawn, last)?.phases.get("g/for t in range(3)"), "active");
    const flows = frameAt(report, drawn, last)?.flows ?? [];
    assert.ok(flows.length > 0 && flows.every(({ way }) => way === "backward"));
  });

  it("leave a graph without modules and loops as it is", () => {
    const { model, tree } = setUp(lesson());
    assert.deepEqual(tree.roots, []);
    assert.deepEqual(unfolded(model).nodes, model.nodes);
    assert.deepEqual(unfolded(model).edges, model.edges);
  });
});

describe("a part of the graph", () => {
  it("is what leads to a node, or what it leads to", () => {
    const model = buildModel(sharedAndFreed());
    const up = reach(model, "t:p", "ancestors");
    assert.ok(up.has("t:x") && up.has("t:y") && !up.has("t:q"));
    const down = reach(model, "t:y", "descendants");
    assert.ok(down.has("t:p") && down.has("t:q") && !down.has("t:x"));
    const part = subset(model, up);
    assert.deepEqual(part.nodes.map(({ key }) => key).sort(), [...up].sort());
    assert.ok(part.edges.every(({ from, to }) => up.has(from) && up.has(to)));
  });

  it("is bounded where the graph is too large, and holds what is near the result", () => {
    const model = buildModel(large(6000));
    const near = nearest(model, 500);
    assert.equal(near.size, 500);
    assert.ok(near.has("t:loss"));
    assert.ok(!near.has("t:x"));
  });
});

describe("the search", () => {
  const found = (report = sharedAndFreed(), query = ""): string[] => [
    ...(search(buildModel(report), query) ?? []),
  ];

  it("knows states", () => {
    assert.deepEqual(found(lesson(), "is:leaf").sort(), ["t:x", "t:y"]);
    assert.ok(found(sharedAndFreed(), "is:freed").every((key) => key.startsWith("n:")));
    assert.ok(found(sharedAndFreed(), "is:freed").length > 0);
    assert.deepEqual(found(lesson(), "is:nonsense"), []);
  });

  it("joins states and words", () => {
    assert.deepEqual(found(lesson(), "is:leaf x"), ["t:x"]);
    assert.equal(search(buildModel(lesson()), "  "), null);
  });

  it("finds NaN and infinities at any depth", () => {
    const report = lesson();
    const x = report.tensors.find((t) => t.names[0] === "x");
    assert.ok(x);
    x.value = [[1, "NaN"]];
    const view = buildModel(report).byKey.get("t:x");
    assert.ok(view && isIn("nan", view));
  });
});
