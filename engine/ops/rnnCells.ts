// One step of a recurrent layer: the Elman cell with tanh or relu, GRU and LSTM (with and without a projection),
// by the steps that PyTorch takes on a CPU, so that the graph is the one its users see.
import { runtimeError } from "../tensor/errors";
import type { Tensor } from "../tensor/tensor";
import { relu, sigmoid } from "./activation";
import { add, mul, sub } from "./arithmetic";
import { composite } from "./define";
import { mm } from "./matmul";
import { linear } from "./matmulComposites";
import { tanh } from "./unary";
import { t, unsafe_split } from "./view";

/** The weights of one layer in one direction; gates lie below each other in the rows. */
export interface CellWeights {
  readonly ih: Tensor;
  readonly hh: Tensor;
  readonly biasIh: Tensor | null;
  readonly biasHh: Tensor | null;
  /** What makes an LSTM's output smaller than its cell. */
  readonly hr: Tensor | null;
}

/** What a cell carries from step to step: the hidden state, and an LSTM's cell state. */
export interface State {
  readonly hidden: Tensor;
  readonly cell: Tensor | null;
}

/** `gates` is what the input contributes: input · w_ihᵀ + b_ih. */
export type Cell = (gates: Tensor, state: State, weights: CellWeights) => State;

function fromHidden({ hidden }: State, { hh, biasHh }: CellWeights): Tensor {
  return linear(hidden, hh, biasHh);
}

function chunks(gates: Tensor, count: number): Tensor[] {
  return unsafe_split(gates, gates.sizes[1] / count, 1);
}

/** PyTorch computes the result by `times` changes in place, which its version shows; nothing else does. */
function changed(result: Tensor, times: number): Tensor {
  result.version.value += times;
  return result;
}

/** h' = f(W_hh h + W_ih x) */
function elman(nonlinearity: (x: Tensor) => Tensor): Cell {
  return (gates, state, weights) => ({
    hidden: nonlinearity(add(fromHidden(state, weights), gates, 1n)),
    cell: null,
  });
}

/** r, z = σ(...); n = tanh(x_n + r·h_n); h' = (h − n)·z + n */
const gru: Cell = (gates, state, weights) => {
  const [xr, xz, xn] = chunks(gates, 3);
  const [hr, hz, hn] = chunks(fromHidden(state, weights), 3);
  const reset = sigmoid(add(hr, xr, 1n));
  const update = sigmoid(add(hz, xz, 1n));
  const fresh = tanh(add(xn, mul(hn, reset), 1n));
  const hidden = add(mul(sub(state.hidden, fresh, 1n), update), fresh, 1n);
  return { hidden: changed(hidden, 2), cell: null };
};

/** i, f, o = σ(...), g = tanh(...); c' = f·c + i·g; h' = o·tanh(c'), times W_hr where there is one. */
const lstm: Cell = (gates, state, weights) => {
  const [i, f, g, o] = chunks(add(fromHidden(state, weights), gates, 1n), 4);
  const input = sigmoid(i);
  const forget = sigmoid(f);
  const fresh = tanh(g);
  const output = sigmoid(o);
  const cell = changed(add(mul(forget, state.cell as Tensor), mul(input, fresh), 1n), 1);
  const hidden = mul(output, tanh(cell));
  return { hidden: weights.hr ? mm(hidden, t(weights.hr)) : hidden, cell };
};

export const cells = { rnn_tanh: elman(tanh), rnn_relu: elman(relu), gru, lstm } satisfies Record<
  string,
  Cell
>;
export type CellName = keyof typeof cells;

// ---- torch.rnn_tanh_cell and its like ----

/** Raises RuntimeError where a cell's input, hidden state or weights do not fit together. */
function checkCell(input: Tensor, hidden: Tensor, weights: CellWeights): void {
  if (input.sizes[1] !== weights.ih.sizes[1]) {
    throw runtimeError(
      `input has inconsistent input_size: got ${input.sizes[1]} expected ${weights.ih.sizes[1]}`,
    );
  }
  if (hidden.sizes[1] !== weights.hh.sizes[1]) {
    throw runtimeError(
      `hidden0 has inconsistent hidden_size: got ${hidden.sizes[1]}, expected ${weights.hh.sizes[1]}`,
    );
  }
  if (input.sizes[0] !== hidden.sizes[0]) {
    throw runtimeError(
      `Input batch size ${input.sizes[0]} doesn't match hidden0 batch size ${hidden.sizes[0]}`,
    );
  }
}

function step(
  name: CellName,
  input: Tensor,
  state: State,
  ih: Tensor,
  hh: Tensor,
  biasIh: Tensor | null,
  biasHh: Tensor | null,
): State {
  const weights = { ih, hh, biasIh, biasHh, hr: null };
  checkCell(input, state.hidden, weights);
  return cells[name](linear(input, ih, biasIh), state, weights);
}

for (const name of ["rnn_tanh", "rnn_relu", "gru"] as const) {
  const gates = name === "gru" ? 6 : 2;
  composite(
    `${name}_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor`,
    (input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | null, b_hh: Tensor | null) =>
      step(name, input, { hidden: hx, cell: null }, w_ih, w_hh, b_ih, b_hh).hidden,
    {
      samples: (g) => [
        [g.randn(2, 3), g.randn(2, 2), g.randn(gates, 3), g.randn(gates, 2), g.randn(gates), g.randn(gates)],
      ],
    },
  );
}

composite(
  "lstm_cell(Tensor input, Tensor[] hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> (Tensor result0, Tensor result1)",
  (input, hx, w_ih, w_hh, b_ih, b_hh) => {
    const { hidden, cell } = step("lstm", input, { hidden: hx[0], cell: hx[1] }, w_ih, w_hh, b_ih, b_hh);
    return [hidden, cell as Tensor];
  },
  {
    samples: (g) => [
      [g.randn(2, 3), [g.randn(2, 2), g.randn(2, 2)], g.randn(8, 3), g.randn(8, 2), null, null],
    ],
  },
);
