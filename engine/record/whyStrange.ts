// Why a gradient is zero, and why a gradient or a value is NaN or infinite: back to the operator that made it so.
import type { Elements, NestedValue, Why, WhyCause } from "../protocol/report";
import { badGradient, forwardBirth, forwardWords, holds } from "./births";
import type { BackwardFacts, CallFacts, NodeFacts, OpFacts, TensorFacts } from "./facts";
import type { Scene } from "./scene";
import type { Snapshot } from "./snapshot";
import { callText } from "./whyNoGrad";

const DEEPEST = 500;

interface Census {
  count: number;
  zeros: number;
  nan: number;
  inf: number;
}

function census({ value, summary }: Elements): Census | null {
  if (summary) return { count: summary.count, zeros: summary.zeros, nan: summary.nan, inf: summary.inf };
  if (value === null) return null;
  const found: Census = { count: 0, zeros: 0, nan: 0, inf: 0 };
  const visit = (each: NestedValue): void => {
    if (Array.isArray(each)) {
      for (const inner of each) visit(inner);
      return;
    }
    found.count++;
    if (each === 0) found.zeros++;
    else if (each === "NaN") found.nan++;
    else if (each === "Infinity" || each === "-Infinity") found.inf++;
  };
  visit(value);
  return found;
}

/** Of a tensor with these gradients and values; nothing where neither is strange. */
export function whyStrange(scene: Scene, tensor: TensorFacts, grad: Elements, value: Elements): Why[] {
  const found: Why[] = [];
  const inGrad = census(grad);
  if (inGrad && inGrad.count > 0) {
    if (inGrad.nan > 0) found.push(...badGrad(scene, tensor, "nan", inGrad.nan / inGrad.count));
    else if (inGrad.inf > 0) found.push(...badGrad(scene, tensor, "inf", inGrad.inf / inGrad.count));
    else if (inGrad.zeros === inGrad.count) found.push(...zeroGrad(scene, tensor));
  }
  const inValue = census(value);
  if (inValue && tensor.dtype.kind === "float") {
    if (inValue.nan > 0) found.push(...badValue(scene, tensor, "nan", inValue.nan / inValue.count));
    else if (inValue.inf > 0) found.push(...badValue(scene, tensor, "inf", inValue.inf / inValue.count));
  }
  return found;
}

function why(
  scene: Scene,
  of: Why["of"],
  is: Why["is"],
  cause: WhyCause,
  text: string,
  place: number,
  share = 1,
): Why {
  const site = scene.sites.site(place);
  return { of, is, cause, text, ...(site ? { site } : {}), ...(share < 1 ? { share } : {}) };
}

const WORDS = { nan: "NaN", inf: "infinite" } as const;

// ---- values

function badValue(scene: Scene, tensor: TensorFacts, what: "nan" | "inf", share: number): Why[] {
  const birth = forwardBirth(tensor.producer, what);
  if (!birth) return [];
  const on = scene.sites.on(birth.site);
  if (birth.name === "" || birth.name === "grad") {
    const text = `It is ${WORDS[what]} in the data${on} already.`;
    return [why(scene, "value", what, "input", text, birth.site, share)];
  }
  const because = forwardWords(birth);
  const cause: WhyCause = /too large/.test(because) ? "overflow" : "born";
  const text = `It became ${WORDS[what]} in ${birth.name}${on}${because === "" ? "" : `: ${because}`}.`;
  return [why(scene, "value", what, cause, text, birth.site, share)];
}

// ---- NaN and infinite gradients

function badGrad(scene: Scene, tensor: TensorFacts, what: "nan" | "inf", share: number): Why[] {
  const last = tensor.gradients.findLast(({ increment }) => holds(increment, what));
  if (!last) return [];
  const { bad } = scene.record;
  const birth =
    bad?.call === last.call && bad.what === what
      ? bad
      : badGradient(scene.record, last.call, tensor, last.increment);
  if (!birth) return [];
  const on = scene.sites.on(birth.site);
  const because = birth.because === "" ? "" : `: ${birth.because}`;
  const turned = birth.turned ? " (as an infinity first)" : "";
  const [text, cause]: [string, WhyCause] =
    birth.where !== null
      ? [
          `where${scene.sites.on(birth.where.site)} does not choose ${birth.name}${on}, but backward goes through it: infinity times zero${because}.`,
          "born-backward",
        ]
      : birth.born === "backward"
        ? [
            `It was born in the backward pass, in ${birth.name} of the expression${on}${turned}${because}.`,
            "born-backward",
          ]
        : [`It was born in the forward pass, in ${birth.name}${on}${turned}${because}.`, "born"];
  return [why(scene, "grad", what, cause, text, birth.site, share)];
}

// ---- zeros

function zeroGrad(scene: Scene, tensor: TensorFacts): Why[] {
  const held = scene.recorder.tensors.get(tensor.gradId)?.producer;
  if (held && /^zero_?$/.test(held.name)) {
    const text = `It was set to zero${scene.sites.on(held.site)}.`;
    return [why(scene, "grad", "zero", "zeroed", text, held.site)];
  }
  const last = tensor.gradients[tensor.gradients.length - 1];
  if (!last || !tensor.node) return [];
  if (!isZero(last.increment)) {
    const text = `The gradients of several backward calls add up to zero; that of ${callText(scene, last.call)} is not zero.`;
    return [why(scene, "grad", "zero", "cancelled", text, last.call.site)];
  }
  const found = stopped(scene, tensor.node, last.call);
  return found ? [found] : [];
}

