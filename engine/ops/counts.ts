// Random numbers of events: poisson and binomial.
import * as kernels from "../kernels/counts";
import { drawing } from "../kernels/mersenne";
import { elementsBroadcast, elementsOf } from "../kernels/strided";
import { runtimeError, TorchError } from "../tensor/errors";
import { broadcastSizes } from "../tensor/shape";
import { fromData } from "../tensor/tensor";
import { notImplementedFor } from "./checks";
import { zerosOf } from "./creation";
import { op, using } from "./define";

const uniform = () => drawing.generator.uniform53();

op("poisson(Tensor self) -> Tensor").define({
  forward: (self) => {
    if (self.dtype.kind !== "float") throw notImplementedFor("poisson_cpu", self.dtype);
    const out = self.dtype.allocate(self.numel);
    elementsOf(self).forEach((rate, i) => {
      if (!(Number(rate) >= 0)) throw runtimeError("invalid Poisson rate, expected rate to be non-negative");
      out[i] = kernels.poisson(Number(rate), uniform);
    });
    return fromData(out, self.sizes, self.dtype);
  },
  vjp: { self: using(({ grad }) => zerosOf(grad.sizes, grad.dtype)) },
  python: { methods: [] },
  samples: (g) => [[g.uniform(0.5, 20, 2, 3)]],
  gradcheck: { skip: "random" },
});

op("binomial(Tensor count, Tensor prob) -> Tensor").define({
  forward: (count, prob) => {
    for (const [name, { dtype }] of Object.entries({ count, prob })) {
      if (dtype.kind !== "float") {
        throw new TorchError(
          "ValueError",
          `binomial only supports floating-point dtypes for ${name}, got: ${dtype.scalarName}`,
        );
      }
    }
    if (count.dtype !== prob.dtype) {
      throw runtimeError(`Found dtype ${prob.dtype.scalarName} but expected ${count.dtype.scalarName}`);
    }
    const sizes = broadcastSizes(count.sizes, prob.sizes);
    const counts = elementsBroadcast(count, sizes);
    const chances = elementsBroadcast(prob, sizes);
    const out = count.dtype.allocate(counts.length);
    for (let i = 0; i < counts.length; i++) {
      out[i] = kernels.binomial(Number(counts[i]), Number(chances[i]), uniform);
    }
    return fromData(out, sizes, count.dtype);
  },
  vjp: "refuse",
});
