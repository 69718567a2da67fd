// An optimizer that a loop makes anew for each step: what Adam or momentum remembers is lost every time.
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

/** As many in a row are no accident. */
const TIMES = 3;

export const optimizerAnew: Rule = (scene) => {
  const found: Found[] = [];
  const { optimizers } = scene.record;
  for (const site of new Set(optimizers.flatMap((event) => (event.what === "made" ? [event.site] : [])))) {
    const range = scene.sites.range(site);
    const made = optimizers.filter((event) => event.what === "made" && event.site === site);
    const [first] = made;
    const same = made.filter(
      ({ parameters }) =>
        parameters.length === first.parameters.length &&
        parameters.every((tensor, i) => tensor === first.parameters[i]),
    );
    if (!range || same.length < TIMES || same.length < made.length) continue;
    const steps = optimizers.filter(
      ({ what, parameters }) => what === "step" && parameters.includes(first.parameters[0]),
    );
    // One step each: a new optimizer for each stage of a training makes many.
    const between = same.slice(0, TIMES).map(({ order }, i) => {
      const next = same[i + 1]?.order ?? Number.POSITIVE_INFINITY;
      return steps.filter((step) => step.order > order && step.order < next).length;
    });
    if (!between.slice(0, TIMES - 1).every((count) => count === 1)) continue;
    found.push(
      makeFinding(
        scene,
        "optim/made-anew",
        "information",
        "This optimizer is made anew for each step, for the same parameters: what it remembers (Adam's averages, momentum, a schedule) is lost each time. Make it once, before the loop.",
        range,
        [[steps[0].site, "It makes one step here before the next takes its place."]],
        [{ kind: "before-loop", sites: { at: site } }],
      ),
    );
  }
  return found;
};
