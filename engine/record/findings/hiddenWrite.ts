// A write through .data: the version counter does not see it, so backward computes with the wrong values silently.
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

export const hiddenWrite: Rule = (scene) => {
  const found: Found[] = [];
  const told = new Set<string>();
  for (const { node, saved, write, call } of scene.record.hiddenWrites) {
    const range = scene.sites.range(write.site);
    const key = `${write.site} ${node.site}`;
    if (!range || told.has(key)) continue;
    told.add(key);
    const name = saved.tensor ? scene.text(saved.tensor) : "a tensor";
    found.push(
      makeFinding(
        scene,
        "autograd/hidden-write",
        "warning",
        `${write.name} through .data overwrites ${name} unseen, after it was saved for backward: the gradient is computed from the new values and is wrong.`,
        range,
        [
          [node.site, `${node.name} saved it here, as its '${saved.name}'.`],
          [call.site, "This backward pass computed with the overwritten values."],
        ],
        [{ kind: "later", sites: { at: write.site, needed: call.site } }],
      ),
    );
  }
  return found;
};
