// What Python asks and tells about the graph: its nodes, hooks by number, backward passes, modes.
import { backward, grad } from "../../autograd/api";
import { modes } from "../../autograd/modes";
import type { Gradients, Node } from "../../autograd/node";
import { AccumulateGrad, gradFnOf, requiresGrad } from "../../autograd/views";
import { OpNode } from "../../ops/opNode";
import { recording } from "../../record/hook";
import { runtimeError } from "../../tensor/errors";
import type { Tensor } from "../../tensor/tensor";
import { FAILED, guarded, guardedAt } from "./failure";
import { giveOrZero, nodes, tensorOrNull, tensors } from "./handles";
import type { SharedMemory } from "./memory";

/** Plain arguments of a node as JSON: what `_saved_dim` and the like answer. */
function plainText(value: unknown): string | undefined {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value) && value.every((item) => typeof item === "number")) return JSON.stringify(value);
  return undefined;
}

function take(flat: readonly number[], at: number, count: number): (Tensor | null)[] {
  return flat.slice(at, at + count).map(tensorOrNull);
}

function without(list: number[] | null, hook: number): number[] | null {
  const left = list?.filter((other) => other !== hook) ?? [];
  return left.length > 0 ? left : null;
}

/** Where a hook was put, so that it can be removed by its number alone. */
type HookPlace =
  | { kind: "tensor" | "accumulate"; tensor: Tensor }
  | { kind: "gradient" | "before" | "after"; node: Node };

/** What the formulas of an operator read, whether or not it was saved. */
function readNames(node: OpNode): Set<string> {
  const { formulas } = node.entry;
  const names = new Set<string>();
  if (formulas instanceof Map)
    for (const { saves } of formulas.values()) for (const name of saves) names.add(name);
  return names;
}

/** The nodes that gradients from `roots` can come to. */
function reachable(roots: readonly Tensor[]): Set<Node> {
  const found = new Set<Node>();
  const stack = roots.map((root) => gradFnOf(root)).filter((node) => node !== null);
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    for (const edge of node.edges) if (edge) stack.push(edge.node);
  }
  return found;
}

