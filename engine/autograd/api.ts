// torch.autograd.backward and torch.autograd.grad: arguments checked, then the pass. Texts as PyTorch's.
import { type BackwardEvent, recording } from "../record/hook";
import { runtimeError } from "../tensor/errors";
import { numel, sameSizes, sizesText } from "../tensor/shape";
import { Tensor } from "../tensor/tensor";
import { runBackward } from "./backward";
import { modes } from "./modes";
import type { Edge, Gradients, Node } from "./node";
import { tensorApi } from "./tensorApi";
import { gradFnOf, gradientEdge, requiresGrad } from "./views";

export interface GradCall {
  retainGraph: boolean;
  createGraph: boolean;
}

/** Where a pass starts from or leads to: a tensor, or a place in the graph itself (`GradientEdge`). */
export type Spot = Tensor | Edge;

const onlyTensors = (spots: readonly Spot[]): Tensor[] => spots.filter((spot) => spot instanceof Tensor);

/** The gradients that were given for those of the spots that are tensors. */
const seedsOf = (spots: readonly Spot[], given: readonly (Tensor | null)[]): (Tensor | null)[] =>
  spots.flatMap((spot, i) => (spot instanceof Tensor ? [given[i] ?? null] : []));

/**
 * Adds the gradients of `tensors` to the leaves' `.grad` (or to that of `inputs` only).
 * @param gradTensors one per tensor, null where the tensor is a scalar
 */
export function backward(
  tensors: Spot[],
  gradTensors: (Tensor | null)[],
  call: GradCall,
  inputs: Spot[] | null,
): void {
  const event = (): BackwardEvent => ({
    kind: "backward",
    roots: onlyTensors(tensors),
    seeds: seedsOf(tensors, gradTensors),
    inputs: inputs && onlyTensors(inputs),
    ...call,
    site: modes.site,
  });
  recorded(event, () => {
    if (inputs !== null && inputs.length === 0) {
      throw runtimeError("`inputs` argument to `backward()` cannot be empty.");
    }
    const gradients = makeGradients(tensors, gradTensors);
    const roots = rootEdges(tensors);
    const targets = inputs?.map((input) => {
      if (!(input instanceof Tensor)) return input;
      if (gradFnOf(input)) retainGrad(input);
      else if (!requiresGrad(input))
        throw runtimeError("can't retain_grad on Tensor that has requires_grad=False");
      return gradientEdge(input);
    });
    const { retainGraph, createGraph } = call;
    runBackward(roots, gradients, { retainGraph, createGraph, targets: targets ?? null, accumulate: true });
  });
}

/** The gradients of `inputs`, one each, null where `allowUnused` and not reached. */
export function grad(
  outputs: Spot[],
  inputs: Spot[],
  gradOutputs: (Tensor | null)[],
  call: GradCall,
  allowUnused: boolean,
): Gradients {
  const event = (): BackwardEvent => ({
    kind: "grad",
    roots: onlyTensors(outputs),
    seeds: seedsOf(outputs, gradOutputs),
    inputs: onlyTensors(inputs),
    ...call,
    site: modes.site,
  });
  return recorded(event, () => {
    if (inputs.length === 0) throw runtimeError("`inputs` argument to `grad()` cannot be empty.");
    const gradients = makeGradients(outputs, gradOutputs);
    const roots = rootEdges(outputs);
    const targets = inputs.map((input) => {
      if (!(input instanceof Tensor)) return input;
      if (!requiresGrad(input)) {
        throw runtimeError("One of the differentiated Tensors does not require grad", {
          kind: "no-grad-input",
          tensor: input.id,
        });
      }
      return gradientEdge(input);
    });
    const captured = runBackward(roots, gradients, { ...call, targets, accumulate: false });
    const unused = captured.indexOf(null);
    if (!allowUnused && unused >= 0) {
      throw runtimeError(
        `The differentiated Tensor at index ${unused} appears to not have been used in the graph. ` +
          "Set allow_unused=True if this is the desired behavior.",
        { kind: "unused-input", index: unused, tensor: idOf(inputs[unused]) },
      );
    }
    captured.forEach((gradient, i) => {
      const input = inputs[i];
      if (gradient && input instanceof Tensor) recording.recorder?.captured(input, gradient);
    });
    return captured;
  });
}

