// for p in parameters: p = p - lr * p.grad gives the loop's variable to a new tensor, and the parameter stays as it is.
import type { OpFacts, TensorFacts } from "../facts";
import type { Scene } from "../scene";
import { behind } from "./behind";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";
import { within } from "./involvedTensors";

const NEAR = 24;

export const lostUpdate: Rule = (scene) => {
  const found: Found[] = [];
  let used: Set<TensorFacts> | null = null;
  for (const series of scene.record.ops) {
    if (!/^(sub|add|addcdiv|lerp)$/.test(series.name)) continue;
    const range = scene.sites.range(series.site);
    const told = series.kept.map((op) => replaced(scene, op)).find((each) => each !== null);
    if (!range || !told) continue;
    used ??= inputsOf(scene);
    const reached = used;
    if (series.kept.some(({ outputs }) => outputs.some((output) => reached.has(output)))) continue;
    const { name, parameter, loop } = told;
    found.push(
      makeFinding(
        scene,
        "optim/update-lost",
        "warning",
        `The update is lost: this gives the name '${name}' to a new tensor, and ${scene.text(parameter)} stays as it is. An operation in place changes it: ${name} -= ... under torch.no_grad().`,
        range,
        [
          [loop, `'${name}' is one parameter after the other here.`],
          [parameter.made.site, `${scene.text(parameter)}, made here, keeps its values.`],
        ],
        [{ kind: "update-in-place", sites: { at: series.site } }],
      ),
    );
  }
  return found;
};

/** The loop's variable that an operator's result took from a leaf, whose gradient is in the result. */
function replaced(scene: Scene, op: OpFacts): { name: string; parameter: TensorFacts; loop: number } | null {
  const [result] = op.outputs;
  const parameter = op.inputs.find((input) => input?.isLeaf && input.requiresGrad);
  if (!result || !parameter || result.places.length === 0) return null;
  for (const place of result.places) {
    const name = scene.placeNames.get(place);
    if (!name) continue;
    const loop = loopTarget(scene, parameter, name);
    if (loop === null) continue;
    // Somebody else holds the new tensor: it was put into a list, or has a name of its own.
    if (scene.names(result).some((other) => other !== name)) return null;
    if (!scene.names(parameter).some((other) => other !== name)) return null;
    const fromGradient = [...behind(op, NEAR)].some((each) =>
      each.inputs.some((input) => input?.gradOf === parameter),
    );
    if (fromGradient) return { name, parameter, loop };
  }
  return null;
}

/** The place where a loop's head gives the name to the tensor; null where none does. */
function loopTarget(scene: Scene, tensor: TensorFacts, name: string): number | null {
  for (const place of tensor.places) {
    if (scene.placeNames.get(place) !== name) continue;
    const bound = scene.facts.bindings.find(({ site }) => site === place)?.range;
    const loops = scene.facts.surroundings?.loops ?? [];
    if (bound && loops.some(({ range }) => within(range, bound))) return scene.sites.placeOf(bound);
  }
  return null;
}

function inputsOf(scene: Scene): Set<TensorFacts> {
  const found = new Set<TensorFacts>();
  for (const series of scene.record.ops) {
    for (const op of series.kept) for (const input of op.inputs) if (input) found.add(input);
  }
  return found;
}
