// Recurrent layers over whole sequences: torch.rnn_tanh, rnn_relu, gru and lstm, of padded and of packed batches,
// in several layers and both directions. An LSTM of float32 takes PyTorch's fused way, one node a layer.
import { modes } from "../autograd/modes";
import { float32 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import type { Tensor } from "../tensor/tensor";
import { CONTIGUOUS, contiguous } from "./convert";
import { zerosOf } from "./creation";
import { composite, operator } from "./define";
import { cat, stack } from "./join";
import { linear } from "./matmulComposites";
import { type Cell, type CellName, type CellWeights, cells, type State } from "./rnnCells";
import { mkldnn_rnn_layer } from "./rnnFused";
import { select, slice, transpose, unbind, view } from "./view";
import { transpose_ } from "./viewInPlace";

interface Options {
  readonly hasBiases: boolean;
  readonly layers: number;
  readonly dropout: number;
  readonly train: boolean;
  readonly bidirectional: boolean;
}

/** The flat list of parameters, as one set per layer and direction. */
function weightsOf(params: readonly Tensor[], hasBiases: boolean, projected: boolean): CellWeights[] {
  const each = 2 + (hasBiases ? 2 : 0) + (projected ? 1 : 0);
  if (params.length % each !== 0) throw runtimeError("got an incorrect number of RNN parameters");
  return Array.from({ length: params.length / each }, (_, i) => {
    const own = params.slice(i * each, (i + 1) * each);
    return {
      ih: own[0],
      hh: own[1],
      biasIh: hasBiases ? own[2] : null,
      biasHh: hasBiases ? own[3] : null,
      hr: projected ? own[each - 1] : null,
    };
  });
}

// ---- one layer, one direction ----

interface Walked {
  outputs: Tensor[];
  last: State;
}

/** The steps of a padded batch; reversed, the outputs still lie in the order of the input. */
function walk(cell: Cell, gates: Tensor, start: State, weights: CellWeights, reverse: boolean): Walked {
  const steps = unbind(gates, 0);
  if (reverse) steps.reverse();
  let last = start;
  const outputs = steps.map((step) => {
    last = cell(step, last, weights);
    return last.hidden;
  });
  if (reverse) outputs.reverse();
  return { outputs, last };
}

function onState(state: State, change: (part: Tensor) => Tensor): State {
  return { hidden: change(state.hidden), cell: state.cell && change(state.cell) };
}

function rows(state: State, from: number, to: number): State {
  return onState(state, (part) => slice(part, 0, from, to, 1));
}

function below(parts: readonly State[]): State {
  const cell = parts[0].cell
    ? cat(
        parts.map((part) => part.cell as Tensor),
        0,
      )
    : null;
  return {
    hidden: cat(
      parts.map((part) => part.hidden),
      0,
    ),
    cell,
  };
}

/** The steps of a packed batch, where sequences end early: their state is set aside as they do. */
function walkPacked(
  cell: Cell,
  gates: Tensor,
  start: State,
  weights: CellWeights,
  batchSizes: readonly number[],
): Walked {
  let offset = 0;
  let state = start;
  let size = batchSizes[0];
  const ended: State[] = [];
  const outputs = batchSizes.map((now) => {
    if (now < size) {
      ended.push(rows(state, now, size));
      state = rows(state, 0, now);
      size = now;
    }
    state = cell(slice(gates, 0, offset, offset + now, 1), state, weights);
    offset += now;
    return state.hidden;
  });
  ended.push(state);
  return { outputs, last: below(ended.reverse()) };
}

/** The same from the end, where sequences begin late: their first state is added as they do. */
function walkPackedBack(
  cell: Cell,
  gates: Tensor,
  start: State,
  weights: CellWeights,
  batchSizes: readonly number[],
): Walked {
  let offset = gates.sizes[0];
  let size = batchSizes[batchSizes.length - 1];
  let state = rows(start, 0, size);
  const outputs: Tensor[] = [];
  for (let i = batchSizes.length - 1; i >= 0; i--) {
    const now = batchSizes[i];
    if (now > size) state = below([state, rows(start, size, now)]);
    size = now;
    state = cell(slice(gates, 0, offset - now, offset, 1), state, weights);
    offset -= now;
    outputs.push(state.hidden);
  }
  return { outputs: outputs.reverse(), last: state };
}

// ---- all layers ----

/** Runs layers over each other, with dropout between them; answers the output and the last states in order. */
function runLayers(
  input: Tensor,
  options: Options,
  runOne: (input: Tensor, index: number, reverse: boolean) => { output: Tensor; last: State },
): { output: Tensor; states: State[] } {
  const states: State[] = [];
  let output = input;
  const directions = options.bidirectional ? [false, true] : [false];
  for (let layer = 0; layer < options.layers; layer++) {
    const found = directions.map((reverse, d) => runOne(output, layer * directions.length + d, reverse));
    for (const { last } of found) states.push(last);
    const parts = found.map((one) => one.output);
    output = parts.length === 1 ? parts[0] : cat(parts, parts[0].rank - 1);
    if (options.dropout > 0 && options.train && layer < options.layers - 1) {
      output = operator("dropout").call([output, options.dropout, true]) as Tensor;
    }
  }
  return { output, states };
}

function startStates(hx: readonly Tensor[]): State[] {
  const hidden = unbind(hx[0], 0);
  const cell = hx.length > 1 ? unbind(hx[1], 0) : null;
  return hidden.map((part, i) => ({ hidden: part, cell: cell?.[i] ?? null }));
}

function stacked(output: Tensor, states: readonly State[]): Tensor[] {
  const found = [
    output,
    stack(
      states.map((state) => state.hidden),
      0,
    ),
  ];
  if (states[0].cell)
    found.push(
      stack(
        states.map((state) => state.cell as Tensor),
        0,
      ),
    );
  return found;
}

function isProjected(hx: readonly Tensor[]): boolean {
  return hx.length > 1 && hx[0].sizes[2] !== hx[1].sizes[2];
}

/** Whether PyTorch hands the layers to oneDNN. */
function isFused(name: CellName, input: Tensor, projected: boolean): boolean {
  return name === "lstm" && !projected && input.dtype === float32 && input.numel > 0;
}

function padded(
  name: CellName,
  input: Tensor,
  hx: readonly Tensor[],
  params: readonly Tensor[],
  options: Options,
  batchFirst: boolean,
): Tensor[] {
  const sequence = batchFirst ? transpose(input, 0, 1) : input;
  const projected = isProjected(hx);
  const weights = weightsOf(params, options.hasBiases, projected);
  const { output, states } = isFused(name, input, projected)
    ? fusedLayers(sequence, hx, weights, options)
    : plainLayers(name, sequence, hx, weights, options);
  // Of GRU and plain layers PyTorch turns the output in place, which leaves another node.
  const turn = name === "lstm" ? transpose : transpose_;
  return stacked(batchFirst ? turn(output, 0, 1) : output, states);
}

function plainLayers(
  name: CellName,
  sequence: Tensor,
  hx: readonly Tensor[],
  weights: CellWeights[],
  options: Options,
) {
  const starts = startStates(hx);
  return runLayers(sequence, options, (layerInput, index, reverse) => {
    const own = weights[index];
    const gates = linear(layerInput, own.ih, own.biasIh);
    const { outputs, last } = walk(cells[name], gates, starts[index], own, reverse);
    return { output: stack(outputs, 0), last };
  });
}

function fusedLayers(sequence: Tensor, hx: readonly Tensor[], weights: CellWeights[], options: Options) {
  return runLayers(contiguous(sequence, CONTIGUOUS), options, (layerInput, index, reverse) => {
    const { ih, hh, biasIh, biasHh } = weights[index];
    const none = () => zerosOf([ih.sizes[0]], ih.dtype);
    const [output, hidden, cell] = mkldnn_rnn_layer(
      layerInput,
      ih,
      hh,
      biasIh ?? none(),
      biasHh ?? none(),
      select(hx[0], 0, index),
      select(hx[1], 0, index),
      reverse,
      [],
      2,
      hh.sizes[1],
      options.layers,
      options.hasBiases,
      options.bidirectional,
      false,
      modes.grad,
    );
    return { output, last: { hidden, cell } };
  });
}

function packed(
  name: CellName,
  data: Tensor,
  batchSizes: Tensor,
  hx: readonly Tensor[],
  params: readonly Tensor[],
  options: Options,
): Tensor[] {
  const projected = isProjected(hx);
  const weights = weightsOf(params, options.hasBiases, projected);
  const { data: all } = batchSizes.storage;
  const sizes = Array.from(all.slice(batchSizes.offset, batchSizes.offset + batchSizes.numel), Number);
  if (isFused(name, data, projected) && sizes.every((size) => size === sizes[0])) {
    // All of one length: the batch is padded as it is.
    const sequence = view(data, [sizes.length, sizes[0], ...data.sizes.slice(1)]);
    const { output, states } = fusedLayers(sequence, hx, weights, options);
    return stacked(view(output, [data.sizes[0], ...output.sizes.slice(2)]), states);
  }
  const starts = startStates(hx);
  const { output, states } = runLayers(data, options, (layerInput, index, reverse) => {
    const own = weights[index];
    const gates = linear(layerInput, own.ih, own.biasIh);
    const way = reverse ? walkPackedBack : walkPacked;
    const { outputs, last } = way(cells[name], gates, starts[index], own, sizes);
    return { output: cat(outputs, 0), last };
  });
  return stacked(output, states);
}

// ---- the operators ----

const FLAGS =
  "Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional";

function sampleWeights(g: { randn(...sizes: number[]): Tensor }, gates: number): Tensor[] {
  return [g.randn(gates, 3), g.randn(gates, 2), g.randn(gates), g.randn(gates)];
}

for (const name of ["rnn_tanh", "rnn_relu", "gru"] as const) {
  const gates = name === "gru" ? 6 : 2;
  composite(
    `${name}.input(Tensor input, Tensor hx, ${FLAGS}, bool batch_first) -> (Tensor result0, Tensor result1)`,
    (
      input: Tensor,
      hx: Tensor,
      params: Tensor[],
      hasBiases: boolean,
      layers: number,
      dropout: number,
      train: boolean,
      bidirectional: boolean,
      batchFirst: boolean,
    ) => padded(name, input, [hx], params, { hasBiases, layers, dropout, train, bidirectional }, batchFirst),
    {
      samples: (g) => [
        [
          g.randn(2, 2, 3),
          g.randn(2, 2, 2),
          [...sampleWeights(g, gates), ...sampleWeights(g, gates)],
          true,
          1,
          0,
          false,
          true,
          false,
        ],
      ],
    },
  );
  composite(
    `${name}.data(Tensor data, Tensor batch_sizes, Tensor hx, ${FLAGS}) -> (Tensor result0, Tensor result1)`,
    (
      data: Tensor,
      batchSizes: Tensor,
      hx: Tensor,
      params: Tensor[],
      hasBiases: boolean,
      layers: number,
      dropout: number,
      train: boolean,
      bidirectional: boolean,
    ) => packed(name, data, batchSizes, [hx], params, { hasBiases, layers, dropout, train, bidirectional }),
  );
}

composite(
  `lstm.input(Tensor input, Tensor[] hx, ${FLAGS}, bool batch_first) -> (Tensor result0, Tensor result1, Tensor result2)`,
  (
    input: Tensor,
    hx: Tensor[],
    params: Tensor[],
    hasBiases: boolean,
    layers: number,
    dropout: number,
    train: boolean,
    bidirectional: boolean,
    batchFirst: boolean,
  ) => padded("lstm", input, hx, params, { hasBiases, layers, dropout, train, bidirectional }, batchFirst),
  {
    samples: (g) => [
      [
        g.randn(2, 2, 3),
        [g.randn(1, 2, 2), g.randn(1, 2, 2)],
        sampleWeights(g, 8),
        true,
        1,
        0,
        false,
        false,
        false,
      ],
    ],
  },
);
composite(
  `lstm.data(Tensor data, Tensor batch_sizes, Tensor[] hx, ${FLAGS}) -> (Tensor result0, Tensor result1, Tensor result2)`,
  (
    data: Tensor,
    batchSizes: Tensor,
    hx: Tensor[],
    params: Tensor[],
    hasBiases: boolean,
    layers: number,
    dropout: number,
    train: boolean,
    bidirectional: boolean,
  ) => packed("lstm", data, batchSizes, hx, params, { hasBiases, layers, dropout, train, bidirectional }),
);
