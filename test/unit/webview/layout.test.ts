// Layout through Graphviz, the ways of the arrow keys in it, and the client that ends what is superseded.
import assert from "node:assert/strict";
import { instance } from "@viz-js/viz";
import { apart } from "../../../webview/graph/flows";
import {
  arrowPath,
  type Box,
  type Layout,
  type LayoutInput,
  splineMiddle,
  splinePath,
} from "../../../webview/graph/geometry";
import { layOut } from "../../../webview/graph/graphviz";
import { LayoutClient, type WorkerLike } from "../../../webview/graph/layoutClient";
import { buildModel } from "../../../webview/graph/model";
import { inOrder, neighbour } from "../../../webview/graph/navigation";
import { fitted, opening, showing, zoomedAt } from "../../../webview/graph/viewport";
import type { LayoutRequest } from "../../../webview/layoutWorker";
import { cut, lesson } from "../../webview/fixtures/reports";

const model = buildModel(lesson());
const inputOf = (direction: LayoutInput["direction"], room = { width: 300, height: 500 }): LayoutInput => ({
  direction,
  room,
  before: null,
  nodes: model.nodes.map(({ key }) => ({ key, width: 100, height: 40 })),
  edges: model.edges.map(({ key, from, to }) => ({ key, from, to })),
});
const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe("the layout", () => {
  let run: Parameters<typeof layOut>[1];
  before(async () => {
    const viz = await instance();
    run = (graph) => viz.renderString(graph, { format: "json0", engine: "dot" });
  });
  const boxOf = (layout: Layout, key: string): Box => {
    const box = layout.boxes[key];
    assert(box, `no box for ${key}`);
    return box;
  };

  it("places every node once, apart from each other, inside the drawing", () => {
    const layout = layOut(inputOf("TB"), run);
    const boxes = model.nodes.map((n) => boxOf(layout, n.key));
    boxes.forEach((a, i) => {
      assert(
        a.x >= 0 && a.y >= 0 && a.x + a.width <= layout.width + 0.1 && a.y + a.height <= layout.height + 0.1,
      );
      for (const b of boxes.slice(i + 1)) assert(!overlap(a, b));
    });
  });

  it("leads the data down, or to the right", () => {
    const down = layOut(inputOf("TB"), run);
    const right = layOut(inputOf("LR"), run);
    for (const e of model.edges) {
      assert(boxOf(down, e.from).y < boxOf(down, e.to).y);
      assert(boxOf(right, e.from).x < boxOf(right, e.to).x);
    }
  });

  it("gives every edge a spline whose tip touches the node it leads to", () => {
    const layout = layOut(inputOf("TB"), run);
    for (const e of model.edges) {
      const spline = layout.splines[e.key];
      assert(spline?.tip, `no spline for ${e.key}`);
      const box = boxOf(layout, e.to);
      assert(spline.tip.x > box.x - 1 && spline.tip.x < box.x + box.width + 1);
      assert(Math.abs(spline.tip.y - box.y) < 1.5);
    }
  });

  it("chooses the direction in which it is larger, and does not turn what is drawn for little", () => {
    assert.equal(layOut(inputOf("auto", { width: 260, height: 700 }), run).direction, "TB");
    assert.equal(layOut(inputOf("auto", { width: 900, height: 180 }), run).direction, "LR");
    const square = { ...inputOf("auto", { width: 2000, height: 2000 }) };
    assert.equal(layOut({ ...square, before: "LR" }, run).direction, "LR");
    assert.equal(layOut({ ...square, before: "TB" }, run).direction, "TB");
  });

  it("survives names that mean something to Graphviz", () => {
    const nodes = ['"><b>', "\\N", "a:b", "a -> b", ""].map((key) => ({ key, width: 50, height: 20 }));
    const edges = [{ key: "<i>", from: '"><b>', to: "\\N" }];
    const layout = layOut({ ...inputOf("TB"), nodes, edges }, run);
    assert.deepEqual(Object.keys(layout.boxes).sort(), nodes.map((n) => n.key).sort());
    assert(layout.splines["<i>"]);
  });

  it("lays out a graph with a cycle", () => {
    const nodes = ["a", "b"].map((key) => ({ key, width: 50, height: 20 }));
    const edges = [
      { key: "1", from: "a", to: "b" },
      { key: "2", from: "b", to: "a", free: true },
    ];
    const layout = layOut({ ...inputOf("TB"), nodes, edges }, run);
    assert.equal(Object.keys(layout.splines).length, 2);
  });

  it("lets arrow keys follow the edges and reach every node", () => {
    const other = buildModel(cut());
    const nodes = other.nodes.map(({ key }) => ({ key, width: 100, height: 40 }));
    const layout = layOut({ ...inputOf("TB"), nodes, edges: other.edges }, run);
    assert.equal(neighbour(other, layout, "t:loss", "up"), "n:SumBackward0>loss");
    assert.equal(neighbour(other, layout, "t:loss", "down"), null);
    const reached = new Set<string>();
    const open = [inOrder(other, layout)[0] ?? ""];
    for (let key = open.pop(); key !== undefined; key = open.pop()) {
      if (reached.has(key)) continue;
      reached.add(key);
      for (const arrow of ["left", "right", "up", "down"] as const) {
        const next = neighbour(other, layout, key, arrow);
        if (next !== null) open.push(next);
      }
    }
    assert.equal(reached.size, other.nodes.length);
  });
});

