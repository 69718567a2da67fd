// Padding with what the tensor has itself: reflected, repeated at the edges, or going round.
import { tensorApi } from "../autograd/tensorApi";
import { makeTaps, mapSeparably, type Taps } from "../kernels/separable";
import { elementsOf } from "../kernels/strided";
import { bool } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { type Sizes, sizesText } from "../tensor/shape";
import { empty, fromData, type Tensor } from "../tensor/tensor";
import { notImplementedFor } from "./checks";
import { copy_ } from "./convert";
import { composite, op, using } from "./define";
import { narrow } from "./viewComposites";

const internal = { functions: [], methods: [] };

/** Where a place that may lie outside a line of `size` reads it. */
type Reach = (place: number, size: number) => number;
const reflected: Reach = (place, size) => {
  const inside = place < 0 ? -place : place;
  return inside >= size ? 2 * (size - 1) - inside : inside;
};
const repeated: Reach = (place, size) => Math.min(Math.max(place, 0), size - 1);

/** One table per padded dimension. The last dimension's pair comes first in `padding`. */
function tables(sizes: Sizes, padding: Sizes, reach: Reach): Taps[] {
  const rank = padding.length / 2;
  return sizes.slice(-rank).map((size, d) => {
    const [before, behind] = padding.slice(2 * (rank - 1 - d));
    return makeTaps(size, size + before + behind, (i, tap) => tap(reach(i - before, size), 1));
  });
}

function paddedSizes(sizes: Sizes, padding: Sizes): number[] {
  return sizes.map((size, d) => {
    const pair = 2 * (sizes.length - 1 - d);
    return size + (padding[pair] ?? 0) + (padding[pair + 1] ?? 0);
  });
}

function check(kind: "reflection" | "replication", rank: number, self: Tensor, padding: Sizes): void {
  if (padding.length !== 2 * rank) {
    const got = kind === "reflection" ? `, but got: ${padding.length}` : "";
    throw runtimeError(`padding size is expected to be ${2 * rank}${got}`);
  }
  const batched = self.rank === rank + 2;
  // A batch of size 0 is allowed, a line of size 0 is not.
  if ((self.rank !== rank + 1 && !batched) || self.sizes.slice(1).includes(0)) {
    throw runtimeError(
      `Expected ${rank + 1}D or ${rank + 2}D (batch mode) tensor with possibly 0 batch size and other non-zero ` +
        `dimensions for input, but got: ${sizesText(self.sizes)}`,
    );
  }
  if (kind === "reflection") {
    for (let k = 0; k < rank; k++) {
      const d = self.rank - 1 - k;
      const [before, behind] = padding.slice(2 * k);
      if (before < self.sizes[d] && behind < self.sizes[d]) continue;
      throw runtimeError(
        `Argument #${4 + 2 * k}: Padding size should be less than the corresponding input dimension, but got: ` +
          `padding (${before}, ${behind}) at dimension ${d} of input ${sizesText(self.sizes)}`,
      );
    }
  }
  const sizes = paddedSizes(self.sizes, padding);
  const last = self.rank - 1;
  if (rank === 1 && sizes[last] < 1) {
    throw runtimeError(`input (W: ${self.sizes[last]}) is too small. Calculated output W: ${sizes[last]}`);
  }
  if (sizes.some((size) => size < 0)) {
    const negative = sizes.find((size) => size < 0);
    throw runtimeError(`Trying to create tensor with negative dimension ${negative}: ${sizesText(sizes)}`);
  }
  if (self.dtype === bool) throw notImplementedFor(`${kind}_pad${rank}d`, self.dtype);
}

/** Declares `<kind>_pad<rank>d` and its backward, each the other's derivative. */
function declare(kind: "reflection" | "replication", rank: 1 | 2 | 3): void {
  const reach = kind === "reflection" ? reflected : repeated;
  const node = `${kind === "reflection" ? "Reflection" : "Replication"}Pad${rank}D`;
  const forward = op(`${kind}_pad${rank}d(Tensor self, int[${2 * rank}] padding) -> Tensor` as const);
  const backward = op(
    `${kind}_pad${rank}d_backward(Tensor grad_output, Tensor self, int[${2 * rank}] padding) -> Tensor` as const,
  );
  const padding = [1, 2, 0, 1, 1, 1].slice(0, 2 * rank);
  const sizes = [2, 3, 3, 4].slice(3 - rank);
  forward.define({
    forward: (self, given) => {
      check(kind, rank, self, given);
      const made = tables(self.sizes, given, reach);
      const data = mapSeparably(elementsOf(self), self.sizes, made, self.dtype, false);
      return fromData(data, paddedSizes(self.sizes, given), self.dtype);
    },
    vjp: { self: using("self", ({ grad, self, padding: given }) => backward(grad, self, given)) },
    node: `${node}Backward0`,
    python: internal,
    math: { self: "\\bar{s}_i = \\sum_{k \\text{ reads } i} \\bar{r}_k" },
    samples: (g) => [[g.randn(...sizes), padding]],
  });
  backward.define({
    forward: (grad, self, given) => {
      const made = tables(self.sizes, given, reach);
      const data = mapSeparably(elementsOf(grad), grad.sizes, made, grad.dtype, true);
      return fromData(data, self.sizes, grad.dtype);
    },
    vjp: {
      grad_output: using(({ grad, padding: given }) => forward(grad, given)),
      self: using(({ self }) => tensorApi.zeros([...self.sizes], self.dtype)),
    },
    node: `${node}BackwardBackward0`,
    python: internal,
    samples: (g) => [[g.randn(...paddedSizes(sizes, padding)), g.randn(...sizes), padding]],
  });
}
for (const rank of [1, 2, 3] as const) {
  declare("reflection", rank);
  declare("replication", rank);
}

/** Put together from copies, as PyTorch does it: the middle, then each side out of what stands at the other. */
composite(
  "_pad_circular(Tensor self, int[] pad) -> Tensor",
  (self, pad) => {
    if (pad.length + 4 !== 2 * self.rank) {
      throw runtimeError(`Invalid padding size, expected ${2 * (self.rank - 2)} but got ${pad.length}`);
    }
    const rank = self.rank - 2;
    const sides = Array.from({ length: rank }, (_, d) => ({
      d: d + 2,
      size: self.sizes[d + 2],
      before: pad[2 * (rank - 1 - d)],
      behind: pad[2 * (rank - 1 - d) + 1],
    }));
    for (const { size, before, behind } of sides) {
      if (before > size || behind > size) {
        throw runtimeError("Padding value causes wrapping around more than once.");
      }
      if (size + before + behind < 0) {
        throw runtimeError("Negative padding value is resulting in an empty dimension");
      }
    }
    const out = empty(paddedSizes(self.sizes, pad), self.dtype);
    let inside = out;
    let middle = self;
    for (const { d, size, before, behind } of sides) {
      const length = size - Math.max(-before, 0) - Math.max(-behind, 0);
      inside = narrow(inside, d, Math.max(before, 0), length);
      middle = narrow(middle, d, Math.max(-before, 0), length);
    }
    copy_(inside, middle, false);
    for (const { d, before, behind } of [...sides].reverse()) {
      const size = out.sizes[d];
      if (before > 0) {
        copy_(narrow(out, d, 0, before), narrow(out, d, size - Math.max(behind, 0) - before, before), false);
      }
      if (behind > 0) {
        copy_(narrow(out, d, size - behind, behind), narrow(out, d, Math.max(before, 0), behind), false);
      }
    }
    return out;
  },
  { python: internal, samples: (g) => [[g.randn(1, 2, 3, 4), [1, 2, 0, 1]]] },
);
