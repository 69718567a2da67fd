// Everything of one kind that happened at one place, counted, with the first and the last of it kept: what a loop
// of any length costs.

/** How many of the first and the last are kept. An iteration may pass a place several times (a block used thrice). */
const FIRST = 8;
const LAST = 32;

export interface Happening {
  /** Position among all that happened in the run. */
  readonly order: number;
  /** 1-based position in its series. */
  index: number;
  /** Lets go of what it refers to: it is no longer part of its series. */
  evict(): void;
  /** The next of the series has come: what is costly to keep may go. */
  superseded(): void;
}

export class Series<T extends Happening> {
  count = 0;
  private readonly head: T[] = [];
  private readonly tail: T[] = [];

  constructor(
    readonly site: number,
    readonly name: string,
  ) {}

  /** `lean`: the run has reached its limit, only the last one is kept. Answers how many more are kept now. */
  add(happening: T, lean: boolean): number {
    happening.index = ++this.count;
    const before = this.last;
    if (before && before.index > FIRST) before.superseded();
    if (this.head.length < FIRST && this.tail.length === 0 && !(lean && this.count > 1)) {
      this.head.push(happening);
      return 1;
    }
    this.tail.push(happening);
    let kept = 1;
    while (this.tail.length > (lean ? 1 : LAST)) {
      this.tail.shift()?.evict();
      kept--;
    }
    return kept;
  }

  get first(): T | undefined {
    return this.head[0];
  }

  get last(): T | undefined {
    return this.tail[this.tail.length - 1] ?? this.head[this.head.length - 1];
  }

  get kept(): T[] {
    return this.tail.length === 0 ? this.head : [...this.head, ...this.tail];
  }
}
