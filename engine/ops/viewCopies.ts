// Views that are copied at once: view_copy and its relatives. Each has the formulas of its view, and that view's
// node name with "_copy" behind it.
import { tensorApi } from "../autograd/tensorApi";
import type { Tensor } from "../tensor/tensor";
import { type Formula, op, operator } from "./define";
import { withoutHistory } from "./through";
import "./view";
import "./viewDtype";

/** The operator's schema and the key of the view that it copies. */
const COPIES: readonly (readonly [schema: string, view: string])[] = [
  ["alias_copy(Tensor self) -> Tensor", "alias"],
  [
    "as_strided_copy(Tensor self, int[] size, int[] stride, int? storage_offset=None) -> Tensor",
    "as_strided",
  ],
  ["expand_copy(Tensor self, int[] size, *, bool implicit=False) -> Tensor", "expand"],
  ["permute_copy(Tensor self, int[] dims) -> Tensor", "permute"],
  ["select_copy.int(Tensor self, int dim, int index) -> Tensor", "select.int"],
  [
    "slice_copy.Tensor(Tensor self, int dim=0, int? start=None, int? end=None, int step=1) -> Tensor",
    "slice.Tensor",
  ],
  ["split_copy.Tensor(Tensor self, int split_size, int dim=0) -> Tensor[]", "split.Tensor"],
  ["split_with_sizes_copy(Tensor self, int[] split_sizes, int dim=0) -> Tensor[]", "split_with_sizes"],
  ["squeeze_copy(Tensor self) -> Tensor", "squeeze"],
  ["squeeze_copy.dim(Tensor self, int dim) -> Tensor", "squeeze.dim"],
  ["squeeze_copy.dims(Tensor self, int[] dim) -> Tensor", "squeeze.dims"],
  ["t_copy(Tensor self) -> Tensor", "t"],
  ["transpose_copy.int(Tensor self, int dim0, int dim1) -> Tensor", "transpose.int"],
  ["unbind_copy.int(Tensor self, int dim=0) -> Tensor[]", "unbind.int"],
  ["unfold_copy(Tensor self, int dimension, int size, int step) -> Tensor", "unfold"],
  ["unsqueeze_copy(Tensor self, int dim) -> Tensor", "unsqueeze"],
  ["view_copy(Tensor self, int[] size) -> Tensor", "view"],
  ["view_copy.dtype(Tensor self, ScalarType dtype) -> Tensor", "view.dtype"],
];

for (const [schema, key] of COPIES) {
  const view = operator(key);
  const copied = (part: Tensor) => tensorApi.contiguousClone(part);
  // Any memory can be copied into any shape of as many elements.
  const source = key === "view" ? copied : (self: Tensor) => self;
  op(schema as "h(Tensor self) -> Tensor").define({
    forward: ((self: Tensor, ...rest: unknown[]) =>
      withoutHistory(() => {
        const found = view.call([source(self), ...rest]);
        return Array.isArray(found) ? found.map(copied) : copied(found);
      })) as (self: Tensor) => Tensor,
    vjp:
      view.formulas instanceof Map
        ? { self: view.formulas.get("self") as Formula<{ self: Tensor }> | undefined }
        : undefined,
    node: `${view.nodeName}_copy`,
    python: { methods: [] },
    math: view.math ?? undefined,
    samples: (view.samples ?? undefined) as unknown as undefined,
  } as Parameters<ReturnType<typeof op<"h(Tensor self) -> Tensor">>["define"]>[0]);
}
