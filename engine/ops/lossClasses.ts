// Losses against classes: negative log likelihood and cross entropy, with class numbers or probabilities,
// weights, an ignored class and smoothed labels. Texts are those of ATen's LossNLL.cpp.
import { tensorApi } from "../autograd/tensorApi";
import { MEAN, NONE } from "../kernels/lossLoops";
import { elementsAs, elementsOf } from "../kernels/strided";
import { int64, uint8 } from "../tensor/dtype";
import { runtimeError, TorchError } from "../tensor/errors";
import { numel, type Sizes, sameSizes, sizesText } from "../tensor/shape";
import { empty, type Tensor } from "../tensor/tensor";
import { add, div, mul } from "./arithmetic";
import { requireFloat } from "./checks";
import { eq, logical_not } from "./comparison";
import { composite, op, using } from "./define";
import { masked_fill } from "./fill";
import { gather } from "./gather";
import { masked_select } from "./indexing";
import { longs } from "./samples";
import { log_softmax } from "./softmax";
import { addNumber, divNumber, mulNumber, sumAll, sumDims } from "./sums";
import { neg } from "./unary";
import { view } from "./view";
import { flatten } from "./viewComposites";

const internal = { functions: [], methods: [] };
type Floats = Float32Array | Float64Array;

const nll_loss_forward = op(
  "nll_loss_forward(Tensor self, Tensor target, Tensor? weight, int reduction, int ignore_index) -> (Tensor output, Tensor total_weight)",
);
export const nll_loss_backward = op(
  "nll_loss_backward(Tensor grad_output, Tensor self, Tensor target, Tensor? weight, int reduction, int ignore_index, Tensor total_weight) -> Tensor",
);
const nll_loss2d_forward = op(
  "nll_loss2d_forward(Tensor self, Tensor target, Tensor? weight, int reduction, int ignore_index) -> (Tensor output, Tensor total_weight)",
);
export const nll_loss2d_backward = op(
  "nll_loss2d_backward(Tensor grad_output, Tensor self, Tensor target, Tensor? weight, int reduction, int ignore_index, Tensor total_weight) -> Tensor",
);

/** Rows of class scores: `batch` of them, at `places` of each image; one class number for each place. */
interface Layout {
  batch: number;
  classes: number;
  places: number;
}

function layoutOf(sizes: Sizes): Layout {
  if (sizes.length === 1) return { batch: 1, classes: sizes[0], places: 1 };
  return { batch: sizes[0], classes: sizes[1], places: numel(sizes.slice(2)) };
}

function checkTarget(self: Tensor, target: Tensor, weight: Tensor | null, classes: number): void {
  if (weight && (weight.rank !== 1 || weight.numel !== classes)) {
    throw runtimeError(
      `weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of ` +
        `shape: ${sizesText(weight.sizes)}`,
    );
  }
  requireFloat("nll_loss_out_frame", self.dtype);
  if (target.dtype !== int64 && target.dtype !== uint8) {
    throw runtimeError(`expected target dtype to be Long or Byte, but got ${target.dtype.scalarName}`);
  }
  if (weight && weight.dtype !== self.dtype) {
    throw runtimeError(`expected scalar type ${self.dtype.scalarName} but found ${weight.dtype.scalarName}`);
  }
}

/** Calls `visit` for each place whose class is not ignored. Raises IndexError for a class that is none. */
function forEachTarget(
  target: Tensor,
  { batch, classes, places }: Layout,
  ignored: number,
  visit: (at: number, score: number, label: number) => void,
): void {
  const labels = elementsOf(target);
  for (let b = 0; b < batch; b++) {
    for (let p = 0; p < places; p++) {
      const at = b * places + p;
      const label = Number(labels[at]);
      if (label === ignored) continue;
      if (label < 0 || label >= classes) {
        throw new TorchError("IndexError", `Target ${label} is out of bounds.`, {
          kind: "target-bounds",
          tensor: target.id,
          classes,
        });
      }
      visit(at, (b * classes + label) * places + p, label);
    }
  }
}

