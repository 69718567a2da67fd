// An optimizer that updates tensors which nothing uses any more, while others have taken their places; or that does not know of those
// that came later.
import type { OptimizerFacts, TensorFacts } from "../facts";
import type { Scene } from "../scene";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

export const staleParameters: Rule = (scene) => {
  const found: Found[] = [];
  for (const { name, handles } of scene.facts.optimizers ?? []) {
    const held = handles.flatMap((handle) => {
      const tensor = scene.tensorOf(handle);
      return tensor ? [scene.recorder.tensorOf(tensor)] : [];
    });
    const own = new Set<TensorFacts>(held);
    const made = scene.record.optimizers.find(
      ({ what, parameters }) => what === "made" && parameters.some((tensor) => own.has(tensor)),
    );
    if (!made) continue;
    // Nobody holds them any more but the optimizer.
    const lost = held.filter((tensor) => !scene.named.has(tensor) && !scene.isHeld(tensor));
    if (lost.length === 0) {
      found.push(...added(scene, name, made, own));
      continue;
    }
    const replacing = [...scene.named.keys()].filter(
      (tensor) =>
        tensor.requiresGrad &&
        !own.has(tensor) &&
        tensor.made.order > made.order &&
        (scene.parameters.has(tensor) || formerly(scene.formerNames, lost, scene.names(tensor))) &&
        (tensor.isLeaf || formerly(scene.formerNames, lost, scene.names(tensor))),
    );
    const [first] = replacing;
    const range = first && scene.sites.range(first.made.site);
    if (!first || !range) continue;
    found.push(
      makeFinding(
        scene,
        "optim/stale-parameters",
        "warning",
        `${scene.text(first)} was made after the optimizer '${name}', which still updates what it replaced: this tensor is not trained.`,
        range,
        [
          [made.site, `'${name}' took its parameters here.`],
          [lost[0].made.site, "It updates the tensor made here, which nothing else uses any more."],
        ],
        [{ kind: "optimizer-later", sites: { made: made.site, change: first.made.site } }],
      ),
    );
  }
  return found;

  function formerly(
    names: (tensor: TensorFacts) => string[],
    lost: readonly TensorFacts[],
    now: readonly string[],
  ): boolean {
    return lost.some((tensor) => names.call(scene, tensor).some((name) => now.includes(name)));
  }
};

/** Parameters of a module whose others the optimizer has, made after it: they get gradients, and no step. */
function added(scene: Scene, name: string, made: OptimizerFacts, own: ReadonlySet<TensorFacts>): Found[] {
  const others = new Set(
    (scene.facts.optimizers ?? []).flatMap(({ handles }) =>
      handles.flatMap((handle) => {
        const tensor = scene.tensorOf(handle);
        return tensor ? [scene.recorder.tensorOf(tensor)] : [];
      }),
    ),
  );
  const moduleOf = (tensor: TensorFacts): string | undefined =>
    scene
      .names(tensor)
      .find((each) => each.includes("."))
      ?.split(".")[0];
  const modules = new Set([...own].filter((tensor) => scene.parameters.has(tensor)).map(moduleOf));
  const late = [...scene.parameters].filter(
    (tensor) =>
      tensor.requiresGrad &&
      tensor.gradients.length > 0 &&
      tensor.made.order > made.order &&
      !others.has(tensor) &&
      modules.has(moduleOf(tensor)),
  );
  const [first] = late;
  const range = first && scene.sites.range(first.made.site);
  if (!first || !range) return [];
  return [
    makeFinding(
      scene,
      "optim/stale-parameters",
      "warning",
      `${scene.text(first)} was added to '${moduleOf(first)}' after the optimizer '${name}' took its parameters: it gets gradients and is not trained.`,
      range,
      [[made.site, `'${name}' took its parameters here.`]],
      [{ kind: "optimizer-later", sites: { made: made.site, change: first.made.site } }],
    ),
  ];
}
