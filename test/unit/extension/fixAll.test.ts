// Fixes of a whole document, the difference of two texts, and how verified fixes are offered.
import assert from "node:assert/strict";
import type { RunOutcome, RunRequest, Snippet } from "../../../engine/protocol/engineApi";
import type { Finding, Fix, TextEdit } from "../../../engine/protocol/report";
import { diagnosticsOf } from "../../../extension/view/diagnostics";
import { editsBetween, fixAll } from "../../../extension/view/fixAll";
import { needsPreview, triableAt, verifiedFixes } from "../../../extension/view/fixes";
import { hunksOf } from "../../../extension/view/lineEdits";
import { documentView, range, report, snippet, snippetReport, snippetView } from "./fixtures";

/** A text after edits of it that do not meet. */
function edited(text: string, edits: readonly TextEdit[]): string {
  const lines = text.split("\n");
  const offset = ({ line, character }: TextEdit["range"]["start"]) =>
    lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) +
    Math.min(character, (lines[line] ?? "").length);
  return [...edits]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (result, { range: at, newText }) =>
        result.slice(0, offset(at.start)) + newText + result.slice(offset(at.end)),
      text,
    );
}

describe("the difference of two texts", () => {
  it("is as small as it can be, and leads from one to the other", () => {
    assert.deepEqual(hunksOf(["a", "b", "c", "d"], ["a", "x", "c", "d", "e"]), [
      { from: 1, to: 2, lines: ["x"] },
      { from: 4, to: 4, lines: ["e"] },
    ]);
    assert.deepEqual(hunksOf(["a", "b"], ["a", "b"]), []);
    assert.deepEqual(hunksOf(["a", "b", "c"], ["c"]), [{ from: 0, to: 2, lines: [] }]);
  });

  it("as edits of the document makes the new code of the old, whatever was added, removed or changed", () => {
    const codes = ["a\nb\nc\nd", "a\nc\nd", "b\nc\nd", "a\nb\nc", "x\na\nb\ny\nc\nd\nz", "a\nB\nc\nD", "q"];
    for (const old of codes) {
      for (const fresh of codes) {
        const before = snippet(old, 2);
        const text = `#\n#\n# %% [grad]\n${old}\n# end`;
        assert.equal(
          edited(text, editsBetween([before], [{ ...before, code: fresh }])),
          `#\n#\n# %% [grad]\n${fresh}\n# end`,
          `${JSON.stringify(old)} to ${JSON.stringify(fresh)}`,
        );
      }
    }
  });

  it("keeps the margin of a fence in a list", () => {
    const before = snippet("a\nb", 0, { indent: [3, 3] });
    const text = "-  ```\n   a\n   b\n   ```";
    assert.equal(
      edited(text, editsBetween([before], [{ ...before, code: "a\nnew\nB" }])),
      "-  ```\n   a\n   new\n   B\n   ```",
    );
  });
});

/** Code fails while it has a line "bad N"; the fix of the first one replaces it. */
function trialsOf(unfixable: readonly string[] = []) {
  let runs = 0;
  const findings = (one: Snippet): Finding[] =>
    one.code.split("\n").flatMap((line, index) => {
      if (!line.startsWith("bad")) return [];
      const at = range(one.range.start.line + index, 0, line.length);
      const candidates: Fix[] = [
        { title: `mend ${line}`, edits: [{ range: at, newText: `good${line.slice(3)}` }] },
      ];
      return [
        {
          code: "autograd/bad",
          severity: "error",
          message: line,
          range: at,
          related: [],
          fixes: [],
          candidates,
        },
      ];
    });
  return {
    get runs() {
      return runs;
    },
    run: async (request: Omit<RunRequest, "runId">): Promise<RunOutcome> => {
      runs++;
      const reports = request.snippets.map((one) =>
        snippetReport({ diagnostics: findings(one).slice(0, 1) }),
      );
      return { kind: "report", report: report(...reports) };
    },
    verify: (_run: unknown, _snippet: number, finding: Finding) => ({
      fixes: Promise.resolve(unfixable.includes(finding.message) ? [] : (finding.candidates ?? [])),
      cancel() {},
    }),
  };
}

