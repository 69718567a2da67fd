// Losses that expect logarithms of probabilities, which are never above zero, and get something else.
import type { OpFacts, TensorFacts } from "../facts";
import type { Snapshot } from "../snapshot";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

/** Rounding leaves the logarithm of 1 a little above zero. */
const ABOVE = 1e-4;
const SOFTMAX = /^_?softmax$/;
const LOG_SOFTMAX = /^_?log_softmax$/;

export const logProbabilities: Rule = (scene) => {
  const found: Found[] = [];
  for (const series of scene.record.ops) {
    for (const op of series.kept) {
      const given = loss(op);
      const range = scene.sites.range(op.site);
      if (!given || !range || found.some((other) => other.range === range)) continue;
      const { producer, name } = given;
      if (!producer || LOG_SOFTMAX.test(producer.name)) continue;
      const most = largest(producer.values[producer.outputs.indexOf(given.tensor)] ?? producer.values[0]);
      if (most === null || most <= ABOVE) continue;
      const softmax = SOFTMAX.test(producer.name);
      found.push(
        makeFinding(
          scene,
          "nn/log-probabilities",
          "warning",
          softmax
            ? `${name} expects logarithms of probabilities (log_softmax), and gets probabilities.`
            : `${name} expects logarithms of probabilities (log_softmax), which are never above zero; here they go up to ${Number(most.toPrecision(3))}.`,
          range,
          [
            softmax
              ? [producer.site, "Probabilities, without a logarithm."]
              : [
                  producer.site,
                  `${scene.text(given.tensor, producer.site)} is no logarithm of probabilities.`,
                ],
          ],
          softmax
            ? [{ kind: "softmax-to-log", sites: { softmax: producer.site } }]
            : [{ kind: "log-softmax-first", sites: { at: op.site }, words: { name } }],
        ),
      );
    }
  }
  return found;
};

/** What a loss of this kind was given as its input. */
function loss(op: OpFacts): { name: string; tensor: TensorFacts; producer: OpFacts | null } | null {
  if (op.inBackward) return null;
  if (/^nll_loss/.test(op.name)) return input("nll_loss", op, 0);
  // kl_div is xlogy(target, target) - target * input, all at one place.
  if (op.name !== "sub") return null;
  const [logs, product] = op.producers;
  if (logs?.name !== "xlogy" || product?.name !== "mul") return null;
  if (logs.site !== op.site || product.site !== op.site) return null;
  return input("kl_div", product, product.inputs[0] === logs.inputs[0] ? 1 : 0);
}

function input(name: string, op: OpFacts, place: number) {
  const tensor = op.inputs[place];
  return tensor ? { name, tensor, producer: op.producers[place] } : null;
}

function largest(snapshot: Snapshot | undefined): number | null {
  const numbers = snapshot?.numbers;
  if (!numbers) {
    const max = snapshot?.elements().summary?.max;
    return typeof max === "number" ? max : null;
  }
  let found = Number.NEGATIVE_INFINITY;
  for (const value of numbers as Float64Array) if (Number(value) > found) found = Number(value);
  return Number.isFinite(found) ? found : null;
}
