// A module with dropout is asked for its opinion in training mode: under no_grad, without model.eval().
import type { OpFacts } from "../facts";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

const NEAR = 12;

export const evaluationMode: Rule = (scene) => {
  const modules = new Map(scene.facts.surroundings?.modules.map((module) => [-module.number, module]));
  const found: Found[] = [];
  for (const series of scene.record.ops) {
    const op = series.last;
    const range = op && scene.sites.range(op.site);
    // A dropout that is switched off runs no operator.
    const innermost = op && modules.get(op.around[op.around.length - 2]);
    if (!op || !range || op.node || !innermost || !/Dropout/.test(innermost.type)) continue;
    const off = switchedOff(op, NEAR);
    if (!off || found.some((other) => other.range === range)) continue;
    const outermost = op.around.map((number) => modules.get(number)).find((module) => module !== undefined);
    const module = [...scene.parameters]
      .flatMap((tensor) => scene.names(tensor))
      .map((name) => name.split(".")[0])
      .find((name) => !outermost?.name || name === outermost.name);
    found.push(
      makeFinding(
        scene,
        "nn/evaluating-in-training-mode",
        "hint",
        `${innermost.type} is at work under torch.no_grad(): the module is in training mode. model.eval() switches it off.`,
        range,
        [[off.modeSite, "Recording is switched off here, as for an evaluation."]],
        module ? [{ kind: "mode", sites: { at: op.site }, words: { module, call: "eval" } }] : [],
      ),
    );
  }
  return found;
};

function switchedOff(op: OpFacts, steps: number): OpFacts | null {
  if (op.cut === "no_grad" || op.cut === "inference_mode") return op;
  if (steps === 0) return null;
  for (const producer of op.producers) {
    const found = producer && switchedOff(producer, steps - 1);
    if (found) return found;
  }
  return null;
}
