// A gradient as the sum over the paths of the graph: from each place where backward started, along one edge at a time,
// with what each node's formula makes of the gradient that comes along that path alone. Exact, since the formulas are
// linear in the gradient.
import { callbacks } from "../autograd/callbacks";
import type { Edge, Gradients, Node } from "../autograd/node";
import { tensorApi } from "../autograd/tensorApi";
import { gradientEdge, requiresGrad } from "../autograd/views";
import { elementsOf } from "../kernels/strided";
import { OpNode } from "../ops/opNode";
import type { Answer, Path, PlainArguments } from "../protocol/experiment";
import type { NumberValue } from "../protocol/report";
import { sameSizes } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import type { BackwardEvent } from "./hook";
import { numberValue } from "./snapshot";

const MOST_PATHS = 48;
const MOST_STEPS = 4000;
const MOST_LENGTH = 400;

type Place = (node: Node) => { id: number; site: number };

/** `line` of a step is the interned site; whoever knows the sites turns it into a line. */
export function findPaths({ roots, seeds }: BackwardEvent, target: Tensor, place: Place): Answer {
  const end = requiresGrad(target) ? gradientEdge(target) : null;
  if (end === null) return { kind: "refused", why: "No gradient flows to this tensor." };
  const leading = nodesLeadingTo(roots, end);
  const paths: Path[] = [];
  const plain: Record<number, PlainArguments> = {};
  let steps = 0;
  let truncated = false;

  const walk = (at: Edge, gradient: Tensor, taken: Path["steps"]): void => {
    if (at.node === end.node && at.inputNr === end.inputNr) {
      paths.push({ steps: taken, contribution: numbers(gradient) });
      return;
    }
    if (at.node === end.node && at.node.edges.length === 0) return;
    if (paths.length >= MOST_PATHS || steps >= MOST_STEPS || taken.length >= MOST_LENGTH) {
      truncated = true;
      return;
    }
    steps++;
    callbacks.checkInterrupt();
    const outgoing = through(at, gradient);
    const names = at.node.edgeNames();
    const { id, site } = place(at.node);
    plain[id] ??= plainArgumentsOf(at.node);
    at.node.edges.forEach((edge, i) => {
      const next = outgoing[i];
      if (edge === null || next === null || next === undefined || !leading.has(edge.node)) return;
      const step = {
        node: id,
        name: at.node.name,
        argument: names[i] ?? "",
        line: site,
        gradient: numbers(next),
      };
      walk(edge, next, [...taken, step]);
    });
  };
  roots.forEach((root, i) => {
    const edge = gradientEdge(root);
    if (edge && leading.has(edge.node)) walk(edge, seeds[i] ?? tensorApi.onesLike(root), []);
  });
  const shape = [...target.sizes];
  if (!truncated) return { kind: "paths", paths, truncated, shape, plain };
  const uses = byLastStep(roots, seeds, end, leading, place);
  return { kind: "paths", paths: uses, truncated, together: true, shape, plain };
}

/** What comes to `end` from each operator that it goes into, all paths to there together. */
function byLastStep(
  roots: readonly Tensor[],
  seeds: readonly (Tensor | null)[],
  end: Edge,
  leading: ReadonlySet<Node>,
  place: Place,
): Path[] {
  const waiting = new Map<Node, Gradients>();
  const found: Path[] = [];
  const add = ({ node, inputNr }: Edge, gradient: Tensor): void => {
    const incoming = waiting.get(node) ?? node.outputs.map(() => null);
    waiting.set(node, incoming);
    const before = incoming[inputNr];
    incoming[inputNr] = before ? tensorApi.add(before, gradient) : gradient;
  };
  const arrives = ({ node, inputNr }: Edge): boolean => node === end.node && inputNr === end.inputNr;
  const starts: Node[] = [];
  roots.forEach((root, i) => {
    const edge = gradientEdge(root);
    if (!edge || !leading.has(edge.node)) return;
    const gradient = seeds[i] ?? tensorApi.onesLike(root);
    if (arrives(edge)) found.push({ steps: [], contribution: numbers(gradient) });
    add(edge, gradient);
    starts.push(edge.node);
  });
  for (const node of inOrder(starts, leading)) {
    callbacks.checkInterrupt();
    const incoming = waiting.get(node);
    if (incoming === undefined || (node === end.node && node.edges.length === 0)) continue;
    const outgoing = shaped(node, node.apply(incoming));
    const names = node.edgeNames();
    const { id, site } = place(node);
    node.edges.forEach((edge, i) => {
      const gradient = outgoing[i];
      if (!edge || !gradient || !leading.has(edge.node)) return;
      add(edge, gradient);
      if (!arrives(edge)) return;
      const contribution = numbers(gradient);
      const step = {
        node: id,
        name: node.name,
        argument: names[i] ?? "",
        line: site,
        gradient: contribution,
      };
      found.push({ steps: [step], contribution });
    });
  }
  return found;
}

