// torch.autograd.backward and torch.autograd.grad: arguments checked, then the pass. Texts as PyTorch's.
import { type BackwardEvent, recording } from "../record/hook";
import { runtimeError } from "../tensor/errors";
import { sameSizes, sizesText } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import { runBackward } from "./backward";
import { modes } from "./modes";
import type { Edge, Gradients, Node } from "./node";
import { tensorApi } from "./tensorApi";
import { gradFnOf, gradientEdge, requiresGrad } from "./views";

export interface GradCall {
  retainGraph: boolean;
  createGraph: boolean;
}

/**
 * Adds the gradients of `tensors` to the leaves' `.grad` (or to that of `inputs` only).
 * @param gradTensors one per tensor, null where the tensor is a scalar
 */
export function backward(
  tensors: Tensor[],
  gradTensors: (Tensor | null)[],
  call: GradCall,
  inputs: Tensor[] | null,
): void {
  recorded({ kind: "backward", roots: tensors, inputs, ...call, site: modes.site }, () => {
    if (inputs !== null && inputs.length === 0) {
      throw runtimeError("`inputs` argument to `backward()` cannot be empty.");
    }
    const gradients = makeGradients(tensors, gradTensors);
    const roots = rootEdges(tensors);
    const targets = inputs?.map((input) => {
      if (gradFnOf(input)) retainGrad(input);
      else if (!requiresGrad(input))
        throw runtimeError("can't retain_grad on Tensor that has requires_grad=False");
      return gradientEdge(input);
    });
    runBackward(roots, gradients, { ...call, targets: targets ?? null, accumulate: true });
  });
}

/** The gradients of `inputs`, one each, null where `allowUnused` and not reached. */
export function grad(
  outputs: Tensor[],
  inputs: Tensor[],
  gradOutputs: (Tensor | null)[],
  call: GradCall,
  allowUnused: boolean,
): Gradients {
  return recorded({ kind: "grad", roots: outputs, inputs, ...call, site: modes.site }, () => {
    const gradients = makeGradients(outputs, gradOutputs);
    const roots = rootEdges(outputs);
    const targets = inputs.map((input) => {
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
        { kind: "unused-input", index: unused, tensor: inputs[unused].id },
      );
    }
    captured.forEach((gradient, i) => {
      if (gradient) recording.recorder?.captured(inputs[i], gradient);
    });
    return captured;
  });
}

/** Tells the recorder where the call begins and how it ends. */
function recorded<T>(event: BackwardEvent, body: () => T): T {
  const { recorder } = recording;
  if (recorder === null) return body();
  recorder.backwardBegin(event);
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

/** What `_make_grads` of torch/autograd/__init__.py does. */
function makeGradients(tensors: Tensor[], given: (Tensor | null)[]): Tensor[] {
  return tensors.map((tensor, i) => {
    const gradient = given[i] ?? null;
    if (gradient !== null) {
      if (!sameSizes(gradient.sizes, tensor.sizes)) {
        throw runtimeError(
          `Mismatch in shape: grad_output[${i}] has a shape of torch.Size(${sizesText(gradient.sizes)}) and ` +
            `output[${i}] has a shape of torch.Size(${sizesText(tensor.sizes)}).`,
          { kind: "gradient-shape", tensor: tensor.id, gradient: gradient.id },
        );
      }
      return gradient;
    }
    if (requiresGrad(tensor)) {
      if (tensor.numel !== 1) {
        throw runtimeError("grad can be implicitly created only for scalar outputs", {
          kind: "non-scalar",
          tensor: tensor.id,
          sizes: [...tensor.sizes],
        });
      }
      if (!tensor.isFloat) {
        throw runtimeError(
          `grad can be implicitly created only for real scalar outputs but got torch.${tensor.dtype.name}`,
        );
      }
    }
    return tensorApi.onesLike(tensor);
  });
}

function rootEdges(tensors: Tensor[]): Edge[] {
  return tensors.map((tensor, i) => {
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
