// A statement that names a method and does not call it: optimizer.step without brackets does nothing.
import { makeFinding } from "./finding";
import type { Rule } from "./index";

const MEANT: Readonly<Record<string, string>> = {
  step: "the parameters are not updated",
  backward: "no gradient is computed",
  zero_grad: "the gradients are not cleared",
  eval: "the mode stays as it is",
  train: "the mode stays as it is",
};

export const notCalled: Rule = (scene) =>
  (scene.facts.uncalled ?? []).map(({ range, method }) => {
    const meant = MEANT[method.slice(method.lastIndexOf(".") + 1)];
    const at = scene.sites.placeOf(range);
    return makeFinding(
      scene,
      "python/not-called",
      "warning",
      `${method} is named here and not called${meant ? `: ${meant}` : ", so nothing happens"}. ${method}() calls it.`,
      range,
      [],
      [{ kind: "call-it", sites: { at } }],
    );
  });
