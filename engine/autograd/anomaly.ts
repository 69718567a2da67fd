// Anomaly mode: looks for NaN in what nodes hand on, and knows which node of an earlier backward pass made a node.
import { elementsOf } from "../kernels/strided";
import { runtimeError } from "../tensor/errors";
import { callbacks } from "./callbacks";
import { modes } from "./modes";
import type { Gradients, Node } from "./node";
import { currentTask } from "./task";

/** Node -> the node whose backward, with `create_graph`, made it. */
const makers = new WeakMap<object, Node>();

export function setAnomalyMode(enabled: boolean, checkNan: boolean): void {
  modes.anomaly = enabled;
  modes.anomalyCheckNan = checkNan;
  modes.nodeMade = enabled ? noteMaker : null;
}

function noteMaker(node: object): void {
  const running = currentTask()?.node;
  if (running) makers.set(node, running);
}

/** Warns where the node that failed was made, and those that led to it in earlier passes. */
export function explainFailure(node: Node): void {
  callbacks.anomaly(node, false);
  for (let maker = makers.get(node); maker; maker = makers.get(maker)) callbacks.anomaly(maker, true);
}

/** Text: call_function of torch/csrc/autograd/engine.cpp. */
export function refuseNaN(node: Node, outgoing: Gradients): void {
  outgoing.forEach((gradient, i) => {
    if (gradient?.isFloat !== true) return;
    if (!(elementsOf(gradient) as Float64Array).some(Number.isNaN)) return;
    throw runtimeError(`Function '${node.name}' returned nan values in its ${i}th output.`, {
      kind: "nan-gradient",
      node: node.id,
      index: i,
    });
  });
}
