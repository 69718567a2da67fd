// Questions about which elements occur where, and the indices of triangles: whole numbers and truth values only.
import { elementsOf } from "../kernels/strided";
import { bool, type DType, int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { fromData, type Tensor, wrappedNumber } from "../tensor/tensor";
import { composite } from "./define";

const functionOnly = (name: string) => ({ functions: [name], methods: [] });

function contained(elements: Tensor, tests: Tensor, invert: boolean): Tensor {
  const among = new Set(Array.from(elementsOf(tests), Number));
  const data = Uint8Array.from(elementsOf(elements) as Float64Array, () => 0);
  elementsOf(elements).forEach((value: number | bigint, i: number) => {
    data[i] = among.has(Number(value)) !== invert ? 1 : 0;
  });
  return fromData(data, elements.sizes, bool);
}

export const isin = composite(
  "isin.Tensor_Tensor(Tensor elements, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor",
  (elements, test_elements, _unique, invert) => contained(elements, test_elements, invert),
  { python: functionOnly("isin") },
);
composite(
  "isin.Tensor_Scalar(Tensor elements, Scalar test_element, *, bool assume_unique=False, bool invert=False) -> Tensor",
  (elements, test_element, _unique, invert) => contained(elements, wrappedNumber(test_element), invert),
  { python: functionOnly("isin") },
);
composite(
  "isin.Scalar_Tensor(Scalar element, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor",
  (element, test_elements, _unique, invert) => contained(wrappedNumber(element), test_elements, invert),
  { python: functionOnly("isin") },
);

/** Rows and columns of the places that `keep` keeps, row by row. */
function places(
  rows: number,
  columns: number,
  dtype: DType | null,
  keep: (row: number, column: number) => boolean,
): Tensor {
  if (rows < 0 || columns < 0) {
    const [name, value] = rows < 0 ? ["row", rows] : ["col", columns];
    throw runtimeError(`${name} must be non-negative, got${value}`);
  }
  const at: [number[], number[]] = [[], []];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      if (!keep(r, c)) continue;
      at[0].push(r);
      at[1].push(c);
    }
  }
  const kind = dtype ?? int64;
  const data = kind.allocate(2 * at[0].length);
  at.flat().forEach((value, i) => {
    data[i] = kind === int64 ? BigInt(value) : value;
  });
  return fromData(data, [2, at[0].length], kind);
}

export const tril_indices = composite(
  "tril_indices(int row, int col, int offset=0, *, ScalarType? dtype=None) -> Tensor",
  (row, col, offset, dtype) => places(row, col, dtype, (r, c) => c - r <= offset),
  { python: functionOnly("tril_indices") },
);
export const triu_indices = composite(
  "triu_indices(int row, int col, int offset=0, *, ScalarType? dtype=None) -> Tensor",
  (row, col, offset, dtype) => places(row, col, dtype, (r, c) => c - r >= offset),
  { python: functionOnly("triu_indices") },
);
