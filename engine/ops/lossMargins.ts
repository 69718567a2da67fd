// Margin losses over classes: multi_margin_loss and multilabel_margin_loss. PyTorch has no second derivative here.
import { requiresGrad } from "../autograd/views";
import { indexValues } from "../kernels/alongDim";
import { MEAN, NONE } from "../kernels/lossLoops";
import { elementsOf } from "../kernels/strided";
import { int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { sameSizes, sizesText } from "../tensor/shape";
import { empty, fromData, type Tensor } from "../tensor/tensor";
import { notImplementedFor, requireWide } from "./checks";
import { composite, op, using } from "./define";
import { longs } from "./samples";

const internal = { functions: [], methods: [] };
type Numbers = Float64Array;

/** [samples, classes]; a vector is one sample. */
function shapeOf(self: Tensor): [number, number] {
  const fits = self.rank <= 1 ? !self.sizes.includes(0) : self.rank === 2 && self.sizes[1] > 0;
  if (!fits) {
    throw runtimeError(
      `Expected non-empty vector or matrix with optional 0-dim batch size, but got: ${sizesText(self.sizes)}`,
    );
  }
  return self.rank === 2 ? [self.sizes[0], self.sizes[1]] : [1, self.sizes[0] ?? 1];
}

/** The samples' losses, reduced. */
function reducedOf(losses: Float64Array, reduction: number, sizes: readonly number[], like: Tensor): Tensor {
  const out = empty(reduction === NONE ? sizes : [], like.dtype);
  const data = out.storage.data as Numbers;
  if (reduction === NONE) data.set(losses);
  else {
    const sum = losses.reduce((a, b) => a + b, 0);
    data[0] = reduction === MEAN ? sum / losses.length : sum;
  }
  return out;
}

/** What of the incoming gradient each sample gets. */
function share(grad: Tensor, reduction: number, samples: number): (sample: number) => number {
  const data = elementsOf(grad) as Numbers;
  if (reduction === NONE) return (sample) => data[data.length === 1 ? 0 : sample];
  return () => data[0] / (reduction === MEAN ? samples : 1);
}

// ---- one class per sample ----

export const multi_margin_loss = op(
  "multi_margin_loss(Tensor self, Tensor target, Scalar p=1, Scalar margin=1, Tensor? weight=None, int reduction=1) -> Tensor",
);
const multi_margin_loss_backward = op(
  "multi_margin_loss_backward(Tensor grad_output, Tensor self, Tensor target, Scalar p, Scalar margin, Tensor? weight=None, int reduction=1) -> Tensor",
);

function checkOne(self: Tensor, target: Tensor, weight: Tensor | null): void {
  const [samples, classes] = shapeOf(self);
  if (target.rank > 1 || target.numel !== samples) {
    throw runtimeError(
      "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch size). " +
        `Expected target size [${samples}], but got ${sizesText(target.sizes)}. Input has shape ${sizesText(self.sizes)}.`,
    );
  }
  if (weight && (weight.rank > 1 || weight.numel !== classes)) {
    throw runtimeError(`inconsistent weight size, expected ${classes} but got ${sizesText(weight.sizes)}`);
  }
  if (self.dtype.kind !== "float") throw notImplementedFor("multi_margin_loss_cpu_kernel", self.dtype);
  if (target.dtype !== int64) {
    throw runtimeError(`expected scalar type Long but found ${target.dtype.scalarName}`);
  }
  if (indexValues(target).some((at) => at < 0 || at >= classes)) {
    throw runtimeError("target out of range");
  }
}

/** Calls `visit` for each class that comes too close to the right one: by how much, and what it counts. */
function forEachClose(
  self: Tensor,
  target: Tensor,
  margin: number,
  weight: Tensor | null,
  visit: (sample: number, right: number, at: number, excess: number, factor: number) => void,
): void {
  const [samples, classes] = shapeOf(self);
  const data = elementsOf(self) as Numbers;
  const weights = weight ? (elementsOf(weight) as Numbers) : null;
  const targets = indexValues(target);
  for (let n = 0; n < samples; n++) {
    const right = n * classes + targets[n];
    const factor = (weights ? weights[targets[n]] : 1) / classes;
    for (let c = 0; c < classes; c++) {
      const excess = margin - data[right] + data[n * classes + c];
      if (c !== targets[n] && excess > 0) visit(n, right, n * classes + c, excess, factor);
    }
  }
}

multi_margin_loss.define({
  forward: (self, target, p, margin, weight, reduction) => {
    requireWide("multi_margin_loss_cpu_kernel", self.dtype);
    if (weight && requiresGrad(weight)) {
      throw runtimeError(
        "The function 'multi_margin_loss' is not differentiable with respect to argument 'weight'. This input cannot have requires_grad True.",
      );
    }
    checkOne(self, target, weight);
    const square = Number(p) === 2;
    const losses = new Float64Array(shapeOf(self)[0]);
    forEachClose(self, target, Number(margin), weight, (n, _right, _at, excess, factor) => {
      losses[n] += factor * (square ? excess * excess : excess);
    });
    return reducedOf(losses, reduction, target.sizes, self);
  },
  vjp: {
    self: using("self", "target", "weight", (c) =>
      multi_margin_loss_backward(c.grad, c.self, c.target, c.p, c.margin, c.weight, c.reduction),
    ),
  },
  python: internal,
  math: {
    self: "\\bar{s}_i = \\tfrac{p}{nC}\\,w_y\\,(m - s_y + s_i)_+^{p-1}\\,\\bar{r},\\quad \\bar{s}_y = -\\sum_i \\bar{s}_i",
  },
  gradcheck: { skip: "PyTorch has no second derivative here; the first is checked against recorded ones" },
  samples: (g) => [[g.randn(2, 3), longs([0, 2]), 1n, 1n, null, 1]],
});
multi_margin_loss_backward.define({
  forward: (grad_output, self, target, p, margin, weight, reduction) => {
    const square = Number(p) === 2;
    const out = empty(self.sizes, self.dtype);
    const data = out.storage.data as Numbers;
    const incoming = share(grad_output, reduction, shapeOf(self)[0]);
    forEachClose(self, target, Number(margin), weight, (n, right, at, excess, factor) => {
      const slope = incoming(n) * factor * (square ? 2 * excess : 1);
      data[at] += slope;
      data[right] -= slope;
    });
    return out;
  },
  vjp: "refuse",
  python: internal,
  samples: (g) => [[g.randn(), g.randn(2, 3), longs([0, 2]), 1n, 1n, null, 1]],
});

// ---- several classes per sample ----

const multilabel_margin_loss_forward = op(
  "multilabel_margin_loss_forward(Tensor self, Tensor target, int reduction) -> (Tensor output, Tensor is_target)",
);
const multilabel_margin_loss_backward = op(
  "multilabel_margin_loss_backward(Tensor grad_output, Tensor self, Tensor target, int reduction, Tensor is_target) -> Tensor",
);

/** Calls `visit` for each pair of a right class and one that is none and comes closer than 1. */
function forEachPairOfClasses(
  self: Tensor,
  target: Tensor,
  visit: (sample: number, right: number, at: number, excess: number) => void,
): void {
  const [samples, classes] = shapeOf(self);
  const data = elementsOf(self) as Numbers;
  const labels = indexValues(target);
  for (let n = 0; n < samples; n++) {
    const own: number[] = [];
    // The list ends at the first −1.
    for (let k = 0; k < classes && labels[n * classes + k] >= 0; k++) own.push(labels[n * classes + k]);
    const isRight = new Set(own);
    for (const label of own) {
      const right = n * classes + label;
      for (let c = 0; c < classes; c++) {
        const excess = 1 - data[right] + data[n * classes + c];
        if (!isRight.has(c) && excess > 0) visit(n, right, n * classes + c, excess);
      }
    }
  }
}

multilabel_margin_loss_forward.define({
  forward: (self, target, reduction) => {
    requireWide("multilabel_margin_loss_forward_out_frame", self.dtype);
    const [samples, classes] = shapeOf(self);
    if (!sameSizes(self.sizes, target.sizes)) {
      throw runtimeError(
        `inconsistent target size: ${sizesText(target.sizes)} for input of size: ${sizesText(self.sizes)}`,
      );
    }
    if (self.dtype.kind !== "float") {
      throw notImplementedFor("multilabel_margin_loss_forward_out_frame", self.dtype);
    }
    const labels = indexValues(target);
    if (labels.some((label) => label < -1 || label >= classes)) {
      throw runtimeError("argument #2 'target' is out of range");
    }
    const losses = new Float64Array(samples);
    forEachPairOfClasses(self, target, (n, _right, _at, excess) => {
      losses[n] += excess / classes;
    });
    const marks = self.dtype.allocate(self.numel) as Numbers;
    for (let n = 0; n < samples; n++) {
      for (let k = 0; k < classes && labels[n * classes + k] >= 0; k++)
        marks[n * classes + labels[n * classes + k]] = 1;
    }
    const sizes = self.rank === 2 ? [samples] : [];
    return [reducedOf(losses, reduction, sizes, self), fromData(marks, self.sizes, self.dtype)];
  },
  vjp: {
    self: using("is_target", "self", "target", ({ grad, self, target, reduction, is_target }) =>
      multilabel_margin_loss_backward(grad, self, target, reduction, is_target),
    ),
  },
  undifferentiable: ["is_target"],
  node: "MultilabelMarginLossBackward0",
  python: internal,
  math: { self: "\\bar{s}_i = \\tfrac{1}{nC}\\sum_y [1 - s_y + s_i > 0]\\,\\bar{r}" },
  gradcheck: { skip: "PyTorch has no second derivative here; the first is checked against recorded ones" },
  samples: (g) => [[g.randn(2, 3), longs([0, 1, -1, 2, -1, 1], [2, 3]), 1]],
});
multilabel_margin_loss_backward.define({
  forward: (grad_output, self, target, reduction) => {
    const [samples, classes] = shapeOf(self);
    const out = empty(self.sizes, self.dtype);
    const data = out.storage.data as Numbers;
    const incoming = share(grad_output, reduction, samples);
    forEachPairOfClasses(self, target, (n, right, at) => {
      const slope = incoming(n) / classes;
      data[at] += slope;
      data[right] -= slope;
    });
    return out;
  },
  vjp: "refuse",
  python: internal,
  samples: (g) => [[g.randn(), g.randn(2, 3), longs([0, 1, -1, 2, -1, 1], [2, 3]), 1, g.uniform(0, 1, 2, 3)]],
});
export const multilabel_margin_loss = composite(
  "multilabel_margin_loss(Tensor self, Tensor target, int reduction=1) -> Tensor",
  (self, target, reduction) => multilabel_margin_loss_forward(self, target, reduction)[0],
  { python: internal },
);
