// The faces of nodes: what stands on them, and that nothing stands on something else.
import assert from "node:assert/strict";
import { type Card, cardOf, type Measure } from "../../../webview/graph/card";
import { unfolded } from "../../../webview/graph/groups";
import { buildModel } from "../../../webview/graph/model";
import { frameAt } from "../../../webview/timeline/frames";
import * as reports from "../../webview/fixtures/reports";

const measure: Measure = (text) => text.length * 7;
const texts = (card: Card) => card.texts.map((t) => t.text);
const cardIn = (report: ReturnType<typeof reports.lesson>, key: string): Card => {
  const view = buildModel(report).byKey.get(key);
  assert(view, `no node ${key}`);
  return cardOf(view, measure);
};

describe("cards", () => {
  it("tell leaf, non-leaf, autograd node, plain operator and failure apart by outline alone", () => {
    assert.equal(cardIn(reports.lesson(), "t:x").outline, "leaf");
    assert.equal(cardIn(reports.lesson(), "t:z").outline, "tensor");
    assert.equal(cardIn(reports.lesson(), "n:AddBackward0>z").outline, "pill");
    assert.equal(cardIn(reports.lesson(), "n:pow").outline, "plain");
    assert.equal(cardIn(reports.failingForward(), "failure").outline, "octagon");
    assert.equal(cardIn(reports.sharedAndFreed(), "n:PowBackward0>y").outline, "octagon");
  });

  it("show name, type, shape, value and gradient of a scalar", () => {
    const shown = texts(cardIn(reports.lesson(), "t:x"));
    assert.deepEqual(shown, ["x", "float32 []", "3", "value", "6", ".grad"]);
  });

  it("call a gradient that PyTorch does not keep ∂ and never .grad", () => {
    const shown = texts(cardIn(reports.lesson(), "t:z"));
    assert(shown.includes("∂"));
    assert(!shown.includes(".grad"));
  });

  it("show no gradient where none is asked for", () => {
    assert.deepEqual(texts(cardIn(reports.lesson(), "t:y")).includes(".grad"), false);
  });

  it("say by which line a node was freed", () => {
    assert(texts(cardIn(reports.lesson(), "n:PowBackward0")).includes("freed by line 6"));
  });

  it("write few values into cells, and colour many without numbers", () => {
    const few = cardIn(reports.cut(), "t:x").heats[0];
    assert.deepEqual(few?.numbers, ["1", "−2", "3"]);
    const many = cardIn(reports.loop(), "t:X").heats[0];
    assert.equal(many?.numbers, undefined);
    assert.equal(many?.levels.length, 12);
  });

  it("carry the version and the count as chips", () => {
    const w = cardIn(reports.loop(), "t:w").chips.map((c) => c.text);
    assert.deepEqual(w, ["v100"]);
    assert.deepEqual(
      cardIn(reports.loop(), "t:pred").chips.map((c) => c.text),
      ["× 100"],
    );
  });

  for (const [name, make] of Object.entries(reports)) {
    if (name === "large" || name === "reports" || typeof make !== "function") continue;
    it(`keep everything inside and nothing on top of each other: ${name}`, () => {
      const report = (make as () => ReturnType<typeof reports.lesson>)();
      for (const view of buildModel(report).nodes) tidy(cardOf(view, measure), view.key);
    });
  }

  it("fit a moment of the timeline into the size that was laid out", () => {
    const report = reports.sharedAndFreed();
    const model = buildModel(report);
    report.timeline.forEach((_, i) => {
      const frame = frameAt(report, unfolded(model), i);
      for (const [key, moment] of frame?.moments ?? []) {
        const view = model.byKey.get(key);
        assert(view);
        const base = cardOf(view, measure);
        const card = cardOf(view, measure, moment, base);
        assert.deepEqual([card.width, card.height], [base.width, base.height]);
      }
    });
  });
});

interface Piece {
  what: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function tidy(card: Card, key: string): void {
  const pieces: Piece[] = [];
  for (const t of card.texts) {
    const width = measure(t.text, t.style);
    const left = t.anchor === "middle" ? t.x - width / 2 : t.x;
    pieces.push({ what: t.text, left, right: left + width, top: t.y - 9, bottom: t.y + 1 });
  }
  for (const h of card.heats) {
    const right = h.x + h.columns * h.cell.width;
    const bottom = h.y + (h.levels.length / h.columns) * h.cell.height;
    pieces.push({ what: "heat", left: h.x, right, top: h.y, bottom });
  }
  for (const m of card.marks)
    pieces.push({ what: m.mark, left: m.x, right: m.x + 12, top: m.y, bottom: m.y + 12 });
  for (const c of card.chips)
    pieces.push({ what: c.text, left: c.x, right: c.x + c.width, top: c.y + 1, bottom: c.y + 13 });
  pieces.forEach((a, i) => {
    assert(a.left >= 3 && a.right <= card.width - 2, `${key}: ${a.what} leaves the card sideways`);
    assert(a.top >= 2 && a.bottom <= card.height - 1, `${key}: ${a.what} leaves the card`);
    for (const b of pieces.slice(i + 1)) {
      const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
      assert(apart, `${key}: ${a.what} lies on ${b.what}`);
    }
  });
}
