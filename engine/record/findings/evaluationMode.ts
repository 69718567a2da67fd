// A module is asked for its opinion in training mode: dropout at work under no_grad, or batch normalisation that
// learns from what the module is only tested with; and dropout that eval() cannot switch off.
import type { OpFacts } from "../facts";
import type { Scene } from "../scene";
import { behind } from "./behind";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";
import { lastSwitch, type ModuleCall, ModuleModes, moduleText } from "./moduleModes";

const NEAR = 12;

export const evaluationMode: Rule = (scene) => {
  const modes = new ModuleModes(scene);
  const found: Found[] = [];
  let consumed: Set<OpFacts> | null = null;
  for (const series of scene.record.ops) {
    for (const op of series.kept) {
      const range = scene.sites.range(op.site);
      if (!range || op.node || found.some((other) => other.range === range)) continue;
      const around = modes.around(op);
      const [outermost, innermost] = [around[0], around[around.length - 1]];
      // What is in evaluation mode but for its dropout is so on purpose: Monte Carlo dropout.
      if (!outermost?.training || !innermost) continue;
      // A dropout that is switched off runs no operator.
      const drops = /Dropout/.test(innermost.module.type);
      const normalises = op.name === "native_batch_norm" && innermost.training;
      if (!drops && !normalises) continue;
      const off = switchedOff(op, NEAR);
      if (!off) continue;
      if (normalises && !drops) {
        consumed ??= leadingToLosses(scene);
        if (consumed.has(op) || !trainedBefore(scene, modes, op, outermost)) continue;
      }
      found.push(findingOf(scene, op, off, outermost, innermost, range));
    }
  }
  return found;
};

function findingOf(
  scene: Scene,
  op: OpFacts,
  off: OpFacts,
  { module }: ModuleCall,
  { module: { type } }: ModuleCall,
  range: Found["range"],
): Found {
  const name = /^\w+$/.test(module.name) ? module.name : "";
  const call = name === "" ? "eval()" : `${name}.eval()`;
  const what = /Dropout/.test(type)
    ? `${type} is at work under torch.no_grad(): the module is in training mode. ${call} switches it off.`
    : `${type} learns from this evaluation: the module is in training mode, so it normalises by this batch and changes its running statistics. ${call} before it, ${call.replace("eval", "train")} after it.`;
  return makeFinding(
    scene,
    "nn/evaluating-in-training-mode",
    "hint",
    what,
    range,
    [[off.modeSite, "Recording is switched off here, as for an evaluation."]],
    name === ""
      ? []
      : [{ kind: "mode", sites: { at: op.site, mode: off.modeSite }, words: { module: name, call: "eval" } }],
  );
}

/** Everything that a loss was computed from: what goes into one is no evaluation, but a target or a GAN's fake. */
function leadingToLosses(scene: Scene): Set<OpFacts> {
  const found = new Set<OpFacts>();
  for (const series of scene.record.calls) {
    for (const { roots } of series.kept) {
      for (const root of roots) for (const op of behind(root.producer)) found.add(op);
    }
  }
  return found;
}

/** Its parameters were trained before, and nobody called train() since: that would say that it is meant. */
function trainedBefore(scene: Scene, modes: ModuleModes, op: OpFacts, { module, call }: ModuleCall): boolean {
  const steps = scene.record.optimizers.some(({ what, order }) => what === "step" && order < op.order);
  if (!steps) return false;
  let lastTrained = 0;
  for (const series of scene.record.ops) {
    for (const other of series.kept) {
      if (!other.node || other.order > op.order) continue;
      const [outermost] = modes.around(other);
      if (outermost?.module === module) lastTrained = Math.max(lastTrained, outermost.call);
    }
  }
  const switched = lastSwitch(module, call);
  return lastTrained > 0 && !(switched !== null && switched.calls >= lastTrained);
}

function switchedOff(op: OpFacts, steps: number): OpFacts | null {
  if (op.cut === "no_grad" || op.cut === "inference_mode") return op;
  if (steps === 0) return null;
  for (const producer of op.producers) {
    const found = producer && switchedOff(producer, steps - 1);
    if (found) return found;
  }
  return null;
}

/** F.dropout(x) in forward(): its `training` is True unless it is told otherwise. */
export const dropoutAlwaysOn: Rule = (scene) => {
  const modes = new ModuleModes(scene);
  const found: Found[] = [];
  for (const series of scene.record.ops) {
    if (series.name !== "mul") continue;
    for (const op of series.kept) {
      const range = scene.sites.range(op.site);
      const innermost = modes.around(op).at(-1);
      if (!range || !innermost || innermost.training || found.some((other) => other.range === range))
        continue;
      if (/Dropout/.test(innermost.module.type) || !isDropout(op)) continue;
      const switched = lastSwitch(innermost.module, innermost.call);
      found.push(
        makeFinding(
          scene,
          "nn/dropout-always-on",
          "information",
          `This dropout is at work although ${moduleText(innermost.module)} is in evaluation mode: F.dropout drops unless it is told training=False. training=self.training follows train() and eval(); so does nn.Dropout.`,
          range,
          [switched ? [switched.site, "Evaluation mode is switched on here."] : null],
          [{ kind: "dropout-training", sites: { at: op.site } }],
        ),
      );
    }
  }
  return found;
};

/** A product with noise that was made at the same place: zeros and one other number above 1. */
function isDropout({ inputs, producers, site }: OpFacts): boolean {
  const [, noise] = inputs;
  const made = producers[1];
  // The user's own noise has a place of its own.
  if (!noise || !made || made.inputs.length > 0 || (made.site !== site && made.site !== 0)) return false;
  const numbers = made.values[0]?.numbers;
  if (!numbers) return made.name === "" && noise.sizes.length > 0;
  const kinds = new Set(Array.from(numbers as Float64Array, Number));
  return kinds.size <= 2 && [...kinds].every((value) => value === 0 || value > 1);
}
