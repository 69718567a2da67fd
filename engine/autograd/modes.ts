// The modes that decide what is recorded, and the engine's other state that a run's end must restore.

export const modes = {
  grad: true,
  inference: false,
  anomaly: false,
  anomalyCheckNan: true,
  /** Anomaly mode: the number of the forward traceback of the operator that runs. */
  traceback: 0,
  /** Anomaly mode: called with each node that is made. */
  nodeMade: null as ((node: object) => void) | null,
  /** The place in the user's code that the running operator belongs to; 0 for none. */
  site: 0,
  /** Above 0 while backward() runs formulas. */
  backwardDepth: 0,
  multithreading: true,
  /** How many `saved_tensors_hooks` are around the code that runs. */
  savedHooks: 0,
  /** Whether Python wants to know before a tensor is changed in place (`allow_mutation_on_saved_tensors`). */
  watchWrites: false,
  /** How many TorchDispatchModes are asked in the place of kernels (engine/ops/intercepted.ts). */
  dispatchModes: 0,
  /** Whether a dispatch mode's own code runs: operators are computed below autograd. */
  below: false,
  /** Whether stale views are made anew by the operators that made them, rather than by as_strided. */
  viewReplay: false,
  /** Whether operators cast their arguments first (autocast.ts). */
  autocast: false,
};

const initial = { ...modes };

/**
 * What the host's stack allows. Backward passes may nest, in hooks and Functions: PyTorch continues in another thread,
 * here the stacks of Python and of its host grow with each, and Python must be told before the host's has none left.
 */
export const limits = { nestedPasses: 100 };

/** The host says how large its stack is. */
export function setStack(megabytes: number): void {
  limits.nestedPasses = Math.max(100, Math.floor((megabytes / 64) * 2500));
}

export function resetModes(): void {
  Object.assign(modes, initial);
}

/** Runs `body` with gradients on or off. */
export function withGrad<T>(enabled: boolean, body: () => T): T {
  const before = modes.grad;
  modes.grad = enabled;
  try {
    return body();
  } finally {
    modes.grad = before;
  }
}

/** Runs `body` so that no dispatch mode sees its operators. */
export function unseen<T>(body: () => T): T {
  const { dispatchModes, below } = modes;
  modes.dispatchModes = 0;
  modes.below = false;
  try {
    return body();
  } finally {
    modes.dispatchModes = dispatchModes;
    modes.below = below;
  }
}
