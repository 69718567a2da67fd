// A layer that forward() makes anew at each call: its weights are other random numbers each time and never trained.
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";
import { ModuleModes, moduleText } from "./moduleModes";

export const layerInForward: Rule = (scene) => {
  const modes = new ModuleModes(scene);
  const found: Found[] = [];
  for (const series of scene.record.accumulate) {
    for (const { tensor, call } of series.kept) {
      const range = scene.sites.range(tensor.made.site);
      const innermost = modes.around(tensor.made).at(-1);
      if (!range || !innermost || !tensor.isLeaf || scene.named.has(tensor)) continue;
      if (found.some((other) => other.range === range)) continue;
      found.push(
        makeFinding(
          scene,
          "nn/layer-in-forward",
          "warning",
          `This is made anew each time that ${moduleText(innermost.module)} is called: its weights are other random numbers each time, and no optimizer knows them. Make it once, in __init__, as an attribute of the module.`,
          range,
          [[call.site, "The gradient that it gets here is lost with it."]],
          [{ kind: "layer-to-init", sites: { at: tensor.made.site } }],
        ),
      );
    }
  }
  return found;
};
