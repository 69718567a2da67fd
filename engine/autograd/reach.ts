// What keeps what alive: a walk from what Python holds over tensors and nodes to the Python objects that they hold by
// number (hooks, contexts of custom Functions, what pack hooks made). The host's own collector cannot tell Python.
import type { Tensor } from "../tensor/tensor";
import type { Node } from "./node";

/** Is shown what something keeps alive. */
export interface Visitor {
  tensor(tensor: Tensor | null): void;
  node(node: Node | null): void;
  /** The number of a Python object. */
  held(number: number): void;
}

let round = 0;

/** A walk of its own: what was shown to it before is not gone through again. */
export class Reach implements Visitor {
  /** Numbers of Python objects that are held. */
  readonly numbers = new Set<number>();
  /** How much was gone through. */
  visited = 0;
  private readonly mark = ++round;
  private readonly tensors: Tensor[] = [];
  private readonly nodes: Node[] = [];

  tensor(tensor: Tensor | null): void {
    if (tensor === null || tensor.mark === this.mark) return;
    tensor.mark = this.mark;
    this.tensors.push(tensor);
  }

  node(node: Node | null): void {
    if (node === null || node.mark === this.mark) return;
    node.mark = this.mark;
    this.nodes.push(node);
  }

  held(number: number): void {
    this.numbers.add(number);
  }

  /** Goes through everything that was shown so far, and what that keeps alive. No recursion: graphs are deep. */
  walk(): void {
    for (;;) {
      const node = this.nodes.pop();
      if (node) {
        node.references(this);
      } else {
        const tensor = this.tensors.pop();
        if (!tensor) return;
        this.openTensor(tensor);
      }
      this.visited++;
    }
  }

  private openTensor(tensor: Tensor): void {
    this.node(tensor.gradFn);
    this.node(tensor.accumulator);
    this.tensor(tensor.grad);
    this.tensor(tensor.view?.base ?? null);
    for (const hook of tensor.hooks ?? []) this.held(hook);
    for (const hook of tensor.postAccumulateHooks ?? []) this.held(hook);
    if (tensor.attributes !== 0) this.held(tensor.attributes);
  }
}
