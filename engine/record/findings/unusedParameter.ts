// A parameter that no backward pass of the snippet reached, although others of the same module were.
import { listed } from "../cuts";
import type { TensorFacts } from "../facts";
import type { Scene } from "../scene";
import { type Reason, whyNoGrad } from "../whyNoGrad";
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
    if (without.length === 0) continue;
    if (without.length === tensors.length) {
      // The whole module stands behind a cut, and an optimizer that trains others has it too.
      if (!isMeantToLearn(scene, without)) continue;
      if (reason(scene, without[0]).cause !== "cut") continue;
    } else if (!tensors.some(({ gradients }) => gradients.some((each) => calls.includes(each.call)))) {
      // A module that only an earlier snippet trained was told there.
      continue;
    }
    // One finding for each place that made some of them.
    for (const site of new Set(without.map((tensor) => tensor.made.site))) {
      const range = scene.sites.range(site);
      const here = without.filter((tensor) => tensor.made.site === site);
      if (!range) continue;
      const [first] = here;
      const why = reason(scene, first);
      const names = listed(here.map((tensor) => scene.text(tensor)));
      const others =
        without.length === tensors.length
          ? `although the optimizer has ${without.length === 1 ? "it" : "them"}`
          : "although others of its parameters did";
      found.push(
        makeFinding(
          scene,
          "nn/unused-parameter",
          "information",
          `${names} of '${module}' got no gradient, ${others}. ${why.text}`,
          range,
          [
            [call.site, "This backward pass did not reach it."],
            why.site !== call.site && why.site !== 0 ? [why.site, why.text] : null,
          ],
          why.cause === "cut"
            ? [
                { kind: "keep-connected", sites: { at: why.site } },
                { kind: "with-recording", sites: { at: why.site } },
              ]
            : [],
        ),
      );
    }
  }
  return found;
};

function reason(scene: Scene, tensor: TensorFacts): Reason {
  return whyNoGrad(scene, tensor, { requiresGrad: true, isLeaf: true, retainsGrad: false });
}

/** An optimizer made steps with gradients of other parameters, and has these as well. */
function isMeantToLearn(scene: Scene, tensors: readonly TensorFacts[]): boolean {
  return scene.record.optimizers.some(
    ({ what, withGradient, parameters }) =>
      what === "step" && withGradient > 0 && tensors.every((tensor) => parameters.includes(tensor)),
  );
}
