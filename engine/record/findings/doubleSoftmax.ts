// Softmax where the loss takes one itself, and the logarithm of a softmax.
import type { OpFacts } from "../facts";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

const SOFTMAX = /^_?softmax$/;
const LOG_SOFTMAX = /^_?log_softmax$/;
const LOG = /^log$/;
/** Change nothing about what a number means. */
const PASSED =
  /^(view|reshape|squeeze|unsqueeze|transpose|t|permute|_unsafe_view|alias|clone|flatten|select|slice|contiguous)$/;

export const doubleSoftmax: Rule = (scene) => {
  const found: Found[] = [];
  const told = new Set<number>();
  for (const series of scene.record.ops) {
    const op = series.last;
    const range = op && scene.sites.range(op.site);
    if (!op || !range || op.inBackward || told.has(op.site)) continue;
    const before = source(op);
    if (!before) continue;
    const sigmoid = before.name === "sigmoid";
    if (LOG_SOFTMAX.test(op.name) && (SOFTMAX.test(before.name) || sigmoid)) {
      const loss = consumer(
        scene.record.ops.map(({ last }) => last),
        op,
      );
      if (!loss || !/nll_loss/.test(loss.name)) continue;
      told.add(op.site);
      const together = loss.site === op.site;
      const taken = together ? "cross_entropy takes a softmax itself" : "log_softmax takes a softmax itself";
      found.push(
        makeFinding(
          scene,
          "nn/double-softmax",
          "warning",
          sigmoid
            ? `${taken}: here it gets numbers between 0 and 1 where it expects scores, so no class can become certain, and gradients become small.`
            : `${taken}: here it gets probabilities where it expects scores, and gradients become small.`,
          range,
          [[before.site, sigmoid ? "The sigmoid." : "The first softmax."]],
          [
            sigmoid
              ? { kind: "no-sigmoid", sites: { sigmoid: before.site } }
              : { kind: "no-softmax", sites: { softmax: before.site } },
          ],
        ),
      );
    } else if (op.name === "binary_cross_entropy_with_logits" && before.name === "sigmoid") {
      told.add(op.site);
      found.push(
        makeFinding(
          scene,
          "nn/double-softmax",
          "warning",
          "binary_cross_entropy_with_logits takes a sigmoid itself: here it gets probabilities where it expects scores, and gradients become small.",
          range,
          [[before.site, "The first sigmoid."]],
          [{ kind: "no-sigmoid", sites: { sigmoid: before.site } }],
        ),
      );
    } else if (LOG.test(op.name) && SOFTMAX.test(before.name)) {
      told.add(op.site);
      found.push(
        makeFinding(
          scene,
          "nn/log-of-softmax",
          "hint",
          "The logarithm of a softmax becomes -inf where a probability is too small for a float; log_softmax computes both at once and stays finite.",
          range,
          [[before.site, "The softmax."]],
          [{ kind: "log-softmax", sites: { at: op.site, softmax: before.site } }],
        ),
      );
    }
  }
  return found;
};

/** The operator that made the first input, views apart. */
function source(op: OpFacts): OpFacts | null {
  let current = op.producers[0] ?? null;
  for (let i = 0; i < 6 && current && PASSED.test(current.name); i++) current = current.producers[0] ?? null;
  return current;
}

function consumer(ops: (OpFacts | undefined)[], op: OpFacts): OpFacts | undefined {
  return ops.find((other) => other && other !== op && !other.inBackward && source(other) === op);
}
