// Which sizes and strides a view has: -1 worked out, strides where the memory allows them. Numbers only.
import type { DType } from "./dtype";
import { runtimeError } from "./errors";
import { contiguousStrides, numel, type Sizes, sameSizes, sizesText } from "./shape";

/** The shape that `asked` means for `count` elements: a single -1 is worked out. Texts: at::infer_size. */
export function inferSizes(asked: Sizes, count: number): number[] {
  let product = 1;
  let inferred = -1;
  asked.forEach((size, d) => {
    if (size === -1) {
      if (inferred >= 0) throw runtimeError("only one dimension can be inferred");
      inferred = d;
    } else if (size < 0) {
      throw runtimeError(`invalid shape dimension ${size} at index ${d} of shape ${sizesText(asked)}`);
    } else {
      product *= size;
    }
  });
  const sizes = [...asked];
  const fits = inferred < 0 ? product === count : product > 0 && count % product === 0;
  if (fits) {
    if (inferred >= 0) sizes[inferred] = count / product;
    return sizes;
  }
  if (inferred >= 0 && product === 0 && count === 0) {
    throw runtimeError(
      `cannot reshape tensor of 0 elements into shape ${sizesText(asked)} because the unspecified dimension size -1 ` +
        "can be any value and is ambiguous",
    );
  }
  throw runtimeError(`shape '${sizesText(asked)}' is invalid for input of size ${count}`, {
    kind: "view-size",
    asked: [...asked],
    count,
  });
}

/**
 * Strides with which the memory of (sizes, strides) reads as `to`, or null where no strides do:
 * each group of dimensions that lie one after another in memory can be cut anew, but not across groups.
 */
export function viewStrides(sizes: Sizes, strides: Sizes, to: Sizes): number[] | null {
  if (numel(sizes) === 0) return sameSizes(sizes, to) ? [...strides] : [...contiguousStrides(to)];
  const out = new Array<number>(to.length).fill(1);
  if (sizes.length === 0) return out;
  let viewDim = to.length - 1;
  let groupStride = strides[strides.length - 1];
  let groupCount = 1;
  let viewCount = 1;
  for (let d = sizes.length - 1; d >= 0; d--) {
    groupCount *= sizes[d];
    const endsGroup = d === 0 || (sizes[d - 1] !== 1 && strides[d - 1] !== groupCount * groupStride);
    if (!endsGroup) continue;
    while (viewDim >= 0 && (viewCount < groupCount || to[viewDim] === 1)) {
      out[viewDim] = viewCount * groupStride;
      viewCount *= to[viewDim];
      viewDim--;
    }
    if (viewCount !== groupCount) return null;
    if (d > 0) {
      groupStride = strides[d - 1];
      groupCount = 1;
      viewCount = 1;
    }
  }
  return viewDim === -1 ? out : null;
}

/** Sizes and strides of `expand`: -1 keeps a size. Texts: at::inferExpandGeometry. */
export function expandGeometry(
  sizes: Sizes,
  strides: Sizes,
  asked: Sizes,
  dtype: DType,
): { sizes: number[]; strides: number[] } {
  if (asked.length < sizes.length) {
    throw runtimeError(
      `expand(torch.${dtype.scalarName}Tensor{${sizesText(sizes)}}, size=${sizesText(asked)}): the number of sizes ` +
        `provided (${asked.length}) must be greater or equal to the number of dimensions in the tensor (${sizes.length})`,
    );
  }
  const shift = asked.length - sizes.length;
  const out = { sizes: new Array<number>(asked.length), strides: new Array<number>(asked.length) };
  for (let i = asked.length - 1; i >= 0; i--) {
    const d = i - shift;
    const size = d >= 0 ? sizes[d] : 1;
    let stride = d >= 0 ? strides[d] : i + 1 < asked.length ? out.sizes[i + 1] * out.strides[i + 1] : 1;
    let target = asked[i];
    if (target === -1) {
      if (d < 0) {
        throw runtimeError(
          `The expanded size of the tensor (${target}) isn't allowed in a leading, non-existing dimension ${i}`,
        );
      }
      target = size;
    }
    if (size !== target) {
      if (size !== 1) {
        throw runtimeError(
          `The expanded size of the tensor (${target}) must match the existing size (${size}) at non-singleton ` +
            `dimension ${i}.  Target sizes: ${sizesText(asked)}.  Tensor sizes: ${sizesText(sizes)}`,
          { kind: "expand", asked: [...asked], sizes: [...sizes] },
        );
      }
      stride = 0;
    }
    out.sizes[i] = target;
    out.strides[i] = stride;
  }
  if (out.sizes.some((size) => size < 0)) throw runtimeError("numel: integer multiplication overflow");
  return out;
}