describe("splines", () => {
  const line = [0, 1, 2, 3].map((i) => ({ x: i * 10, y: 0 }));
  it("become paths and arrow heads", () => {
    assert.equal(splinePath(line), "M0 0C10 0 20 0 30 0");
    assert.equal(arrowPath(line, { x: 36, y: 0 }), "M30 3L36 0L30 -3Z");
    assert.equal(arrowPath(line, null), "");
  });
  it("have a middle with a direction", () => {
    assert.deepEqual(splineMiddle(line), { at: { x: 15, y: 0 }, along: { x: 1, y: 0 } });
    const two = [...line, ...[4, 5, 6].map((i) => ({ x: i * 10, y: 0 }))];
    assert.equal(splineMiddle(two).at.x, 30);
  });
});

describe("labels on edges", () => {
  it("do not lie on each other, and stay where they are when they have room", () => {
    const box = (x: number, y = 0) => ({ x, y, width: 20, height: 18 });
    const placed = apart([box(5), box(0), box(8), box(5, 40)]);
    placed.forEach((a, i) => {
      for (const b of placed.slice(i + 1)) assert(!overlap(a, b));
    });
    assert.deepEqual(
      placed.find((b) => b.y === 40),
      box(5, 40),
    );
  });
});

describe("the view of the drawing", () => {
  const size = { width: 300, height: 400 };
  it("fits the whole and never enlarges it", () => {
    assert.equal(fitted({ width: 100, height: 100 }, size).scale, 1);
    const view = fitted({ width: 1000, height: 100 }, size);
    assert.equal(view.scale, 0.268);
  });
  it("opens a large drawing where its result is, at a size that can be read", () => {
    const result = { x: 100, y: 9900, width: 100, height: 60 };
    const view = opening({ width: 400, height: 10_000 }, size, result);
    assert(view.scale >= 0.5);
    const top = view.y + result.y * view.scale;
    assert(top > 0 && top + result.height * view.scale < size.height);
  });
  it("keeps the point under the mouse while zooming", () => {
    const view = { x: 10, y: 20, scale: 1 };
    const at = { x: 110, y: 220 };
    const next = zoomedAt(view, at, 2);
    assert.equal((at.x - next.x) / next.scale, at.x - view.x);
    assert.equal((at.y - next.y) / next.scale, at.y - view.y);
  });
  it("moves no further than needed to show a node, and not at all when it is seen", () => {
    const view = { x: 0, y: 0, scale: 1 };
    assert.equal(showing(view, { x: 50, y: 50, width: 50, height: 50 }, size), view);
    assert.deepEqual(showing(view, { x: 290, y: 50, width: 50, height: 50 }, size), {
      x: -56,
      y: 0,
      scale: 1,
    });
  });
});

describe("the layout client", () => {
  class FakeWorker implements WorkerLike {
    requests: LayoutRequest[] = [];
    ended = false;
    onmessage: WorkerLike["onmessage"] = null;
    onerror: WorkerLike["onerror"] = null;
    postMessage(request: LayoutRequest): void {
      this.requests.push(request);
    }
    terminate(): void {
      this.ended = true;
    }
    finish(): void {
      const id = this.requests.at(-1)?.id ?? 0;
      const layout = { direction: "TB" as const, width: 1, height: 1, boxes: {}, splines: {} };
      this.onmessage?.({ data: { kind: "done", id, layout, milliseconds: 1 } } as MessageEvent);
    }
  }
  const setUp = () => {
    const workers: FakeWorker[] = [];
    const client = new LayoutClient(async () => {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker;
    });
    return { workers, client };
  };
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

  it("answers with the layout", async () => {
    const { workers, client } = setUp();
    const outcome = client.layout(inputOf("TB"));
    await turn();
    workers[0]?.finish();
    assert.equal((await outcome).kind, "done");
    assert.equal(workers.length, 1);
  });

  it("ends the worker that is busy with an older request, and answers the newer one", async () => {
    const { workers, client } = setUp();
    const older = client.layout(inputOf("TB"));
    await turn();
    const newer = client.layout(inputOf("LR"));
    assert.equal((await older).kind, "superseded");
    await turn();
    assert.equal(workers[0]?.ended, true);
    workers[0]?.finish();
    workers[1]?.finish();
    assert.equal((await newer).kind, "done");
  });

  it("does not end a worker that has not begun", async () => {
    const { workers, client } = setUp();
    const older = client.layout(inputOf("TB"));
    const newer = client.layout(inputOf("LR"));
    assert.equal((await older).kind, "superseded");
    await turn();
    assert.equal(workers.length, 1);
    workers[0]?.finish();
    assert.equal((await newer).kind, "done");
    assert.equal(workers[0]?.requests.length, 1);
  });

  it("says why a worker could not start", async () => {
    const client = new LayoutClient(async () => {
      throw new Error("no such script");
    });
    const outcome = await client.layout(inputOf("TB"));
    assert(outcome.kind === "failed");
    assert.match(outcome.message, /no such script/);
  });

  it("needs no worker for an empty graph", async () => {
    const { workers, client } = setUp();
    const outcome = await client.layout({ ...inputOf("TB"), nodes: [], edges: [] });
    assert.equal(outcome.kind, "done");
    assert.equal(workers[0]?.requests.length, 0);
  });
});
