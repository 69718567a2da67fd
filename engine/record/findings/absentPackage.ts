// A package that is not here was imported: nothing has gone wrong yet, and the line says what to expect.
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

export const absentPackage: Rule = (scene) => {
  const found: Found[] = [];
  for (const { name, kind, site, advice } of scene.facts.absentPackages ?? []) {
    const range = scene.sites.range(site);
    if (!range) continue;
    const message =
      kind === "quiet"
        ? `${name} is not available in Gradient Inspector's engine. ${advice}`
        : `${name} is not available in Gradient Inspector's engine: the code runs until it uses it. ${advice}`;
    const severity = kind === "quiet" ? "information" : "warning";
    found.push(makeFinding(scene, "run/absent-package", severity, message, range, []));
  }
  return found;
};