/** Tensors and what is left away are not among them. */
export function plainArgumentsOf(node: Node): PlainArguments {
  const plain: PlainArguments = {};
  if (!(node instanceof OpNode)) return plain;
  for (const [name, value] of Object.entries(node.plainArguments)) {
    const told = Array.isArray(value) ? value.map(plainValue) : plainValue(value);
    if (Array.isArray(told)) {
      const items = told.filter((item) => item !== null);
      if (items.length > 0 && items.length === told.length) plain[name] = items;
    } else if (told !== null) plain[name] = told;
  }
  return plain;
}

const plainValue = (value: unknown): number | boolean | string | null =>
  typeof value === "bigint"
    ? Number(value)
    : typeof value === "number" || typeof value === "boolean" || typeof value === "string"
      ? value
      : null;

/** The whole gradient of `target` for one gradient of `root`; null where nothing arrives. */
export function gradientBy(root: Tensor, seed: Tensor, target: Tensor): Tensor | null {
  const start = gradientEdge(root);
  const end = gradientEdge(target);
  if (start === null || end === null) return null;
  const leading = nodesLeadingTo([root], end);
  if (!leading.has(start.node)) return null;
  const waiting = new Map<Node, Gradients>();
  const add = ({ node, inputNr }: Edge, gradient: Tensor): void => {
    let incoming = waiting.get(node);
    if (incoming === undefined) {
      incoming = node.outputs.map(() => null);
      waiting.set(node, incoming);
    }
    const before = incoming[inputNr];
    incoming[inputNr] = before ? tensorApi.add(before, gradient) : gradient;
  };
  add(start, seed);
  // Sinks of the order first: a node when all that lead to it have run.
  for (const node of inOrder([start.node], leading)) {
    callbacks.checkInterrupt();
    const incoming = waiting.get(node);
    if (incoming === undefined || node === end.node) continue;
    const outgoing = shaped(node, node.apply(incoming));
    node.edges.forEach((edge, i) => {
      const gradient = outgoing[i];
      if (edge && gradient && leading.has(edge.node)) add(edge, gradient);
    });
  }
  return waiting.get(end.node)?.[end.inputNr] ?? null;
}

/** Every node before those that its gradients go to. */
function inOrder(starts: readonly Node[], leading: ReadonlySet<Node>): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  const stack: { node: Node; next: number }[] = [];
  for (const start of starts) {
    if (seen.has(start)) continue;
    seen.add(start);
    stack.push({ node: start, next: 0 });
    walk(stack, seen, order, leading);
  }
  return order.reverse();
}

function walk(
  stack: { node: Node; next: number }[],
  seen: Set<Node>,
  order: Node[],
  leading: ReadonlySet<Node>,
): void {
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const edge = top.node.edges[top.next];
    if (top.next >= top.node.edges.length) {
      order.push(top.node);
      stack.pop();
      continue;
    }
    top.next++;
    if (!edge || seen.has(edge.node) || !leading.has(edge.node)) continue;
    seen.add(edge.node);
    stack.push({ node: edge.node, next: 0 });
  }
}

function nodesLeadingTo(roots: readonly Tensor[], end: Edge): Set<Node> {
  const before = new Map<Node, Node[]>();
  const seen = new Set<Node>();
  const stack: Node[] = [];
  for (const root of roots) {
    const edge = gradientEdge(root);
    if (edge && !seen.has(edge.node)) {
      seen.add(edge.node);
      stack.push(edge.node);
    }
  }
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (const edge of node.edges) {
      if (edge === null) continue;
      const list = before.get(edge.node);
      if (list === undefined) before.set(edge.node, [node]);
      else list.push(node);
      if (seen.has(edge.node)) continue;
      seen.add(edge.node);
      stack.push(edge.node);
    }
  }
  const leading = new Set<Node>();
  if (!seen.has(end.node)) return leading;
  leading.add(end.node);
  const back = [end.node];
  for (let node = back.pop(); node !== undefined; node = back.pop()) {
    for (const other of before.get(node) ?? []) {
      if (leading.has(other)) continue;
      leading.add(other);
      back.push(other);
    }
  }
  return leading;
}

function through({ node, inputNr }: Edge, gradient: Tensor): Gradients {
  const incoming: Gradients = node.outputs.map(() => null);
  incoming[inputNr] = gradient;
  return shaped(node, node.apply(incoming));
}

/** Outgoing gradients as backward would pass them on: un-broadcast, in the dtype of what they belong to. */
export function shaped(node: Node, outgoing: Gradients): Gradients {
  return node.edges.map((edge, i) => {
    const gradient = outgoing[i] ?? null;
    const meta = edge?.node.outputs[edge.inputNr];
    if (!gradient || !meta) return null;
    const summed = sameSizes(gradient.sizes, meta.sizes) ? gradient : tensorApi.sumTo(gradient, meta.sizes);
    return summed.dtype === meta.dtype ? summed : tensorApi.cast(summed, meta.dtype);
  });
}

export const numbers = (tensor: Tensor): NumberValue[] =>
  Array.from(elementsOf(tensor) as ArrayLike<number>, (value) => numberValue(value, tensor.dtype));
