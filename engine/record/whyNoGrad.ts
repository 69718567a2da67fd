// Why `.grad` of a tensor is None, in plain words and with the place to look at. Walks back to the first cause.

import type { WhyCause } from "../protocol/report";
import { type Cause, causesOf, causeText, cutWords, siteOf } from "./cuts";
import type { CallFacts, OpFacts, StateFacts, TensorFacts } from "./facts";
import type { Scene } from "./scene";

export interface Reason {
  cause: WhyCause;
  text: string;
  /** The interned place that the text speaks of; 0 for none. */
  site: number;
}

/** What is true of the tensor at the snippet's end. */
export interface GradState {
  requiresGrad: boolean;
  isLeaf: boolean;
  retainsGrad: boolean;
}

const SEARCHED = 2000;

const CAUSES: Readonly<Record<Cause["kind"], WhyCause>> = {
  cut: "cut",
  rebuilt: "rebuilt",
  escaped: "escaped",
  gradient: "no-create-graph",
  frozen: "frozen",
  detached: "detached",
  dtype: "dtype",
  "never-asked": "never-asked",
};

/** For a tensor whose `.grad` is None. */
export function whyNoGrad(scene: Scene, tensor: TensorFacts, state: GradState): Reason {
  if (tensor.inference) {
    return {
      cause: "inference",
      text: "It was made under torch.inference_mode(): autograd knows nothing of it.",
      site: tensor.made.site,
    };
  }
  if (!state.requiresGrad) return withoutRequiresGrad(scene, tensor);
  return state.isLeaf ? leaf(scene, tensor) : nonLeaf(scene, tensor, state);
}

function withoutRequiresGrad(scene: Scene, tensor: TensorFacts): Reason {
  const [cause] = causesOf(scene, tensor);
  if (!cause) return { cause: "never-asked", text: "It does not require grad.", site: tensor.made.site };
  const itself = "tensor" in cause && cause.tensor === tensor;
  if (cause.kind === "never-asked" && !itself) {
    return {
      cause: "never-asked",
      text: "It does not require grad: none of the tensors that it was computed from does.",
      site: tensor.made.site,
    };
  }
  if (itself && cause.kind === "never-asked") {
    return {
      cause: "never-asked",
      text: "It does not require grad: requires_grad was never set.",
      site: tensor.made.site,
    };
  }
  if (itself && cause.kind === "dtype") {
    return {
      cause: "dtype",
      text: `It does not require grad: only floating-point tensors can, and its dtype is ${tensor.dtype.name}.`,
      site: tensor.made.site,
    };
  }
  if (itself && cause.kind === "frozen") {
    return {
      cause: "frozen",
      text: `It is frozen: requires_grad was switched off${scene.sites.on(cause.site)}.`,
      site: cause.site,
    };
  }
  return {
    cause: CAUSES[cause.kind],
    text: `It does not require grad. ${causeText(scene, cause)}`,
    site: siteOf(cause),
  };
}

function leaf(scene: Scene, tensor: TensorFacts): Reason {
  const { sites } = scene;
  const cleared = lastChange(tensor, "grad_cleared");
  const last = tensor.gradients[tensor.gradients.length - 1];
  if (cleared && (!last || last.call.order < cleared.order)) {
    return { cause: "cleared", text: `.grad was set to None${sites.on(cleared.site)}.`, site: cleared.site };
  }
  if (last && last.accumulated === null) {
    return {
      cause: "returned",
      text: `torch.autograd.grad()${sites.on(last.call.site)} returned this gradient instead of adding it to .grad.`,
      site: last.call.site,
    };
  }
  return notReached(scene, tensor);
}

