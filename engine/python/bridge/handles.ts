// Which number stands for which tensor or node in Python. Python counts references and gives numbers back.
import type { Node } from "../../autograd/node";
import type { Tensor } from "../../tensor/tensor";

interface Handled {
  handle: number;
}

/** 0 means "none" and 1 is kept for answers that are no handle, so that handles start here. */
const FIRST = 2;

class HandleTable<T extends Handled> {
  private items: (T | undefined)[] = new Array(FIRST).fill(undefined);
  private free: number[] = [];

  constructor(private readonly what: string) {}

  get(handle: number): T {
    const item = this.items[handle];
    if (item === undefined) throw new Error(`no ${this.what} has the handle ${handle}`);
    return item;
  }

  /** A new handle; where Python holds the item already, its handle made negative. */
  give(item: T): number {
    if (item.handle !== 0) return -item.handle;
    const handle = this.free.pop() ?? this.items.length;
    this.items[handle] = item;
    item.handle = handle;
    return handle;
  }

  release(handle: number): void {
    const item = this.items[handle];
    if (item === undefined) return;
    item.handle = 0;
    this.items[handle] = undefined;
    this.free.push(handle);
  }

  /** Python's memory went back to a state without tensors. */
  clear(): void {
    for (const item of this.items) if (item) item.handle = 0;
    this.items = new Array(FIRST).fill(undefined);
    this.free = [];
  }

  each(visit: (item: T) => void): void {
    for (const item of this.items) if (item) visit(item);
  }

  get count(): number {
    return this.items.length - FIRST - this.free.length;
  }
}

export const tensors = new HandleTable<Tensor>("tensor");
export const nodes = new HandleTable<Node>("node");

/** As `tensors.get`, with 0 for none. */
export function tensorOrNull(handle: number): Tensor | null {
  return handle === 0 ? null : tensors.get(handle);
}

export function giveOrZero(tensor: Tensor | null | undefined): number {
  return tensor ? tensors.give(tensor) : 0;
}
