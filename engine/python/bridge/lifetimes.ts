// When Python objects that the engine holds by number may go: once nothing that Python holds leads to them any more.
// Python asks for a sweep when it let go of something that may have been the last to lead there.
import type { Node } from "../../autograd/node";
import { PythonFunctionNode } from "../../autograd/pythonNode";
import { Reach } from "../../autograd/reach";
import type { Tensor } from "../../tensor/tensor";
import { nodes, tensors } from "./handles";

/** Where a hook was put, so that it can be removed by its number alone. */
export type HookPlace =
  | { kind: "tensor" | "accumulate"; tensor: Tensor }
  | { kind: "gradient" | "before" | "after"; node: Node };

/** How many numbers are told at once. */
const MOST = 4000;

class Lifetimes {
  private readonly owned = new Map<number, HookPlace | null>();
  private depth = 0;

  /** The engine holds this number from now on: at a hook's place, or somewhere else. */
  own(number: number, place: HookPlace | null = null): void {
    this.owned.set(number, place);
  }

  /** The engine has dropped it by itself. Answers a hook's place. */
  disown(number: number): HookPlace | null {
    const place = this.owned.get(number) ?? null;
    this.owned.delete(number);
    return place;
  }

  /** Python is called: until it answers, local variables of JavaScript may hold what no table shows. */
  enter(): void {
    this.depth++;
  }

  leave(): void {
    this.depth--;
  }

  /** Whether a sweep is possible now, and may find something. */
  get ready(): boolean {
    return this.depth === 0 && this.owned.size > 0;
  }

  /**
   * The numbers that nothing leads to any more; they are not the engine's from now on.
   * @param roots numbers of contexts that Python itself holds on to
   */
  sweep(roots: Iterable<number>): { dead: number[]; visited: number } {
    const reach = new Reach();
    const held = new Set(roots);
    tensors.each((tensor) => reach.tensor(tensor));
    // A context is the Python object of its node, so that its handle alone says nothing.
    nodes.each((node) => {
      if (!(node instanceof PythonFunctionNode) || held.has(node.number)) reach.node(node);
    });
    reach.walk();
    const dead: number[] = [];
    for (const number of this.owned.keys()) {
      if (dead.length === MOST) break;
      if (!reach.numbers.has(number) && !held.has(number)) dead.push(number);
    }
    for (const number of dead) this.owned.delete(number);
    return { dead, visited: reach.visited };
  }

  /** The numbers that a tensor or node leads to; null where they are too many to be told. */
  reachOf(from: Tensor | Node): readonly number[] | null {
    const reach = new Reach();
    if ("storage" in from) reach.tensor(from);
    else reach.node(from);
    reach.walk();
    return reach.numbers.size > MOST ? null : [...reach.numbers];
  }

  /** Python's memory went back to a state without tensors. */
  clear(): void {
    this.owned.clear();
    this.depth = 0;
  }
}

export const lifetimes = new Lifetimes();
