// A loss whose gradients are all zero because an operator on the way is flat: round, sign, floor.
import type { AccumulateFacts, CallFacts } from "../facts";
import { blockage, isZero } from "../whyStrange";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

export const flatOperator: Rule = (scene) => {
  const byCall = new Map<CallFacts, AccumulateFacts[]>();
  for (const series of scene.record.accumulate) {
    for (const event of series.kept) byCall.set(event.call, [...(byCall.get(event.call) ?? []), event]);
  }
  const found: Found[] = [];
  for (const [call, events] of byCall) {
    if (call.ended !== "ok" || !events.every(({ increment }) => isZero(increment))) continue;
    const block = blockage(scene, events[0].node, call);
    if (block?.kind !== "blocked" || block.cause !== "flat" || !block.certain) continue;
    const range = scene.sites.range(block.node.site);
    if (!range || found.some((other) => other.range === range)) continue;
    const { op } = block.node;
    const name = op?.name ?? block.node.name;
    const input = op?.inputs[0];
    found.push({
      ...makeFinding(
        scene,
        "autograd/flat-operator",
        "warning",
        `Every gradient is zero: ${name} is flat, its slope is zero everywhere, so nothing behind it learns. Leave it out of the loss, or let the gradient pass as if it were not there (straight-through): x + (${name}(x) - x).detach().`,
        range,
        [
          [call.site, "This backward pass gave zeros alone."],
          input ? [input.producer.site, `${scene.text(input, input.producer.site)} gets no gradient.`] : null,
        ],
        [{ kind: "not-flat", sites: { at: block.node.site } }],
      ),
      call: call.ordinal,
    });
  }
  return found;
};
