// A loss of two shapes that are not the same but broadcast: every number is compared with every other.
import type { OpFacts, TensorFacts } from "../facts";
import type { Scene } from "../scene";
import { type Found, makeFinding, shapeText } from "./finding";
import type { Rule } from "./index";

const LOSSES = /^(mse_loss|l1_loss|smooth_l1_loss|huber_loss)$/;

// Text: torch.nn.functional's warning.
const warning = (target: readonly number[], input: readonly number[]): string =>
  `Using a target size (torch.Size(${shapeText(target)})) that is different to the input size (torch.Size(${shapeText(input)})). ` +
  "This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.";

export const lossBroadcast: Rule = (scene) => {
  const found: Found[] = [];
  for (const series of scene.record.ops) {
    const op = series.last;
    if (!op || op.inBackward) continue;
    const range = scene.sites.range(op.site);
    if (!range) continue;
    if (LOSSES.test(op.name)) {
      const [input, target] = op.inputs.map((tensor) => tensor && unexpanded(tensor, op.site));
      if (!input || !target || sameSizes(input.sizes, target.sizes)) continue;
      found.push(
        makeFinding(
          scene,
          "nn/loss-broadcast",
          "warning",
          warning(target.sizes, input.sizes),
          range,
          described(scene, input, target, op),
          remedies(op.site, input, target),
        ),
      );
    } else if (op.name === "sub" && outer(op)) {
      const [input, target] = op.inputs as TensorFacts[];
      if (!reduced(scene, op)) continue;
      found.push(
        makeFinding(
          scene,
          "nn/loss-broadcast",
          "warning",
          `Shapes ${shapeText(input.sizes)} and ${shapeText(target.sizes)} broadcast to ${shapeText(op.outputs[0].sizes)}: every number is subtracted from every other, and the loss is made of all pairs.`,
          range,
          described(scene, input, target, op),
          remedies(op.site, input, target),
        ),
      );
    }
  }
  return found;
};

function remedies(at: number, input: TensorFacts, target: TensorFacts) {
  const same = count(input) === count(target);
  const squeezes = input.sizes.length === target.sizes.length + 1 && input.sizes.at(-1) === 1;
  return same ? [{ kind: "same-shape", sites: { at }, words: { squeezes } }] : [];
}

function described(scene: Scene, input: TensorFacts, target: TensorFacts, op: OpFacts) {
  return [input, target].map(
    (tensor) =>
      [
        tensor.producer.site,
        `${scene.text(tensor, op.site)} has the shape ${shapeText(tensor.sizes)}.`,
      ] as const,
  );
}

/** What was expanded for the operator at the same place. */
function unexpanded(tensor: TensorFacts, site: number): TensorFacts {
  const { made } = tensor;
  const [source] = made.inputs;
  const expanded = /^(expand|broadcast_to|broadcast_tensors)$/.test(made.name) && made.site === site;
  return expanded && source ? source : tensor;
}

const count = ({ sizes }: TensorFacts): number => sizes.reduce((product, size) => product * size, 1);

function sameSizes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** [n, 1] and [n], unless somebody put the dimension there for that very purpose. */
function outer({ inputs }: OpFacts): boolean {
  const [a, b] = inputs;
  if (!a || !b || inputs.length !== 2 || !a.requiresGrad === !b.requiresGrad) return false;
  const [column, row] = a.sizes.length === 2 ? [a, b] : [b, a];
  if (column.sizes.length !== 2 || row.sizes.length !== 1) return false;
  const [n, one] = column.sizes;
  const meant = /^(unsqueeze|view|reshape|_unsafe_view|alias|transpose|t|permute)$/.test(
    column.producer.name,
  );
  return one === 1 && n > 1 && row.sizes[0] === n && !meant;
}

const PASSED = /^(pow|abs|square|mul|neg)$/;
const REDUCED = /^(mean|sum|norm|linalg_vector_norm)$/;

/** Whether its result goes into a mean or a sum, at most with a square or an absolute value in between. */
function reduced(scene: Scene, op: OpFacts): boolean {
  const waiting = [op];
  for (let i = 0; i < waiting.length && i < 6; i++) {
    for (const { last } of scene.record.ops) {
      if (!last?.producers.includes(waiting[i])) continue;
      if (REDUCED.test(last.name)) return true;
      if (PASSED.test(last.name)) waiting.push(last);
    }
  }
  return false;
}
