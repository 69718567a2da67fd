// step() that has nothing to go by: backward has not been called, or zero_grad() came in between.
import { listed } from "../cuts";
import type { CallFacts, OptimizerFacts, TensorFacts } from "../facts";
import type { Scene } from "../scene";
import { callText } from "../whyNoGrad";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

export const stepWithoutGradient: Rule = (scene) => {
  const found: Found[] = [];
  // Without any backward pass it is a schedule that is tried out.
  if (scene.record.calls.length === 0) return found;
  for (const step of emptySteps(scene)) {
    const range = scene.sites.range(step.site);
    if (!range || found.some((other) => other.range === range)) continue;
    const cleared = lastCleared(step);
    found.push(cleared ? clearedBefore(scene, step, cleared, range) : nothingYet(scene, step, range));
  }
  return found;
};

function emptySteps(scene: Scene): OptimizerFacts[] {
  const seen = new Set<number>();
  return scene.record.optimizers.filter((event) => {
    if (event.what !== "step" || event.withGradient > 0 || event.parameters.length === 0) return false;
    return !seen.has(event.site) && seen.add(event.site);
  });
}

/** The parameter whose gradient was there after the last backward call, and was cleared before this step. */
function lastCleared(step: OptimizerFacts): { tensor: TensorFacts; site: number } | null {
  for (const tensor of step.parameters) {
    const call = tensor.gradients.findLast((gradient) => gradient.call.order < step.order)?.call;
    const clear = tensor.changes.findLast(
      (change) => change.what === "grad_cleared" && change.order < step.order,
    );
    if (call && clear && clear.order > call.order) return { tensor, site: clear.site };
  }
  return null;
}

function clearedBefore(
  scene: Scene,
  step: OptimizerFacts,
  { tensor, site }: { tensor: TensorFacts; site: number },
  range: Found["range"],
): Found {
  const call = tensor.gradients.findLast((gradient) => gradient.call.order < step.order)?.call;
  return makeFinding(
    scene,
    "optim/cleared-before-step",
    "warning",
    `This step changes nothing: the gradients were cleared${scene.sites.on(site)}, between ${call ? callText(scene, call) : "backward()"} and this step.`,
    range,
    [
      call ? [call.site, "The gradients come from this call."] : null,
      [site, "They are cleared here: that belongs before backward()."],
    ],
    [{ kind: "clear-first", sites: { clear: site, backward: call?.site } }],
  );
}

/** The leaves that the last backward call before the step gave gradients to: none of them is the optimizer's. */
function gradientsElsewhere(
  scene: Scene,
  step: OptimizerFacts,
): { call: CallFacts; tensors: TensorFacts[] } | null {
  const call = [...scene.recorder.calls].findLast(
    ({ order, ended, how }) => order < step.order && ended === "ok" && how === "backward",
  );
  if (!call) return null;
  const tensors = [...scene.named.keys()].filter(
    (tensor) => tensor.isLeaf && tensor.gradients.some((gradient) => gradient.call === call),
  );
  return tensors.length > 0 ? { call, tensors } : null;
}

function forOthers(
  scene: Scene,
  step: OptimizerFacts,
  { call, tensors }: { call: CallFacts; tensors: TensorFacts[] },
  range: Found["range"],
): Found {
  const made = scene.record.optimizers.find(
    ({ what, parameters }) =>
      what === "made" && parameters.some((tensor) => step.parameters.includes(tensor)),
  );
  const given = listed(tensors.slice(0, 4).map((tensor) => scene.text(tensor)));
  const own = listed(step.parameters.slice(0, 4).map((tensor) => scene.text(tensor)));
  const modules = new Set(tensors.flatMap((tensor) => /^'(\w+)\./.exec(scene.text(tensor))?.[1] ?? []));
  return makeFinding(
    scene,
    "optim/step-without-gradient",
    "warning",
    `This step changes nothing: the optimizer updates ${own}, and ${callText(scene, call)} gave gradients to ${given}.`,
    range,
    [
      made ? [made.site, `The optimizer took its parameters here: ${own}.`] : null,
      [call.site, "The gradients come from this call."],
    ],
    modules.size === 1
      ? [{ kind: "parameters-of", sites: { at: made?.site }, words: { module: [...modules][0] } }]
      : [],
  );
}

function nothingYet(scene: Scene, step: OptimizerFacts, range: Found["range"]): Found {
  const elsewhere = gradientsElsewhere(scene, step);
  if (elsewhere) return forOthers(scene, step, elsewhere, range);
  const later = [...scene.recorder.calls].find((call) => call.order > step.order && call.ended === "ok");
  const names = listed(step.parameters.slice(0, 4).map((tensor) => scene.text(tensor)));
  const reason = later
    ? `backward() comes only${scene.sites.on(later.site)}.`
    : "no backward pass has reached them.";
  return makeFinding(
    scene,
    "optim/step-without-gradient",
    "warning",
    `This step changes nothing: no parameter of the optimizer has a gradient (${names}); ${reason}`,
    range,
    [
      later ? [later.site, "The gradients come only here."] : null,
      ...step.parameters
        .slice(0, 2)
        .map((tensor) => [tensor.made.site, `${scene.text(tensor)} is one of its parameters.`] as const),
    ],
    [{ kind: "backward-first", sites: { step: step.site, backward: later?.site } }],
  );
}
