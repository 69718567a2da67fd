// What runs around an operator: read from Python's memory, resolved to a report's scopes.
import assert from "node:assert/strict";
import { around, ScopeTable, surroundings } from "../../../engine/record/surroundings";

const range = { start: { line: 3, character: 0 }, end: { line: 3, character: 18 } };

describe("the surroundings of an operator", () => {
  afterEach(() => {
    surroundings.read = null;
  });

  it("are the same object while nothing has changed, so that a loop's records share them", () => {
    const memory = new Int32Array(63);
    surroundings.read = () => memory;
    assert.deepEqual(around([]), []);
    memory.set([2, 1, 4, -2, 7]);
    const first = around([]);
    assert.deepEqual(first, [1, 4, -2, 7]);
    assert.equal(around(first), first);
    memory[2] = 5;
    assert.deepEqual(around(first), [1, 5, -2, 7]);
    assert.deepEqual(first, [1, 4, -2, 7]);
  });

  it("become one scope for each round and each call, with its parent", () => {
    const table = new ScopeTable({
      modules: [
        { number: 1, name: "model", type: "Net" },
        { number: 2, name: "layers.0", type: "Linear" },
        { number: 3, name: "", type: "Tanh" },
      ],
      loops: [{ number: 1, label: "for step in range(3)", range, rounds: 3 }],
    });
    assert.equal(table.indexOf([]), undefined);
    const linear = table.indexOf([1, 3, -1, 3, -2, 3]);
    assert.equal(table.indexOf([1, 3, -1, 3, -2, 3]), linear);
    assert.deepEqual(table.scopes, [
      { kind: "round", label: "for step in range(3)", loop: 1, round: 3, rounds: 3, range },
      { kind: "module", label: "model (Net)", call: 3, parent: 0 },
      { kind: "module", label: "layers.0 (Linear)", call: 3, parent: 1 },
    ]);
    assert.equal(table.scopes[table.indexOf([1, 2]) ?? -1]?.kind, "round");
    assert.equal(table.scopes.length, 4);
    assert.deepEqual(table.moduleNames([1, 3, -1, 3, -3, 1]), ["model (Net)", "Tanh"]);
  });

  it("count at least the round that runs when an error ends the loop", () => {
    const table = new ScopeTable({
      modules: [],
      loops: [{ number: 1, label: "while True", range, rounds: 0 }],
    });
    table.indexOf([1, 5]);
    assert.deepEqual(table.scopes, [
      { kind: "round", label: "while True", loop: 1, round: 5, rounds: 5, range },
    ]);
  });
});
