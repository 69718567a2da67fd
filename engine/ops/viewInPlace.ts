// Views that change the window of a tensor itself: `t_`, `transpose_`, `squeeze_`, `unsqueeze_`, `as_strided_`.
import { composite, inPlaceView, using } from "./define";
import {
  squeezeDim,
  squeezeWindow,
  stridedWindow,
  t,
  transpose,
  transposeWindow,
  tWindow,
  unsqueezeTo,
  unsqueezeWindow,
} from "./view";
import { as_strided_backward } from "./viewBackward";

const methodOnly = { functions: [] };

export const t_ = inPlaceView("t_(Tensor(a!) self) -> Tensor(a!)");
t_.define({
  forward: (self) => tWindow(self, "t_"),
  vjp: { self: using(({ grad }) => t(grad)) },
  node: "TBackward1",
});

export const transpose_ = inPlaceView("transpose_(Tensor(a!) self, int dim0, int dim1) -> Tensor(a!)");
transpose_.define({
  forward: transposeWindow,
  vjp: { self: using(({ grad, dim0, dim1 }) => transpose(grad, dim0, dim1)) },
  node: "TransposeBackward1",
});

export const unsqueeze_ = inPlaceView("unsqueeze_(Tensor(a!) self, int dim) -> Tensor(a!)");
unsqueeze_.define({
  forward: unsqueezeWindow,
  vjp: { self: using(({ grad, dim }) => squeezeDim(grad, dim)) },
  node: "UnsqueezeBackward1",
});

export const squeeze_ = inPlaceView("squeeze_(Tensor(a!) self) -> Tensor(a!)");
squeeze_.define({
  forward: (self) => squeezeWindow(self, null),
  vjp: { self: using(({ grad, self }) => unsqueezeTo(grad, self.sizes, null)) },
  node: "SqueezeBackward3",
});

export const squeezeDim_ = inPlaceView("squeeze_.dim(Tensor(a!) self, int dim) -> Tensor(a!)");
squeezeDim_.define({
  forward: (self, dim) => squeezeWindow(self, [dim]),
  vjp: { self: using(({ grad, self, dim }) => unsqueezeTo(grad, self.sizes, [dim])) },
  node: "SqueezeBackward4",
});

export const squeezeDims_ = inPlaceView("squeeze_.dims(Tensor(a!) self, int[] dim) -> Tensor(a!)");
squeezeDims_.define({
  forward: (self, dim) => squeezeWindow(self, dim),
  vjp: { self: using(({ grad, self, dim }) => unsqueezeTo(grad, self.sizes, dim)) },
  node: "SqueezeBackward5",
});

export const as_strided_ = inPlaceView(
  "as_strided_(Tensor(a!) self, int[] size, int[] stride, int? storage_offset=None) -> Tensor(a!)",
);
as_strided_.define({
  forward: (self, size, stride, storage_offset) =>
    stridedWindow(self, size, stride, storage_offset ?? self.offset),
  vjp: {
    self: using(({ grad, self, size, stride, storage_offset }) =>
      as_strided_backward(
        grad,
        self.sizes,
        self.strides,
        self.offset,
        size,
        stride,
        storage_offset ?? self.offset,
        false,
      ),
    ),
  },
  node: "AsStridedBackward1",
});

composite(
  "swapaxes_(Tensor(a!) self, int axis0, int axis1) -> Tensor(a!)",
  (self, axis0, axis1) => transpose_(self, axis0, axis1),
  { python: methodOnly },
);
composite(
  "swapdims_(Tensor(a!) self, int dim0, int dim1) -> Tensor(a!)",
  (self, dim0, dim1) => transpose_(self, dim0, dim1),
  { python: methodOnly },
);
