// Connectionist temporal classification: how likely a sequence of labels is, over all its alignments with the inputs.
import { indexValues } from "../kernels/alongDim";
import { elementsOf } from "../kernels/strided";
import { int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { empty, fromData, type Tensor } from "../tensor/tensor";
import { div } from "./arithmetic";
import { notImplementedFor } from "./checks";
import { where } from "./choice";
import { clamp_min } from "./clamp";
import { eq } from "./comparison";
import { to } from "./convert";
import { fullOf } from "./creation";
import { composite, op, using } from "./define";
import { longs } from "./samples";
import { meanAll, sumAll } from "./sums";
import { squeezeDim, unsqueeze } from "./view";

const internal = { functions: [], methods: [] };
const NEVER = Number.NEGATIVE_INFINITY;
type Lengths = readonly number[];

function logSum(...terms: number[]): number {
  const highest = Math.max(...terms);
  if (highest === NEVER) return NEVER;
  return highest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - highest), 0));
}

interface Sequence {
  /** The labels with blanks between and around them. */
  labels: number[];
  steps: number;
  /** The log-probability of a class at a step. */
  at: (step: number, label: number) => number;
}

/** The sequences of a batch. `log_probs` is [steps, batch, classes]. */
function sequences(
  log_probs: Tensor,
  targets: Tensor,
  inputs: Lengths,
  lengths: Lengths,
  blank: number,
): Sequence[] {
  const [, batch, classes] = log_probs.sizes;
  const data = elementsOf(log_probs) as Float64Array;
  const all = indexValues(targets);
  let start = 0;
  return Array.from({ length: batch }, (_, n) => {
    const from = targets.rank === 1 ? start : n * targets.sizes[1];
    start += lengths[n];
    const labels = [blank];
    for (let k = 0; k < lengths[n]; k++) labels.push(all[from + k], blank);
    return { labels, steps: inputs[n], at: (step, label) => data[(step * batch + n) * classes + label] };
  });
}

/** Whether a place may be reached from two places before: a blank, or a label like the one before, may not. */
function skips(labels: readonly number[], s: number): boolean {
  return s >= 2 && labels[s] !== labels[s - 2];
}

/** alpha[t][s]: the log-probability of all ways to be at place s after step t. */
function forwardTable({ labels, steps, at }: Sequence): Float64Array[] {
  const count = labels.length;
  const table: Float64Array[] = [];
  for (let t = 0; t < steps; t++) {
    const row = new Float64Array(count).fill(NEVER);
    for (let s = 0; s < count; s++) {
      if (t === 0) {
        if (s < 2) row[s] = at(0, labels[s]);
        continue;
      }
      const before = table[t - 1];
      const ways = [before[s]];
      if (s >= 1) ways.push(before[s - 1]);
      if (skips(labels, s)) ways.push(before[s - 2]);
      row[s] = logSum(...ways) + at(t, labels[s]);
    }
    table.push(row);
  }
  return table;
}

/** beta[t][s]: the log-probability of all ways on from place s at step t, that step counted. */
function backwardTable({ labels, steps, at }: Sequence): Float64Array[] {
  const count = labels.length;
  const table: Float64Array[] = new Array(steps);
  for (let t = steps - 1; t >= 0; t--) {
    const row = new Float64Array(count).fill(NEVER);
    for (let s = 0; s < count; s++) {
      if (t === steps - 1) {
        if (s >= count - 2) row[s] = at(t, labels[s]);
        continue;
      }
      const after = table[t + 1];
      const ways = [after[s]];
      if (s + 1 < count) ways.push(after[s + 1]);
      if (s + 2 < count && skips(labels, s + 2)) ways.push(after[s + 2]);
      row[s] = logSum(...ways) + at(t, labels[s]);
    }
    table[t] = row;
  }
  return table;
}

function likelihood({ labels, steps }: Sequence, alpha: Float64Array[]): number {
  if (steps === 0) return labels.length === 1 ? 0 : NEVER;
  const last = alpha[steps - 1];
  const count = labels.length;
  return count === 1 ? last[0] : logSum(last[count - 1], last[count - 2]);
}

function check(log_probs: Tensor, targets: Tensor, inputs: Lengths, lengths: Lengths, blank: number): void {
  const [steps, batch, classes] = log_probs.sizes;
  if (log_probs.dtype.kind !== "float") throw notImplementedFor("ctc_loss_cpu", log_probs.dtype);
  if (blank < 0 || blank >= classes) throw runtimeError("blank must be in label range");
  if (inputs.length !== batch) throw runtimeError("input_lengths must be of size batch_size");
  if (lengths.length !== batch) throw runtimeError("target_lengths must be of size batch_size");
  const where_ = "(while checking arguments for ctc_loss_allocate_outputs)";
  if (targets.rank === 1) {
    const total = lengths.reduce((a, b) => a + b, 0);
    if (targets.numel !== total) {
      throw runtimeError(
        `Expected tensor to have size ${total} at dimension 0, but got size ${targets.numel} for argument #2 'targets' ${where_}`,
      );
    }
  } else {
    const longest = Math.max(...lengths);
    if (targets.sizes[1] < longest) {
      throw runtimeError(
        `Expected tensor to have size at least ${longest} at dimension 1, but got size ${targets.sizes[1]} for argument #2 'targets' ${where_}`,
      );
    }
  }
  for (const length of inputs) {
    if (length < 0) {
      throw runtimeError(
        `Expected input_lengths to have value at least 0, but got value ${length} ${where_}`,
      );
    }
    if (length > steps) {
      throw runtimeError(
        `Expected input_lengths to have value at most ${steps}, but got value ${length} ${where_}`,
      );
    }
  }
}

