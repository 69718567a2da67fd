// The backward pass that runs, for all who ask about it: which gradients are wanted, which nodes will run, which
// one runs now. Passes nest, because hooks and custom Functions may start others.
import { runtimeError, TorchError } from "../tensor/errors";
import { limits } from "./modes";
import type { Edge, Node } from "./node";

export interface Task {
  /** Counts up over the whole run; what Python compares. */
  readonly id: number;
  /** Which nodes lead to what was asked for; null: all run. */
  readonly needed: Map<Node, boolean> | null;
  /** Nodes whose gradient grad() hands back. */
  readonly captured: ReadonlySet<Node> | null;
  /** Every node that gradients can come to. */
  readonly reached: { has(node: Node): boolean };
  readonly keepGraph: boolean;
  readonly roots: readonly Edge[];
  /** The pass that was interrupted by this one. */
  readonly outer: Task | null;
  /** The node that runs. */
  node: Node | null;
  /** Whether the gradient for the leaf that runs now is nobody else's (sole.ts). */
  sole: boolean;
  /** Python functions to be called when the pass has ended. */
  final: number[];
}

let current: Task | null = null;
let nested = 0;
let tasks = 0;

export function currentTask(): Task | null {
  return current;
}

/** Runs a pass. Raises RecursionError where too many are nested. */
export function inTask<T>(
  task: Omit<Task, "id" | "outer" | "node" | "sole" | "final">,
  body: (task: Task) => T,
): T {
  if (nested >= limits.nestedPasses) {
    throw new TorchError(
      "RecursionError",
      "maximum recursion depth exceeded: backward() inside of backward()",
    );
  }
  const before = current;
  const { needed, captured, reached, keepGraph, roots } = task;
  const own: Task = {
    id: tasks++,
    needed,
    captured,
    reached,
    keepGraph,
    roots,
    outer: before,
    node: null,
    sole: false,
    final: [],
  };
  current = own;
  nested++;
  try {
    return body(own);
  } finally {
    current = before;
    nested--;
  }
}

/** Whether the leaf that runs may keep its gradient's memory; asked once. */
export function takesOver(): boolean {
  if (current === null || !current.sole) return false;
  current.sole = false;
  return true;
}

/** Whether no pass that runs was told which gradients are wanted. */
export function goesEverywhere(): boolean {
  for (let task = current; task; task = task.outer) if (task.needed !== null) return false;
  return true;
}

/** A new run counts anew. */
export function resetTasks(): void {
  current = null;
  nested = 0;
  tasks = 0;
}

/** Whether the gradient for this edge of a node is wanted in the pass that runs. */
export function wantsGradient(node: Node, edge: number): boolean {
  const next = node.edges[edge];
  if (!next) return false;
  const needed = current?.needed;
  return needed ? needed.get(next.node) === true : true;
}

/** Has the gradient for `edge` computed in the pass that runs, although the pass does not lead there. */
export function alsoWanted(edge: Edge | null): void {
  if (edge) current?.needed?.set(edge.node, true);
}

/** Whether the pass that runs comes to this node. Texts: get_should_execute of torch/csrc/autograd/python_function.cpp. */
export function willExecute(node: Node): boolean {
  if (current === null) {
    throw runtimeError("_get_should_execute_nodes should only be called during the backward pass");
  }
  const { needed, captured, reached, roots } = current;
  // A single root is where the pass starts, and not one of the nodes that it comes to.
  if (needed === null) return reached.has(node) && !(roots.length === 1 && roots[0].node === node);
  if (captured?.has(node) && node.edges.length === 0) {
    throw runtimeError(
      "A leaf node was passed to _will_engine_execute_node but we are currently running autograd.grad(). This is " +
        "currently not supported.",
    );
  }
  return needed.get(node) === true;
}
