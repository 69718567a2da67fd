// The tensors that an expression speaks of: by the names in it, and by the operators that ran for parts of it.
import type { Position, Range } from "../../protocol/report";
import type { TensorFacts } from "../facts";
import type { Scene } from "../scene";
import { type Involved, shapeText } from "./finding";

export interface Mentioned {
  tensor: TensorFacts;
  /** As it is written, or what made it. */
  text: string;
}

const compare = (a: Position, b: Position): number => a.line - b.line || a.character - b.character;

export function within(outer: Range, inner: Range): boolean {
  return compare(outer.start, inner.start) <= 0 && compare(inner.end, outer.end) <= 0;
}

/** In the order of the code; each tensor once. */
export function mentionedIn(scene: Scene, range: Range): Mentioned[] {
  const { facts, record } = scene;
  const bound = new Map(facts.bindings.map((binding) => [binding.site, binding.bound]));
  const found: (Mentioned & { at: Range })[] = [];
  for (const use of facts.uses) {
    if (!within(range, use.range)) continue;
    const place = use.bindings.find((candidate) => bound.get(candidate) !== "never");
    const tensor =
      place === undefined
        ? use.fromNamespace
          ? scene.tensorNamed(use.name)
          : undefined
        : record.bound.get(place);
    if (tensor) found.push({ tensor, text: `'${use.name}'`, at: use.range });
  }
  for (const series of record.ops) {
    const at = scene.sites.range(series.site);
    const tensor = series.last?.outputs[0];
    if (!at || !tensor || !within(range, at) || series.last?.inBackward) continue;
    if (found.some((other) => other.tensor === tensor)) continue;
    // The whole expression is what failed, not a part of it.
    if (within(at, range)) continue;
    found.push({ tensor, text: scene.text(tensor, series.site), at });
  }
  found.sort((a, b) => compare(a.at.start, b.at.start));
  return found.filter((one, i) => found.findIndex((other) => other.tensor === one.tensor) === i);
}

/** "'x', made here, has the shape [2, 3] and the dtype float32." */
export function described({ tensor, text }: Mentioned): Involved {
  const made = tensor.producer.inputs.length === 0 ? "made" : "computed";
  return [
    tensor.producer.site,
    `${text}, ${made} here, has the shape ${shapeText(tensor.sizes)} and the dtype ${tensor.dtype.name}.`,
  ];
}

export const VIEW =
  /^(t|transpose|permute|view|reshape|select|slice|unsqueeze|squeeze|expand|alias|as_strided)$/;

/** The tensor that an unnamed view shows: a weight that an operator got as its transpose. */
export function viewed(scene: Scene, tensor: TensorFacts): TensorFacts {
  const [base] = tensor.made.inputs;
  const named = scene.names(tensor).length > 0 || scene.formerNames(tensor).length > 0;
  return named || !base || !VIEW.test(tensor.made.name) ? tensor : base;
}

/** "'net.fc.weight' (seen through t)" */
export function seenThrough(scene: Scene, tensor: TensorFacts): string {
  const base = viewed(scene, tensor);
  return base === tensor ? scene.text(tensor) : `${scene.text(base)} (seen through ${tensor.made.name})`;
}
