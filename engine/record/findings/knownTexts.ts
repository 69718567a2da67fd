// Exceptions that Python's side of torch raises, or that carry no facts: told apart by PyTorch's texts. What is
// known of the tensors in the expression stands beside them.
import { AUTOGRAD_TEXTS } from "./autogradTexts";
import type { ErrorFinding } from "./errors";
import { MODULE_TEXTS } from "./moduleTexts";
import { TENSOR_TEXTS } from "./tensorTexts";
import type { KnownText, TextScene } from "./textScene";

/** The first that fits counts: what may stand in many texts comes last. */
const KNOWN: readonly KnownText[] = [...AUTOGRAD_TEXTS, ...MODULE_TEXTS, ...TENSOR_TEXTS];

/** null where the text is none of those. */
export function byText(scene: TextScene): ErrorFinding | null {
  for (const { text, find } of KNOWN) {
    const match = text.exec(scene.message);
    const found = match && find(scene, match);
    if (found) return found;
  }
  return null;
}