const _ctc_loss = op(
  "_ctc_loss(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank=0, bool zero_infinity=False) -> (Tensor result0, Tensor result1)",
);
const _ctc_loss_backward = op(
  "_ctc_loss_backward(Tensor grad, Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, Tensor neg_log_likelihood, Tensor log_alpha, int blank, bool zero_infinity=False) -> Tensor",
);
_ctc_loss.define({
  forward: (log_probs, targets, inputs, lengths, blank) => {
    check(log_probs, targets, inputs, lengths, blank);
    const [steps, batch] = log_probs.sizes;
    const all = sequences(log_probs, targets, inputs, lengths, blank);
    const width = 2 * Math.max(0, ...lengths) + 1;
    const losses = empty([batch], log_probs.dtype);
    const alphas = empty([batch, steps, width], log_probs.dtype);
    const table = alphas.storage.data as Float64Array;
    all.forEach((sequence, n) => {
      const alpha = forwardTable(sequence);
      (losses.storage.data as Float64Array)[n] = -likelihood(sequence, alpha);
      alpha.forEach((row, t) => {
        table.set(row, (n * steps + t) * width);
      });
    });
    return [losses, alphas];
  },
  vjp: {
    log_probs: using("log_probs", "result0", "result1", "targets", (c) =>
      _ctc_loss_backward(
        c.grad,
        c.log_probs,
        c.targets,
        c.input_lengths,
        c.target_lengths,
        c.result0,
        c.result1,
        c.blank,
        c.zero_infinity,
      ),
    ),
  },
  undifferentiable: ["result1"],
  node: "CtcLossBackward0",
  python: internal,
  math: {
    log_probs:
      "\\bar{y}_{tk} = \\bigl(e^{y_{tk}} - \\tfrac{1}{p}\\sum_{s: l_s = k} \\alpha_{ts}\\beta_{ts} / e^{y_{tk}}\\bigr)\\,\\bar{r}",
  },
  gradcheck: {
    skip: "PyTorch's gradient takes the inputs for normalised; it is checked against recorded ones",
  },
  samples: (g) => [[g.uniform(-2, -1, 4, 1, 3), longs([1, 2], [1, 2]), [4], [2], 0, false]],
});
_ctc_loss_backward.define({
  forward: (grad, log_probs, targets, inputs, lengths, neg_log_likelihood, _alpha, blank, zero_infinity) => {
    const [, batch, classes] = log_probs.sizes;
    const all = sequences(log_probs, targets, inputs, lengths, blank);
    const out = empty(log_probs.sizes, log_probs.dtype);
    const data = out.storage.data as Float64Array;
    const incoming = elementsOf(grad) as Float64Array;
    const losses = elementsOf(neg_log_likelihood) as Float64Array;
    all.forEach((sequence, n) => {
      const loss = losses[n];
      if (zero_infinity && loss === Number.POSITIVE_INFINITY) return;
      const alpha = forwardTable(sequence);
      const beta = backwardTable(sequence);
      for (let t = 0; t < sequence.steps; t++) {
        const together = new Float64Array(classes).fill(NEVER);
        sequence.labels.forEach((label, s) => {
          together[label] = logSum(together[label], alpha[t][s] + beta[t][s]);
        });
        for (let k = 0; k < classes; k++) {
          const own = sequence.at(t, k);
          const place = (t * batch + n) * classes + k;
          data[place] = (Math.exp(own) - Math.exp(together[k] + loss - own)) * incoming[n];
        }
      }
    });
    return out;
  },
  vjp: "refuse",
  python: internal,
  samples: (g) => [
    [
      g.randn(1),
      g.uniform(-2, -1, 4, 1, 3),
      longs([1, 2], [1, 2]),
      [4],
      [2],
      g.uniform(1, 2, 1),
      g.randn(1, 4, 5),
      0,
      false,
    ],
  ],
});

function ctcLoss(
  log_probs: Tensor,
  targets: Tensor,
  inputs: Lengths,
  lengths: Lengths,
  blank: number,
  reduction: number,
  zero_infinity: boolean,
): Tensor {
  const batched = log_probs.rank === 3;
  const [wide, labels] = batched ? [log_probs, targets] : [unsqueeze(log_probs, 1), unsqueeze(targets, 0)];
  let losses = _ctc_loss(wide, labels, inputs, lengths, blank, zero_infinity)[0];
  if (zero_infinity) {
    losses = where(eq(losses, Number.POSITIVE_INFINITY), fullOf([], 0n, losses.dtype), losses);
  }
  if (reduction === 1) {
    const counts = fromData(BigInt64Array.from(lengths, BigInt), [lengths.length], int64);
    return meanAll(div(losses, to(clamp_min(counts, 1n), losses.dtype)));
  }
  if (reduction === 2) return sumAll(losses);
  return batched ? losses : squeezeDim(losses, 0);
}
const python = { functions: ["ctc_loss"], methods: [] };
composite(
  "ctc_loss.IntList(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank=0, int reduction=0, bool zero_infinity=False) -> Tensor",
  ctcLoss,
  { python },
);
composite(
  "ctc_loss.Tensor(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank=0, int reduction=0, bool zero_infinity=False) -> Tensor",
  (log_probs, targets, inputs, lengths, blank, reduction, zero_infinity) =>
    ctcLoss(
      log_probs,
      targets,
      Array.from(indexValues(inputs)),
      Array.from(indexValues(lengths)),
      blank,
      reduction,
      zero_infinity,
    ),
  { python },
);
