// How the windows of a pooling lie over an image of one to three dimensions, and what PyTorch refuses of them.
import { runtimeError } from "../tensor/errors";
import { type Sizes, sizesText } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";

/** One entry per pooled dimension. */
export interface Windows {
  kernel: Sizes;
  stride: Sizes;
  padding: Sizes;
  dilation: Sizes;
  input: Sizes;
  output: Sizes;
}

export interface WindowArguments {
  kernel_size: Sizes;
  stride: Sizes;
  padding: Sizes;
  dilation: Sizes;
  ceil_mode: boolean;
}

const COUNTS = ["", "one int", "two ints", "three ints"];

/** `2` stands for all dimensions. */
function filled(name: string, what: string, list: Sizes, rank: number, either: string): Sizes {
  if (list.length !== 1 && list.length !== rank) {
    const article = COUNTS[rank];
    const begin = what === "stride" ? `${either}be omitted, a single int` : `${either}be a single int`;
    throw runtimeError(`${name}: ${what} must ${begin}, or a tuple of ${article}`);
  }
  return list.length === rank ? list : new Array<number>(rank).fill(list[0]);
}

/** at::native::pooling_output_shape: with ceil_mode the last window must begin inside the image or its left padding. */
export function pooledSize(
  size: number,
  kernel: number,
  padding: number,
  stride: number,
  dilation: number,
  ceil: boolean,
): number {
  const room = size + 2 * padding - dilation * (kernel - 1) - 1 + (ceil ? stride - 1 : 0);
  const count = Math.floor(room / stride) + 1;
  return ceil && (count - 1) * stride >= size + padding ? count - 1 : count;
}

const LETTERS = [[], ["W"], ["H", "W"], ["T", "H", "W"]];
const labelled = (prefix: string, list: Sizes) =>
  LETTERS[list.length].map((letter, d) => `${prefix}${letter}: ${list[d]}`).join(" ");

/** Checks in PyTorch's order. `mean`: avg_pool3d has a text of its own for an image smaller than its window. */
export function windowsOf(name: string, rank: 2 | 3, input: Tensor, given: WindowArguments): Windows {
  const either = name === "avg_pool3d" ? "" : "either ";
  const kernel = filled(name, "kernel_size", given.kernel_size, rank, either);
  const stride = given.stride.length === 0 ? kernel : filled(name, "stride", given.stride, rank, either);
  const padding = filled(name, "padding", given.padding, rank, either);
  const dilation = filled(name, "dilation", given.dilation, rank, either);
  if (stride.some((n) => n === 0)) throw runtimeError("stride should not be zero");
  if (input.rank !== rank + 1 && input.rank !== rank + 2) {
    throw runtimeError(`non-empty ${rank + 1}D or ${rank + 2}D (batch mode) tensor expected for input`);
  }
  padding.forEach((n, d) => {
    if (n < 0) throw runtimeError(`pad must be non-negative, but got pad: ${n}`);
    if (n > Math.floor(((kernel[d] - 1) * dilation[d] + 1) / 2)) {
      throw runtimeError(
        `pad should be at most half of effective kernel size, but got pad=${n}, kernel_size=${kernel[d]} and ` +
          `dilation=${dilation[d]}`,
      );
    }
  });
  const spatial = input.sizes.slice(-rank);
  const output = spatial.map((size, d) =>
    pooledSize(size, kernel[d], padding[d], stride[d], dilation[d], given.ceil_mode),
  );
  if (kernel.some((n) => n <= 0)) {
    throw runtimeError(`kernel size should be greater than zero, but got ${labelled("k", kernel)}`);
  }
  if (stride.some((n) => n <= 0)) {
    throw runtimeError(`stride should be greater than zero, but got ${labelled("d", stride)}`);
  }
  if (dilation.some((n) => n <= 0)) {
    throw runtimeError(`dilation should be greater than zero, but got ${labelled("dilation", dilation)}`);
  }
  checkNotEmpty(name, rank, input);
  if (name === "avg_pool3d" && output.some((n) => n < 1)) {
    throw runtimeError(
      `input image (${labelled("", spatial)}) smaller than kernel size (${labelled("k", kernel)})`,
    );
  }
  if (output.some((n) => n < 1)) {
    const channels = input.sizes[input.rank - rank - 1];
    throw runtimeError(
      `Given input size: (${[channels, ...spatial].join("x")}). Calculated output size: ` +
        `(${[channels, ...output].join("x")}). Output size is too small`,
      { kind: "pool-size", operator: name, input: input.id },
    );
  }
  return { kernel, stride, padding, dilation, input: spatial, output };
}

function checkNotEmpty(name: string, rank: 2 | 3, input: Tensor): void {
  const own = input.sizes.slice(input.rank === rank + 2 ? 1 : 0);
  if (!own.includes(0)) return;
  if (rank === 2) {
    throw runtimeError(
      `Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:${sizesText(input.sizes)}`,
    );
  }
  const where = name === "max_pool3d" ? "max_pool3d_with_indices_out_cpu_template" : name;
  throw runtimeError(
    `${where}(): Expected input's non-batch dimensions to have positive length, but input has a shape of ` +
      `${sizesText(input.sizes)} and non-batch dimension 0 has length zero!`,
  );
}

/** Where window i of `count` begins and ends when windows are to cover `size` places evenly. */
export function adaptiveWindow(i: number, count: number, size: number): [begin: number, end: number] {
  return [Math.floor((i * size) / count), Math.ceil(((i + 1) * size) / count)];
}
