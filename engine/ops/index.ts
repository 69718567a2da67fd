// Every operator family: loading this file fills the registry, and the table of operators that
// autograd itself calls.
import { modes } from "../autograd/modes";
import { tensorApi } from "../autograd/tensorApi";
import { requiresGrad } from "../autograd/views";
import { writeInto } from "../kernels/strided";
import { sameSizes } from "../tensor/shape";
import { empty } from "../tensor/tensor";
import "./activation";
import { add } from "./arithmetic";
import "./attention";
import "./beneath";
import "./averagePooling";
import "./choice";
import "./clamp";
import "./comparison";
import { CONTIGUOUS, clone, copy_, emptyLike, to } from "./convert";
import "./convolution";
import { fillWith, ones_like, zerosOf } from "./creation";
import "./decompositions";
import { callInPlace, registry } from "./define";
import "./distance";
import "./einsum";
import "./embedding";
import "./embeddingBag";
import "./extremes";
import { zero_ } from "./fill";
import { completeFormulas } from "./formulas";
import "./fractionalPooling";
import "./gated";
import "./gather";
import "./gridSample";
import "./indexing";
import "./join";
import "./linalg";
import "./linalgNorms";
import "./lossClasses";
import "./lossMargins";
import "./lossPointwise";
import "./lossRanking";
import "./lossSequences";
import "./luFactors";
import "./matmul";
import "./matmulComposites";
import "./matrixFunctions";
import "./maxPooling";
import "./membership";
import "./mix";
import "./normalise";
import "./numeric";
import "./padding";
import "./pairs";
import "./pixels";
import "./random";
import "./rearrange";
import "./reduceInto";
import { sumTo } from "./reductions";
import "./packed";
import "./resample";
import "./rnn";
import "./sampling";
import "./scans";
import "./scatterViews";
import "./searching";
import "./segments";
import "./smoothActivation";
import "./softmax";
import "./sort";
import "./special";
import "./specialMore";
import "./splits";
import "./spread";
import "./trilinear";
import "./unary";
import "./unfold";
import "./unique";
import { as_strided, detach } from "./view";
import "./viewBackward";
import "./viewComposites";
import "./viewCopies";
import "./viewDtype";
import "./viewInPlace";
import "./weightNorm";

Object.assign(tensorApi, {
  add: (a, b) => add(a, b, 1n),
  addInPlace: (self, other) => {
    callInPlace("add_.Tensor", self, other, 1n);
  },
  clone: (tensor) => clone(tensor, null),
  cloneLike: (tensor, like) => {
    const out = emptyLike(like, tensor.dtype);
    if (modes.grad && requiresGrad(tensor)) return copy_(out, tensor, false);
    writeInto(out, tensor);
    return out;
  },
  detach: (tensor) => detach(tensor),
  contiguousClone: (tensor) => clone(tensor, CONTIGUOUS),
  copyInPlace: (self, source) => {
    copy_(self, source, false);
  },
  zeroInPlace: (self) => {
    zero_(self);
  },
  asStrided: (tensor, sizes, strides, offset) => as_strided(tensor, sizes, strides, offset),
  sumTo: (tensor, sizes) => (sameSizes(tensor.sizes, sizes) ? tensor : sumTo(tensor, sizes)),
  cast: (tensor, dtype) => to(tensor, dtype),
  writeInto,
  onesLike: (tensor) =>
    modes.dispatchModes > 0 ? ones_like(tensor, null, null) : fillWith(emptyLike(tensor, tensor.dtype), 1n),
  ones: (sizes, dtype) => fillWith(empty(sizes, dtype), 1n),
  zeros: (sizes, dtype) => zerosOf(sizes, dtype),
} satisfies typeof tensorApi);

completeFormulas(registry);

export { operator, registry } from "./define";
