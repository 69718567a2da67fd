// ctx.x = x in a custom Function's forward, where x is an input or the output: no version check, and a cycle of memory.
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

export const ctxAttribute: Rule = (scene) => {
  const found: Found[] = [];
  for (const { name, bound, site } of scene.facts.bindings) {
    const attribute = /^ctx\.(\w+)$/.exec(name)?.[1];
    const range = scene.facts.assignments?.find((each) => each.name === name)?.range;
    if (!attribute || !range || bound !== "tensor" || found.some((other) => other.range === range)) continue;
    const tensor = scene.record.bound.get(site);
    const isInput = tensor !== undefined && (tensor.requiresGrad || tensor.producer.name !== "");
    const isOwn = scene.record.ops.some(
      ({ last }) =>
        last?.node &&
        tensor !== undefined &&
        (last.inputs.includes(tensor) || last.outputs.includes(tensor)) &&
        isCustom(last.name, scene.facts.functions),
    );
    if (!tensor || !isInput || !isOwn) continue;
    found.push(
      makeFinding(
        scene,
        "autograd/ctx-attribute",
        "hint",
        `'${attribute}' is kept on ctx: a change in place before backward goes unseen, and the memory may never be freed. ctx.save_for_backward is for inputs and outputs.`,
        range,
        [],
        [{ kind: "save-for-backward", sites: { at: scene.sites.placeOf(range) } }],
      ),
    );
  }
  return found;
};

function isCustom(name: string, functions: readonly { name: string }[] = []): boolean {
  return functions.some((each) => each.name === `${name.replace(/Backward$/, "")}.backward`);
}
