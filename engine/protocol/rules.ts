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

  rule("autograd/accumulated-gradient", "warning", "a gradient was added to that of an earlier call"),
  rule("autograd/hidden-write", "warning", "a write that the version check does not see"),
  rule("autograd/non-leaf-grad", "warning", ".grad of a tensor that is no leaf was read"),
  rule("autograd/rebuilt-tensor", "information", "torch.tensor(...) made of tensors that have a graph"),
  rule("autograd/graph-kept", "information", "a sum that keeps the graph of every iteration"),
];
