// A parameter that no backward pass of the snippet reached, although others of the same module were.
import { listed } from "../cuts";
import type { TensorFacts } from "../facts";
import { whyNoGrad } from "../whyNoGrad";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

export const unusedParameter: Rule = (scene) => {
  const calls = [...scene.recorder.calls].filter(
    ({ snippet, ended, inputs, how }) =>
      snippet === scene.record.index && ended === "ok" && inputs === null && how === "backward",
  );
  const call = calls[calls.length - 1];
  if (!call || scene.facts.status !== "ok") return [];
  const byModule = new Map<string, TensorFacts[]>();
  for (const tensor of scene.parameters) {
    const name = scene.names(tensor).find((each) => each.includes("."));
    if (!name || !tensor.requiresGrad || tensor.made.order > call.order) continue;
    const module = name.slice(0, name.indexOf("."));
    byModule.set(module, [...(byModule.get(module) ?? []), tensor]);
  }
  const found: Found[] = [];
  for (const [module, tensors] of byModule) {
    const without = tensors.filter(({ gradients }) => gradients.length === 0);
    if (without.length === 0 || without.length === tensors.length) continue;
    // A module that only an earlier snippet trained was told there.
    if (!tensors.some(({ gradients }) => gradients.some((each) => calls.includes(each.call)))) continue;
    // One finding for each place that made some of them.
    for (const site of new Set(without.map((tensor) => tensor.made.site))) {
      const range = scene.sites.range(site);
      const here = without.filter((tensor) => tensor.made.site === site);
      if (!range) continue;
      const [first] = here;
      const why = whyNoGrad(scene, first, { requiresGrad: true, isLeaf: true, retainsGrad: false });
      found.push(
        makeFinding(
          scene,
          "nn/unused-parameter",
          "information",
          `${listed(here.map((tensor) => scene.text(tensor)))} of '${module}' got no gradient, although others of its parameters did. ${why.text}`,
          range,
          [
            [call.site, "This backward pass did not reach it."],
            why.site !== call.site && why.site !== 0 ? [why.site, why.text] : null,
          ],
        ),
      );
    }
  }
  return found;
};
