// A module with dropout is asked for its opinion in training mode: under no_grad, without model.eval().

import type { OpFacts } from "../facts";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

const DROPOUT = /^(native_dropout|dropout|feature_dropout|alpha_dropout|bernoulli|bernoulli_)$/;
const NEAR = 12;

export const evaluationMode: Rule = (scene) => {
  const found: Found[] = [];
  for (const series of scene.record.ops) {
    const op = series.last;
    const range = op && scene.sites.range(op.site);
    if (!op || !range || !DROPOUT.test(op.name) || op.node) continue;
    const off = switchedOff(op, NEAR);
    if (!off || found.some((other) => other.range === range)) continue;
    const [module] = [...scene.parameters]
      .flatMap((tensor) => scene.names(tensor))
      .map((name) => name.split(".")[0]);
    found.push(
      makeFinding(
        scene,
        "nn/evaluating-in-training-mode",
        "hint",
        "Dropout is at work under torch.no_grad(): the module is in training mode. model.eval() switches it off.",
        range,
        [[off.modeSite, "Recording is switched off here, as for an evaluation."]],
        module ? [{ kind: "mode", sites: { at: op.site }, words: { module, call: "eval" } }] : [],
      ),
    );
  }
  return found;
};

function switchedOff(op: OpFacts, steps: number): OpFacts | null {
  if (op.cut === "no_grad" || op.cut === "inference_mode") return op;
  if (steps === 0) return null;
  for (const producer of op.producers) {
    const found = producer && switchedOff(producer, steps - 1);
    if (found) return found;
  }
  return null;
}