/** Tells the recorder where the call begins and how it ends. */
function recorded<T>(event: () => BackwardEvent, body: () => T): T {
  const { recorder } = recording;
  if (recorder === null) return body();
  recorder.backwardBegin(event());
  let failure: unknown = null;
  try {
    return body();
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    recorder.backwardEnd(failure);
  }
}

/** What a rule names a spot by: 0 for one that is no tensor of the user's. */
const idOf = (spot: Spot): number => (spot instanceof Tensor ? spot.id : 0);

/** What `_make_grads` of torch/autograd/__init__.py does. */
function makeGradients(spots: Spot[], given: (Tensor | null)[]): Tensor[] {
  return spots.map((spot, i) => {
    const gradient = given[i] ?? null;
    const { sizes, dtype } = spot instanceof Tensor ? spot : spot.node.outputs[spot.inputNr];
    if (gradient !== null) {
      if (!sameSizes(gradient.sizes, sizes)) {
        throw runtimeError(
          `Mismatch in shape: grad_output[${i}] has a shape of torch.Size(${sizesText(gradient.sizes)}) and ` +
            `output[${i}] has a shape of torch.Size(${sizesText(sizes)}).`,
          { kind: "gradient-shape", tensor: idOf(spot), gradient: gradient.id },
        );
      }
      return gradient;
    }
    if (!(spot instanceof Tensor) || requiresGrad(spot)) {
      if (numel(sizes) !== 1) {
        throw runtimeError("grad can be implicitly created only for scalar outputs", {
          kind: "non-scalar",
          tensor: idOf(spot),
          sizes: [...sizes],
        });
      }
      if (dtype.kind !== "float") {
        throw runtimeError(
          `grad can be implicitly created only for real scalar outputs but got torch.${dtype.name}`,
        );
      }
    }
    return spot instanceof Tensor ? tensorApi.onesLike(spot) : tensorApi.ones(sizes, dtype);
  });
}

function rootEdges(spots: Spot[]): Edge[] {
  return spots.map((tensor, i) => {
    if (!(tensor instanceof Tensor)) return tensor;
    const edge = gradientEdge(tensor);
    if (edge === null) {
      throw runtimeError(`element ${i} of tensors does not require grad and does not have a grad_fn`, {
        kind: "no-grad-root",
        tensor: tensor.id,
      });
    }
    return edge;
  });
}

/** `retain_grad()`: a non-leaf keeps its `.grad`. */
export function retainGrad(tensor: Tensor): void {
  if (!requiresGrad(tensor)) throw runtimeError("can't retain_grad on Tensor that has requires_grad=False");
  if (tensor.gradFn === null || tensor.retainsGrad) return;
  const gradFn = gradFnOf(tensor) as Node;
  tensor.retainsGrad = true;
  gradFn.retainGradHooks ??= [];
  gradFn.retainGradHooks[tensor.outputNr] = tensor;
  recording.recorder?.state("retain_grad", tensor, modes.site);
}

/** `requires_grad_()`. */
export function setRequiresGrad(tensor: Tensor, value: boolean): void {
  if (tensor.gradFn !== null) {
    if (value) return;
    throw runtimeError(
      "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a " +
        "subgraph that doesn't require differentiation use var_no_grad = var.detach().",
      { kind: "non-leaf-requires-grad", tensor: tensor.id },
    );
  }
  if (value && tensor.inference && !modes.inference) {
    throw runtimeError(
      "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.",
    );
  }
  if (value && !tensor.isFloat) {
    throw runtimeError("only Tensors of floating point dtype can require gradients", {
      kind: "integer-requires-grad",
      tensor: tensor.id,
    });
  }
  tensor.leafRequiresGrad = value;
  recording.recorder?.state("requires_grad", tensor, modes.site);
}
