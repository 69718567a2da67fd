// The innermost wall: JavaScript inside the worker's context finds nothing of Node, with no other protection.
import assert from "node:assert/strict";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { bundleTestEngine } from "../support/engine";

interface Told {
  results: Record<string, string>;
  globals: string[];
}

async function ask(folder: string): Promise<Told> {
  const worker = new Worker(join(folder, "boot.cjs"), {
    workerData: { script: join(folder, "engine.js"), assets: {} },
    env: {},
  });
  try {
    return await new Promise<Told>((resolve, reject) => {
      worker.on("message", (text) => resolve(JSON.parse(String(text)) as Told));
      worker.on("error", reject);
    });
  } finally {
    await worker.terminate();
  }
}

describe("the worker's own context", () => {
  let told: Told;

  before(async () => {
    told = await ask(
      await bundleTestEngine({ name: "realm", worker: "test/security/workers/realm.ts", packages: {} }),
    );
  });

  it("knows no name of Node's", () => {
    const names = [
      "process",
      "require",
      "module",
      "Buffer",
      "global",
      "Worker",
      "WebSocket",
      "XMLHttpRequest",
    ];
    for (const name of names) assert.ok(!told.globals.includes(name), name);
    assert.ok(told.globals.includes("WebAssembly"), "the list of globals was really made");
  });

  it("tried every way that is listed", () => {
    assert.equal(Object.keys(told.results).length, 14);
  });

  it("compiles no text and finds no object of the host", () => {
    for (const [way, outcome] of Object.entries(told.results)) {
      assert.ok(outcome === "nothing" || outcome.startsWith("refused: "), `${way}: ${outcome}`);
    }
  });

  it("refuses strings as code by V8's own rule", () => {
    assert.equal(
      told.results["the constructor of a function"],
      "refused: Code generation from strings disallowed for this context",
    );
    assert.equal(
      told.results["the constructor of the host's function"],
      "refused: code cannot be made from text here",
    );
  });

  it("has no module loader", () => {
    assert.match(told.results["import()"] as string, /^refused: /);
  });
});