function nonLeaf(scene: Scene, tensor: TensorFacts, state: GradState): Reason {
  const { sites } = scene;
  const last = tensor.gradients[tensor.gradients.length - 1];
  if (!last) {
    const reason = notReached(scene, tensor);
    if (scene.recorder.calls.size > 0 || state.retainsGrad) return reason;
    return {
      ...reason,
      text: `${reason.text} Then, too, .grad of a non-leaf is kept only after retain_grad().`,
    };
  }
  const retained = lastChange(tensor, "retain_grad");
  if (retained && retained.order > last.call.order) {
    return {
      cause: "late-retain-grad",
      text: `retain_grad()${sites.on(retained.site)} came after ${callText(scene, last.call)}: it keeps the gradients of later calls.`,
      site: retained.site,
    };
  }
  return {
    cause: "non-leaf",
    text:
      "It is not a leaf, and PyTorch keeps .grad of leaves only. The inspector shows what " +
      `${callText(scene, last.call)} passed through; retain_grad() before it would keep it.`,
    site: tensor.made.site,
  };
}

function notReached(scene: Scene, tensor: TensorFacts): Reason {
  const all = [...scene.recorder.calls].filter((call) => call.order > tensor.made.order);
  // Calls of later snippets mostly have nothing to do with it.
  const own = all.filter((call) => call.snippet === tensor.snippet);
  const later = own.length > 0 ? own : all;
  if (later.length === 0) return { cause: "not-yet", text: "backward() has not been called yet.", site: 0 };
  const raised = later.find((call) => call.ended === "raised");
  const ok = later.filter((call) => call.ended === "ok");
  if (ok.length === 0 && raised) {
    const reached = raised.nodes > 0 ? "raised before it came to this tensor" : "raised";
    return { cause: "backward-raised", text: `${callText(scene, raised)} ${reached}.`, site: raised.site };
  }
  const call = ok[ok.length - 1] ?? later[later.length - 1];
  if (call.inputs !== null && !call.inputs.includes(tensor)) {
    return {
      cause: "not-asked-for",
      text: `${callText(scene, call)} was asked for the gradients of other tensors only.`,
      site: call.site,
    };
  }
  const root = call.roots[0];
  const cut = root ? cutBetween(scene, tensor, call.roots) : null;
  if (cut) {
    return {
      cause: cut.sources.length > 0 ? "rebuilt" : "cut",
      text: `${cutSentence(scene, cut)} That is between it and ${scene.text(root)}.`,
      site: cut.site,
    };
  }
  const from = root ? scene.text(root) : "the result";
  return {
    cause: "unused",
    text: `${callText(scene, call)} did not reach it: ${from} was not computed from it.`,
    site: call.site,
  };
}

/** The operator that cuts every way of the data from `tensor` to the roots; null where no data flows there. */
export function cutBetween(scene: Scene, tensor: TensorFacts, roots: TensorFacts[]): OpFacts | null {
  const seen = new Set<OpFacts>();
  const stack: { op: OpFacts; cut: OpFacts | null }[] = roots.map((root) => ({
    op: root.producer,
    cut: null,
  }));
  while (stack.length > 0 && seen.size < SEARCHED) {
    const top = stack.pop();
    if (!top || seen.has(top.op)) continue;
    seen.add(top.op);
    const op = scene.detail(top.op);
    const cut = op.cut === null ? top.cut : op;
    if (op.inputs.includes(tensor) && cut) return cut;
    for (const source of op.sources) {
      if (source.tensor === tensor) return op;
      stack.push({ op: source.tensor.producer, cut: op });
    }
    for (const producer of op.producers) if (producer) stack.push({ op: producer, cut });
  }
  return null;
}

export function cutSentence(scene: Scene, cut: OpFacts): string {
  return `The graph is cut${scene.sites.on(cut.site)}: ${cutWords(cut)}.`;
}

function lastChange(tensor: TensorFacts, what: StateFacts["what"]): StateFacts | null {
  for (let i = tensor.changes.length - 1; i >= 0; i--)
    if (tensor.changes[i].what === what) return tensor.changes[i];
  return null;
}

export function callText(scene: Scene, call: CallFacts): string {
  const name = call.how === "backward" ? "backward()" : "torch.autograd.grad()";
  return `${name}${scene.sites.on(call.site)}`;
}
