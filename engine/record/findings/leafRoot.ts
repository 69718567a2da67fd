// loss.requires_grad = True after the graph was cut: backward runs, and goes nowhere.
import { causesOf, causeText, siteOf } from "../cuts";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";
import { causeRemedies } from "./reconnect";

export const leafRoot: Rule = (scene) => {
  const found: Found[] = [];
  for (const series of scene.record.calls) {
    const call = series.last;
    const range = scene.sites.range(series.site);
    const root = call?.roots[0];
    if (
      !call ||
      !range ||
      !root?.isLeaf ||
      call.ended !== "ok" ||
      root.producer.inputs.length + root.producer.sources.length === 0
    )
      continue;
    const asked = root.changes.findLast(({ what, value }) => what === "requires_grad" && value);
    const cuts = causesOf(scene, root).filter(
      ({ kind }) => kind === "cut" || kind === "rebuilt" || kind === "escaped",
    );
    if (!asked || cuts.length === 0) continue;
    const anew = { kind: "not-a-new-leaf", sites: { at: asked.site } };
    const remove = {
      kind: "remove-statement",
      sites: { at: asked.site },
      words: { title: "Remove the statement that asks for it" },
    };
    found.push(
      makeFinding(
        scene,
        "autograd/leaf-root",
        "warning",
        `${scene.text(root)} has no graph: requires_grad was only set on it, so this backward pass goes nowhere and gives no gradient to anything it was computed from.`,
        range,
        [
          [asked.site, "This makes a leaf of it; it does not bring its graph back."],
          ...cuts.slice(0, 3).map((cause) => [siteOf(cause), causeText(scene, cause)] as const),
        ],
        [anew, ...cuts.flatMap((cause) => causeRemedies(scene, cause)), remove],
      ),
    );
  }
  return found;
};
