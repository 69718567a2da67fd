// Pooling by the largest element of windows whose steps vary by one at random (Graham 2014), so that the output may
// have any size. The random numbers are arguments: one for each dimension of each plane.
import { tensorApi } from "../autograd/tensorApi";
import { largestOfWindows } from "../kernels/pool";
import { elementsOf } from "../kernels/strided";
import { float64, int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { numel, type Sizes } from "../tensor/shape";
import { fromData, type Tensor } from "../tensor/tensor";
import { notImplementedFor } from "./checks";
import { op, using } from "./define";
import { collected, sentBack } from "./maxPooling";

const internal = { functions: [], methods: [] };

/** Where the windows of one dimension begin: the last one at the end, the others at multiples of α from a sample. */
function starts(sample: number, input: number, output: number, kernel: number, single: boolean): number[] {
  const round = single ? Math.fround : (value: number) => value;
  const found: number[] = [];
  if (output > 1) {
    const alpha = round((input - kernel) / (output - 1));
    const first = Math.trunc(round(sample * alpha));
    for (let i = 0; i < output - 1; i++) found.push(Math.trunc(round(round(i + sample) * alpha)) - first);
  }
  found.push(input - kernel);
  return found;
}

function reads(begins: readonly number[], kernel: number): Int32Array[] {
  return begins.map((begin) => Int32Array.from({ length: kernel }, (_, k) => begin + k));
}

const NAMES = { 2: ["height", "width"], 3: ["time", "height", "width"] } as const;

function check(rank: 2 | 3, self: Tensor, kernel: Sizes, output: Sizes): void {
  const name = `fractional_max_pool${rank}d`;
  if (kernel.length !== 1 && kernel.length !== rank) {
    throw runtimeError(
      `${name}: kernel_size must either be a single ${rank === 2 ? "" : ""}int or tuple of ints`,
    );
  }
  if (self.rank !== rank + 1 && self.rank !== rank + 2) {
    throw runtimeError(
      `${name}(): Expected ${rank + 1}D or ${rank + 2}D tensor, but got: [${self.sizes.join(", ")}]`,
    );
  }
  for (let d = 0; d < rank; d++) {
    const size = self.sizes[self.rank - rank + d];
    if (output[d] + kernel[d] - 1 > size) {
      throw runtimeError(
        `${name}(): pool ${NAMES[rank][d]} ${kernel[d]} too large relative to input ${NAMES[rank][d]} ${size}`,
      );
    }
  }
}

function pooled(rank: 2 | 3, self: Tensor, kernel: Sizes, output: Sizes, samples: Tensor): Tensor[] {
  check(rank, self, kernel, output);
  if (self.dtype.kind !== "float")
    throw notImplementedFor(`fractional_max_pool${rank}d_out_frame`, self.dtype);
  const input = self.sizes.slice(-rank);
  const data = elementsOf(self) as Float32Array;
  const drawn = elementsOf(samples);
  const [image, window] = [numel(input), numel(output)];
  const sizes = [...self.sizes.slice(0, -rank), ...output];
  const values = self.dtype.allocate(numel(sizes)) as Float32Array;
  const indices = int64.allocate(numel(sizes)) as BigInt64Array;
  const steps = { width: input[rank - 1], plane: input[rank - 2] * input[rank - 1], image };
  const whole = [Int32Array.of(0)];
  for (let plane = 0; plane * image < data.length; plane++) {
    // The samples of an image are told from its width outwards, those of a volume from its depth inwards.
    const own = (d: number) => Number(drawn[plane * rank + (rank === 2 ? rank - 1 - d : d)]);
    const along = input.map((size, d) =>
      reads(starts(own(d), size, output[d], kernel[d], self.dtype !== float64), kernel[d]),
    );
    const [zs, ys, xs] = rank === 2 ? [whole, ...along] : along;
    largestOfWindows(
      data.subarray(plane * image, (plane + 1) * image),
      steps,
      [zs, ys, xs],
      values.subarray(plane * window, (plane + 1) * window),
      indices.subarray(plane * window, (plane + 1) * window),
    );
  }
  return [fromData(values, sizes, self.dtype), fromData(indices, sizes, int64)];
}

function declare(rank: 2 | 3): void {
  const list = `int[${rank}]`;
  const name = `fractional_max_pool${rank}d`;
  const forward = op(
    `${name}(Tensor self, ${list} kernel_size, ${list} output_size, Tensor random_samples) -> (Tensor result0, Tensor result1)` as "f(Tensor self, int[2] kernel_size, int[2] output_size, Tensor random_samples) -> (Tensor result0, Tensor result1)",
  );
  const backward = op(
    `${name}_backward(Tensor grad_output, Tensor self, ${list} kernel_size, ${list} output_size, Tensor indices) -> Tensor` as "f(Tensor grad_output, Tensor self, int[2] kernel_size, int[2] output_size, Tensor indices) -> Tensor",
  );
  const sizes = rank === 2 ? [5, 6] : [4, 5, 4];
  const [kernel, output] = [new Array(rank).fill(2) as number[], new Array(rank).fill(3) as number[]];
  forward.define({
    forward: (self, kernelSize, outputSize, samples) => pooled(rank, self, kernelSize, outputSize, samples),
    vjp: {
      self: using("self", "result1", (c) =>
        backward(c.grad, c.self, c.kernel_size, c.output_size, c.result1),
      ),
    },
    node: `FractionalMaxPool${rank}DBackward0`,
    python: internal,
    math: { self: "\\bar{s}_{\\operatorname{argmax}} \\mathrel{+}= \\bar{r}" },
    samples: (g) => [[g.randn(1, 2, ...sizes), kernel, output, g.uniform(0, 1, 1, 2, rank)]],
  });
  backward.define({
    forward: (grad, self, _kernel, _output, indices) => sentBack(grad, indices, self.sizes, rank, true),
    vjp: {
      grad_output: using("indices", ({ grad, indices }) => collected(grad, indices, rank)),
      self: using(({ self }) => tensorApi.zeros([...self.sizes], self.dtype)),
    },
    node: `FractionalMaxPool${rank}DBackwardBackward0`,
    python: internal,
    math: { grad_output: "\\bar{g} = \\bar{r}_{\\operatorname{argmax}}", self: "\\bar{s} = 0" },
    samples: (g) => {
      const places = g.integers(0, numel(sizes), 1, 2, ...output);
      return [[g.randn(1, 2, ...output), g.randn(1, 2, ...sizes), kernel, output, toLong(places)]];
    },
  });
}

function toLong(places: Tensor): Tensor {
  return fromData(BigInt64Array.from(Array.from(elementsOf(places), Number), BigInt), places.sizes, int64);
}

declare(2);
declare(3);