function likelihoods(
  self: Tensor,
  target: Tensor,
  weight: Tensor | null,
  reduction: number,
  ignored: number,
  shape: Sizes,
): [Tensor, Tensor] {
  const layout = layoutOf(self.sizes);
  checkTarget(self, target, weight, layout.classes);
  const scores = elementsOf(self) as Floats;
  const weights = weight ? (elementsOf(weight) as Floats) : null;
  const output = empty(reduction === NONE ? shape : [], self.dtype);
  const total = empty([], self.dtype);
  const out = output.storage.data as Floats;
  let sum = 0;
  let totalWeight = 0;
  forEachTarget(target, layout, ignored, (at, score, label) => {
    const w = weights ? weights[label] : 1;
    if (reduction === NONE) out[at] = -w * scores[score];
    sum -= w * scores[score];
    totalWeight += w;
  });
  if (reduction !== NONE) out[0] = reduction === MEAN ? sum / totalWeight : sum;
  total.storage.data[0] = reduction === NONE ? 0 : totalWeight;
  return [output, total];
}

function likelihoodGradient(
  grad: Tensor,
  self: Tensor,
  target: Tensor,
  weight: Tensor | null,
  reduction: number,
  ignored: number,
  total: Tensor,
): Tensor {
  const out = empty(self.sizes, self.dtype);
  const data = out.storage.data as Floats;
  const weights = weight ? (elementsOf(weight) as Floats) : null;
  const incoming = elementsAs(grad, self.dtype) as Floats;
  const totalWeight = Number(elementsOf(total)[0]);
  forEachTarget(target, layoutOf(self.sizes), ignored, (at, score, label) => {
    const w = weights ? weights[label] : 1;
    if (reduction === NONE) data[score] = -w * incoming[at];
    else data[score] = (-w * incoming[0]) / (reduction === MEAN ? totalWeight : 1);
  });
  return out;
}

nll_loss_forward.define({
  forward: (self, target, weight, reduction, ignore_index) => {
    if (self.rank < 1 || self.rank > 2) throw runtimeError("input tensor should be 1D or 2D");
    if (target.rank > 1) {
      throw runtimeError("0D or 1D target tensor expected, multi-target not supported");
    }
    if (self.rank === 1 && target.rank === 1 && target.sizes[0] !== 1) {
      throw new TorchError(
        "ValueError",
        `For 1D input, 1D target must have size 1, but got target size: ${target.sizes[0]}`,
      );
    }
    if (self.rank === 2 && self.sizes[0] !== (target.sizes[0] ?? 1)) {
      throw runtimeError(
        `size mismatch (got input: ${sizesText(self.sizes)}, target: ${sizesText(target.sizes)})`,
      );
    }
    const shape = self.rank === 1 ? [] : [self.sizes[0]];
    return likelihoods(self, target, weight, reduction, ignore_index, shape);
  },
  vjp: {
    self: using("self", "target", "weight", "total_weight", (c) =>
      nll_loss_backward(c.grad, c.self, c.target, c.weight, c.reduction, c.ignore_index, c.total_weight),
    ),
  },
  node: "NllLossBackward0",
  undifferentiable: ["total_weight"],
  python: internal,
  math: { self: "\\bar{s}_{t} = -\\tfrac{w_t}{\\sum w}\\,\\bar{r},\\ \\text{elsewhere } 0" },
  samples: (g) => [
    [g.randn(3, 4), longs([1, 0, 3]), null, 1, -100],
    [g.randn(3, 4), longs([1, -100, 3]), g.uniform(1, 2, 4), 0, -100],
    [g.randn(4), longs([2], []), null, 2, -100],
  ],
});

nll_loss_backward.define({
  forward: likelihoodGradient,
  vjp: {
    grad_output: using("target", "weight", (c) =>
      nll_loss(c.grad, c.target, c.weight, c.reduction, c.ignore_index),
    ),
    self: using(({ self }) => tensorApi.zeros([...self.sizes], self.dtype)),
  },
  python: internal,
  samples: (g) => [[g.randn(), g.randn(3, 4), longs([1, 0, 3]), null, 1, -100, g.tensor([3], [])]],
});

