// The rules: pure functions from what happened to findings. Errors first, then what went wrong without a word.
import type { Scene } from "../scene";
import { absentPackage } from "./absentPackage";
import { accumulatedGradient } from "./accumulatedGradient";
import { createGraphCycle } from "./createGraphCycle";
import { ctxAttribute } from "./ctxAttribute";
import { doubleSoftmax } from "./doubleSoftmax";
import { errorFindings } from "./errors";
import { escapedValue } from "./escapedValue";
import { evaluationMode } from "./evaluationMode";
import type { Found } from "./finding";
import { gradientAlias } from "./gradientAlias";
import { divergingLoss, gradientScale } from "./gradientScale";
import { graphKept, graphsInList } from "./graphKept";
import { hiddenWrite } from "./hiddenWrite";
import { leafLost } from "./leafLost";
import { leafRoot } from "./leafRoot";
import { lossBroadcast } from "./lossBroadcast";
import { nonFinite } from "./nonFinite";
import { nonLeafGrad } from "./nonLeafGrad";
import { stepWithoutGradient } from "./optimizerOrder";
import { rebuiltTensor } from "./rebuiltTensor";
import { registration } from "./registration";
import { schedulerFirst } from "./schedulerFirst";
import { staleParameters } from "./staleParameters";
import { unusedParameter } from "./unusedParameter";

/** A rule acts on what happened, never on what the code looks like. */
export type Rule = (scene: Scene) => Found[];

const RULES: readonly Rule[] = [
  errorFindings,
  absentPackage,
  hiddenWrite,
  accumulatedGradient,
  nonLeafGrad,
  rebuiltTensor,
  graphKept,
  graphsInList,
  nonFinite,
  createGraphCycle,
  ctxAttribute,
  doubleSoftmax,
  escapedValue,
  evaluationMode,
  gradientAlias,
  divergingLoss,
  gradientScale,
  leafLost,
  leafRoot,
  lossBroadcast,
  stepWithoutGradient,
  registration,
  schedulerFirst,
  staleParameters,
  unusedParameter,
];

export function findings(scene: Scene): Found[] {
  const found = RULES.flatMap((rule) => rule(scene)).filter((finding) => !silenced(scene, finding));
  return found.sort((a, b) => a.range.start.line - b.range.start.line);
}

/** `# grad: ignore[rule]` on one of the finding's lines; an error cannot be silenced. */
function silenced(scene: Scene, finding: Found): boolean {
  if (finding.severity === "error") return false;
  const short = finding.code.slice(finding.code.indexOf("/") + 1);
  return scene.facts.ignores.some(
    ({ line, rules }) =>
      line >= finding.range.start.line &&
      line <= finding.range.end.line &&
      (rules.length === 0 || rules.includes(finding.code) || rules.includes(short)),
  );
}
