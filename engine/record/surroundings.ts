// What ran around an operator: calls of modules and rounds of loops. Python keeps it in memory that is read here when
// an operator is recorded; what the numbers mean is told when the snippet has ended.
import type { Scope } from "../protocol/report";
import type { SurroundingsFacts } from "../python/plug";

/** Pairs, outermost first: a loop's number and its round, or a module's number below zero and which of its calls. */
export type Around = readonly number[];

const NOTHING: Around = [];

export const surroundings: {
  /** Python's memory: the depth, then the pairs. Null without Python. */
  read: (() => Int32Array) | null;
} = { read: null };

/** What stands around now; the same object as `before` where nothing has changed. */
export function around(before: Around): Around {
  const memory = surroundings.read?.();
  if (memory === undefined || memory[0] === 0) return NOTHING;
  const length = 2 * memory[0];
  if (before.length === length) {
    let same = true;
    for (let i = 0; same && i < length; i++) same = before[i] === memory[i + 1];
    if (same) return before;
  }
  return Array.from(memory.subarray(1, 1 + length));
}

/** The scopes of a report: one entry for each that something shown stands in, and those around it. */
export class ScopeTable {
  readonly scopes: Scope[] = [];
  private readonly byKey = new Map<string, number>();
  private readonly modules: Map<number, SurroundingsFacts["modules"][number]>;
  private readonly loops: Map<number, SurroundingsFacts["loops"][number]>;

  constructor(facts: SurroundingsFacts | undefined) {
    this.modules = new Map(facts?.modules.map((module) => [module.number, module]));
    this.loops = new Map(facts?.loops.map((loop) => [loop.number, loop]));
  }

  /** The innermost scope of an operator; undefined at the top. */
  indexOf(pairs: Around): number | undefined {
    let parent: number | undefined;
    let path = "";
    for (let i = 0; i < pairs.length; i += 2) {
      const [number, round] = [pairs[i], pairs[i + 1]];
      path += `${number}:${round} `;
      const known = this.byKey.get(path);
      if (known !== undefined) {
        parent = known;
        continue;
      }
      const scope = this.scope(number, round, parent);
      if (scope === null) continue;
      parent = this.scopes.push(scope) - 1;
      this.byKey.set(path, parent);
    }
    return parent;
  }

  /** The modules around, in words, outermost first. */
  moduleNames(pairs: Around): string[] {
    const names: string[] = [];
    for (let i = 0; i < pairs.length; i += 2) {
      const module = this.modules.get(-pairs[i]);
      if (module) names.push(wordsOf(module));
    }
    return names;
  }

  private scope(number: number, round: number, parent: number | undefined): Scope | null {
    const inside = parent === undefined ? {} : { parent };
    const module = this.modules.get(-number);
    if (module) return { kind: "module", label: wordsOf(module), call: round, ...inside };
    const loop = this.loops.get(number);
    if (!loop || round === 0) return null;
    // A loop that is running still, or was left by an error, has had at least this round.
    const rounds = Math.max(loop.rounds, round);
    return { kind: "round", label: loop.label, loop: number, round, rounds, range: loop.range, ...inside };
  }
}

const wordsOf = ({ name, type }: { name: string; type: string }): string =>
  name === "" ? type : `${name} (${type})`;
