// Where a gradient was lost on the way to a tensor: back from it through what made it, to the first cause.
import type { EscapeFacts, OpFacts, TensorFacts } from "./facts";
import { within } from "./findings/involvedTensors";
import type { Scene } from "./scene";

export type Cause =
  /** An operator took a tensor that requires grad and gave one that does not. */
  | { kind: "cut"; op: OpFacts; input: TensorFacts }
  /** New data was made from the values of tensors. */
  | { kind: "rebuilt"; op: OpFacts; escapes: EscapeFacts[] }
  /** The number in it had left the graph by item(), float(), tolist(). */
  | { kind: "escaped"; tensor: TensorFacts; left: EscapeFacts }
  /** It is a gradient that was computed without create_graph. */
  | { kind: "gradient"; tensor: TensorFacts; site: number }
  /** requires_grad was switched off. */
  | { kind: "frozen"; tensor: TensorFacts; site: number }
  | { kind: "detached"; tensor: TensorFacts; site: number }
  /** Data of a dtype that can have no gradient. */
  | { kind: "dtype"; tensor: TensorFacts }
  /** Floating-point data for which nobody asked for a gradient. */
  | { kind: "never-asked"; tensor: TensorFacts };

const SEARCHED = 2000;

/** The causes, the most telling first: cuts in the order they happened, then data. */
export function causesOf(scene: Scene, tensor: TensorFacts): Cause[] {
  const causes: Cause[] = [];
  const seen = new Set<OpFacts>();
  // A tensor as it was when `by` had made or changed it.
  const stack: { tensor: TensorFacts; by: OpFacts }[] = [{ tensor, by: tensor.producer }];
  while (stack.length > 0 && seen.size < SEARCHED) {
    const top = stack.pop();
    if (!top || seen.has(top.by)) continue;
    seen.add(top.by);
    const own = ownCause(scene, top.tensor, top.by);
    if (own) {
      causes.push(own);
      continue;
    }
    const op = scene.detail(top.by);
    const lost = op.sources.filter((source) => source.requiredGrad);
    if (lost.length > 0) {
      causes.push({ kind: "rebuilt", op, escapes: lost });
      continue;
    }
    if (op.cut !== null) {
      const input =
        op.inputs.find((given) => given?.requiresGrad) ?? op.inputs.find((given) => given !== null);
      if (input) causes.push({ kind: "cut", op, input });
      continue;
    }
    const left = numberInside(scene, op);
    if (left) causes.push({ kind: "escaped", tensor: op.outputs[0] ?? top.tensor, left });
    op.inputs.forEach((input, i) => {
      const producer = op.producers[i];
      if (input && producer && !op.factory) stack.push({ tensor: input, by: producer });
    });
    if (op.factory || op.inputs.every((input) => input === null)) causes.push(dataCause(top.tensor));
  }
  causes.sort((a, b) => rank(a) - rank(b) || orderOf(a) - orderOf(b));
  // A number that several operators of one expression stand around left the graph once.
  return causes.filter(
    (cause, i) =>
      cause.kind !== "escaped" ||
      causes.findIndex((other) => other.kind === "escaped" && other.left === cause.left) === i,
  );
}

function ownCause(scene: Scene, tensor: TensorFacts, by: OpFacts): Cause | null {
  for (let i = tensor.changes.length - 1; i >= 0; i--) {
    const change = tensor.changes[i];
    if (change.what === "detach_") return { kind: "detached", tensor, site: change.site };
    if (change.what === "requires_grad" && !change.value && !change.silent) {
      return { kind: "frozen", tensor, site: change.site };
    }
  }
  if (tensor.gradOf) return { kind: "gradient", tensor, site: tensor.gradCall?.site ?? tensor.made.site };
  if (by.name !== "" || by.sources.some((source) => source.requiredGrad)) return null;
  const left = sameNumber(scene, tensor);
  if (left) return { kind: "escaped", tensor, left };
  return dataCause(tensor);
}

