// Gradients that are clipped when it is of no use: before backward() made them, or after step() used them.
import type { OptimizerFacts, TensorFacts } from "../facts";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

export const clipOrder: Rule = (scene) => {
  const found: Found[] = [];
  const { optimizers } = scene.record;
  for (const clip of optimizers) {
    const range = scene.sites.range(clip.site);
    if (clip.what !== "clip" || !range || found.some((other) => other.range === range)) continue;
    const tensors = new Set(clip.parameters);
    const mine = ({ what, parameters }: OptimizerFacts): boolean =>
      what === "step" && parameters.some((tensor) => tensors.has(tensor));
    const step = optimizers.findLast((other) => mine(other) && other.order < clip.order);
    const later = optimizers.find((other) => mine(other) && other.order > clip.order);
    if (clip.withGradient === 0) {
      const call = firstCall(clip.parameters, clip.order);
      if (!call || !later) continue;
      found.push(
        makeFinding(
          scene,
          "optim/clip-order",
          "warning",
          `There is nothing to clip yet: the gradients come only${scene.sites.on(call.site)}, and the step uses them as they are. This belongs between backward() and step().`,
          range,
          [
            [call.site, "The gradients come only here."],
            [later.site, "This step uses them unclipped."],
          ],
          [{ kind: "clip-between", sites: { clip: clip.site, backward: call.site } }],
        ),
      );
      continue;
    }
    const backward = lastCall(clip.parameters, clip.order);
    if (!step || !backward || backward.order > step.order) continue;
    found.push(
      makeFinding(
        scene,
        "optim/clip-order",
        "warning",
        `This clips too late: step()${scene.sites.on(step.site)} has used the gradients already. It belongs between backward() and step().`,
        range,
        [
          [backward.site, "The gradients come from here."],
          [step.site, "They are used here, unclipped."],
        ],
        [{ kind: "clip-between", sites: { clip: clip.site, backward: backward.site } }],
      ),
    );
  }
  return found;
};

function firstCall(tensors: readonly TensorFacts[], after: number) {
  const calls = tensors.flatMap(({ gradients }) => gradients.map(({ call }) => call));
  return calls.filter(({ order }) => order > after).sort((a, b) => a.order - b.order)[0];
}

function lastCall(tensors: readonly TensorFacts[], before: number) {
  const calls = tensors.flatMap(({ gradients }) => gradients.map(({ call }) => call));
  return calls.filter(({ order }) => order < before).sort((a, b) => b.order - a.order)[0];
}