export function graphFunctions(shared: SharedMemory) {
  const places = new Map<number, HookPlace>();
  /** The backward calls that run, the innermost last; hooks may start others. */
  const passes: { number: number; roots: readonly Tensor[] }[] = [];
  let passNumber = 0;

  function inPass<T>(roots: readonly Tensor[], body: () => T): T {
    passes.push({ number: ++passNumber, roots });
    try {
      return body();
    } finally {
      passes.pop();
    }
  }

  const giveAll = (list: Gradients): number => shared.write(list.map(giveOrZero));

  return {
    node_release: (handle: number) => nodes.release(handle),
    node_name: (handle: number) => nodes.get(handle).name,
    node_long_name: (handle: number) => nodes.get(handle).longName,
    node_id: (handle: number) => nodes.get(handle).id,
    node_sequence: (handle: number) => nodes.get(handle).sequence,
    node_next_count: (handle: number) => nodes.get(handle).edges.length,
    /** The next node's handle, 0 for none; which of its inputs is in the shared ints. */
    node_next: (handle: number, edge: number) => {
      const next = nodes.get(handle).edges[edge];
      if (!next) return 0;
      shared.write([next.inputNr]);
      return Math.abs(nodes.give(next.node));
    },
    node_variable: (handle: number) => {
      const node = nodes.get(handle);
      return node instanceof AccumulateGrad ? tensors.give(node.variable) : 0;
    },
    /** What node and input metadata know: sizes (shared ints) and the dtype's code of one of its outputs. */
    node_output: (handle: number, index: number) => {
      const meta = nodes.get(handle).outputs[index];
      if (!meta) return FAILED;
      shared.write([meta.dtype.code, ...meta.sizes]);
      return meta.sizes.length;
    },
    node_outputs: (handle: number) => nodes.get(handle).outputs.length,
    /** Names that have a `_saved_` attribute, tensors first; separated by spaces. */
    node_saved_names: (handle: number) => {
      const node = nodes.get(handle);
      if (!(node instanceof OpNode)) return "";
      const tensorNames = node.savedTensors().map(({ name }) => name);
      const plain = Object.entries(node.plainArguments).filter(([, value]) => plainText(value) !== undefined);
      return [...new Set([...readNames(node), ...tensorNames, ...plain.map(([name]) => name)])].join(" ");
    },
    /** Handles of what was saved under a name in the shared ints: how many; -2 for a name without tensors. */
    node_saved: guardedAt((handle: number, name: string) => {
      const node = nodes.get(handle);
      let found = node instanceof OpNode ? node.unpack(name) : undefined;
      // Read by the formula of an argument whose gradient is not wanted: not saved, and None.
      if (found === undefined && node instanceof OpNode && readNames(node).has(name)) found = null;
      if (found === undefined) return -2;
      if (Array.isArray(found)) {
        shared.write([1, ...found.map(giveOrZero)]);
        return found.length;
      }
      shared.write([0, giveOrZero(found)]);
      return 1;
    }),
    node_plain: (handle: number, name: string) => {
      const node = nodes.get(handle);
      if (!(node instanceof OpNode)) return undefined;
      const shaped = /^(\w+)_sym_sizes$/.exec(name);
      const value = node.plainArguments[shaped ? shaped[1] : name];
      return plainText(shaped ? (value as { sizes?: unknown } | undefined)?.sizes : value);
    },
    /** `grad_fn(*gradients)`: outgoing gradients in the shared ints. */
    node_call: guardedAt((handle: number, ...gradients: number[]) =>
      giveAll(nodes.get(handle).apply(take(gradients, 0, gradients.length))),
    ),

    add_tensor_hook: guarded((handle: number, hook: number) => {
      const tensor = tensors.get(handle);
      if (!requiresGrad(tensor)) {
        throw runtimeError("cannot register a hook on a tensor that doesn't require gradient");
      }
      const gradFn = gradFnOf(tensor);
      if (gradFn === null) {
        tensor.hooks = [...(tensor.hooks ?? []), hook];
        places.set(hook, { kind: "tensor", tensor });
      } else {
        gradFn.tensorPreHooks = [...(gradFn.tensorPreHooks ?? []), { outputNr: tensor.outputNr, hook }];
        places.set(hook, { kind: "gradient", node: gradFn });
      }
      return 0;
    }),
    add_accumulate_hook: guarded((handle: number, hook: number) => {
      const tensor = tensors.get(handle);
      if (gradFnOf(tensor) !== null) {
        throw runtimeError("post accumulate grad hooks cannot be registered on non-leaf tensors");
      }
      if (!requiresGrad(tensor)) {
        throw runtimeError("cannot register a hook on a tensor that doesn't require gradient");
      }
      tensor.postAccumulateHooks = [...(tensor.postAccumulateHooks ?? []), hook];
      places.set(hook, { kind: "accumulate", tensor });
      return 0;
    }),
    add_node_hook: (handle: number, hook: number, before: boolean) => {
      const node = nodes.get(handle);
      if (before) node.preHooks = [...(node.preHooks ?? []), hook];
      else node.postHooks = [...(node.postHooks ?? []), hook];
      places.set(hook, { kind: before ? "before" : "after", node });
    },
    remove_hook: (hook: number) => {
      const place = places.get(hook);
      if (!place) return;
      places.delete(hook);
      switch (place.kind) {
        case "tensor":
          place.tensor.hooks = without(place.tensor.hooks, hook);
          return;
        case "accumulate":
          place.tensor.postAccumulateHooks = without(place.tensor.postAccumulateHooks, hook);
          return;
        case "gradient":
          place.node.tensorPreHooks =
            place.node.tensorPreHooks?.filter((other) => other.hook !== hook) ?? null;
          return;
        case "before":
          place.node.preHooks = without(place.node.preHooks, hook);
          return;
        case "after":
          place.node.postHooks = without(place.node.postHooks, hook);
          return;
        default:
          place satisfies never;
      }
    },

    /** Roots and their gradients (0: none given), then `inputs` (count -1: not given). */
    backward: guardedAt((retainGraph: boolean, createGraph: boolean, count: number, ...rest: number[]) => {
      const roots = rest.slice(0, count).map((handle) => tensors.get(handle));
      const gradients = take(rest, count, count);
      const inputCount = rest[2 * count];
      const inputs = inputCount < 0 ? null : rest.slice(2 * count + 1).map((handle) => tensors.get(handle));
      inPass(roots, () => backward(roots, gradients, { retainGraph, createGraph }, inputs));
      return 0;
    }),
    /** Outputs and their gradients, then the inputs. Answers handles in the shared ints. */
    grad_of: guardedAt(
      (
        retainGraph: boolean,
        createGraph: boolean,
        allowUnused: boolean,
        count: number,
        ...rest: number[]
      ) => {
        const outputs = rest.slice(0, count).map((handle) => tensors.get(handle));
        const gradients = take(rest, count, count);
        const inputs = rest.slice(2 * count).map((handle) => tensors.get(handle));
        const call = { retainGraph, createGraph };
        return giveAll(inPass(outputs, () => grad(outputs, inputs, gradients, call, allowUnused)));
      },
    ),

    /** A number for the backward call that runs; 0 outside. */
    backward_pass: () => passes[passes.length - 1]?.number ?? 0,
    /** How many of these nodes the backward call that runs can come to. */
    nodes_in_pass: (...handles: number[]) => {
      const pass = passes[passes.length - 1];
      if (!pass) return 0;
      const found = reachable(pass.roots);
      return handles.filter((handle) => found.has(nodes.get(handle))).length;
    },

    grad_mode: () => modes.grad,
    set_grad_mode: (enabled: boolean) => {
      modes.grad = enabled;
    },
    inference_mode: () => modes.inference,
    set_inference_mode: (enabled: boolean) => {
      modes.inference = enabled;
    },
    tell_grad_mode: (site: number, how: string, enabled: boolean) => {
      recording.recorder?.gradMode(how, enabled, site);
    },
    anomaly_mode: () => modes.anomaly,
    anomaly_check_nan: () => modes.anomalyCheckNan,
    set_anomaly_mode: (enabled: boolean, checkNan: boolean) => {
      modes.anomaly = enabled;
      modes.anomalyCheckNan = checkNan;
      if (!enabled) modes.traceback = 0;
    },
    set_traceback: (number: number) => {
      modes.traceback = number;
    },
    set_saved_hooks: (depth: number) => {
      modes.savedHooks = depth;
    },
    multithreading: () => modes.multithreading,
    set_multithreading: (enabled: boolean) => {
      modes.multithreading = enabled;
    },
  };
}
