// One layer of an LSTM as one node, as PyTorch's CPU build has it. Computed in one go where that can be, by the cell's
// own steps without their history otherwise; with create_graph its gradients go through the same steps with it, which
// gives every higher order.
import { callbacks } from "../autograd/callbacks";
import { modes } from "../autograd/modes";
import { elementsOf } from "../kernels/strided";
import { type LstmOperands, type LstmShape, lstmGradients, lstmLayer } from "../kernels/wasm/lstm";
import { float32, uint8 } from "../tensor/dtype";
import { type Sizes, sameSizes } from "../tensor/shape";
import { empty, fromData, type Tensor } from "../tensor/tensor";
import { type Formula, op } from "./define";
import { stack } from "./join";
import { linear } from "./matmulComposites";
import { cells, type State } from "./rnnCells";
import { once, vjpThrough, withoutHistory } from "./through";
import { unbind } from "./view";

export const mkldnn_rnn_layer = op(
  "mkldnn_rnn_layer(Tensor input, Tensor weight0, Tensor weight1, Tensor weight2, Tensor weight3, Tensor hx_, Tensor cx_, bool reverse, int[] batch_sizes, int mode, int hidden_size, int num_layers, bool has_biases, bool bidirectional, bool batch_first, bool train) -> (Tensor result0, Tensor result1, Tensor result2, Tensor result3)",
);

/** The layer in public operators: output, last hidden state, last cell state. */
function twin(reverse: boolean) {
  return (...inputs: (Tensor | null)[]): Tensor[] => {
    const [input, ih, hh, biasIh, biasHh, hx, cx] = inputs as Tensor[];
    const steps = unbind(linear(input, ih, biasIh), 0);
    if (reverse) steps.reverse();
    let state: State = { hidden: hx, cell: cx };
    const outputs = steps.map((gates) => {
      state = cells.lstm(gates, state, { ih, hh, biasIh, biasHh, hr: null });
      return state.hidden;
    });
    if (reverse) outputs.reverse();
    return [stack(outputs, 0), state.hidden, state.cell as Tensor];
  };
}

interface LayerContext {
  grads: (Tensor | null)[];
  input: Tensor;
  weight0: Tensor;
  weight1: Tensor;
  weight2: Tensor;
  weight3: Tensor;
  hx_: Tensor;
  cx_: Tensor;
  reverse: boolean;
}

function gradients(c: LayerContext): (Tensor | null)[] {
  const inputs = [c.input, c.weight0, c.weight1, c.weight2, c.weight3, c.hx_, c.cx_];
  const steps = () => vjpThrough(twin(c.reverse), inputs, c.grads.slice(0, 3));
  return once(c, () => (modes.grad ? steps() : (gradientsAtOnce(inputs, c.grads, c.reverse) ?? steps())));
}

// ---- in one go ----

const pause = () => callbacks.checkInterrupt();
const floats = (tensor: Tensor) => elementsOf(tensor) as Float32Array;

/** Null where the operands are not what the kernel takes. */
function operandsOf(inputs: Tensor[], reverse: boolean): { shape: LstmShape; operands: LstmOperands } | null {
  if (inputs.some((tensor) => tensor.dtype !== float32)) return null;
  const [input, ih, hh, biasIh, biasHh, hidden, cell] = inputs;
  const [steps, batch, width] = input.sizes;
  const size = hh.sizes[1];
  const expected: Sizes[] = [
    [steps, batch, width],
    [4 * size, width],
    [4 * size, size],
    [4 * size],
    [4 * size],
    [batch, size],
    [batch, size],
  ];
  // What does not fit, the steps refuse.
  if (!inputs.every((tensor, i) => sameSizes(tensor.sizes, expected[i]))) return null;
  return {
    shape: { steps, batch, width, size, reverse },
    operands: {
      input: floats(input),
      ih: floats(ih),
      hh: floats(hh),
      biasIh: floats(biasIh),
      biasHh: floats(biasHh),
      hidden: floats(hidden),
      cell: floats(cell),
    },
  };
}

function layerAtOnce(inputs: Tensor[], reverse: boolean): Tensor[] | null {
  const given = operandsOf(inputs, reverse);
  const found = given && lstmLayer(given.shape, given.operands, pause);
  if (!found) return null;
  const { steps, batch, size } = given.shape;
  return [
    fromData(found.output, [steps, batch, size], float32),
    fromData(found.hidden, [batch, size], float32),
    fromData(found.cell, [batch, size], float32),
  ];
}

function gradientsAtOnce(
  inputs: Tensor[],
  grads: readonly (Tensor | null)[],
  reverse: boolean,
): Tensor[] | null {
  const given = operandsOf(inputs, reverse);
  if (given === null) return null;
  const [output, hidden, cell] = grads.slice(0, 3).map((grad) => grad && floats(grad));
  const found = lstmGradients(given.shape, given.operands, { output, hidden, cell }, pause);
  if (found === null) return null;
  const { input, ih, hh, bias, hidden: first, cell: firstCell } = found;
  return [input, ih, hh, bias, bias.slice(), first, firstCell].map((data, i) =>
    fromData(data, inputs[i].sizes, float32),
  );
}

/** What PyTorch's node keeps: all that came in, and all that came out. */
const SAVED = [
  "input",
  "weight0",
  "weight1",
  "weight2",
  "weight3",
  "hx_",
  "cx_",
  "result0",
  "result1",
  "result2",
  "result3",
];

function gradientOf<A>(place: number): Formula<A> {
  return { saves: SAVED, compute: (c: LayerContext) => gradients(c)[place] };
}

mkldnn_rnn_layer.define({
  forward: (input, weight0, weight1, weight2, weight3, hx_, cx_, reverse) => {
    const inputs = [input, weight0, weight1, weight2, weight3, hx_, cx_];
    const layer = layerAtOnce(inputs, reverse) ?? withoutHistory(() => twin(reverse)(...inputs));
    // oneDNN's scratch memory, which is not needed here.
    return [...layer, empty([0], uint8)];
  },
  vjp: {
    input: gradientOf(0),
    weight0: gradientOf(1),
    weight1: gradientOf(2),
    weight2: gradientOf(3),
    weight3: gradientOf(4),
    hx_: gradientOf(5),
    cx_: gradientOf(6),
  },
  undifferentiable: ["result3"],
  python: { functions: [], methods: [] },
  samples: (g) => [
    [
      g.randn(3, 2, 2),
      g.randn(8, 2),
      g.randn(8, 2),
      g.randn(8),
      g.randn(8),
      g.randn(2, 2),
      g.randn(2, 2),
      false,
      [],
      2,
      2,
      1,
      true,
      false,
      false,
      true,
    ],
  ],
});
