// The finding of the exception that ended the snippet: the rule of its kind where the engine knows more than the
// text says, Python's own words where it does not.
import type { Range, SnippetReport } from "../../protocol/report";
import type { ErrorFacts } from "../../tensor/errors";
import type { NodeFacts, RaisedFacts, TensorFacts } from "../facts";
import type { Scene } from "../scene";
import { gradientShape, inputWithoutGrad, nonScalar, unusedInput } from "./backwardArguments";
import { type Found, firstLine, type Involved, makeFinding, type Remedy } from "./finding";
import { inferenceSaved, inferenceWrite } from "./inference";
import { byText } from "./knownTexts";
import {
  integerRequiresGrad,
  leafInPlace,
  leafViewInPlace,
  nonLeafRequiresGrad,
  viewInPlace,
} from "./leaves";
import { noGradRoot } from "./noGradRoot";
import { savedOverwritten } from "./savedOverwritten";
import { secondBackward } from "./secondBackward";

/** What the rule of a kind of error knows. */
export interface ErrorScene {
  scene: Scene;
  facts: ErrorFacts;
  /** The place of the call that raised. */
  site: number;
  /** The tensor or node that a fact names by its id. */
  tensor(fact: string): TensorFacts | null;
  node(fact: string): NodeFacts | null;
  number(fact: string): number;
}

export interface ErrorFinding {
  code: string;
  involved: (Involved | null)[];
  remedies?: Remedy[];
}

export type ErrorRule = (error: ErrorScene) => ErrorFinding;

const RULES: Readonly<Record<string, ErrorRule>> = {
  "second-backward": secondBackward,
  "saved-overwritten": savedOverwritten,
  "no-grad-root": noGradRoot,
  "no-grad-input": inputWithoutGrad,
  "non-scalar": nonScalar,
  "gradient-shape": gradientShape,
  "unused-input": unusedInput,
  "non-leaf-requires-grad": nonLeafRequiresGrad,
  "integer-requires-grad": integerRequiresGrad,
  "leaf-inplace": leafInPlace,
  "leaf-view-inplace": leafViewInPlace,
  "view-inplace": viewInPlace,
  "inference-saved": inferenceSaved,
  "inference-inplace": inferenceWrite,
  memory: () => ({ code: "run/memory", involved: [] }),
};

/** How the engine names an operator that it does not have. */
const MISSING = " is not available in Gradient Inspector's engine";

export function errorFindings(scene: Scene): Found[] {
  const call = [...scene.recorder.calls].findLast(({ snippet }) => snippet === scene.record.index);
  const found = errorsOf(scene);
  return call?.ended === "raised" ? found.map((each) => ({ ...each, call: call.ordinal })) : found;
}

function errorsOf(scene: Scene): Found[] {
  const { facts } = scene;
  if (facts.status === "stopped") return stopped(scene);
  const { error } = facts;
  if (facts.status !== "raised" || !error) return [];
  const raised = raisedBy(scene, error);
  if (raised?.facts) {
    const rule = RULES[raised.facts.kind];
    if (rule) {
      const { code, involved, remedies } = rule(errorScene(scene, raised, raised.facts));
      const range = place(scene, raised, error.range);
      return [makeFinding(scene, code, "error", error.message, range, involved, remedies)];
    }
  }
  const known = byText({
    scene,
    type: error.type,
    message: error.message,
    range: raised ? place(scene, raised, error.range) : error.range,
    site: raised?.site || scene.sites.placeOf(error.range),
    facts: raised?.facts ?? null,
  });
  if (known) {
    const range = raised ? place(scene, raised, error.range) : error.range;
    return [makeFinding(scene, known.code, "error", error.message, range, known.involved, known.remedies)];
  }
  const here: Involved | null =
    raised && !scene.sites.range(raised.site) ? [raised.site, "Raised here."] : null;
  if (error.type === "NotImplementedError" && error.message.includes(MISSING)) {
    const advice = `${error.message}. Nothing is computed in its place: write it with operators that are available, or run this code in PyTorch.`;
    return [makeFinding(scene, "engine/not-implemented", "error", advice, error.range, [here])];
  }
  const text = error.message === "" ? error.type : `${error.type}: ${error.message}`;
  return [makeFinding(scene, `python/${error.type}`, "error", text, error.range, [here])];
}

/** What the engine raised, where it is what ended the snippet and was not caught on the way. */
function raisedBy(scene: Scene, error: NonNullable<SnippetReport["error"]>): RaisedFacts | null {
  const { raised } = scene.record;
  return raised && raised.error.message === error.message && raised.error.type === error.type ? raised : null;
}

function place(scene: Scene, raised: RaisedFacts, otherwise: Range): Range {
  return scene.sites.range(raised.site) ?? otherwise;
}

function errorScene(scene: Scene, raised: RaisedFacts, facts: ErrorFacts): ErrorScene {
  const number = (fact: string): number => {
    const value = facts[fact];
    return typeof value === "number" ? value : 0;
  };
  return {
    scene,
    facts,
    site: raised.site,
    number,
    tensor: (fact) => scene.recorder.tensors.get(number(fact)) ?? null,
    node: (fact) => scene.recorder.nodes.get(number(fact)) ?? null,
  };
}

function stopped(scene: Scene): Found[] {
  const { stoppedBy, milliseconds } = scene.facts;
  const last = lastOperator(scene);
  const range = (last === null ? null : scene.sites.range(last)) ?? firstLine(scene);
  const seconds = Math.round(milliseconds / 100) / 10;
  switch (stoppedBy) {
    case "timeout":
      return [
        makeFinding(
          scene,
          "run/timeout",
          "error",
          `Stopped: the snippet was still running after ${seconds} ${seconds === 1 ? "second" : "seconds"}. timeout=SECONDS behind its marker gives it more time. This is the last operator that ran.`,
          range,
          [],
        ),
      ];
    case "memory":
      return [
        makeFinding(
          scene,
          "run/memory",
          "error",
          "Stopped: the snippet's tensors need more memory than the limit allows. This is the last operator that ran.",
          range,
          [],
        ),
      ];
    case "user":
      return [
        makeFinding(
          scene,
          "run/stopped",
          "information",
          `Stopped after ${seconds} seconds, as asked.`,
          range,
          [],
        ),
      ];
    default:
      // Superseded: a newer text is running already.
      return [];
  }
}

function lastOperator(scene: Scene): number | null {
  let last: { order: number; site: number } | null = null;
  for (const series of scene.record.ops) {
    const op = series.last;
    if (op && op.name !== "" && (last === null || op.order > last.order)) last = op;
  }
  return last?.site ?? null;
}
