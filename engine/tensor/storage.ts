// Memory that tensors share, and the counter of changes to it with the place of each change.
import type { Data, DType } from "./dtype";

export class Storage {
  /** How many were made so far. */
  static made = 0;

  /** In the order in which they are made. */
  readonly serial = Storage.made++;
  /** The other dtype that a copy of its bits is read as (see bits.ts): its numbers cannot be changed any more. */
  seenAs: string | null = null;

  constructor(
    public data: Data,
    readonly dtype: DType,
  ) {}

  /** Makes the elements numbers that the dtype has: see Note [Half precision]. */
  round(): void {
    this.dtype.round?.(this.data as Float32Array);
  }

  get bytes(): number {
    return this.data.length * this.dtype.bytes;
  }
}

/** Allocates `length` zeros. Raises RuntimeError where a run's limit would be passed. */
export function allocate(dtype: DType, length: number): Storage {
  return new Storage(dtype.allocate(length), dtype);
}

/** One change in place: `by` is the operator's name, `site` the interned place. */
export interface Mutation {
  version: number;
  by: string;
  site: number;
}

const KEPT_MUTATIONS = 64;
const NO_MUTATIONS: readonly Mutation[] = [];

/** Shared by a base, its views and `detach()`, not by `.data`. */
export class VersionCounter {
  value = 0;
  // Most tensors are never changed: the list is made when it is needed.
  private log: Mutation[] | null = null;

  /** The first and the latest changes; the middle of a very long series is dropped. */
  get mutations(): readonly Mutation[] {
    return this.log ?? NO_MUTATIONS;
  }

  bump(by: string, site: number): void {
    this.value++;
    this.log ??= [];
    if (this.log.length >= KEPT_MUTATIONS) this.log.splice(KEPT_MUTATIONS / 2, 1);
    this.log.push({ version: this.value, by, site });
  }

  /** The change that followed `version`. */
  firstAfter(version: number): Mutation | undefined {
    return this.mutations.find((mutation) => mutation.version > version);
  }
}
