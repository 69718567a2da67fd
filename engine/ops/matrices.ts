// What the operators of linear algebra share: checks of matrices, batches of matrices as rows of numbers, and
// results laid out as LAPACK leaves them.
import { elementsAs } from "../kernels/strided";
import { float64 } from "../tensor/dtype";
import { runtimeError, TorchError } from "../tensor/errors";
import { numel, type Sizes } from "../tensor/shape";
import { empty, emptyStrided, type Tensor } from "../tensor/tensor";

export const internal = { functions: [], methods: [] };
export const functionsOnly = (...functions: string[]) => ({ functions, methods: [] });

/** PyTorch's text where a function looks at the dtype itself, before a kernel does. */
export function refuseHalf(name: string, { dtype }: Tensor): void {
  if (dtype.round === undefined) return;
  throw runtimeError(`${name}: Low precision dtypes not supported. Got ${dtype.scalarName}`);
}

export function checkSquare(name: string, matrix: Tensor): void {
  if (matrix.rank < 2) {
    throw runtimeError(`${name}: The input tensor A must have at least 2 dimensions.`);
  }
  const [rows, columns] = matrix.sizes.slice(-2);
  if (rows !== columns) {
    throw runtimeError(
      `${name}: A must be batches of square matrices, but they are ${rows} by ${columns} matrices`,
      { kind: "not-square", tensor: matrix.id },
    );
  }
  if (matrix.dtype.kind !== "float") {
    throw runtimeError(
      `${name}: Expected a floating point or complex tensor as input. Got ${matrix.dtype.scalarName}`,
    );
  }
}

/** Row-major double-precision copies of the matrices of a batch. */
export function matricesOf(batch: Tensor): { matrices: Float64Array[]; n: number; outer: number[] } {
  const data = elementsAs(batch, float64) as Float64Array;
  const [rows, columns] = batch.sizes.slice(-2);
  const size = rows * columns;
  const outer = batch.sizes.slice(0, -2);
  const matrices = Array.from({ length: numel(outer) }, (_, i) => data.slice(i * size, (i + 1) * size));
  return { matrices, n: rows, outer };
}

/** Which of a batch an error speaks of: nothing where there is no batch. */
export function batchText(index: number, outer: Sizes): string {
  return outer.length > 0 ? `(Batch element ${index}): ` : "";
}

export function linAlgError(message: string, tensor: Tensor): TorchError {
  return new TorchError("LinAlgError", message, { kind: "linalg", tensor: tensor.id });
}

/** Matrices written column by column, as LAPACK leaves them. */
export function columnMajor(
  matrices: readonly Float64Array[],
  outer: Sizes,
  rows: number,
  columns: number,
  like: Tensor,
  /** How far apart columns are in memory. */
  height = rows,
) {
  const sizes = [...outer, rows, columns];
  const strides = new Array<number>(sizes.length);
  strides[sizes.length - 2] = 1;
  strides[sizes.length - 1] = Math.max(height, 1);
  for (let d = sizes.length - 3, step = height * columns; d >= 0; d--) {
    strides[d] = step;
    step *= sizes[d];
  }
  const out = emptyStrided(sizes, strides, like.dtype);
  const data = out.storage.data as Float64Array;
  matrices.forEach((matrix, m) => {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) data[m * height * columns + c * height + r] = matrix[r * columns + c];
    }
  });
  return out;
}

export function numbers(values: number[], sizes: Sizes, like: Tensor): Tensor {
  const out = empty(sizes, like.dtype);
  (out.storage.data as Float64Array).set(values);
  return out;
}