/** A number that was taken out of the graph within the operator's own expression: logits / t.item(). */
function numberInside(scene: Scene, op: OpFacts): EscapeFacts | null {
  if (op.name === "" || op.site === 0) return null;
  const here = scene.sites.range(op.site);
  if (here === null) return null;
  const found = scene.record.escapes.find(({ requiredGrad, site, how, order }) => {
    if (!requiredGrad || site === op.site || how === "tensor" || how === "as_tensor" || order > op.order)
      return false;
    const at = scene.sites.range(site);
    return at !== null && within(here, at);
  });
  return found ?? null;
}

function dataCause(tensor: TensorFacts): Cause {
  return tensor.dtype.kind === "float" ? { kind: "never-asked", tensor } : { kind: "dtype", tensor };
}

/** Data that holds the very number that had left a tensor of the graph; 0 and 1 are too common to tell. */
function sameNumber(scene: Scene, tensor: TensorFacts): EscapeFacts | null {
  const numbers = tensor.made.values[0]?.numbers;
  if (!numbers) return null;
  const { escapes } = scene.record;
  // [p.item() ** 2 for p in ...]: taken out within the very expression that made the tensor.
  const made = scene.sites.range(tensor.made.site);
  const inside = escapes.find(({ requiredGrad, site }) => {
    const at = scene.sites.range(site);
    return requiredGrad && at !== null && made !== null && site !== tensor.made.site && within(made, at);
  });
  if (inside) return inside;
  for (let i = escapes.length - 1; i >= 0; i--) {
    const { value, requiredGrad, order } = escapes[i];
    if (!requiredGrad || value === null || value === 0 || Math.abs(value) === 1 || order > tensor.made.order)
      continue;
    for (const number of numbers)
      if (Number(number) === value || Math.fround(value) === number) return escapes[i];
  }
  return null;
}

const RANK: Record<Cause["kind"], number> = {
  cut: 0,
  rebuilt: 0,
  detached: 0,
  escaped: 1,
  frozen: 1,
  gradient: 1,
  dtype: 2,
  "never-asked": 3,
};
const rank = (cause: Cause): number => RANK[cause.kind];

function orderOf(cause: Cause): number {
  return cause.kind === "cut" || cause.kind === "rebuilt" ? cause.op.order : cause.tensor.made.order;
}

export function siteOf(cause: Cause): number {
  switch (cause.kind) {
    case "cut":
    case "rebuilt":
      return cause.op.site;
    case "escaped":
      return cause.left.site;
    case "gradient":
    case "frozen":
    case "detached":
      return cause.site;
    case "dtype":
    case "never-asked":
      return cause.tensor.made.site;
    default:
      return cause satisfies never;
  }
}

/** Why a gradient does not pass an operator, in a few words. */
export function cutWords(op: OpFacts): string {
  if (op.sources.length > 0) return "a new tensor is made from the numbers";
  switch (op.cut) {
    case "no_grad":
      return "computed under torch.no_grad()";
    case "inference_mode":
      return "computed under torch.inference_mode()";
    case "detach":
      return "detach()";
    case "data":
      return ".data";
    case "dtype":
      return `${op.outputs[0]?.dtype.name ?? "an integer"} has no gradient`;
    default:
      return `${op.cut} has no derivative`;
  }
}

/** A sentence about an operator at which the graph of these inputs ends. */
export function cutText(scene: Scene, op: OpFacts, inputs: readonly TensorFacts[]): string {
  const from = listed([...new Set(inputs.map((input) => scene.text(input)))]);
  return cutSentence(scene, op, from).replace(/^the /, "The ");
}

