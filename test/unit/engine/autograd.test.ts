// Autograd's core on small graphs: what is freed, what is counted, what is refused and in which words,
// and where gradients go. Every expectation is what PyTorch 2.13 answered.
import { strict as assert } from "node:assert";
import { backward, grad, retainGrad } from "../../../engine/autograd/api";
import { modes, resetModes, withGrad } from "../../../engine/autograd/modes";
import { dataOf, detach, gradFnOf, requiresGrad } from "../../../engine/autograd/views";
import { elementsOf } from "../../../engine/kernels/strided";
import { operator } from "../../../engine/ops";
import { add, div, mul, pow, powTensor } from "../../../engine/ops/arithmetic";
import { to } from "../../../engine/ops/convert";
import { callInPlace } from "../../../engine/ops/define";
import { sum } from "../../../engine/ops/reductions";
import { exp } from "../../../engine/ops/unary";
import { select } from "../../../engine/ops/view";
import { float32, float64, int64 } from "../../../engine/tensor/dtype";
import { TorchError } from "../../../engine/tensor/errors";
import { fromData, type Tensor } from "../../../engine/tensor/tensor";

const ONCE = { retainGraph: false, createGraph: false };
const KEPT = { retainGraph: true, createGraph: false };
const CREATED = { retainGraph: true, createGraph: true };

function plain(...values: number[]): Tensor {
  return fromData(Float32Array.from(values), [values.length], float32);
}
function leaf(...values: number[]): Tensor {
  const tensor = plain(...values);
  tensor.leafRequiresGrad = true;
  return tensor;
}
const numbers = (tensor: Tensor | null) => (tensor ? Array.from(elementsOf(tensor), Number) : null);
const total = (tensor: Tensor) => sum(tensor, null);
const run = (tensor: Tensor, call = ONCE) => backward([tensor], [null], call, null);
const addOne = (tensor: Tensor) => callInPlace("add_.Scalar", tensor, 1n, 1n);

function refusal(body: () => void): string {
  try {
    body();
  } catch (error) {
    if (error instanceof TorchError) return `${error.type}: ${error.message}`;
    throw error;
  }
  return "nothing was refused";
}

