// A gradient was added to one that an earlier call had left there. Between the two an optimizer's step makes it a
// mistake for certain; without one it may be meant, unless it comes as a surprise: then a hint is enough.
import { listed } from "../cuts";
import type { AddedGradFacts } from "../facts";
import type { Scene } from "../scene";
import { callText } from "../whyNoGrad";
import { type Found, makeFinding, type Remedy } from "./finding";
import type { Rule } from "./index";

export const accumulatedGradient: Rule = (scene) => {
  // A sum that was cleared before anything used it does no harm: a GAN's generator leaves one in the discriminator.
  const addedGrads = scene.record.addedGrads.filter(
    (added) =>
      added.fate === "used" || !(added.updated && (added.fate === "cleared" || forOthers(scene, added))),
  );
  const found: Found[] = [];
  for (const site of new Set(addedGrads.map(({ second }) => second.site))) {
    const range = scene.sites.range(site);
    const here = addedGrads.filter(({ second }) => second.site === site);
    const updated = here.find((added) => added.updated);
    // The same call again without a step in between: gradients of several batches are summed on purpose.
    // So are those of several losses that one step uses together.
    const other = here.filter(({ first, fate }) => first.site !== site && fate !== "used");
    if (!range || (!updated && other.length === 0)) continue;
    const [told] = updated ? [updated] : other;
    const names = listed([...new Set((updated ? here : other).map(({ tensor }) => scene.text(tensor)))]);
    const earlier = told.first.site === site ? "an earlier round of this call" : callText(scene, told.first);
    const message = updated
      ? `The gradient of ${names} still holds that of ${earlier}: this call adds to it, although the values were updated in between. Clear it before: optimizer.zero_grad(), or .grad = None.`
      : `The gradient of ${names} still holds that of ${earlier}: this call adds to it.`;
    found.push({
      ...makeFinding(
        scene,
        "autograd/accumulated-gradient",
        updated ? "warning" : "hint",
        message,
        range,
        [
          told.first.site === site ? null : [told.first.site, "The earlier gradient comes from this call."],
          told.updated && [told.updated.site, `${told.updated.by} updated the values here.`],
        ],
        clearing(scene, site, here, told.updated?.site ?? 0),
      ),
      call: told.second.ordinal,
    });
  }
  return found;
};

/** The second call was made for other parameters: an optimizer stepped after it that does not have this tensor. */
function forOthers(scene: Scene, { tensor, second }: AddedGradFacts): boolean {
  const next = scene.record.optimizers.find(
    ({ what, order, withGradient }) => what === "step" && withGradient > 0 && order > second.order,
  );
  return next !== undefined && !next.parameters.includes(tensor);
}

function clearing(scene: Scene, backward: number, added: AddedGradFacts[], step: number): Remedy[] {
  const names = [...new Set(added.map(({ tensor }) => scene.text(tensor).slice(1, -1)))];
  const [module] = names[0]?.split(".") ?? [];
  const together = names.every((name) => name.startsWith(`${module}.`));
  return [
    { kind: "clear-optimizer", sites: { backward, step } },
    ...(together ? [{ kind: "clear-module", sites: { backward }, words: { module } }] : []),
    ...(names.every((name) => /^\w+$/.test(name))
      ? [{ kind: "clear-grads", sites: { backward }, words: { names: names.join(" ") } }]
      : []),
  ];
}