nll_loss2d_forward.define({
  forward: (self, target, weight, reduction, ignore_index) => {
    if (target.rank !== 3) {
      throw runtimeError(
        `only batches of spatial targets supported (3D tensors) but got targets of dimension: ${target.rank}`,
      );
    }
    if (self.rank !== 4) {
      throw runtimeError(
        `only batches of spatial inputs supported (4D tensors), but got input of dimension: ${self.rank}`,
      );
    }
    const [n, , h, w] = self.sizes;
    if (!sameSizes([n, h, w], target.sizes)) {
      throw runtimeError(
        `size mismatch (got input: ${sizesText(self.sizes)} , target: ${sizesText(target.sizes)}`,
      );
    }
    return likelihoods(self, target, weight, reduction, ignore_index, target.sizes);
  },
  vjp: {
    self: using("self", "target", "weight", "total_weight", (c) =>
      nll_loss2d_backward(c.grad, c.self, c.target, c.weight, c.reduction, c.ignore_index, c.total_weight),
    ),
  },
  node: "NllLoss2DBackward0",
  undifferentiable: ["total_weight"],
  python: internal,
  samples: (g) => [[g.randn(2, 3, 1, 2), longs([0, 2, 1, 1], [2, 1, 2]), null, 1, -100]],
});

nll_loss2d_backward.define({
  forward: likelihoodGradient,
  vjp: {
    grad_output: using("target", "weight", (c) =>
      nll_loss2d(c.grad, c.target, c.weight, c.reduction, c.ignore_index),
    ),
    self: using(({ self }) => tensorApi.zeros([...self.sizes], self.dtype)),
  },
  python: internal,
  samples: (g) => [
    [g.randn(), g.randn(2, 3, 1, 2), longs([0, 2, 1, 1], [2, 1, 2]), null, 1, -100, g.tensor([4], [])],
  ],
});

export const nll_loss = composite(
  "nll_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, int ignore_index=-100) -> Tensor",
  (self, target, weight, reduction, ignore_index) =>
    nll_loss_forward(self, target, weight, reduction, ignore_index)[0],
  { python: internal },
);
export const nll_loss2d = composite(
  "nll_loss2d(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, int ignore_index=-100) -> Tensor",
  (self, target, weight, reduction, ignore_index) =>
    nll_loss2d_forward(self, target, weight, reduction, ignore_index)[0],
  { python: internal },
);

/** What `torch.nn.functional.nll_loss` calls: any number of dimensions after the classes. */
export const nll_loss_nd = composite(
  "nll_loss_nd(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, int ignore_index=-100) -> Tensor",
  (self, target, weight, reduction, ignore_index) => {
    if (self.rank < 1) {
      throw new TorchError("ValueError", `Expected 1 or more dimensions (got ${self.rank})`);
    }
    if (self.rank !== 1) {
      if (target.rank === 0) {
        throw new TorchError("IndexError", "Dimension specified as 0 but tensor has no dimensions");
      }
      if (self.sizes[0] !== target.sizes[0]) {
        throw new TorchError(
          "ValueError",
          `Expected input batch_size (${self.sizes[0]}) to match target batch_size (${target.sizes[0]}).`,
          { kind: "batch-size", input: self.id, target: target.id },
        );
      }
    }
    if (self.rank <= 2) return nll_loss(self, target, weight, reduction, ignore_index);
    if (self.rank === 4) return nll_loss2d(self, target, weight, reduction, ignore_index);
    const [n, c, ...rest] = self.sizes;
    if (!sameSizes(target.sizes.slice(1), rest)) {
      throw runtimeError(`Expected target size ${sizesText([n, ...rest])}, got ${sizesText(target.sizes)}`);
    }
    const input = self.isContiguous() ? self : tensorApi.contiguousClone(self);
    const labels = target.isContiguous() ? target : tensorApi.contiguousClone(target);
    const wide = view(input, input.numel > 0 ? [n, c, 1, -1] : [n, c, 0, 0]);
    const wideLabels = view(labels, labels.numel > 0 ? [n, 1, -1] : [n, 0, 0]);
    const out = nll_loss2d(wide, wideLabels, weight, reduction, ignore_index);
    return reduction === NONE ? view(out, [n, ...rest]) : out;
  },
  { python: internal },
);

