// Patches of images as columns (im2col, `nn.functional.unfold`) and columns added back into images (col2im,
// `nn.functional.fold`): each is the other's derivative.
import { givePatches, type PatchShape, takePatches } from "../kernels/convolve";
import { elementsOf } from "../kernels/strided";
import { bool, type Data } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { type Sizes, sizesText, wrapDim } from "../tensor/shape";
import { fromData } from "../tensor/tensor";
import { notImplementedFor } from "./checks";
import { op, using } from "./define";

const internal = { functions: [], methods: [] };

export const im2col = op(
  "im2col(Tensor self, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor",
);
export const col2im = op(
  "col2im(Tensor self, int[2] output_size, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor",
);

interface Setting {
  kernel_size: Sizes;
  dilation: Sizes;
  padding: Sizes;
  stride: Sizes;
}

const both = (list: Sizes) => `(${list.join(", ")})`;

function check(s: Setting): void {
  for (const name of ["kernel_size", "dilation", "padding", "stride"] as const) {
    if (s[name].length === 2) continue;
    throw runtimeError(`It is expected ${name} equals to 2, but got size ${s[name].length}`);
  }
  const named = [
    ["kernel size", "kernel", s.kernel_size],
    ["stride", "stride", s.stride],
    ["dilation", "dilation", s.dilation],
  ] as const;
  for (const [text, name, list] of named) {
    if (list.every((n) => n > 0)) continue;
    throw runtimeError(
      `${text} should be greater than zero, but got ${name}_height: ${list[0]} ${name}_width: ${list[1]}`,
    );
  }
  if (s.padding.some((n) => n < 0)) {
    const [height, width] = s.padding;
    throw runtimeError(`padding should be non-negative, but got pad_height: ${height} pad_width: ${width}`);
  }
}

/** How many blocks fit along each dimension. */
function blocks(image: Sizes, s: Setting): number[] {
  return image.map((size, d) => {
    const room = size + 2 * s.padding[d] - s.dilation[d] * (s.kernel_size[d] - 1) - 1;
    return Math.floor(room / s.stride[d]) + 1;
  });
}

function shapeOf(channels: number, image: Sizes, count: Sizes, s: Setting): PatchShape {
  const pair = (list: Sizes) => [0, list[0], list[1]] as const;
  return {
    inChannels: channels,
    image: [1, image[0], image[1]],
    kernel: [1, s.kernel_size[0], s.kernel_size[1]],
    out: [1, count[0], count[1]],
    stride: [1, s.stride[0], s.stride[1]],
    padding: pair(s.padding),
    dilation: [1, s.dilation[0], s.dilation[1]],
  };
}

im2col.define({
  forward: (self, kernel_size, dilation, padding, stride) => {
    const s = { kernel_size, dilation, padding, stride };
    check(s);
    if (self.rank < 3) wrapDim(self.rank < 2 ? -2 : 2, self.rank);
    if ((self.rank !== 3 && self.rank !== 4) || self.sizes.slice(self.rank - 3).includes(0)) {
      throw runtimeError(
        "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, " +
          `but got: ${sizesText(self.sizes)}`,
      );
    }
    const [channels, ...image] = self.sizes.slice(-3);
    const count = blocks(image, s);
    if (count.some((n) => n < 1)) {
      throw runtimeError(
        `Given input with spatial size ${both(image)}, kernel_size=${both(kernel_size)}, dilation=${both(dilation)}, ` +
          `padding=${both(padding)}, calculated shape of the array of sliding blocks as ${both(count)}, but its ` +
          "components must be at least one.",
      );
    }
    if (self.dtype.kind === "int") throw notImplementedFor("im2col_out_cpu", self.dtype);
    const shape = shapeOf(channels, image, count, s);
    const rows = channels * kernel_size[0] * kernel_size[1];
    const size = channels * image[0] * image[1];
    const data = elementsOf(self) as Float64Array;
    const batch = data.length / size;
    const out = self.dtype.allocate(batch * rows * count[0] * count[1]) as Float64Array;
    for (let n = 0; n < batch; n++) {
      takePatches(shape, data, n * size, out, n * rows * count[0] * count[1]);
    }
    return fromData(out as Data, [...self.sizes.slice(0, -3), rows, count[0] * count[1]], self.dtype);
  },
  vjp: {
    self: using((c) =>
      col2im(c.grad, c.self.sizes.slice(-2), c.kernel_size, c.dilation, c.padding, c.stride),
    ),
  },
  node: "Im2ColBackward0",
  python: internal,
  math: { self: "\\bar{s}_i = \\sum_{\\text{blocks with } i} \\bar{r}" },
  samples: (g) => [
    [g.randn(2, 2, 3, 4), [2, 2], [1, 1], [0, 0], [1, 1]],
    [g.randn(1, 4, 5), [2, 3], [2, 1], [1, 0], [1, 2]],
  ],
});

col2im.define({
  forward: (self, output_size, kernel_size, dilation, padding, stride) => {
    const s = { kernel_size, dilation, padding, stride };
    if (output_size.length !== 2) {
      throw runtimeError(`It is expected output_size equals to 2, but got size ${output_size.length}`);
    }
    check(s);
    if ((self.rank !== 2 && self.rank !== 3) || self.sizes.slice(self.rank - 2).includes(0)) {
      throw runtimeError(
        "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for " +
          `input, but got: ${sizesText(self.sizes)}`,
      );
    }
    const [rows, columns] = self.sizes.slice(-2);
    const area = kernel_size[0] * kernel_size[1];
    if (rows % area !== 0) {
      throw runtimeError(
        "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got " +
          `input.size(1)=${rows} and kernel_size=${both(kernel_size)}.`,
      );
    }
    const count = blocks(output_size, s);
    if (count[0] * count[1] !== columns || count.some((n) => n < 1)) {
      throw runtimeError(
        `Given output_size=${both(output_size)}, kernel_size=${both(kernel_size)}, dilation=${both(dilation)}, ` +
          `padding=${both(padding)}, stride=${both(stride)}, expected size of input's dimension 2 to match the ` +
          `calculated number of sliding blocks ${count[0]} * ${count[1]} = ${count[0] * count[1]}, but got ` +
          `input.size(2)=${columns}.`,
      );
    }
    if (self.dtype.kind !== "float" && self.dtype !== bool) {
      throw notImplementedFor("col2im_out_cpu", self.dtype);
    }
    const channels = rows / area;
    const shape = shapeOf(channels, output_size, count, s);
    const size = channels * output_size[0] * output_size[1];
    const data = elementsOf(self) as Float64Array;
    const batch = data.length / (rows * columns);
    const out = self.dtype.allocate(batch * size) as Float64Array;
    for (let n = 0; n < batch; n++) {
      givePatches(shape, out, n * size, data, n * rows * columns);
    }
    return fromData(out as Data, [...self.sizes.slice(0, -2), channels, ...output_size], self.dtype);
  },
  vjp: {
    self: using((c) => im2col(c.grad, c.kernel_size, c.dilation, c.padding, c.stride)),
  },
  node: "Col2ImBackward0",
  python: internal,
  math: { self: "\\bar{s} = \\text{the blocks of } \\bar{r}" },
  samples: (g) => [[g.randn(1, 8, 6), [3, 4], [2, 2], [1, 1], [0, 0], [1, 1]]],
});
