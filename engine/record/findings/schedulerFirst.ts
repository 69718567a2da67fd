// A scheduler's step before the optimizer's first: PyTorch warns, and the first learning rate is skipped.
import { makeFinding } from "./finding";
import type { Rule } from "./index";

// Text: the beginning of torch's warning.
const WARNING = "Detected call of `lr_scheduler.step()` before `optimizer.step()`.";

export const schedulerFirst: Rule = (scene) => {
  const warning = scene.facts.output.find(({ text }) => text.includes(WARNING));
  if (!warning) return [];
  const schedule = scene.sites.placeOf(warning.range);
  const steps = scene.record.optimizers.filter(({ what }) => what === "step");
  return [
    makeFinding(
      scene,
      "optim/scheduler-first",
      "warning",
      `${WARNING} The first learning rate of the schedule is skipped.`,
      warning.range,
      [steps[0] ? [steps[0].site, "The optimizer's first step comes only here."] : null],
      [{ kind: "schedule-later", sites: { schedule } }],
    ),
  ];
};
