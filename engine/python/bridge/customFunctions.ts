// torch.autograd.Function, JavaScript's half: Python runs forward and backward, the node is here.

import { modes } from "../../autograd/modes";
import type { Node } from "../../autograd/node";
import {
  DelayedErrorNode,
  forbidViewChanges,
  functionOutput,
  PythonFunctionNode,
  type RunPython,
  refuseChangedView,
  UndefinedGradNode,
} from "../../autograd/pythonNode";
import { tensorApi } from "../../autograd/tensorApi";
import { requiresGrad } from "../../autograd/views";
import { recording } from "../../record/hook";
import { defaults } from "../../tensor/dtype";
import { alias, type Tensor } from "../../tensor/tensor";
import { FAILED, guarded, guardedAt } from "./failure";
import { giveOrZero, nodes, tensorOrNull, tensors } from "./handles";
import { lifetimes } from "./lifetimes";
import type { SharedMemory } from "./memory";

function functionNode(handle: number): PythonFunctionNode {
  const node = nodes.get(handle);
  if (!(node instanceof PythonFunctionNode)) throw new Error(`the node ${handle} is not a Function's`);
  return node;
}

export function customFunctions(shared: SharedMemory, run: RunPython) {
  /** Aliases of a node's inputs, as its outputs. */
  function handedOn(node: Node, inputs: readonly (Tensor | null)[]): number {
    const outputs = inputs.map((input) => {
      if (input === null) {
        node.outputs.push({ sizes: [], dtype: defaults.dtype });
        return null;
      }
      const out = alias(input, input.sizes, input.strides, input.offset);
      out.outputNr = node.addOutput(out);
      if (out.isFloat && modes.grad && node.edges.some((edge) => edge !== null)) out.gradFn = node;
      return out;
    });
    return shared.write(outputs.map(giveOrZero));
  }

  return {
    /** A node for one `apply`; its inputs are the tensor arguments. */
    function_node: guardedAt((number: number, name: string, ...inputs: number[]) => {
      const list = inputs.map((handle) => tensors.get(handle));
      lifetimes.own(number);
      return nodes.give(new PythonFunctionNode(number, name, list, run));
    }),
    /** The key of Python's context object for a node's handle; 0 for other nodes. */
    function_number: (handle: number) => {
      const node = nodes.get(handle);
      return node instanceof PythonFunctionNode ? node.number : 0;
    },
    /**
     * Attaches the node (0: none) to forward's outputs. Each is its handle and flags: 1 an input, 2 modified,
     * 4 differentiable; a handle 0 is an output that is no tensor. Answers handles in the shared ints.
     */
    function_outputs: guardedAt((node: number, name: string, inputCount: number, ...rest: number[]) => {
      const owner: Node | null = node === 0 ? null : functionNode(node);
      const inputs = rest.slice(0, inputCount).map((handle) => tensors.get(handle));
      const outputs: (Tensor | null)[] = [];
      /** Those that are not simply an input that was changed in place. */
      const fresh: Tensor[] = [];
      let differentiable = 0;
      const several = (rest.length - inputCount) / 2 > 1;
      for (let i = inputCount; i < rest.length; i += 2) {
        const given = tensorOrNull(rest[i]);
        const flags = rest[i + 1];
        if (given === null) {
          owner?.outputs.push({ sizes: [], dtype: defaults.dtype });
          outputs.push(null);
          continue;
        }
        const isDifferentiable = (flags & 4) !== 0 && given.isFloat;
        if ((flags & 2) !== 0 && several && owner !== null && isDifferentiable) refuseChangedView(given);
        const out = functionOutput(owner, given, {
          isInput: (flags & 1) !== 0,
          isModified: (flags & 2) !== 0,
          isDifferentiable,
        });
        out.site = modes.site;
        outputs.push(out);
        if (owner !== null && isDifferentiable) differentiable++;
        if ((flags & 3) !== 3) fresh.push(out);
      }
      forbidViewChanges(fresh, differentiable);
      recording.recorder?.operator({
        name,
        argumentNames: inputs.map(() => ""),
        inputs,
        outputs: outputs.filter((output) => output !== null),
        node: owner,
        inPlace: false,
        site: modes.site,
        cut: owner === null && inputs.some(requiresGrad) ? (modes.grad ? name : "no_grad") : null,
        math: null,
      });
      return shared.write(outputs.map(giveOrZero));
    }),
    function_save: guarded((handle: number, ...saved: number[]) => {
      functionNode(handle).save(saved.map(tensorOrNull));
      return 0;
    }),
    function_saved_count: guarded((handle: number) => functionNode(handle).savedCount()),
    function_clear: (handle: number) => functionNode(handle).clear(),
    function_saved: guarded((handle: number) => shared.write(functionNode(handle).unpack().map(giveOrZero))),
    /** Zeros in the shape of a node's output, for a gradient that did not arrive. */
    node_zeros: guarded((handle: number, index: number) => {
      const meta = nodes.get(handle).outputs[index];
      return meta ? tensors.give(tensorApi.zeros(meta.sizes, meta.dtype)) : FAILED;
    }),
    /** Aliases of tensors whose history is a node that raises. */
    delayed_error: guardedAt((message: string, ...handles: number[]) => {
      const inputs = handles.map(tensorOrNull);
      return handedOn(new DelayedErrorNode(message, inputs), inputs);
    }),
    /** Aliases of tensors behind which no gradient arrives. */
    undefined_grad: guardedAt((...handles: number[]) => {
      const inputs = handles.map((handle) => tensors.get(handle));
      return handedOn(new UndefinedGradNode(inputs), inputs);
    }),
  };
}
