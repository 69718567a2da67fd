// Everything of one kind that happened at one place, counted, with the first and the last of it kept: what a loop
// of any length costs.

/** How many of the first and the last are kept. An iteration may pass a place several times (a block used thrice). */
export const FIRST = 8;
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

/** Points that the course of a number over a loop is told with. */
const POINTS = 64;

/** Every `every`-th of the numbers that one place gave, from the first on; and the extremes of all. */
export interface Course {
  every: number;
  values: number[];
  min: number;
  max: number;
}

export class Series<T extends Happening> {
  count = 0;
  /** One of those that left, where what is kept beyond the series refers to it for all of them. */
  evicted: T | null = null;
  private readonly course: Course = { every: 1, values: [], min: Number.NaN, max: Number.NaN };
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
    before?.superseded();
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

  /** What the happening that was added last gave, where that is a single number. */
  noteNumber(value: number): void {
    const { course } = this;
    if (!(course.min <= value)) course.min = value;
    if (!(course.max >= value)) course.max = value;
    if ((this.count - 1) % course.every !== 0) return;
    if (course.values.length >= POINTS) {
      course.values = course.values.filter((_, i) => i % 2 === 0);
      course.every *= 2;
      if ((this.count - 1) % course.every !== 0) return;
    }
    course.values.push(value);
  }

  /** null where it gave no single numbers, or only one. */
  get numbers(): Course | null {
    return this.course.values.length > 1 ? this.course : null;
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
