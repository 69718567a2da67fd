// Which report belongs to which text.
import assert from "node:assert/strict";
import type { Snippet } from "../../../engine/protocol/engineApi";
import type { SnippetReport } from "../../../engine/protocol/report";
import { type Asked, type PendingRun, ReportStore } from "../../../extension/reportStore";
import { inlineOf } from "../../../extension/view/inlineValues";
import { range, report, snippet, snippetReport, tensor } from "./fixtures";

const none = () => undefined;
const LIVE: Asked = { kind: "live" };

/** A store that has parsed these snippets, placed one below the other. */
function storeOf(...snippets: Snippet[]): ReportStore {
  const store = new ReportStore();
  parse(store, ...snippets);
  return store;
}

function parse(store: ReportStore, ...snippets: Snippet[]): void {
  store.setParsed({ snippets, problems: [] }, none);
}

function finish(pending: PendingRun | undefined, ...results: Partial<SnippetReport>[]): void {
  assert.ok(pending, "nothing was due");
  const reports = pending.snippets.map((one, index) =>
    snippetReport({ range: one.range, ...results[index] }),
  );
  pending.finish(report(...reports), 1);
}

const codes = (pending: PendingRun | undefined) => pending?.snippets.map((one) => one.code);
const stale = (store: ReportStore) => store.view(true).snippets.map((one) => one.stale);

const syntaxError = {
  status: "raised" as const,
  error: { type: "SyntaxError", message: "invalid syntax", range: range(1, 0, 1), traceback: "" },
};
const nameError = {
  status: "raised" as const,
  error: { type: "NameError", message: "name 'x' is not defined", range: range(4, 0, 1), traceback: "" },
};

