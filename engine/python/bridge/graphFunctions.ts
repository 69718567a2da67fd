// What Python asks and tells about the graph: its nodes, hooks by number, backward passes, modes.

import { setAnomalyMode } from "../../autograd/anomaly";
import { backward, grad, type Spot } from "../../autograd/api";
import { autocast, forgetCasts } from "../../autograd/autocast";
import { executionOrder } from "../../autograd/backward";
import { modes } from "../../autograd/modes";
import type { Gradients, Node } from "../../autograd/node";
import type { SavedTensor } from "../../autograd/saved";
import { currentTask, goesEverywhere, type Task, willExecute } from "../../autograd/task";
import { AccumulateGrad, gradFnOf, replayOf, requiresGrad } from "../../autograd/views";
import { OpNode } from "../../ops/opNode";
import { recording } from "../../record/hook";
import { dtypeOfCode } from "../../tensor/dtype";
import { runtimeError } from "../../tensor/errors";
import { sameSizes } from "../../tensor/shape";
import type { Tensor } from "../../tensor/tensor";
import { FAILED, guarded, guardedAt } from "./failure";
import { giveOrZero, nodes, tensorOrNull, tensors } from "./handles";
import { lifetimes } from "./lifetimes";
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

/** What the formulas of an operator read, whether or not it was saved. */
function readNames(node: OpNode): Set<string> {
  const { formulas } = node.entry;
  const names = new Set<string>();
  if (formulas instanceof Map)
    for (const { saves } of formulas.values()) for (const name of saves) names.add(name);
  return names;
}

/** What nodes save of a tensor's shape: all sizes, or one from the front or from the end. */
const OF_SHAPE = /^(\w+)_sym_(sizes_opt|sizes|argsize)(?:_(minus_)?(\d+))?$/;

/** Pairs of a tensor's handle and -1, or of a node's handle and the number of its output. */
function spotsOf(flat: readonly number[], at: number, count: number): Spot[] {
  const spots: Spot[] = [];
  for (let i = at; i < at + 2 * count; i += 2) {
    spots.push(flat[i + 1] < 0 ? tensors.get(flat[i]) : { node: nodes.get(flat[i]), inputNr: flat[i + 1] });
  }
  return spots;
}

function savedAt(node: Node, name: string, index: number): SavedTensor | null {
  const saved = node.savedAs(name) ?? null;
  return Array.isArray(saved) ? saved[index] : saved;
}

function runningTask(): Task {
  const task = currentTask();
  if (task === null) throw new Error("no backward pass runs");
  return task;
}

