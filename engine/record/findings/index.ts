// The rules: pure functions from what happened to findings. Errors first, then what went wrong without a word.
import type { Scene } from "../scene";
import { absentPackage } from "./absentPackage";
import { accumulatedGradient } from "./accumulatedGradient";
import { clipOrder } from "./clipOrder";
import { createGraphCycle } from "./createGraphCycle";
import { ctxAttribute } from "./ctxAttribute";
import { doubleSoftmax } from "./doubleSoftmax";
import { errorFindings } from "./errors";
import { escapedValue } from "./escapedValue";
import { dropoutAlwaysOn, evaluationMode } from "./evaluationMode";
import { type Found, same } from "./finding";
import { flatOperator } from "./flatOperator";
import { gradientAlias } from "./gradientAlias";
import { divergingLoss, gradientScale } from "./gradientScale";
import { graphKept, graphsInList } from "./graphKept";
import { hiddenWrite } from "./hiddenWrite";
import { layerInForward } from "./layerInForward";
import { leafLost } from "./leafLost";
import { leafRoot } from "./leafRoot";
import { logProbabilities } from "./logProbabilities";
import { lossBroadcast } from "./lossBroadcast";
import { lostUpdate } from "./lostUpdate";
import { misspelt } from "./misspelt";
import { nonFinite } from "./nonFinite";
import { nonLeafGrad } from "./nonLeafGrad";
import { notCalled } from "./notCalled";
import { optimizerAnew } from "./optimizerAnew";
import { stepWithoutGradient } from "./optimizerOrder";
import { rebuiltTensor } from "./rebuiltTensor";
import { registration } from "./registration";
import { sameMemory, stateDictAlias } from "./sameMemory";
import { schedulerFirst } from "./schedulerFirst";
import { staleParameters } from "./staleParameters";
import { trainingInEvaluationMode } from "./trainingMode";
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
  clipOrder,
  evaluationMode,
  dropoutAlwaysOn,
  flatOperator,
  layerInForward,
  gradientAlias,
  divergingLoss,
  gradientScale,
  leafLost,
  leafRoot,
  logProbabilities,
  lossBroadcast,
  lostUpdate,
  misspelt,
  notCalled,
  optimizerAnew,
  sameMemory,
  stateDictAlias,
  trainingInEvaluationMode,
  stepWithoutGradient,
  registration,
  schedulerFirst,
  staleParameters,
  unusedParameter,
];

export function findings(scene: Scene): Found[] {
  const all = RULES.flatMap((rule) => rule(scene));
  const found = all.filter((finding) => !silenced(scene, finding) && !toldByError(finding, all));
  return found.sort((a, b) => a.range.start.line - b.range.start.line);
}

/** A mere information about a place that an error names as its cause: the error says it all. */
function toldByError(finding: Found, all: readonly Found[]): boolean {
  if (finding.severity !== "information") return false;
  return all.some(
    ({ severity, related }) =>
      severity === "error" &&
      related.some(({ range, file }) => file === undefined && same(range, finding.range)),
  );
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