function cutSentence(scene: Scene, op: OpFacts, from: string): string {
  const { sites } = scene;
  const on = sites.on(op.site);
  switch (op.cut) {
    case "no_grad":
    case "inference_mode": {
      // A library's own no_grad: Normal(...).sample().
      if (op.modeSite === op.site && op.site > 0) {
        return `${op.name}${on} ran without recording, which this call switches off by itself: its result is not connected to ${from}.`;
      }
      const where = op.modeSite > 0 ? ` (${sites.line(op.modeSite)})` : "";
      const how = scene.recorder.modeNames.get(op.modeSite);
      const mode = how === "set_grad_enabled" ? "set_grad_enabled(False)" : `${op.cut}()`;
      return `${op.name}${on} ran under torch.${mode}${where}, so its result is not connected to ${from}.`;
    }
    case "detach":
      return `detach()${on} cuts the graph: its result is not connected to ${from}.`;
    case "data":
      return `.data${on} cuts the graph: it is not connected to ${from}.`;
    case "dtype":
      return `${op.name}${on} gives ${op.outputs[0]?.dtype.name ?? "integers"}, and only floating-point tensors carry gradients: the graph of ${from} ends here.`;
    default:
      return `${op.name}${on} has no derivative: the graph of ${from} ends here.`;
  }
}

/** A sentence about a cause, with the lines. */
export function causeText(scene: Scene, cause: Cause): string {
  // Names of functions stay as they are written.
  return sentence(scene, cause).replace(/^the /, "The ");
}

function sentence(scene: Scene, cause: Cause): string {
  const { sites } = scene;
  switch (cause.kind) {
    case "cut":
      return cutSentence(scene, cause.op, scene.text(cause.input));
    case "rebuilt": {
      const from = cause.escapes
        .map(({ tensor }) => scene.text(tensor))
        .filter((text, i, all) => all.indexOf(text) === i);
      return `A new tensor is made${sites.on(cause.op.site)} from the numbers in ${listed(from)}: it has no connection to their graph. torch.stack keeps it.`;
    }
    case "escaped": {
      const { left, tensor } = cause;
      if (tensor.producer.inputs.length > 0) {
        return `${scene.text(tensor)} was computed with a plain Python number: ${how(left.how)}${sites.on(left.site)} took it out of the graph of ${scene.text(left.tensor)}.`;
      }
      return `${scene.text(tensor)} was made from a plain Python number: ${how(left.how)}${sites.on(left.site)} took it out of the graph of ${scene.text(left.tensor)}.`;
    }
    case "gradient":
      if (cause.tensor.gradCall?.createGraph) {
        return `${scene.text(cause.tensor)}, computed${sites.on(cause.site)}, depends on nothing that requires grad.`;
      }
      return `${scene.text(cause.tensor)} was computed${sites.on(cause.site)} without create_graph=True, so it has no graph of its own.`;
    case "frozen":
      return `requires_grad of ${scene.text(cause.tensor)} was switched off${sites.on(cause.site)}.`;
    case "detached":
      return `detach_()${sites.on(cause.site)} cut ${scene.text(cause.tensor)} from its graph.`;
    case "dtype":
      return `${scene.text(cause.tensor)} has the dtype ${cause.tensor.dtype.name}, and only floating-point tensors can require grad.`;
    case "never-asked": {
      const { made } = cause.tensor;
      if (scene.names(cause.tensor).length === 0)
        return `This tensor${sites.on(made.site)} was made without requires_grad=True.`;
      return `${scene.text(cause.tensor)} was made${sites.on(made.site)} without requires_grad=True.`;
    }
    default:
      return cause satisfies never;
  }
}

function how(name: string): string {
  if (name === "float" || name === "int" || name === "bool") return `${name}()`;
  return `.${name}()`;
}

export function listed(texts: string[]): string {
  if (texts.length <= 1) return texts[0] ?? "";
  if (texts.length > 4) return `${texts.slice(0, 3).join(", ")} and ${texts.length - 3} more`;
  return `${texts.slice(0, -1).join(", ")} and ${texts[texts.length - 1]}`;
}
