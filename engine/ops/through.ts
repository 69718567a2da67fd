// Second derivatives of operators that are computed in one go: through a twin that says the same in public
// operators. The twin's own history gives every higher order; only the first is computed by hand.
import { grad } from "../autograd/api";
import { modes, withGrad } from "../autograd/modes";
import { detach, requiresGrad } from "../autograd/views";
import { unrecorded } from "../record/hook";
import type { Tensor } from "../tensor/tensor";
import { expand } from "./view";

/** What `body` computes, without any history. */
export function withoutHistory<T>(body: () => T): T {
  return withGrad(false, () => unrecorded(body));
}

const kept = new WeakMap<object, unknown>();

/** `make`'s answer, made once for all the formulas of one node that runs; `context` is what they are given. */
export function once<T>(context: object, make: () => T): T {
  if (!kept.has(context)) kept.set(context, make());
  return kept.get(context) as T;
}

/**
 * The gradients of `twin` at `inputs`, one per input (null for an input that is null), for one cotangent per output
 * of the twin (null where nothing arrived).
 * With create_graph they can be differentiated again.
 */
export function vjpThrough(
  twin: (...inputs: (Tensor | null)[]) => Tensor[],
  inputs: readonly (Tensor | null)[],
  cotangents: readonly (Tensor | null)[],
): (Tensor | null)[] {
  const createGraph = modes.grad;
  return unrecorded(() =>
    withGrad(true, () => {
      const stands = inputs.map((input) => {
        if (input === null) return null;
        // A stand-in whose gradient can be asked for: with history where that matters, a leaf otherwise.
        if (createGraph && requiresGrad(input)) return expand(input, input.sizes, false);
        const leaf = detach(input);
        leaf.leafRequiresGrad = true;
        return leaf;
      });
      const outputs = twin(...stands);
      // An output that depends on none of the inputs sends nothing.
      const used = [...outputs.keys()].filter((i) => cotangents[i] && requiresGrad(outputs[i]));
      const wanted = stands.filter((stand): stand is Tensor => stand !== null);
      const found = grad(
        used.map((i) => outputs[i]),
        wanted,
        used.map((i) => cotangents[i]),
        { retainGraph: createGraph, createGraph },
        true,
      );
      return stands.map((stand) => (stand === null ? null : found[wanted.indexOf(stand)]));
    }),
  );
}