export function graphFunctions(shared: SharedMemory) {
  let sweepCost = 0;
  const told = (numbers: readonly number[] | null): number =>
    numbers === null ? FAILED : shared.write(numbers);
  const giveAll = (list: Gradients): number => shared.write(list.map(giveOrZero));

  return {
    node_release: (handle: number) => nodes.release(handle),
    node_name: (handle: number) => nodes.get(handle).name,
    node_long_name: (handle: number) => nodes.get(handle).longName,
    /** The number of the dictionary that Python keeps for a node; 0 for none. */
    node_metadata: (handle: number) => nodes.get(handle).metadata,
    set_node_metadata: (handle: number, number: number) => {
      nodes.get(handle).metadata = number;
      lifetimes.own(number);
    },
    node_sequence: (handle: number) => nodes.get(handle).sequence,
    node_set_sequence: (handle: number, number: number) => {
      nodes.get(handle).sequence = number;
    },
    /** How many tensors were saved under a name: -1 for one that is no list, -2 for an unknown name. */
    node_saved_count: (handle: number, name: string) => {
      const saved = nodes.get(handle).savedAs(name);
      if (saved === undefined) return -2;
      return Array.isArray(saved) ? saved.length : -1;
    },
    /** Keeps a saved tensor through the pair of hooks that Python has under a number. */
    saved_register: guarded((handle: number, name: string, index: number, hooks: number) => {
      const saved = savedAt(nodes.get(handle), name, index);
      if (saved === null) {
        throw runtimeError("Calling register_hooks on a saved tensor with value None is forbidden");
      }
      saved.register(hooks);
      return 0;
    }),
    saved_unpack: guarded((handle: number, name: string, index: number) => {
      const node = nodes.get(handle);
      return giveOrZero(savedAt(node, name, index)?.unpack(node));
    }),
    /** The number under which Python keeps what a pack hook made; 0 without one. */
    saved_packed: (handle: number, name: string, index: number) =>
      savedAt(nodes.get(handle), name, index)?.packedAs ?? 0,
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
    /** Names that have a `_saved_` attribute: tensors, "|", plain values; separated by spaces. */
    node_saved_names: (handle: number) => {
      const node = nodes.get(handle);
      if (!(node instanceof OpNode)) return "|";
      const tensorNames = node.savedTensors().map(({ name }) => name);
      const plain = Object.entries(node.plainArguments).filter(([, value]) => plainText(value) !== undefined);
      const names = new Set([...readNames(node), ...tensorNames]);
      return `${[...names].join(" ")}|${plain.map(([name]) => name).join(" ")}`;
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
      const given = node.plainArguments;
      const shaped = OF_SHAPE.exec(name);
      if (shaped === null || name in given) {
        const kind = node.entry.schema.params.find((param) => param.name === name)?.kind;
        const text = plainText(given[name]);
        // What is a float in Python is one also where it has no fraction.
        const isFloat = typeof given[name] === "number" && /^(float|Scalar)\??$/.test(kind ?? "");
        return isFloat && text && /^-?\d+$/.test(text) ? `${text}.0` : text;
      }
      const [, argument, what, from, place] = shaped;
      // What is saved of a tensor that was not given.
      if (what === "sizes_opt" && given[argument] === null) return plainText([0]);
      const sizes = (given[argument] as { sizes?: readonly number[] } | null | undefined)?.sizes;
      return plainText(what.startsWith("sizes") ? sizes : sizes?.at(from ? -Number(place) : Number(place)));
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
        lifetimes.own(hook, { kind: "tensor", tensor });
      } else {
        gradFn.tensorPreHooks = [...(gradFn.tensorPreHooks ?? []), { outputNr: tensor.outputNr, hook }];
        lifetimes.own(hook, { kind: "gradient", node: gradFn });
      }
      return 0;
    }),
    /** The hooks on a tensor's gradient, in their order. */
    tensor_hooks: (handle: number) => {
      const tensor = tensors.get(handle);
      const { gradFn, outputNr } = tensor;
      const ofNode = gradFn?.tensorPreHooks?.filter((each) => each.outputNr === outputNr) ?? [];
      return shared.write(gradFn ? ofNode.map(({ hook }) => hook) : (tensor.hooks ?? []));
    },
    add_accumulate_hook: guarded((handle: number, hook: number) => {
      const tensor = tensors.get(handle);
      if (gradFnOf(tensor) !== null) {
        throw runtimeError("post accumulate grad hooks cannot be registered on non-leaf tensors");
      }
      if (!requiresGrad(tensor)) {
        throw runtimeError("cannot register a hook on a tensor that doesn't require gradient");
      }
      tensor.postAccumulateHooks = [...(tensor.postAccumulateHooks ?? []), hook];
      lifetimes.own(hook, { kind: "accumulate", tensor });
      return 0;
    }),
    add_node_hook: (handle: number, hook: number, before: boolean) => {
      const node = nodes.get(handle);
      if (before) node.preHooks = [...(node.preHooks ?? []), hook];
      else node.postHooks = [...(node.postHooks ?? []), hook];
      lifetimes.own(hook, { kind: before ? "before" : "after", node });
    },
    remove_hook: (hook: number) => {
      const place = lifetimes.disown(hook);
      if (!place) return;
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

    /** Roots (pairs, as spotsOf reads them) and their gradients (0: none given), then `inputs` (count -1: not given). */
    backward: guardedAt((retainGraph: boolean, createGraph: boolean, count: number, ...rest: number[]) => {
      const roots = spotsOf(rest, 0, count);
      const gradients = take(rest, 2 * count, count);
      const inputCount = rest[3 * count];
      const inputs = inputCount < 0 ? null : spotsOf(rest, 3 * count + 1, inputCount);
      backward(roots, gradients, { retainGraph, createGraph }, inputs);
      return 0;
    }),
    /** Outputs and their gradients, then the inputs, in pairs too. Answers handles in the shared ints. */
    grad_of: guardedAt(
      (
        retainGraph: boolean,
        createGraph: boolean,
        allowUnused: boolean,
        count: number,
        ...rest: number[]
      ) => {
        const outputs = spotsOf(rest, 0, count);
        const gradients = take(rest, 2 * count, count);
        const inputs = spotsOf(rest, 3 * count, (rest.length - 3 * count) / 2);
        const call = { retainGraph, createGraph };
        return giveAll(grad(outputs, inputs, gradients, call, allowUnused));
      },
    ),

    /** A number for the backward pass that runs; -1 outside. */
    task_id: () => currentTask()?.id ?? -1,
    /** Whether the passes that run go to all leaves: then a reentrant checkpoint may run again. */
    task_allows_checkpoint: () => goesEverywhere(),
    task_keeps_graph: () => currentTask()?.keepGraph ?? true,
    /** The node that runs; 0 outside of a pass. */
    task_node: () => {
      const node = currentTask()?.node;
      return node ? Math.abs(nodes.give(node)) : 0;
    },
    task_executes: guarded((handle: number) => (willExecute(nodes.get(handle)) ? 1 : 0)),
    task_order: guarded(() =>
      shared.write(executionOrder(runningTask()).map((node) => Math.abs(nodes.give(node)))),
    ),
    task_final: (callback: number) => {
      runningTask().final.push(callback);
    },

    sweep_ready: () => lifetimes.ready,
    /** The numbers of contexts that Python holds; answers numbers to let go in the shared ints. */
    sweep: (...held: number[]) => {
      const { dead, visited } = lifetimes.sweep(held);
      sweepCost = visited;
      return shared.write(dead);
    },
    sweep_cost: () => sweepCost,
    disown: (number: number) => {
      lifetimes.disown(number);
    },
    reach_of_tensor: (handle: number) => told(lifetimes.reachOf(tensors.get(handle))),
    reach_of_node: (handle: number) => told(lifetimes.reachOf(nodes.get(handle))),

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
      setAnomalyMode(enabled, checkNan);
      if (!enabled) modes.traceback = 0;
    },
    set_traceback: (number: number) => {
      modes.traceback = number;
    },
    watch_writes: (enabled: boolean) => {
      modes.watchWrites = enabled;
    },
    set_saved_hooks: (depth: number) => {
      modes.savedHooks = depth;
    },
    autocast: () => modes.autocast,
    set_autocast: (enabled: boolean, dtype: number, keepsCasts: boolean) => {
      modes.autocast = enabled;
      autocast.dtype = dtypeOfCode(dtype);
      autocast.keepsCasts = keepsCasts;
    },
    pause_autocast: (paused: boolean) => {
      modes.autocast = !paused;
    },
    forget_casts: forgetCasts,
    set_dispatch_modes: (count: number, below: boolean) => {
      modes.dispatchModes = count;
      modes.below = below;
    },
    view_replay: () => modes.viewReplay,
    set_view_replay: (enabled: boolean) => {
      modes.viewReplay = enabled;
    },
    /** A view made again from another base: its handle; 0 where it is none, or where the base is unlike (unless `unsafe`). */
    view_of: guardedAt((handle: number, base: number, unsafe: boolean) => {
      const { view } = tensors.get(handle);
      const other = tensors.get(base);
      if (view === null) return 0;
      const { sizes, strides, offset } = view.base;
      const alike =
        sameSizes(sizes, other.sizes) && sameSizes(strides, other.strides) && offset === other.offset;
      return alike || unsafe ? tensors.give(replayOf(tensors.get(handle))(other)) : 0;
    }),
    multithreading: () => modes.multithreading,
    set_multithreading: (enabled: boolean) => {
      modes.multithreading = enabled;
    },
  };
}
