// A number left the graph by item(), float() or tolist(), and what it came from got no gradient in any other way.
import type { EscapeFacts, OpFacts, TensorFacts } from "../facts";
import { type Found, makeFinding } from "./finding";
import type { Rule } from "./index";

const HOW = ["item", "float", "tolist", "int"];
const SEARCHED = 500;

export const escapedValue: Rule = (scene) => {
  if (scene.facts.status !== "ok") return [];
  const calls = [...scene.recorder.calls].filter(
    ({ snippet, ended, inputs }) => snippet === scene.record.index && ended === "ok" && inputs === null,
  );
  const found: Found[] = [];
  const told = new Set<number>();
  for (const escape of scene.record.escapes) {
    const range = scene.sites.range(escape.site);
    const later = calls.find((call) => call.order > escape.order);
    if (!escape.requiredGrad || !HOW.includes(escape.how) || !range || !later || told.has(escape.site))
      continue;
    const lost = leavesOf(escape).filter(
      (leaf) =>
        leaf.gradients.length === 0 && scene.names(leaf).length > 0 && leaf.snippet === scene.record.index,
    );
    if (lost.length === 0) continue;
    told.add(escape.site);
    const call = escape.how === "float" || escape.how === "int" ? `${escape.how}()` : `.${escape.how}()`;
    found.push(
      makeFinding(
        scene,
        "autograd/escaped-value",
        "information",
        `${call} takes a plain number out of ${scene.text(escape.tensor)}: what is computed with it is not connected to ${scene.text(lost[0])}, which gets no gradient.`,
        range,
        [
          [lost[0].made.site, `${scene.text(lost[0])} got no gradient.`],
          [later.site, "This backward pass did not reach it."],
        ],
        [{ kind: "keep-connected", sites: { at: escape.site } }],
      ),
    );
  }
  return found;
};

function leavesOf({ tensor }: EscapeFacts): TensorFacts[] {
  const leaves = new Set<TensorFacts>();
  const seen = new Set<OpFacts>();
  const stack: TensorFacts[] = [tensor];
  for (let next = stack.pop(); next && seen.size < SEARCHED; next = stack.pop()) {
    if (next.isLeaf) {
      if (next.requiresGrad) leaves.add(next);
      continue;
    }
    if (seen.has(next.producer)) continue;
    seen.add(next.producer);
    for (const input of next.producer.inputs) if (input?.requiresGrad) stack.push(input);
  }
  return [...leaves];
}