describe("the report store", () => {
  const a = snippet("x = 1", 0);
  const b = snippet("y = 2", 3);
  const c = snippet("z = 3", 6);

  it("asks for everything once, and for nothing while the text stays the same", () => {
    const store = storeOf(a, b);
    const pending = store.begin(LIVE);
    assert.deepEqual(codes(pending), ["x = 1", "y = 2"]);
    assert.equal(store.begin(LIVE), undefined, "what is being run is not due");
    finish(pending);
    assert.equal(store.begin(LIVE), undefined);
    parse(store, { ...a }, { ...b, title: "renamed" });
    assert.equal(store.begin(LIVE), undefined, "a title changes no result");
    parse(store, { ...a, code: "x = 1\n\n" }, b);
    assert.equal(store.begin(LIVE), undefined, "blank lines at the end change no result");
  });

  it("shows what a run under way has printed, in places of the present text, until it ends", () => {
    const store = storeOf(a, b);
    const printed = (index: number) => store.view(true).snippets[index]?.printed;
    const pending = store.begin(LIVE);
    pending?.printed(1, [{ text: "so far\n", range: range(4, 0, 5) }]);
    assert.deepEqual(printed(1), [{ text: "so far\n", range: range(4, 0, 5) }]);
    assert.equal(printed(0), null);
    store.applyChanges([{ range: range(2, 0, 0), text: "\n" }]);
    assert.deepEqual(printed(1), [{ text: "so far\n", range: range(5, 0, 5) }]);
    const [view] = store.view(true).snippets.slice(1);
    const shown = inlineOf(
      { snippets: view ? [view] : [], problems: [], trusted: true },
      { values: true, gradients: "marked", output: true },
    );
    assert.deepEqual(
      shown.map(({ line, text, stale }) => [line, text, stale]),
      [[5, "so far", false]],
    );
    finish(pending);
    assert.equal(printed(1), null);
  });

  it("only moves when text outside the snippets is edited", () => {
    const store = storeOf(a, b);
    finish(store.begin(LIVE));
    store.applyChanges([{ range: range(3, 0, 0), text: "\n\n" }]);
    assert.deepEqual(
      stale(store),
      [false, false].map((_, index) => index === 1),
      "touched until it is read again",
    );
    parse(store, a, snippet("y = 2", 5));
    assert.deepEqual(stale(store), [false, false]);
    assert.equal(store.begin(LIVE), undefined);
    assert.equal(store.view(true).snippets[1]?.report?.range.start.line, 6);
  });

  it("is stale at once where an edit touches a snippet, and with it what builds on it", () => {
    const alone = snippet("w = 4", 9, { options: { isolated: true } });
    const store = storeOf(a, b, c, alone);
    finish(store.begin(LIVE));
    store.applyChanges([{ range: range(4, 4, 5), text: "5" }]);
    assert.deepEqual(stale(store), [false, true, true, false]);
  });

  it("is fresh again when an edit is undone, without a run", () => {
    const store = storeOf(a, b);
    finish(store.begin(LIVE));
    store.applyChanges([{ range: range(1, 4, 5), text: "7" }]);
    parse(store, { ...a, code: "x = 7" }, b);
    assert.deepEqual(stale(store), [true, true]);
    parse(store, a, b);
    assert.deepEqual(stale(store), [false, false]);
    assert.equal(store.begin(LIVE), undefined);
  });

  it("runs the whole shared namespace when one of its snippets changes, and an isolated one alone", () => {
    const alone = snippet("w = 4", 9, { options: { isolated: true } });
    const store = storeOf(a, b, alone);
    finish(store.begin(LIVE));
    parse(store, a, { ...b, code: "y = 3" }, alone);
    const pending = store.begin(LIVE);
    assert.deepEqual(codes(pending), ["x = 1", "y = 3"]);
    finish(pending);
    parse(store, a, { ...b, code: "y = 3" }, { ...alone, code: "w = 5" });
    assert.deepEqual(codes(store.begin(LIVE)), ["w = 5"]);
  });

  it("runs again when a snippet gets another time limit", () => {
    const store = storeOf(a);
    finish(store.begin(LIVE));
    parse(store, { ...a, options: { timeout: 9 } });
    assert.deepEqual(codes(store.begin(LIVE)), ["x = 1"]);
  });

  it("leaves live=false alone until somebody asks", () => {
    const quiet = snippet("y = 2", 3, { options: { live: false } });
    const store = storeOf(a, quiet, c);
    const live = store.begin(LIVE);
    assert.deepEqual(codes(live), ["x = 1", "z = 3"]);
    finish(live);
    assert.equal(store.view(true).snippets[1]?.report, null);
    const asked = store.begin({ kind: "snippet", index: 1 });
    assert.deepEqual(codes(asked), ["x = 1", "y = 2"]);
    finish(asked);
    assert.deepEqual(stale(store), [false, false, false]);
    assert.equal(store.begin(LIVE), undefined);
    assert.deepEqual(codes(store.begin({ kind: "all" })), ["x = 1", "y = 2", "z = 3"]);
  });

  it("runs a snippet after those above it, or alone when it is isolated", () => {
    const alone = snippet("w = 4", 9, { options: { isolated: true } });
    const store = storeOf(a, b, alone);
    assert.deepEqual(codes(store.begin({ kind: "snippet", index: 1 })), ["x = 1", "y = 2"]);
    assert.deepEqual(codes(store.begin({ kind: "snippet", index: 2 })), ["w = 4"]);
    assert.equal(store.begin({ kind: "snippet", index: 9 }), undefined);
  });

  it("keeps the last good result when the text cannot be compiled, and says why not", () => {
    const store = storeOf(a, b);
    finish(store.begin(LIVE), { tensors: [tensor({ id: 1 })] }, { tensors: [tensor({ id: 2 })] });
    store.applyChanges([{ range: range(1, 5, 5), text: " +" }]);
    parse(store, { ...a, code: "x = 1 +" }, b);
    finish(store.begin(LIVE), syntaxError, nameError);
    const [first, second] = store.view(true).snippets;
    assert.equal(first?.syntaxError?.message, "invalid syntax");
    assert.equal(first?.report?.tensors.length, 1);
    assert.equal(first?.stale, true);
    assert.equal(second?.report?.error, undefined, "a name that is missing only because of that is no news");
    assert.equal(second?.stale, true);
    assert.equal(store.begin(LIVE), undefined, "the same text is not tried again");
    parse(store, a, b);
    assert.equal(store.view(true).snippets[0]?.syntaxError, null);
    assert.deepEqual(stale(store), [false, false]);
  });

  it("shows a syntax error that was there from the start as the result", () => {
    const store = storeOf(a);
    finish(store.begin(LIVE), syntaxError);
    const [first] = store.view(true).snippets;
    assert.equal(first?.syntaxError?.type, "SyntaxError");
    assert.equal(first?.stale, false);
    parse(store, { ...a, code: "x = 2" });
    finish(store.begin(LIVE));
    assert.equal(store.view(true).snippets[0]?.syntaxError, null);
    assert.equal(store.view(true).snippets[0]?.report?.status, "ok");
  });

  it("shows a missing name that has no such excuse", () => {
    const store = storeOf(a, b);
    finish(store.begin(LIVE));
    parse(store, a, { ...b, code: "y = q" });
    finish(store.begin(LIVE), {}, nameError);
    assert.equal(store.view(true).snippets[1]?.report?.error?.type, "NameError");
  });

  it("puts results where the text is by the time they arrive", () => {
    const store = storeOf(a);
    const pending = store.begin(LIVE);
    store.applyChanges([{ range: range(0, 0, 0), text: "\n\n\n" }]);
    parse(store, snippet("x = 1", 3));
    finish(pending, { range: a.range, occurrences: [{ range: range(1, 0, 1), name: "x", tensor: 1 }] });
    const [view] = store.view(true).snippets;
    assert.equal(view?.stale, false);
    assert.deepEqual(view?.report?.occurrences[0]?.range, range(4, 0, 1));
    assert.deepEqual(view?.original?.occurrences[0]?.range, range(1, 0, 1));
    assert.deepEqual(store.present(0, range(1, 0, 1)), range(4, 0, 1));
  });

  it("shows results of a text that has changed meanwhile as stale", () => {
    const store = storeOf(a);
    const pending = store.begin(LIVE);
    parse(store, { ...a, code: "x = 2" });
    finish(pending);
    assert.deepEqual(stale(store), [true]);
    assert.deepEqual(codes(store.begin(LIVE)), ["x = 2"]);
  });

  it("forgets results of snippets that are gone, and takes no notice of those that arrive for them", () => {
    const store = storeOf(a, b);
    const pending = store.begin(LIVE);
    parse(store, b);
    finish(pending);
    assert.equal(store.view(true).snippets.length, 1);
    assert.equal(store.view(true).snippets[0]?.stale, true);
  });

  it("knows a snippet by its line and its text when the one above it is deleted", () => {
    const store = storeOf(a, b);
    finish(store.begin(LIVE), { title: "of a" }, { title: "of b" });
    store.applyChanges([{ range: range(0, 0, 3, 0), text: "" }]);
    parse(store, snippet("y = 2", 0));
    assert.equal(store.view(true).snippets[0]?.report?.title, "of b");
  });

  it("does not take a superseded run for a result", () => {
    const store = storeOf(a);
    finish(store.begin(LIVE), { status: "stopped", stoppedBy: "superseded" });
    assert.equal(store.view(true).snippets[0]?.report, null);
    assert.deepEqual(codes(store.begin(LIVE)), ["x = 1"]);
  });

  it("tries a text that broke the engine again only when asked to", () => {
    const store = storeOf(a);
    store.begin(LIVE)?.crash("out of stack");
    assert.equal(store.view(true).snippets[0]?.crashed, "out of stack");
    assert.equal(store.begin(LIVE), undefined);
    assert.ok(store.begin({ kind: "snippet", index: 0 }));
  });

  it("does not try a text again that ran into its time limit", () => {
    const store = storeOf(a);
    finish(store.begin(LIVE), { status: "stopped", stoppedBy: "timeout" });
    assert.equal(store.begin(LIVE), undefined);
  });

  it("asks for everything again when files beside the document change", () => {
    const store = storeOf(a);
    finish(store.begin(LIVE));
    store.surroundingsChanged();
    assert.deepEqual(stale(store), [true]);
    assert.deepEqual(codes(store.begin(LIVE)), ["x = 1"]);
  });

  it("marks what runs, snippet by snippet, and what a newer run has taken over", () => {
    const running = () => store.view(true).snippets.map((one) => one.running);
    const store = storeOf(a, b);
    const first = store.begin(LIVE);
    assert.deepEqual(running(), [true, true]);
    first?.progress(0, snippetReport({ title: "early" }), 1);
    assert.deepEqual(running(), [false, true]);
    assert.equal(store.view(true).snippets[0]?.report?.title, "early", "its result is there at once");
    const second = store.begin({ kind: "all" });
    first?.abandon();
    assert.deepEqual(running(), [true, true]);
    second?.abandon();
    assert.deepEqual(running(), [false, false]);
    assert.ok(store.begin(LIVE), "what was abandoned is due again");
  });

  describe("with code that has no annotation", () => {
    const free = snippet("q = x", 9, { title: "Lines 10–10", options: { live: false } });

    it("runs it after the snippets above it, and never by itself", () => {
      const store = storeOf(a, b);
      const index = store.addAdHoc(free);
      assert.equal(index, 2);
      const pending = store.begin({ kind: "snippet", index });
      assert.deepEqual(codes(pending), ["x = 1", "y = 2", "q = x"]);
      finish(pending);
      store.setParsed({ snippets: [a, b], problems: [] }, () => ({ ...free, code: "q = x + 1" }));
      assert.deepEqual(stale(store), [false, false, true]);
      assert.equal(store.begin(LIVE), undefined);
      assert.equal(store.view(true).snippets[2]?.title, "Lines 10–10");
    });

    it("replaces earlier code at the same place, and goes when its text or the user wants it", () => {
      const store = storeOf(a);
      store.addAdHoc(free);
      assert.equal(store.addAdHoc({ ...free, code: "q = 1" }), 1);
      assert.equal(store.view(true).snippets.length, 2);
      store.removeAdHoc(0);
      assert.equal(store.view(true).snippets.length, 2, "an annotated snippet cannot be dismissed");
      store.removeAdHoc(1);
      assert.equal(store.view(true).snippets.length, 1);
      store.addAdHoc(free);
      parse(store, a);
      assert.equal(store.view(true).snippets.length, 1);
    });

    it("gives way to an annotation at its place", () => {
      const store = storeOf(a);
      store.addAdHoc(free);
      store.setParsed({ snippets: [a, snippet("q = x", 9)], problems: [] }, () => free);
      assert.deepEqual(
        store.view(true).snippets.map((one) => one.adHoc),
        [false, false],
      );
    });
  });
});
