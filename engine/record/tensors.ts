// The records of tensors: what each was when the snippet ended, and what backward brought to it.
import { gradFnOf, requiresGrad } from "../autograd/views";
import type { Elements, GradEvent, Site, TensorRecord, Why } from "../protocol/report";
import { TorchError } from "../tensor/errors";
import type { Tensor } from "../tensor/tensor";
import type { CallFacts, GradientFacts, TensorFacts } from "./facts";
import type { Scene } from "./scene";
import type { Shown } from "./shown";
import { numberValue, Snapshot } from "./snapshot";
import { whyNoGrad } from "./whyNoGrad";
import { whyStrange } from "./whyStrange";

/** Gradients of one tensor that are told one by one. */
const EVENTS = 8;

/** Tensors without a name that are explained: the first of a run. */
const EXPLAINED = 500;

export interface TensorContext {
  scene: Scene;
  shown: Shown;
  /** Position of a call in the report; calls that are told of are kept by asking. */
  callIndex(call: CallFacts): number;
}

export function tensorRecord(context: TensorContext, tensor: TensorFacts): TensorRecord {
  const { scene, shown } = context;
  const live = scene.named.get(tensor);
  const state = live ? stateOf(live) : stateOfFacts(tensor);
  const value = (live ? new Snapshot(live, scene.recorder.held) : tensor.value).elements();
  const gradient = gradientOf(scene, tensor, live);
  const node = tensor.node ? shown.node(tensor.node) : null;
  const former = scene.formerNames(tensor);
  const record: TensorRecord = {
    id: tensor.reportId,
    names: scene.names(tensor),
    ...(former.length > 0 ? { formerNames: former } : {}),
    site: scene.sites.site(tensor.made.site),
    op: operatorName(tensor),
    dtype: tensor.dtype.name,
    shape: [...(live ?? tensor).sizes],
    requiresGrad: state.requiresGrad,
    isLeaf: state.isLeaf,
    gradFn: state.gradFn,
    retainsGrad: state.retainsGrad,
    version: tensor.counter.value,
    mutations: tensor.counter.mutations.flatMap(({ version, by, site }) => {
      const place = scene.sites.site(site);
      return place ? [{ site: place, by, version }] : [];
    }),
    value: value.value,
    ...(value.summary ? { summary: value.summary } : {}),
    grad: gradient.elements.value,
    ...(gradient.elements.summary ? { gradSummary: gradient.elements.summary } : {}),
    gradSource: gradient.source,
    gradEvents: events(context, tensor),
    count: tensor.made.snippet === scene.record.index ? shown.count(tensor.made) : 1,
  };
  const { series } = tensor.made;
  const course = series.numbers;
  if (course && record.count === series.count) {
    const number = (value: number) => numberValue(value, tensor.dtype);
    record.course = {
      every: course.every,
      values: course.values.map(number),
      min: number(course.min),
      max: number(course.max),
    };
  }
  if (node && shown.nodes.has(node)) record.node = node.reportId;
  if (scene.parameters.has(tensor)) record.isParameter = true;
  const why: Why[] = [];
  if (gradient.missing) {
    const reason = whyNoGrad(scene, tensor, state);
    const site: Site | null = scene.sites.site(reason.site);
    record.whyNoGrad = reason.text;
    if (site) record.whyNoGradSite = site;
    why.push({ of: "grad", is: "none", cause: reason.cause, text: reason.text, ...(site ? { site } : {}) });
  }
  // An intermediate result of a long loop that has gone wrong is one of thousands.
  if (record.names.length > 0 || tensor.reportId <= EXPLAINED) {
    why.push(...whyStrange(scene, tensor, gradient.elements, value));
  }
  if (why.length > 0) record.why = why;
  return record;
}

interface State {
  requiresGrad: boolean;
  isLeaf: boolean;
  gradFn: string | null;
  retainsGrad: boolean;
}

function stateOf(tensor: Tensor): State {
  const { retainsGrad } = tensor;
  try {
    const gradFn = gradFnOf(tensor)?.name ?? null;
    return { requiresGrad: requiresGrad(tensor), isLeaf: gradFn === null, gradFn, retainsGrad };
  } catch (error) {
    // The history of a view that was changed in a forbidden way cannot be had: PyTorch raises here too.
    if (!(error instanceof TorchError)) throw error;
    return { requiresGrad: true, isLeaf: false, gradFn: tensor.gradFn?.name ?? null, retainsGrad };
  }
}

function stateOfFacts({ requiresGrad: requires, isLeaf, node, retainsGrad }: TensorFacts): State {
  const gradFn = !isLeaf && node?.kind === "grad_fn" ? node.name : null;
  return { requiresGrad: requires, isLeaf, gradFn, retainsGrad };
}

function operatorName({ made }: TensorFacts): string | null {
  if (made.name === "grad") return "grad";
  return made.name === "" || made.factory || made.temporary || made.argumentNames.length === 0
    ? null
    : made.name;
}

function gradientOf(
  scene: Scene,
  tensor: TensorFacts,
  live: Tensor | undefined,
): { elements: Elements; source: TensorRecord["gradSource"]; missing: boolean } {
  const held = live ? (live.grad ? new Snapshot(live.grad, scene.recorder.held) : null) : tensor.grad;
  if (held) return { elements: held.elements(), source: "pytorch", missing: false };
  if (tensor.captured) return { elements: tensor.captured.elements(), source: "inspector", missing: true };
  return { elements: { value: null }, source: "pytorch", missing: true };
}

function events(context: TensorContext, tensor: TensorFacts): GradEvent[] {
  const own = tensor.gradients.filter(({ call }) => call.snippet === context.scene.record.index);
  return selected(own).map(({ call, increment, accumulated }) => ({
    call: context.callIndex(call),
    increment: increment.elements(),
    accumulated: accumulated?.elements() ?? null,
  }));
}

/** All of a few; of many the first and the last of each place. */
function selected(gradients: GradientFacts[]): GradientFacts[] {
  if (gradients.length <= EVENTS) return gradients;
  return gradients.filter((gradient, i) => {
    const { site } = gradient.call;
    const earlier = gradients.findIndex(({ call }) => call.site === site);
    const later = gradients.findLastIndex(({ call }) => call.site === site);
    return i === earlier || i === later;
  });
}
