// "modified by an inplace operation": saved here, overwritten here by this, needed here.
import type { ErrorRule } from "./errors";
import { plainName } from "./finding";
import { seenThrough, viewed } from "./involvedTensors";
import { carriedNames } from "./secondBackward";

export const savedOverwritten: ErrorRule = ({ scene, site, node, tensor, number, facts }) => {
  const saving = node("node");
  const kept = tensor("tensor");
  const name = kept ? seenThrough(scene, kept) : "a tensor";
  const before = saving?.saved.find((saved) => saved.tensor === kept && saved.name === facts.saved);
  const version = before ? ` at version ${before.version}` : "";
  const overwrittenAt = number("overwrittenAt");
  const operator = String(facts.overwrittenBy || "an in-place operation");
  const isStep = scene.record.optimizers.some((each) => each.what === "step" && each.site === overwrittenAt);
  const by = isStep ? `The optimizer's step (${operator})` : operator;
  const later = (kept?.counter.value ?? 0) - (before?.version ?? 0);
  return {
    code: "autograd/saved-overwritten",
    involved: [
      [
        number("savedAt"),
        `${saving?.name ?? "The node"} saved ${name} here${version}, as its '${String(facts.saved)}'.`,
      ],
      [overwrittenAt, `${by} overwrote it here${later > 1 ? ` (the first of ${later} changes)` : ""}.`],
      [site, `Needed here: this backward pass computes with what ${saving?.name ?? "the node"} had saved.`],
    ],
    remedies: [
      { kind: "out-of-place", sites: { at: overwrittenAt } },
      { kind: "detach-state", sites: { second: site }, words: { names: carriedNames(scene) } },
      { kind: "later", sites: { at: overwrittenAt, needed: site } },
      { kind: "recompute-after", sites: { at: overwrittenAt, needed: site, saved: number("savedAt") } },
      { kind: "no-inplace-modules" },
      { kind: "change-copy", sites: { at: overwrittenAt } },
      {
        kind: "save-copy",
        sites: { saved: number("savedAt") },
        words: { name: kept ? plainName(scene.text(viewed(scene, kept))) : undefined },
      },
    ],
  };
};
