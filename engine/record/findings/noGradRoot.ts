// "element 0 of tensors does not require grad": one text, many causes. Points at the first cut.
import { type Cause, causesOf, causeText, cutText, siteOf } from "../cuts";
import type { Scene } from "../scene";
import type { ErrorRule } from "./errors";
import type { Involved } from "./finding";
import { causeRemedies } from "./reconnect";

const TOLD = 4;

export const noGradRoot: ErrorRule = ({ scene, tensor }) => {
  const root = tensor("tensor");
  const causes = root ? causesOf(scene, root) : [];
  // Data, integers or such that nobody asked a gradient of, is the cause only where nothing else is.
  const cuts = causes.filter(({ kind }) => kind !== "never-asked" && kind !== "dtype");
  const data = causes.filter(({ kind }) => kind === "never-asked");
  const told = cuts.length > 0 ? cuts : data.length > 0 ? data : causes;
  return {
    code: "autograd/no-grad-root",
    involved: [...described(scene, told), ...(cuts.length === 0 ? escaped(scene) : [])].slice(0, TOLD),
    remedies: told.slice(0, TOLD).flatMap((cause) => causeRemedies(scene, cause)),
  };
};

/** One line for each place: what is cut there may be several tensors, one for each round of a loop. */
function described(scene: Scene, causes: readonly Cause[]): Involved[] {
  const bySite = new Map<string, Cause[]>();
  for (const cause of causes) {
    const key = cause.kind === "cut" ? `${siteOf(cause)} ${cause.op.name}` : `${bySite.size}`;
    bySite.set(key, [...(bySite.get(key) ?? []), cause]);
  }
  return [...bySite.values()].map((same) => {
    const [first] = same;
    const inputs = same.flatMap((cause) => (cause.kind === "cut" ? [cause.input] : []));
    const text = first.kind === "cut" ? cutText(scene, first.op, inputs) : causeText(scene, first);
    return [siteOf(first), text];
  });
}

/** Numbers that left the graph: what the code made of them with Python's own arithmetic has none. */
function escaped(scene: Scene): Involved[] {
  return scene.record.escapes
    .filter(
      ({ requiredGrad, how }) => requiredGrad && (how === "item" || how === "float" || how === "tolist"),
    )
    .slice(0, 2)
    .map(({ site, tensor, how }) => [
      site,
      `${how === "float" ? "float()" : `.${how}()`} takes plain Python numbers out of ${scene.text(tensor)} here: what is computed from them has no graph.`,
    ]);
}
