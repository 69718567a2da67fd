// Channels rearranged into pixels and back, and channels shuffled between groups.

import { elementsOf } from "../kernels/strided";
import { runtimeError } from "../tensor/errors";
import { contiguousStrides, numel, sizesText } from "../tensor/shape";
import { alias, fromData, type Tensor } from "../tensor/tensor";
import { op, using } from "./define";

/** A row-major copy of self seen in `shape`, with its dimensions in another order, then in `sizes`. */
function rearranged(self: Tensor, shape: number[], order: number[], sizes: number[]): Tensor {
  const plain = fromData(elementsOf(self), shape, self.dtype);
  const strides = contiguousStrides(shape);
  const turned = alias(
    plain,
    order.map((d) => shape[d]),
    order.map((d) => strides[d]),
    0,
  );
  return fromData(elementsOf(turned).slice(), sizes, self.dtype);
}

export const pixel_shuffle = op("pixel_shuffle(Tensor self, int upscale_factor) -> Tensor");
export const pixel_unshuffle = op("pixel_unshuffle(Tensor self, int downscale_factor) -> Tensor");
export const channel_shuffle = op("channel_shuffle(Tensor self, int groups) -> Tensor");

function checkRank(name: string, self: Tensor): void {
  if (self.rank < 3) {
    throw runtimeError(
      `${name} expects input to have at least 3 dimensions, but got input with ${self.rank} dimension(s)`,
    );
  }
}

pixel_shuffle.define({
  forward: (self, r) => {
    checkRank("pixel_shuffle", self);
    if (r <= 0) throw runtimeError(`pixel_shuffle expects a positive upscale_factor, but got ${r}`);
    const [channels, height, width] = self.sizes.slice(-3);
    if (channels % (r * r) !== 0) {
      throw runtimeError(
        "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but " +
          `input.size(-3)=${channels} is not divisible by ${r * r}`,
      );
    }
    const outer = self.sizes.slice(0, -3);
    const planes = channels / (r * r);
    return rearranged(
      self,
      [numel(outer), planes, r, r, height, width],
      [0, 1, 4, 2, 5, 3],
      [...outer, planes, height * r, width * r],
    );
  },
  vjp: { self: using(({ grad, upscale_factor }) => pixel_unshuffle(grad, upscale_factor)) },
  python: { functions: ["pixel_shuffle", "nn.functional.pixel_shuffle"], methods: [] },
  math: { self: "\\bar{s} = \\operatorname{unshuffle}(\\bar{r})" },
  samples: (g) => [[g.randn(2, 4, 2, 3), 2]],
});

pixel_unshuffle.define({
  forward: (self, r) => {
    checkRank("pixel_unshuffle", self);
    if (r <= 0) throw runtimeError(`pixel_unshuffle expects a positive downscale_factor, but got ${r}`);
    const [channels, height, width] = self.sizes.slice(-3);
    for (const [name, size, dim] of [
      ["height", height, -2],
      ["width", width, -1],
    ] as const) {
      if (size % r === 0) continue;
      throw runtimeError(
        `pixel_unshuffle expects ${name} to be divisible by downscale_factor, but input.size(${dim})=${size} is not ` +
          `divisible by ${r}`,
      );
    }
    const outer = self.sizes.slice(0, -3);
    return rearranged(
      self,
      [numel(outer), channels, height / r, r, width / r, r],
      [0, 1, 3, 5, 2, 4],
      [...outer, channels * r * r, height / r, width / r],
    );
  },
  vjp: { self: using(({ grad, downscale_factor }) => pixel_shuffle(grad, downscale_factor)) },
  python: { functions: ["pixel_unshuffle", "nn.functional.pixel_unshuffle"], methods: [] },
  math: { self: "\\bar{s} = \\operatorname{shuffle}(\\bar{r})" },
  samples: (g) => [[g.randn(1, 2, 4, 2), 2]],
});

function shuffled(self: Tensor, groups: number): Tensor {
  if (self.rank < 3) {
    throw runtimeError(
      `channel_shuffle expects input with > 2 dims, but got input with sizes ${sizesText(self.sizes)}`,
    );
  }
  if (groups <= 0) {
    throw runtimeError(`Number of groups to divide channels in must be positive. Value of groups:${groups}`);
  }
  const [batch, channels] = self.sizes;
  if (channels % groups !== 0) {
    throw runtimeError(
      `Number of channels must be divisible by groups. Got ${channels} channels and ${groups} groups.`,
    );
  }
  const inner = numel(self.sizes.slice(2));
  return rearranged(self, [batch, groups, channels / groups, inner], [0, 2, 1, 3], [...self.sizes]);
}

channel_shuffle.define({
  forward: shuffled,
  vjp: {
    self: using(({ grad, self, groups }) => channel_shuffle(grad, self.sizes[1] / groups)),
  },
  python: { functions: ["channel_shuffle", "nn.functional.channel_shuffle"], methods: [] },
  math: { self: "\\bar{s} = \\operatorname{shuffle}(\\bar{r})" },
  samples: (g) => [[g.randn(1, 6, 2, 2), 3]],
});

const native_channel_shuffle = op("native_channel_shuffle(Tensor self, int groups) -> Tensor");
native_channel_shuffle.define({
  forward: shuffled,
  vjp: "refuse",
  python: { functions: ["native_channel_shuffle", "nn.functional.native_channel_shuffle"], methods: [] },
  samples: (g) => [[g.randn(1, 6, 2), 3]],
});
