// What happened in the rounds of a loop: the first and the last value, and the curve between where every one is
// known. Pure.
import type { ForwardStep, NumberValue, SnippetReport, TensorRecord } from "../../../engine/protocol/report";
import { elementsLine } from "../format";
import { type HoverSection, INLINE_WIDTH } from "./model";

/** Fewer points are no curve. */
const LEAST_POINTS = 4;

export function loopSections(original: SnippetReport | null, tensor: TensorRecord): HoverSection[] {
  if (tensor.count <= 1) return gradCurve(tensor);
  const rounds = roundsOf(original, tensor);
  const first = rounds[0];
  const last = rounds[rounds.length - 1];
  const sections: HoverSection[] = [];
  const ends = first && last && first !== last ? `${valueOf(first, tensor)} → ${valueOf(last, tensor)}` : "";
  if (ends !== "") {
    sections.push({ kind: "line", label: `computed ${tensor.count} times, first → last`, code: ends });
  } else {
    sections.push({ kind: "text", text: `The last of ${tensor.count} tensors made here.` });
  }
  const { course } = tensor;
  if (course && course.values.length >= LEAST_POINTS) {
    const picture = {
      kind: "sparkline" as const,
      title: "value" as const,
      values: course.values,
      every: course.every,
    };
    sections.push({ kind: "pictures", pictures: [{ label: "over the iterations", picture }] });
  }
  return [...sections, ...gradCurve(tensor)];
}

/** The forward steps of the tensor's place that are told of: in a loop its first and its last. */
function roundsOf(original: SnippetReport | null, tensor: TensorRecord): ForwardStep[] {
  if (!original) return [];
  return original.timeline.filter(
    (step): step is ForwardStep => step.kind === "forward" && step.outputs.includes(tensor.id),
  );
}

function valueOf(step: ForwardStep, tensor: TensorRecord): string {
  const elements = step.values[step.outputs.indexOf(tensor.id)];
  return elements ? elementsLine(elements, tensor.dtype, INLINE_WIDTH) : "not recorded";
}

/** What each backward call added to a single number, where all calls are listed. */
function gradCurve(tensor: TensorRecord): HoverSection[] {
  const values = tensor.gradEvents.map(({ increment }) => increment.value);
  const numbers = values.filter((value): value is NumberValue => value !== null && !Array.isArray(value));
  if (numbers.length < LEAST_POINTS || numbers.length !== values.length) return [];
  const calls = tensor.gradEvents.map(({ call }) => call);
  const everyCall = calls.every((call, index) => index === 0 || call === (calls[index - 1] as number) + 1);
  if (!everyCall) return [];
  const picture = { kind: "sparkline" as const, title: "gradient" as const, values: numbers, every: 1 };
  return [{ kind: "pictures", pictures: [{ label: "what each backward call added", picture }] }];
}
