// Which tensor a name in the code stands for: from the bindings that were executed and the final namespace. Pure.
import type { Occurrence, TensorId } from "../protocol/report";
import type { SnippetFacts } from "./plug";

export interface TensorsOfNames {
  /** The tensor that was last bound at a binding site. */
  boundAt(site: number): TensorId | undefined;
  ofHandle(handle: number): TensorId | undefined;
}

/** In the order of the code. A name whose value is no tensor has no occurrence. */
export function occurrences(facts: SnippetFacts, tensors: TensorsOfNames): Occurrence[] {
  const bound = new Map(facts.bindings.map((binding) => [binding.site, binding.bound]));
  const named = new Map(facts.names.map(({ name, handle }) => [name, handle]));
  const found: Occurrence[] = [];
  for (const use of facts.uses) {
    const site = use.bindings.find((candidate) => bound.get(candidate) !== "never");
    let tensor: TensorId | undefined;
    if (site !== undefined) {
      tensor = bound.get(site) === "tensor" ? tensors.boundAt(site) : undefined;
    } else if (use.fromNamespace) {
      const handle = named.get(use.name);
      tensor = handle === undefined ? undefined : tensors.ofHandle(handle);
    }
    if (tensor !== undefined) found.push({ range: use.range, name: use.name, tensor });
  }
  return found.sort(
    (a, b) =>
      a.range.start.line - b.range.start.line ||
      a.range.start.character - b.range.start.character ||
      a.range.end.line - b.range.end.line ||
      a.range.end.character - b.range.end.character,
  );
}