/** `weight` so that it broadcasts along the classes. */
function alongClasses(weight: Tensor, rank: number, classDim: number): Tensor {
  const sizes = new Array<number>(rank).fill(1);
  sizes[classDim] = weight.sizes[0];
  return view(weight, sizes);
}

function checkSmoothing(smoothing: number): void {
  if (smoothing > 1) {
    throw runtimeError(`label_smoothing must be between 0.0 and 1.0. Got: ${smoothing}`);
  }
}

function againstProbabilities(
  self: Tensor,
  given: Tensor,
  weight: Tensor | null,
  reduction: number,
  smoothing: number,
): Tensor {
  const classDim = self.rank === 1 ? 0 : 1;
  const classes = self.sizes[classDim];
  if (weight && (weight.rank !== 1 || weight.numel !== classes)) {
    throw runtimeError(
      `cross_entropy: weight tensor should be defined either for all ${classes} classes or no classes but got weight ` +
        `tensor of shape: ${sizesText(weight.sizes)}`,
    );
  }
  const input = log_softmax(self, classDim, null);
  let target = given;
  if (smoothing > 0) {
    checkSmoothing(smoothing);
    target = addNumber(mulNumber(given, 1 - smoothing), smoothing / classes);
  }
  let product = mul(input, target);
  if (weight) product = mul(product, alongClasses(weight, input.rank, classDim));
  if (reduction === NONE) return neg(sumDims(product, [classDim]));
  const total = neg(sumAll(product));
  if (reduction !== MEAN) return total;
  return divNumber(total, input.numel === 0 ? Number.NaN : Math.floor(input.numel / classes));
}

function withSmoothing(
  self: Tensor,
  target: Tensor,
  weight: Tensor | null,
  reduction: number,
  ignored: number,
  smoothing: number,
): Tensor {
  checkSmoothing(smoothing);
  const classDim = self.rank === 1 ? 0 : 1;
  const input = log_softmax(self, classDim, null);
  const plain = nll_loss_nd(input, target, weight, reduction, ignored);
  const classes = input.sizes[classDim];
  const scores = weight ? mul(input, alongClasses(weight, input.rank, classDim)) : input;
  const mask = eq(target, BigInt(ignored));
  const smooth = masked_fill(neg(sumDims(scores, [classDim])), mask, 0n);
  let rest = smooth;
  if (reduction !== NONE) rest = sumAll(smooth);
  if (reduction === MEAN) {
    const counted = logical_not(mask);
    rest = div(
      rest,
      weight
        ? sumAll(gather(weight, 0, flatten(masked_select(target, counted), 0, -1), false))
        : sumAll(counted),
    );
  }
  return add(mulNumber(plain, 1 - smoothing), mulNumber(rest, smoothing / classes), 1n);
}

export const cross_entropy_loss = composite(
  "cross_entropy_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, int ignore_index=-100, float label_smoothing=0.0) -> Tensor",
  (self, target, weight, reduction, ignore_index, label_smoothing) => {
    if (sameSizes(self.sizes, target.sizes)) {
      if (target.dtype.kind !== "float") {
        throw runtimeError(
          `Expected floating point type for target with class probabilities, got ${target.dtype.scalarName}`,
        );
      }
      if (ignore_index >= 0) {
        throw runtimeError("ignore_index is not supported for floating point target");
      }
      return againstProbabilities(self, target, weight, reduction, label_smoothing);
    }
    if (label_smoothing > 0) {
      return withSmoothing(self, target, weight, reduction, ignore_index, label_smoothing);
    }
    const logs = log_softmax(self, self.rank === 1 ? 0 : 1, null);
    return nll_loss_nd(logs, target, weight, reduction, ignore_index);
  },
  {
    python: internal,
    samples: (g) => [
      [g.randn(3, 4), longs([1, 0, 3]), null, 1, -100, 0],
      [g.randn(3, 4), longs([1, -100, 3]), null, 1, -100, 0.1],
      [g.randn(3, 4), g.uniform(0, 1, 3, 4), null, 2, -100, 0.1],
      [g.randn(2, 3, 2), longs([0, 2, 1, 1], [2, 2]), null, 0, -100, 0],
    ],
  },
);
