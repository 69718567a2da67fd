// The rules: pure functions from what happened to findings. Errors first, then what went wrong without a word.
import type { Scene } from "../scene";
import { absentPackage } from "./absentPackage";
import { accumulatedGradient } from "./accumulatedGradient";
import { errorFindings } from "./errors";
import type { Found } from "./finding";
import { graphKept } from "./graphKept";
import { hiddenWrite } from "./hiddenWrite";
import { nonLeafGrad } from "./nonLeafGrad";
import { rebuiltTensor } from "./rebuiltTensor";

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
