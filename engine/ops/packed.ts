// Packed batches: sequences of different length without their padding, all first steps, then all second ones, ...
import { elementsOf } from "../kernels/strided";
import { int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { fromData, type Tensor } from "../tensor/tensor";
import { zerosOf } from "./creation";
import { callInPlace, op, using } from "./define";
import { cat } from "./join";
import { longs } from "./samples";
import { withoutHistory } from "./through";
import { select, slice, transpose } from "./view";

const internal = { functions: [], methods: [] };

function numbers(tensor: Tensor): number[] {
  return Array.from(elementsOf(tensor), Number);
}

const _pack_padded_sequence = op(
  "_pack_padded_sequence(Tensor input, Tensor lengths, bool batch_first) -> (Tensor result0, Tensor result1)",
);
const _pack_padded_sequence_backward = op(
  "_pack_padded_sequence_backward(Tensor grad, int[] input_size, Tensor batch_sizes, bool batch_first) -> Tensor",
);

_pack_padded_sequence.define({
  forward: (input, lengths, batch_first) => {
    const sequence = batch_first ? transpose(input, 0, 1) : input;
    const given = numbers(lengths);
    if (input.numel === 0) throw runtimeError("Cannot pack empty tensors.");
    if (given.length !== sequence.sizes[1]) {
      throw runtimeError(
        `Expected \`len(lengths)\` to be equal to batch_size, but got ${given.length} (batch_size=${sequence.sizes[1]})`,
      );
    }
    if (given[given.length - 1] <= 0) {
      throw runtimeError(
        "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0",
      );
    }
    if (given.some((length, i) => i > 0 && given[i - 1] < length)) {
      throw runtimeError(
        "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass " +
          "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you " +
          "do not need ONNX exportability.",
      );
    }
    if (given[0] > sequence.sizes[0]) {
      throw runtimeError(
        `Expected the lengths to be at most the length of the padded sequences, ${sequence.sizes[0]}, but got ${given[0]}`,
      );
    }
    const batchSizes = Array.from(
      { length: given[0] },
      (_, t) => given.filter((length) => length > t).length,
    );
    const data = withoutHistory(() =>
      cat(
        batchSizes.map((size, t) => slice(select(sequence, 0, t), 0, 0, size, 1)),
        0,
      ),
    );
    return [data, fromData(BigInt64Array.from(batchSizes, BigInt), [batchSizes.length], int64)];
  },
  vjp: {
    input: using("result1", ({ grad, input, result1, batch_first }) =>
      _pack_padded_sequence_backward(grad, input.sizes, result1, batch_first),
    ),
  },
  undifferentiable: "integers",
  python: internal,
  samples: (g) => [
    [g.randn(3, 2, 2), longs([3, 1]), false],
    [g.randn(2, 3, 2), longs([2, 2]), true],
  ],
});

_pack_padded_sequence_backward.define({
  forward: (grad, input_size, batch_sizes, batch_first) =>
    withoutHistory(() => {
      const [first, second, ...rest] = input_size;
      const padded = zerosOf(batch_first ? [second, first, ...rest] : [...input_size], grad.dtype);
      let offset = 0;
      numbers(batch_sizes).forEach((size, t) => {
        callInPlace(
          "copy_",
          slice(select(padded, 0, t), 0, 0, size, 1),
          slice(grad, 0, offset, offset + size, 1),
          false,
        );
        offset += size;
      });
      return batch_first ? transpose(padded, 0, 1) : padded;
    }),
  vjp: {
    grad: using("batch_sizes", ({ grad, batch_sizes, batch_first }) => {
      const sequence = batch_first ? transpose(grad, 0, 1) : grad;
      return cat(
        numbers(batch_sizes).map((size, t) => slice(select(sequence, 0, t), 0, 0, size, 1)),
        0,
      );
    }),
  },
  python: internal,
  samples: (g) => [
    [g.randn(4, 2), [3, 2, 2], longs([2, 1, 1]), false],
    [g.randn(4, 2), [2, 3, 2], longs([2, 2]), true],
  ],
});