describe("backward", () => {
  beforeEach(resetModes);

  it("a second time is refused where a saved tensor is needed, and says so in PyTorch's words", () => {
    const x = leaf(1, 2);
    const y = total(mul(x, x));
    run(y);
    assert.match(
      refusal(() => run(y)),
      /^RuntimeError: Trying to backward through the graph a second time \(or directly access saved tensors/,
    );
  });

  it("a second time through an addition accumulates, since an addition saves nothing", () => {
    const x = leaf(1, 2);
    const y = total(add(x, x, 1n));
    run(y);
    run(y);
    assert.deepEqual(numbers(x.grad), [4, 4]);
  });

  it("retain_graph keeps what was saved", () => {
    const x = leaf(1, 2);
    const y = total(mul(x, x));
    run(y, KEPT);
    run(y);
    assert.deepEqual(numbers(x.grad), [4, 8]);
  });

  it("sums a broadcast gradient back to the shape of its input", () => {
    const x = leaf(1, 1, 1);
    run(total(mul(x, fromData(new Float32Array(6).fill(1), [2, 3], float32))));
    assert.deepEqual(numbers(x.grad), [2, 2, 2]);
  });

  it("casts a gradient to the dtype of its input", () => {
    const x = leaf(1, 2);
    run(total(mul(to(x, float64), 2)));
    assert.equal(x.grad?.dtype, float32);
  });

  it("reaches a graph of 100,000 operators without a deep stack", () => {
    const x = leaf(1);
    let y = x;
    for (let i = 0; i < 100_000; i++) y = add(y, x, 1n);
    run(total(y));
    assert.deepEqual(numbers(x.grad), [100_001]);
  });

  it("inputs= adds to those tensors only, leaves or not", () => {
    const x = leaf(1, 2);
    const y = mul(x, 3);
    backward([total(mul(y, y))], [null], ONCE, [y]);
    assert.deepEqual(numbers(y.grad), [6, 12]);
    assert.equal(x.grad, null);
  });

  it("retain_grad keeps the gradient of a computed tensor", () => {
    const y = mul(leaf(1, 2), 3);
    retainGrad(y);
    run(total(y));
    assert.deepEqual(numbers(y.grad), [1, 1]);
  });

  it("refuses what is not a scalar, and what has no history", () => {
    assert.equal(
      refusal(() => run(mul(leaf(1, 2), 2))),
      "RuntimeError: grad can be implicitly created only for scalar outputs",
    );
    assert.equal(
      refusal(() => run(total(plain(1, 2)))),
      "RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn",
    );
  });

  it("an operator without a derivative refuses by its name", () => {
    const x = leaf(1, 2);
    const y = operator("floor_divide.Scalar").call([x, 2n]) as Tensor;
    assert.equal(gradFnOf(y)?.name, "NotImplemented");
    assert.equal(
      refusal(() => run(total(y))),
      "RuntimeError: derivative for aten::floor_divide is not implemented",
    );
  });
});

describe("grad", () => {
  beforeEach(resetModes);

  it("with create_graph can be differentiated again: (x³)''' is 6", () => {
    const x = fromData(Float32Array.of(2), [], float32);
    x.leafRequiresGrad = true;
    const [first] = grad([pow(x, 3n)], [x], [null], CREATED, false) as Tensor[];
    const [second] = grad([first], [x], [null], CREATED, false) as Tensor[];
    const [third] = grad([second], [x], [null], ONCE, false) as Tensor[];
    assert.deepEqual([numbers(first), numbers(second), numbers(third)], [[12], [12], [6]]);
    assert.equal(gradFnOf(first)?.name, "MulBackward0");
    assert.equal(requiresGrad(third), false);
  });

  it("says which input was not used", () => {
    const y = total(mul(leaf(1, 2), 2));
    assert.equal(
      refusal(() => grad([y], [leaf(1, 2)], [null], ONCE, false)),
      "RuntimeError: The differentiated Tensor at index 0 appears to not have been used in the graph. " +
        "Set allow_unused=True if this is the desired behavior.",
    );
    assert.deepEqual(grad([total(mul(leaf(1), 2))], [leaf(1)], [null], ONCE, true), [null]);
  });

  it("leaves .grad alone", () => {
    const x = leaf(1, 2);
    grad([total(mul(x, x))], [x], [null], ONCE, false);
    assert.equal(x.grad, null);
  });
});

describe("a saved tensor that was changed", () => {
  beforeEach(resetModes);

  const OVERWRITTEN =
    "RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: ";

  it("is named with its maker and both versions", () => {
    const a = exp(leaf(1, 2));
    const b = total(a);
    addOne(a);
    assert.ok(
      refusal(() => run(b)).startsWith(
        `${OVERWRITTEN}[torch.FloatTensor [2]], which is output 0 of Exp, is at version 1; expected version 0 instead.`,
      ),
    );
  });

  it("is seen through a view, which puts CopySlices on the base", () => {
    const a = mul(leaf(1, 2), 2);
    const b = total(mul(a, a));
    callInPlace("fill_.Scalar", select(a, 0, 0), 5n);
    assert.ok(
      refusal(() => run(b)).startsWith(
        `${OVERWRITTEN}[torch.FloatTensor [2]], which is output 0 of torch::autograd::CopySlices, is at version 1;`,
      ),
    );
  });

  it("is seen through detach(), which shares the version, and not through .data", () => {
    const x = leaf(1, 2);
    const seen = total(mul(x, x));
    addOne(detach(x));
    assert.match(
      refusal(() => run(seen)),
      /is at version 1; expected version 0 instead/,
    );
    const unseen = total(mul(x, x));
    addOne(dataOf(x));
    assert.equal(
      refusal(() => run(unseen)),
      "nothing was refused",
    );
  });

  it("counts even where only the gradient of another input is wanted, as long as the formula's result is saved", () => {
    const base = leaf(3, 1);
    const power = powTensor(base, plain(2, 2));
    const y = total(power);
    addOne(power);
    assert.match(
      refusal(() => run(y)),
      /which is output 0 of Pow1, is at version 1/,
    );
  });

  it("does not count where it was not saved: the divisor's gradient is not wanted, the dividend is free", () => {
    const x = leaf(1, 2);
    const factor = plain(2, 2);
    const y = total(mul(factor, x));
    addOne(dataOf(x));
    run(y);
    assert.deepEqual(numbers(x.grad), [2, 2]);
    const divisor = plain(2, 2);
    const z = total(div(x, divisor));
    addOne(divisor);
    assert.match(
      refusal(() => run(z)),
      /\[torch.FloatTensor \[2\]\] is at version 1; expected version 0/,
    );
  });
});

describe("changes in place", () => {
  beforeEach(resetModes);

  it("of a leaf that requires grad, or of its view, are refused", () => {
    const x = leaf(1, 2);
    assert.equal(
      refusal(() => addOne(x)),
      "RuntimeError: a leaf Variable that requires grad is being used in an in-place operation.",
    );
    assert.equal(
      refusal(() => addOne(select(x, 0, 0))),
      "RuntimeError: a view of a leaf Variable that requires grad is being used in an in-place operation.",
    );
    withGrad(false, () => addOne(x));
    assert.deepEqual(numbers(x), [2, 3]);
  });

  it("keep the dtype: a float does not go into integers", () => {
    const whole = fromData(BigInt64Array.of(1n), [1], int64);
    assert.equal(
      refusal(() => callInPlace("add_.Scalar", whole, 1.5, 1n)),
      "RuntimeError: result type Float can't be cast to the desired output type Long",
    );
  });

  it("save a copy of what they overwrite", () => {
    const x = leaf(2, 3);
    const other = leaf(5, 7);
    const y = mul(x, 1);
    callInPlace("mul_.Tensor", y, other);
    run(total(y));
    assert.deepEqual(
      [numbers(x.grad), numbers(other.grad)],
      [
        [5, 7],
        [2, 3],
      ],
    );
  });
});

describe("modes", () => {
  beforeEach(resetModes);

  it("no_grad records nothing", () => {
    const x = leaf(1, 2);
    const y = withGrad(false, () => mul(x, x));
    assert.equal(requiresGrad(y), false);
  });

  it("an inference tensor may not be saved", () => {
    modes.inference = true;
    modes.grad = false;
    const made = mul(plain(1), 2);
    resetModes();
    assert.match(
      refusal(() => mul(leaf(1), made)),
      /^RuntimeError: Inference tensors cannot be saved for backward\./,
    );
  });
});
