// What optimizers tell the recorder, and the updates of the commonest ones, each parameter's operators one after
// the other as torch/optim writes them: only the crossings in between are saved.
import { modes } from "../../autograd/modes";
import { adamStep } from "../../ops/adam";
import { operator } from "../../ops/define";
import { sgdStep } from "../../ops/sgd";
import type { OptimizerFacts } from "../../record/facts";
import { recording } from "../../record/hook";
import type { Tensor } from "../../tensor/tensor";
import { guardedAt } from "./failure";
import { tensors } from "./handles";

/** The gradient with weight decay added, read as Python's code would. */
function gradientOf(param: Tensor, maximize: boolean): Tensor | null {
  recording.recorder?.gradRead(param, modes.site);
  const { grad } = param;
  return grad !== null && maximize ? (operator("neg").call([grad]) as Tensor) : grad;
}

/** Runs `body` without gradients, as `step()` does. */
function withoutGrad(body: () => void): number {
  const before = modes.grad;
  modes.grad = false;
  try {
    body();
    return 0;
  } finally {
    modes.grad = before;
  }
}

export const optimizerFunctions = () => ({
  tell_optimizer: (site: number, what: OptimizerFacts["what"], ...handles: number[]) => {
    recording.recorder?.optimizer(
      what,
      handles.map((handle) => tensors.get(handle)),
      site,
    );
  },

  /** `param.grad = None` for each. */
  clear_grads: guardedAt((...handles: number[]) => {
    for (const handle of handles) {
      const param = tensors.get(handle);
      recording.recorder?.gradRead(param, modes.site);
      if (param.grad === null) continue;
      param.grad = null;
      recording.recorder?.state("grad_cleared", param, modes.site);
    }
    return 0;
  }),

  /** SGD without momentum, for those of the parameters that have a gradient. */
  sgd_step: guardedAt((rate: number, decay: number, maximize: boolean, ...params: number[]) => {
    const settings = { rate, decay, momentum: 0, dampening: 0, nesterov: false };
    return withoutGrad(() => {
      for (let i = 0; i < params.length; i++) {
        const param = tensors.get(params[i]);
        const grad = gradientOf(param, maximize);
        if (grad !== null) sgdStep(param, grad, null, settings);
      }
    });
  }),

  /** SGD with momentum; for each parameter its handle and that of its velocity. */
  sgd_momentum_step: guardedAt(
    (
      rate: number,
      decay: number,
      momentum: number,
      dampening: number,
      nesterov: boolean,
      maximize: boolean,
      ...handles: number[]
    ) =>
      withoutGrad(() => {
        for (let i = 0; i < handles.length; i += 2) {
          const param = tensors.get(handles[i]);
          const grad = gradientOf(param, maximize);
          if (grad === null) continue;
          sgdStep(param, grad, tensors.get(handles[i + 1]), { rate, decay, momentum, dampening, nesterov });
        }
      }),
  ),

  /**
   * Adam and AdamW without amsgrad, for those of the parameters that have a gradient. For each: its handle and those
   * of its state, step, exp_avg and exp_avg_sq.
   */
  adam_step: guardedAt(
    (
      rate: number,
      beta1: number,
      beta2: number,
      eps: number,
      decay: number,
      decoupled: boolean,
      maximize: boolean,
      ...handles: number[]
    ) =>
      withoutGrad(() => {
        for (let i = 0; i < handles.length; i += 4) {
          const [param, step, mean, square] = handles.slice(i, i + 4).map((handle) => tensors.get(handle));
          const grad = gradientOf(param, maximize);
          if (grad === null) continue;
          adamStep({ param, grad, step, mean, square }, { rate, beta1, beta2, eps, decay, decoupled });
        }
      }),
  ),
});
