// g = w.grad is another name for the same tensor: the next backward pass adds to it.
import { callText } from "../whyNoGrad";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

export const gradientAlias: Rule = (scene) => {
  const found: Found[] = [];
  for (const { alias, tensor, call } of scene.record.aliases) {
    const place = scene.facts.bindings.find(
      ({ site, name }) => alias.places.includes(site) && /^\w+$/.test(name),
    );
    if (!place || found.some(({ range }) => range === place.range)) continue;
    const name = scene.text(tensor);
    found.push(
      makeFinding(
        scene,
        "autograd/gradient-alias",
        "information",
        `'${place.name}' is the same tensor as the .grad of ${name}: ${callText(scene, call)} adds to it, so it does not keep the gradient of before. .clone() does.`,
        place.range,
        [[call.site, `This call adds to the .grad of ${name}, and so to '${place.name}'.`]],
        [{ kind: "clone-grad", sites: { at: scene.sites.placeOf(place.range) } }],
      ),
    );
  }
  return found;
};