const request = (...codes: string[]): Omit<RunRequest, "runId"> => ({
  file: "a.py",
  version: 1,
  snippets: codes.map((code, index) => snippet(code, index * 10)),
  siblings: [],
  limits: { seconds: 1, tensorBytes: 1, outputCharacters: 1, records: 1 },
});
const all = () => true;
const never = () => false;

describe("fixing a whole document", () => {
  it("goes on until nothing is found any more, each fix on what the one before has made", async () => {
    const fixed = await fixAll(request("bad 1\nok\nbad 2", "bad 3"), trialsOf(), all, never);
    assert.deepEqual(fixed.titles, ["mend bad 1", "mend bad 2", "mend bad 3"]);
    assert.deepEqual(
      fixed.edits.map(({ range: { start }, newText }) => [start.line, newText]),
      [
        [1, "good 1"],
        [3, "good 2"],
        [11, "good 3"],
      ],
    );
  });

  it("leaves what no fix helps, and tries it once", async () => {
    const trials = trialsOf(["bad 1"]);
    const fixed = await fixAll(request("bad 1", "bad 2"), trials, all, never);
    assert.deepEqual(fixed.titles, ["mend bad 2"]);
    assert.equal(trials.runs, 2);
  });

  it("leaves rules that are switched off, and everything when it is cancelled", async () => {
    assert.deepEqual((await fixAll(request("bad 1"), trialsOf(), never, never)).edits, []);
    assert.deepEqual((await fixAll(request("bad 1"), trialsOf(), all, () => true)).edits, []);
  });

  it("never takes a fix that costs something", async () => {
    const trials = trialsOf();
    const dear = {
      ...trials,
      verify: (_run: unknown, _snippet: number, finding: Finding) => ({
        fixes: Promise.resolve((finding.candidates ?? []).map((fix) => ({ ...fix, cost: "memory" }))),
        cancel() {},
      }),
    };
    assert.deepEqual((await fixAll(request("bad 1"), dear, all, never)).edits, []);
  });
});

describe("verified fixes", () => {
  const finding: Finding = {
    code: "autograd/second-backward",
    severity: "error",
    message: "no",
    range: range(3, 0, 15),
    related: [],
    fixes: [],
    candidates: [{ title: "try this", edits: [] }],
  };
  const settings = { hints: true, overrides: {} };
  const models = (stale: boolean, found: Finding) =>
    diagnosticsOf(documentView(snippetView(snippetReport({ diagnostics: [found] }), { stale })), settings);

  it("are looked for where there are candidates and the text is the one that ran", () => {
    assert.equal(triableAt(models(false, finding), range(3, 4, 4)).length, 1);
    assert.equal(triableAt(models(false, finding), range(4, 0, 0)).length, 0);
    assert.equal(triableAt(models(true, finding), range(3, 4, 4)).length, 0);
    assert.equal(triableAt(models(false, { ...finding, candidates: [] }), range(3, 4, 4)).length, 0);
  });

  it("name their cost, and the best one without a cost is preferred", () => {
    const [model] = models(false, finding);
    assert.ok(model);
    const fixes: Fix[] = [
      { title: "keep the graph", edits: [], verified: true, cost: "its memory is kept" },
      { title: "once: x.grad becomes 2.", edits: [], verified: true },
      { title: "other", edits: [], verified: true },
    ];
    assert.deepEqual(
      verifiedFixes(model, fixes, (edits) => [...edits]).map(({ title, preferred }) => [title, preferred]),
      [
        ["keep the graph (its memory is kept)", false],
        ["once: x.grad becomes 2.", true],
        ["other", false],
      ],
    );
    assert.deepEqual(
      verifiedFixes(model, fixes, () => null),
      [],
      "their place was edited",
    );
  });

  it("are shown before they are made where they change more than one line", () => {
    assert.equal(needsPreview([{ range: range(3, 0, 5), newText: "x" }]), false);
    assert.equal(needsPreview([{ range: range(3, 0, 5), newText: "x\ny" }]), true);
    assert.equal(needsPreview([{ range: range(3, 0, 4, 0), newText: "" }]), true);
    const two = [range(3, 0, 1), range(3, 4, 5)].map((at) => ({ range: at, newText: "x" }));
    assert.equal(needsPreview(two), false);
    assert.equal(needsPreview([...two, { range: range(7, 0, 1), newText: "" }]), true);
  });
});
