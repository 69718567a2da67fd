// What rules for exceptions' texts are given, and the tensors that the expression speaks of.
import type { Range } from "../../protocol/report";
import type { Scene } from "../scene";
import type { ErrorFinding } from "./errors";
import { type Mentioned, mentionedIn, viewed } from "./involvedTensors";

export interface TextScene {
  scene: Scene;
  type: string;
  message: string;
  range: Range;
  /** The interned place of the exception; 0 where it is not known. */
  site: number;
  /** What the engine said of it: ids of tensors by what they are. */
  facts: Readonly<Record<string, unknown>> | null;
}

export interface KnownText {
  text: RegExp;
  /** null: not this one after all. */
  find(scene: TextScene, match: RegExpExecArray): ErrorFinding | null;
}

export const mentioned = ({ scene, range }: TextScene): Mentioned[] => mentionedIn(scene, range);

/** What the engine named, then what the expression names. */
export function operands(at: TextScene): Mentioned[] {
  const { scene, facts } = at;
  const named = mentioned(at);
  const known = new Set(named.map(({ tensor }) => tensor));
  const ids = Object.values(facts ?? {}).filter((value): value is number => typeof value === "number");
  const others = ids
    .flatMap((id) => scene.recorder.tensors.get(id) ?? [])
    .filter((tensor) => !known.has(tensor))
    .map((tensor) => ({ tensor: viewed(scene, tensor), text: scene.text(viewed(scene, tensor)) }));
  return [...named, ...others].filter(
    (one, i, all) => all.findIndex(({ tensor }) => tensor === one.tensor) === i,
  );
}
