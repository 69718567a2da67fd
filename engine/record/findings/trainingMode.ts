// A module is trained while it is in evaluation mode: eval() was called before, and train() was not called again.
import type { CallFacts, OpFacts, OptimizerFacts, TensorFacts } from "../facts";
import type { Scene } from "../scene";
import { behind } from "./behind";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";
import { VIEW } from "./involvedTensors";
import { lastSwitch, type ModuleCall, ModuleModes, moduleText } from "./moduleModes";

export const trainingInEvaluationMode: Rule = (scene) => {
  const modes = new ModuleModes(scene);
  const found: Found[] = [];
  const told = new Set<number>();
  for (const step of scene.record.optimizers) {
    if (step.what !== "step" || step.withGradient === 0) continue;
    for (const call of consumed(step)) {
      for (const { op, around } of evaluated(call, step, modes)) {
        const { module } = around;
        if (told.has(module.number)) continue;
        told.add(module.number);
        const finding = findingOf(scene, step, call, op, around);
        if (finding) found.push(finding);
      }
    }
  }
  return found;
};

/** The backward calls whose gradients a step used. */
function consumed(step: OptimizerFacts): Set<CallFacts> {
  const calls = new Set<CallFacts>();
  for (const tensor of step.parameters) {
    const cleared =
      tensor.changes.findLast(({ what, order }) => what === "grad_cleared" && order < step.order)?.order ??
      -1;
    for (const { call } of tensor.gradients) {
      if (call.order < step.order && call.order > cleared) calls.add(call);
    }
  }
  return calls;
}

/** The outermost modules in evaluation mode that a loss went through, where the step trains parameters of theirs. */
function evaluated(
  call: CallFacts,
  step: OptimizerFacts,
  modes: ModuleModes,
): { op: OpFacts; around: ModuleCall }[] {
  const trained = new Set(step.parameters);
  const found = new Map<number, { op: OpFacts; around: ModuleCall; trains: boolean }>();
  for (const root of call.roots) {
    for (const op of behind(root.producer)) {
      const [around] = modes.around(op);
      if (!around || around.training || !around.module.acting?.length) continue;
      const entry = found.get(around.module.number) ?? { op, around, trains: false };
      found.set(around.module.number, entry);
      entry.trains ||= op.inputs.some((input) => input !== null && isTrained(input, trained));
    }
  }
  return [...found.values()].filter(({ trains }) => trains);
}

/** A weight, or the transpose of one; what was computed with one comes from another module. */
function isTrained(tensor: TensorFacts, trained: ReadonlySet<TensorFacts>): boolean {
  if (trained.has(tensor)) return true;
  const [base] = tensor.made.inputs;
  return base != null && VIEW.test(tensor.made.name) && trained.has(base);
}

function findingOf(
  scene: Scene,
  step: OptimizerFacts,
  call: CallFacts,
  op: OpFacts,
  { module, call: moduleCall }: ModuleCall,
): Found | null {
  const range = scene.sites.range(step.site);
  if (!range) return null;
  const switched = lastSwitch(module, moduleCall);
  const acting = module.acting ?? [];
  const effects = [
    acting.some((type) => /Dropout/.test(type)) ? "dropout drops nothing" : "",
    acting.some((type) => /Norm/.test(type)) ? "batch normalisation uses its old statistics" : "",
  ].filter((text) => text !== "");
  const name = /^\w+$/.test(module.name) ? module.name : "";
  const text = moduleText(module);
  return makeFinding(
    scene,
    "nn/training-in-evaluation-mode",
    "warning",
    `${text.replace(/^the/, "The")} is trained in evaluation mode: ${effects.join(", and ")}. ${name === "" ? "train()" : `${name}.train()`} before the training rounds switches back.`,
    range,
    [
      switched && !switched.training
        ? [switched.site, "It is switched to evaluation mode here, and not back."]
        : null,
      [op.site, `The loss went through ${text} here, in evaluation mode.`],
      [call.site, "This backward pass gave the gradients."],
    ],
    [
      {
        kind: "train-again",
        sites: { step: step.site, forward: op.site, switched: switched?.site },
        words: { module: name },
      },
    ],
  );
}
