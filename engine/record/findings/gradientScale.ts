// Gradients that vanish or explode on their way through a deep network, and a loss that runs away.
import type { NumberValue } from "../../protocol/report";
import type { CallFacts, TensorFacts } from "../facts";
import type { Snapshot } from "../snapshot";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

/** The first layer's gradient against the largest: below this it has practically gone. */
const VANISHED = 1e-6;
const EXPLODED = 1e6;
/** Fewer parameters than this make no deep network. */
const DEEP = 4;
/** A loss that grew by this factor over a loop runs away. */
const RUNAWAY = 1000;
const ROUNDS = 4;

export const gradientScale: Rule = (scene) => {
  const byCall = new Map<CallFacts, { tensor: TensorFacts; size: number }[]>();
  for (const tensor of scene.parameters) {
    const last = tensor.gradients[tensor.gradients.length - 1];
    // A bias in front of a normalisation has no gradient by rights.
    if (tensor.sizes.length < 2) continue;
    if (!last || last.call.snippet !== scene.record.index || last.call.ended !== "ok") continue;
    const size = largest(last.increment);
    if (size === null) continue;
    byCall.set(last.call, [...(byCall.get(last.call) ?? []), { tensor, size }]);
  }
  const found: Found[] = [];
  for (const [call, gradients] of byCall) {
    if (gradients.length < DEEP) continue;
    const range = scene.sites.range(call.site);
    const most = gradients.reduce((a, b) => (b.size > a.size ? b : a));
    const least = gradients.reduce((a, b) => (b.size < a.size && b.size > 0 ? b : a));
    if (!range || found.length > 0) continue;
    const sizes = `${scene.text(least.tensor)}: at most ${short(least.size)}, ${scene.text(most.tensor)}: ${short(most.size)}`;
    if (most.size > EXPLODED) {
      found.push(
        makeFinding(
          scene,
          "nn/exploding-gradient",
          "hint",
          `Gradients explode: ${sizes}. Smaller weights, normalisation or torch.nn.utils.clip_grad_norm_ keep them in bounds.`,
          range,
          [[most.tensor.made.site, `${scene.text(most.tensor)} has the largest.`]],
        ),
      );
    } else if (least.size > 0 && least.size < VANISHED * most.size) {
      found.push(
        makeFinding(
          scene,
          "nn/vanishing-gradient",
          "hint",
          `Gradients vanish on their way back: ${sizes}. Other activations (ReLU), normalisation or skip connections let them through.`,
          range,
          [[least.tensor.made.site, `${scene.text(least.tensor)} hardly learns.`]],
        ),
      );
    }
  }
  return found;
};

/** The loss of a loop grows instead of falling: the steps are too large. */
export const divergingLoss: Rule = (scene) => {
  const found: Found[] = [];
  if (scene.record.optimizers.every(({ what }) => what !== "step") && !scene.record.ops.some(isUpdate))
    return [];
  for (const series of scene.record.calls) {
    const root = series.last?.roots[0];
    const course = root?.producer.series.numbers;
    const range = scene.sites.range(series.site);
    if (!root || !course || !range || series.count < ROUNDS || root.producer.series.count !== series.count)
      continue;
    const values = course.values.filter(Number.isFinite);
    const [first, last] = [values[0], values[values.length - 1]];
    if (
      values.length < ROUNDS ||
      !(Math.abs(last) > RUNAWAY * Math.max(Math.abs(first), 1e-3)) ||
      last < first
    )
      continue;
    const step = scene.record.optimizers.find(({ what }) => what === "step");
    found.push(
      makeFinding(
        scene,
        "optim/diverging",
        "hint",
        `The loss runs away: from ${short(first)} to ${short(last)} in ${series.count} rounds. The steps are too large: a smaller learning rate.`,
        range,
        [step ? [step.site, "This step is too large."] : null],
        [{ kind: "smaller-rate", sites: { step: step?.site } }],
      ),
    );
  }
  return found;
};

function isUpdate({ last }: { last?: { inPlace: boolean; outputs: TensorFacts[] } | undefined }): boolean {
  return last?.inPlace === true && last.outputs[0]?.isLeaf && last.outputs[0].requiresGrad;
}

/** The largest absolute value; null where it is not known or not finite. */
export function largest(snapshot: Snapshot): number | null {
  const { numbers } = snapshot;
  if (numbers === null) {
    const { summary } = snapshot.elements();
    if (!summary) return null;
    return Math.max(size(summary.min), size(summary.max));
  }
  let found = 0;
  for (const value of numbers as Float64Array) {
    const absolute = Math.abs(Number(value));
    if (!Number.isFinite(absolute)) return null;
    if (absolute > found) found = absolute;
  }
  return found;
}

const size = (value: NumberValue): number => (typeof value === "number" ? Math.abs(value) : 0);
const short = (value: number): string => (value === 0 ? "0" : String(Number(value.toPrecision(2))));
