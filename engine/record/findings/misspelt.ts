// An attribute of a tensor that nobody but the user's code knows: p.require_grad = False freezes nothing.
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

export const misspelt: Rule = (scene) => {
  const found: Found[] = [];
  for (const { attribute, meant } of scene.facts.misspelt ?? []) {
    for (const { name, range } of scene.facts.assignments ?? []) {
      if (!name.endsWith(`.${attribute}`) || found.some((other) => other.range === range)) continue;
      found.push(
        makeFinding(
          scene,
          "autograd/misspelt-attribute",
          "warning",
          `A tensor has no '${attribute}': this sets an attribute of its own and changes nothing else. It is called ${meant}.`,
          range,
          [],
          [{ kind: "rename-attribute", sites: { at: scene.sites.placeOf(range) }, words: { name: meant } }],
        ),
      );
    }
  }
  return found;
};