/** Null and zeros carry nothing. */
export function isZero(snapshot: Snapshot | null): boolean {
  if (snapshot === null) return true;
  const { numbers } = snapshot;
  if (numbers) return Array.from(numbers as Float64Array).every((value) => Number(value) === 0);
  const { summary } = snapshot.elements();
  return summary !== undefined && summary.zeros === summary.count;
}

/** What kept a gradient from a node. */
export type Blockage =
  | { kind: "cancelled"; ways: number; site: number }
  /** `certain`: known of the operator, whatever its numbers. */
  | { kind: "blocked"; node: NodeFacts; cause: WhyCause; certain: boolean; text: string }
  | { kind: "root" };

/** Walks against the gradient's way, to where something came in and nothing went out. */
export function blockage(scene: Scene, from: NodeFacts, call: CallFacts): Blockage | null {
  const events = scene.record.backward.flatMap(({ kept }) => kept).filter((event) => event.call === call);
  const waiting = [from];
  const seen = new Set<NodeFacts>(waiting);
  for (let node = waiting.shift(); node && seen.size < DEEPEST; node = waiting.shift()) {
    const target = node;
    const feeding = events.filter((event) => event.node.edges.some(({ to }) => to === target));
    const giving = feeding.filter((event) => gives(event, target));
    if (giving.length > 1) return { kind: "cancelled", ways: giving.length, site: giving[0].node.site };
    for (const event of feeding) {
      if (event.incoming.every(isZero)) {
        if (!seen.has(event.node)) waiting.push(event.node);
        seen.add(event.node);
        continue;
      }
      return blocked(event);
    }
    if (feeding.length === 0 && call.roots.some((root) => root.node === target)) return { kind: "root" };
  }
  return null;
}

function stopped(scene: Scene, from: NodeFacts, call: CallFacts): Why | null {
  const found = blockage(scene, from, call);
  switch (found?.kind) {
    case undefined:
      return null;
    case "cancelled": {
      const text = `The gradients that come to it on ${found.ways} ways add up to zero.`;
      return why(scene, "grad", "zero", "cancelled", text, found.site);
    }
    case "root": {
      const text = `The gradient that ${callText(scene, call)} starts with is zero.`;
      return why(scene, "grad", "zero", "zero-incoming", text, call.site);
    }
    case "blocked": {
      const text = `${found.text}: the gradient ends${scene.sites.on(found.node.site)}.`;
      // Names of functions stay as they are written.
      return why(scene, "grad", "zero", found.cause, text.replace(/^the /, "The "), found.node.site);
    }
    default:
      return found satisfies never;
  }
}

/** An edge without a gradient of its own in `outgoing` belongs to the next one that has. */
function gives(event: BackwardFacts, to: NodeFacts): boolean {
  const all = event.outgoing.length === event.node.edges.length;
  return event.outgoing.some((gradient, i) => !isZero(gradient) && (!all || event.node.edges[i].to === to));
}

const KINDS: readonly [RegExp, WhyCause, (op: string) => string][] = [
  [
    /^(Relu|LeakyRelu|Relu6|Elu|Selu|Celu|Threshold|HardtanhB|Hardswish|Hardsigmoid)/,
    "dead-relu",
    (op) => `${op} lets no gradient through where its input is not above zero`,
  ],
  [
    /^(Sigmoid|Tanh|Softmax|LogSoftmax|LogSigmoid|Softplus|Erf|Gelu|Silu|Mish|Atan)/,
    "saturated",
    (op) => `${op} is saturated: its slope there is too small for a float`,
  ],
  [/^Clamp|^Hardtanh/, "clamped", (op) => `${op} lets no gradient through beyond its bounds`],
  [/^(Mul|Mm|Addmm|Bmm|Mv|Dot|Linear)/, "multiplied-by-zero", (op) => `${op} multiplies it by zero`],
  [
    /^(Round|Floor|Ceil|Sign|Sgn|Trunc|Heaviside|NewZeros|Zeros|FloorDivide)/,
    "flat",
    (op) => `${op} is flat: its slope is zero everywhere`,
  ],
  [
    /^(Where|Index|Select|Slice|Gather|Max|Min|Amax|Amin|Aminmax|Maximum|Minimum|MaskedFill|MaskedSelect|Topk|Sort|Median|MaxPool|AdaptiveMax|CopySlices|Split|Unbind|Embedding|Diagonal|Tril|Triu|Dropout|NativeDropout)/,
    "not-selected",
    (op) => `${op} passes the gradient to other elements`,
  ],
];

function blocked({ node }: BackwardFacts): Blockage {
  const name = node.op?.name ?? node.name;
  const known = KINDS.find(([pattern]) => pattern.test(node.name));
  if (!known) {
    const text = `the slope of ${name} at these numbers is zero`;
    return { kind: "blocked", node, cause: "flat", certain: false, text };
  }
  const [, cause, words] = known;
  const share = cause === "dead-relu" && node.op ? notAbove(node.op) : "";
  return { kind: "blocked", node, cause, certain: true, text: `${words(name)}${share}` };
}

/** " (all 4 are not)" */
function notAbove(op: OpFacts): string {
  const [input] = op.inputs;
  const producer = op.producers[0];
  const numbers = input && producer?.values[Math.max(0, producer.outputs.indexOf(input))]?.numbers;
  if (!numbers) return "";
  const dead = Array.from(numbers as Float64Array).filter((value) => Number(value) <= 0).length;
  return ` (${dead} of ${numbers.length})`;
}
