// One snippet that has ended, ready to be read: the facts with the names, the places and the tensors that still live.
import type { Range } from "../protocol/report";
import type { Oddity, SnippetFacts } from "../python/plug";
import type { Tensor } from "../tensor/tensor";
import type { OpFacts, SnippetRecord, TensorFacts } from "./facts";
import type { RunRecorder } from "./recorder";
import type { SiteTable } from "./sites";

export class Scene {
  readonly record: SnippetRecord;
  /** What names hold at the end, in the order that the host found them. */
  readonly named = new Map<TensorFacts, Tensor>();
  private readonly finalNames = new Map<TensorFacts, string[]>();
  private readonly finalOf = new Map<string, TensorFacts>();
  readonly parameters = new Set<TensorFacts>();

  constructor(
    readonly recorder: RunRecorder,
    readonly sites: SiteTable,
    readonly facts: SnippetFacts,
    /** Names of binding places, of this snippet and earlier ones. */
    readonly placeNames: ReadonlyMap<number, string>,
    readonly tensorOf: (handle: number) => Tensor | null,
  ) {
    this.record = recorder.snippet;
    for (const { name, handle, member } of facts.names) {
      const tensor = tensorOf(handle);
      if (!tensor) continue;
      const known = recorder.tensorOf(tensor);
      this.named.set(known, tensor);
      this.finalOf.set(name, known);
      const names = this.finalNames.get(known);
      // What a parameter is called in its module says more than a loop's variable that holds it last.
      if (names && member === "parameter" && !this.parameters.has(known)) names.unshift(name);
      else if (names) names.push(name);
      else this.finalNames.set(known, [name]);
      if (member === "parameter") this.parameters.add(known);
    }
  }

  /** Names that it has, or had where they now hold nothing else. */
  names(tensor: TensorFacts): string[] {
    const names = [...(this.finalNames.get(tensor) ?? [])];
    for (const name of this.placeNamesOf(tensor)) {
      if (!names.includes(name) && !this.finalOf.has(name)) names.push(name);
    }
    return names;
  }

  /** Names that it had and that hold another tensor now. */
  formerNames(tensor: TensorFacts): string[] {
    const names = new Set<string>();
    for (const name of this.placeNamesOf(tensor)) {
      const holder = this.finalOf.get(name);
      if (holder && holder !== tensor) names.add(name);
    }
    return [...names];
  }

  /** What a name holds when the snippet has ended. */
  tensorNamed(name: string): TensorFacts | undefined {
    return this.finalOf.get(name);
  }

  /** Whether something that is still there was computed from it. */
  isHeld(tensor: TensorFacts): boolean {
    for (const holder of this.named.keys()) if (holder.producer.inputs.includes(tensor)) return true;
    return false;
  }

  /** Where an attribute of a module was assigned: in a method of its class, or from outside. */
  assignmentOf({ attribute, classes, module }: Oddity): Range | undefined {
    const all = this.facts.assignments ?? [];
    const own = all.findLast(
      ({ name, inClass }) => classes.includes(inClass) && name === `self.${attribute}`,
    );
    return (own ?? all.findLast(({ name }) => name === `${module}.${attribute}`))?.range;
  }

  private placeNamesOf(tensor: TensorFacts): string[] {
    return tensor.places.map((place) => this.placeNames.get(place) ?? "").filter((name) => name !== "");
  }

  // ---- words

  /** "'x'", or "the result of mul on line 3"; without the line where that is the place `here`. */
  text(tensor: TensorFacts, here = -1): string {
    const name = this.names(tensor)[0] ?? this.formerNames(tensor)[0];
    if (name !== undefined) return `'${name}'`;
    if (tensor.gradOf) return `the gradient of ${this.text(tensor.gradOf)}`;
    const { made } = tensor;
    const on = made.site === here ? "" : this.sites.on(made.site);
    if (made.name !== "") return `the result of ${made.name}${on}`;
    if (made.site === here) return "the tensor made here";
    return on === "" ? "a tensor made outside the code" : `the tensor made${on}`;
  }

  /** The detail of an operator that was dropped in the middle of a loop is that of the first iteration. */
  detail(op: OpFacts): OpFacts {
    return op.evicted ? (op.series.first ?? op) : op;
  }
}
