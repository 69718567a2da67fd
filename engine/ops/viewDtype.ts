// Views that change nothing but what a tensor is: its dtype (view(dtype), the bits of the same memory read anew),
// its Python class (alias). Texts: native/TensorConversions.cpp.
import { reinterpreted } from "../tensor/bits";
import type { DType } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { alias as aliasOf, Tensor } from "../tensor/tensor";
import { op, using } from "./define";

function window(self: Tensor, dtype: DType): { sizes: number[]; strides: number[]; offset: number } {
  const sizes = [...self.sizes];
  const strides = [...self.strides];
  const [from, to] = [self.dtype.bytes, dtype.bytes];
  if (from === to) return { sizes, strides, offset: self.offset };
  const last = self.rank - 1;
  const refuse = (what: string): never => {
    throw runtimeError(
      `${what.replace("…", `to view ${self.dtype.scalarName} as ${dtype.scalarName} (different element sizes)`)}`,
    );
  };
  if (self.rank === 0) refuse("self.dim() cannot be 0 …");
  if (strides[last] !== 1) refuse(`self.stride(-1) must be 1 …, but got ${strides[last]}`);
  if (from > to) {
    const ratio = from / to;
    sizes[last] *= ratio;
    for (let d = 0; d < last; d++) strides[d] *= ratio;
    return { sizes, strides, offset: self.offset * ratio };
  }
  const ratio = to / from;
  if (sizes[last] % ratio !== 0)
    refuse(`self.size(-1) must be divisible by ${ratio} …, but got ${sizes[last]}`);
  if (self.offset % ratio !== 0) {
    refuse(`self.storage_offset() must be divisible by ${ratio} …, but got ${self.offset}`);
  }
  for (let d = 0; d < last; d++) {
    if (strides[d] % ratio !== 0) {
      refuse(`self.stride(${d}) must be divisible by ${ratio} …, but got ${strides[d]}`);
    }
    strides[d] /= ratio;
  }
  sizes[last] /= ratio;
  return { sizes, strides, offset: self.offset / ratio };
}

op("view.dtype(Tensor(a) self, ScalarType dtype) -> Tensor(a)").define({
  forward: (self, dtype) => {
    const { sizes, strides, offset } = window(self, dtype);
    const storage = reinterpreted(self.storage, dtype);
    return new Tensor(storage, dtype, sizes, strides, offset, self.version);
  },
  python: { functions: [], methods: ["view"] },
});

op("alias(Tensor(a) self) -> Tensor(a)").define({
  forward: (self) => aliasOf(self, self.sizes, self.strides, self.offset),
  view: true,
  vjp: { self: using(({ grad }) => grad) },
  python: { functions: [], methods: [] },
  math: { self: "\\bar{s} = \\bar{r}" },
  samples: (g) => [[g.randn(2, 3)]],
});
