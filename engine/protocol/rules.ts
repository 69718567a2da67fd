// The table of the rules: stable codes, what each is about, and how loud it is unless the settings say otherwise.
// Each code has a page of the same name under docs/rules.
import type { Severity } from "./report";

export interface RuleInfo {
  /** "autograd/second-backward" */
  code: string;
  severity: Severity;
  /** A few words, for lists and settings. */
  title: string;
  /** Its severity may be changed and it may be switched off; errors are Python's own and stay. */
  configurable: boolean;
}

const error = (code: string, title: string): RuleInfo => ({
  code,
  severity: "error",
  title,
  configurable: false,
});
const rule = (code: string, severity: Severity, title: string): RuleInfo => ({
  code,
  severity,
  title,
  configurable: true,
});

export const RULES: readonly RuleInfo[] = [
  error("autograd/second-backward", "backward through a graph whose saved tensors were freed"),
  error("autograd/saved-overwritten", "a tensor that backward needs was changed in place"),
  error("autograd/no-grad-root", "backward from a tensor that has no graph"),
  error("autograd/no-grad-input", "a gradient by a tensor that does not require grad"),
  error("autograd/non-scalar-backward", "backward from more than one number"),
  error("autograd/gradient-shape", "gradient= of another shape than the tensor"),
  error("autograd/unused-input", "a gradient by a tensor that the result was not computed from"),
  error("autograd/non-leaf-requires-grad", "requires_grad of a computed tensor was changed"),
  error("autograd/integer-requires-grad", "requires_grad of integers"),
  error("autograd/leaf-in-place", "a leaf that requires grad was changed in place"),
  error("autograd/leaf-view-in-place", "a view of a leaf that requires grad was changed in place"),
  error("autograd/view-in-place", "a view that must not be changed in place was"),
  error("autograd/inference-saved", "an inference tensor is needed for backward"),
  error("autograd/inference-in-place", "an inference tensor was changed in place"),
  error("autograd/escaped-backward", "backward of a plain Python number"),
  error("autograd/none-gradient", "something was done with a .grad that is None"),
  error("autograd/custom-function", "a custom Function's backward returned something that does not fit"),
  error("autograd/non-leaf-deepcopy", "deepcopy of a computed tensor"),
  error("autograd/numpy-of-graph", "numpy() of a tensor that requires grad"),
  error("autograd/grad-assigned", ".grad was set to something that does not fit"),
  error("autograd/no-derivative", "backward through an operator that has no derivative"),
  error("autograd/nan-gradient", "anomaly mode found NaN in a gradient"),
  error("optim/parameters", "an optimizer was given what it cannot update"),
  error("optim/closure", "an optimizer that has to compute the loss itself"),
  error("nn/not-a-probability", "binary cross entropy of what is no probability"),
  error("nn/state-dict", "a state_dict that does not fit the module"),
  error("nn/batch-of-one", "batch normalisation of a single sample"),
  error("tensor/shape", "shapes that do not fit"),
  error("tensor/dtype", "dtypes that do not fit"),
  error("tensor/truth-value", "the truth of more than one number"),
  error("tensor/index", "an index or class number out of bounds"),

  rule("autograd/accumulated-gradient", "warning", "a gradient was added to that of an earlier call"),
  rule("autograd/hidden-write", "warning", "a write that the version check does not see"),
  rule("autograd/non-leaf-grad", "warning", ".grad of a tensor that is no leaf was read"),
  rule("autograd/rebuilt-tensor", "information", "torch.tensor(...) made of tensors that have a graph"),
  rule("autograd/graph-kept", "information", "a sum that keeps the graph of every iteration"),
  rule("autograd/non-finite", "warning", "NaN or infinity was born here"),
  rule("autograd/where-nan", "warning", "NaN from the branch that where does not choose"),
  rule("autograd/escaped-value", "information", "a number that left the graph by item() or float()"),
  rule("autograd/leaf-root", "warning", "backward from a tensor whose graph was cut"),
  rule("autograd/leaf-lost", "information", "requires_grad asked of a tensor that has no name"),
  rule("autograd/gradient-alias", "information", "a second name for .grad, which changes with it"),
  rule("autograd/create-graph-cycle", "information", "backward(create_graph=True) keeps a cycle of memory"),
  rule("autograd/ctx-attribute", "hint", "a tensor kept on ctx instead of saved"),
  rule("autograd/flat-operator", "warning", "gradients that are all zero because an operator is flat"),
  rule("autograd/misspelt-attribute", "warning", "an attribute that a tensor does not have"),
  rule("tensor/same-memory", "warning", "a tensor compared with itself"),
  rule("python/not-called", "warning", "a method that is named and not called"),
  rule("nn/loss-broadcast", "warning", "a loss of shapes that broadcast"),
  rule("nn/double-softmax", "warning", "softmax where the loss takes one itself"),
  rule("nn/log-of-softmax", "hint", "the logarithm of a softmax"),
  rule("nn/unused-parameter", "information", "a parameter that no gradient reached"),
  rule("nn/unregistered-modules", "warning", "modules in a plain list or dict"),
  rule("nn/unregistered-tensor", "warning", "a trained tensor that is no parameter"),
  rule("nn/frozen-attribute", "warning", "module.requires_grad = False, which freezes nothing"),
  rule("nn/vanishing-gradient", "hint", "gradients that vanish on their way back"),
  rule("nn/exploding-gradient", "hint", "gradients that explode"),
  rule(
    "nn/evaluating-in-training-mode",
    "hint",
    "dropout or batch normalisation in training mode under no_grad",
  ),
  rule("nn/training-in-evaluation-mode", "warning", "a module that is trained in evaluation mode"),
  rule("nn/dropout-always-on", "information", "dropout that eval() does not switch off"),
  rule("nn/log-probabilities", "warning", "a loss that expects logarithms of probabilities"),
  rule("nn/layer-in-forward", "warning", "a layer that forward() makes anew"),
  rule("nn/state-dict-alias", "warning", "a state_dict that training goes on changing"),
  rule("optim/stale-parameters", "warning", "parameters replaced or added after the optimizer was made"),
  rule("optim/step-without-gradient", "warning", "step() without any gradient"),
  rule("optim/cleared-before-step", "warning", "gradients cleared between backward() and step()"),
  rule("optim/scheduler-first", "warning", "a scheduler's step() before the optimizer's"),
  rule("optim/clip-order", "warning", "gradients clipped before backward() or after step()"),
  rule("optim/made-anew", "information", "an optimizer that is made anew for each step"),
  rule("optim/update-lost", "warning", "an update that changes no parameter"),
  rule("optim/diverging", "hint", "a loss that runs away"),
];
