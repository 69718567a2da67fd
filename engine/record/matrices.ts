// Derivatives as matrices, row by row: of what a backward call started from by a tensor, and of one operator's result
// by its inputs. Of a large matrix a part at a time, or its rows folded to a picture.
import type { Gradients, Node } from "../autograd/node";
import { tensorApi } from "../autograd/tensorApi";
import { gradientEdge, requiresGrad } from "../autograd/views";
import type { Answer, Part, Question } from "../protocol/experiment";
import type { NumberValue } from "../protocol/report";
import type { Tensor } from "../tensor/tensor";
import type { NodeFacts } from "./facts";
import type { BackwardEvent } from "./hook";
import { gradientBy, numbers, plainArgumentsOf, shaped } from "./paths";

/** So much is told at once, whether it is asked for or not. */
const WHOLE_ROWS = 64;
const WHOLE_CELLS = 4096;
/** What a part may have. */
const MOST_CELLS = 65_536;
/** The beginning of a large matrix. */
const FIRST = 16;

const refused = (why: string): Answer => ({ kind: "refused", why });

/** What is told of a matrix: the part that is asked for as far as it exists, all of a small one, or the beginning. */
function partOf(rows: number, columns: number, wanted: Part | undefined): Part {
  if (wanted === undefined) {
    const whole = rows <= WHOLE_ROWS && rows * columns <= WHOLE_CELLS;
    return {
      row: 0,
      rows: whole ? rows : Math.min(rows, FIRST),
      column: 0,
      columns: whole ? columns : Math.min(columns, FIRST),
    };
  }
  const row = Math.min(Math.max(0, wanted.row), rows);
  const column = Math.min(Math.max(0, wanted.column), columns);
  return {
    row,
    rows: Math.max(0, Math.min(wanted.rows, rows - row)),
    column,
    columns: Math.max(0, Math.min(wanted.columns, columns - column)),
  };
}

/** A gradient of zeros with a single one in it. */
function oneHot(like: { sizes: readonly number[]; dtype: Tensor["dtype"] }, element: number): Tensor {
  const tensor = tensorApi.zeros([...like.sizes], like.dtype);
  (tensor.storage.data as Float64Array)[element] = 1;
  return tensor;
}

const zeros = (count: number): NumberValue[] => new Array<NumberValue>(count).fill(0);

/** Backward from one element of the result at a time. */
export function jacobian(
  { roots, seeds }: BackwardEvent,
  target: Tensor,
  { part: wanted, fold }: Question & { kind: "jacobian" },
): Answer {
  const [root] = roots;
  if (!root || roots.length > 1) return refused("Only a call that starts from one tensor has one Jacobian.");
  const [rows, columns] = [root.numel, target.numel];
  if (rows > MOST_CELLS || columns > MOST_CELLS)
    return refused(
      `The matrix has ${rows} rows and ${columns} columns: up to ${MOST_CELLS} of each are asked for.`,
    );
  const edge = requiresGrad(target) ? gradientEdge(target) : null;
  if (edge === null) return refused("No gradient flows to this tensor.");
  const asked = partOf(rows, columns, wanted);
  const part = fold === undefined ? asked : { ...asked, column: 0, columns };
  const width = fold === undefined ? part.columns : Math.min(Math.max(1, fold), columns);
  if (part.rows * width > MOST_CELLS)
    return refused(
      `${part.rows} rows of ${width} are too many at once: up to ${MOST_CELLS} numbers are told.`,
    );
  const [seed] = seeds;
  const v = seed ? numbers(seed) : new Array<NumberValue>(rows).fill(1);
  const values: NumberValue[] = [];
  const product = new Float64Array(columns);
  for (let row = part.row; row < part.row + part.rows; row++) {
    const gradient = gradientBy(root, oneHot(root, row), target);
    const all = gradient === null ? zeros(columns) : numbers(gradient);
    if (fold === undefined) values.push(...all.slice(part.column, part.column + part.columns));
    else {
      values.push(...folded(all, width));
      add(product, v[row] ?? 0, all);
    }
  }
  return {
    kind: "jacobian",
    matrix: { rows: part.rows, columns: width, values },
    part,
    rows,
    columns,
    v,
    ...(fold === undefined ? {} : { product: Array.from(product, toValue) }),
    gradient: whole(root, seed ?? tensorApi.onesLike(root), target),
    resultShape: [...root.sizes],
    shape: [...target.sizes],
  };
}

/** As backward computes it, all rows at once. */
function whole(root: Tensor, seed: Tensor, target: Tensor): NumberValue[] {
  const gradient = gradientBy(root, seed, target);
  return gradient === null ? zeros(target.numel) : numbers(gradient);
}

/** The largest number of each block, with its sign; what is no number counts most. */
function folded(row: readonly NumberValue[], blocks: number): NumberValue[] {
  return Array.from({ length: blocks }, (_, b) => {
    const from = Math.floor((b * row.length) / blocks);
    const to = Math.floor(((b + 1) * row.length) / blocks);
    let most: NumberValue = row[from] ?? 0;
    for (let i = from + 1; i < to; i++) if (sizeOf(row[i] ?? 0) > sizeOf(most)) most = row[i] ?? 0;
    return most;
  });
}

const sizeOf = (value: NumberValue): number =>
  value === "NaN" ? Number.POSITIVE_INFINITY : Math.abs(toNumber(value));

const toNumber = (value: NumberValue): number =>
  value === "NaN"
    ? Number.NaN
    : value === "Infinity"
      ? Infinity
      : value === "-Infinity"
        ? -Infinity
        : Number(value);

const toValue = (n: number): NumberValue =>
  Number.isNaN(n) ? "NaN" : n === Infinity ? "Infinity" : n === -Infinity ? "-Infinity" : n;

/** What is not connected adds nothing, whatever v is. */
function add(sum: Float64Array, factor: NumberValue, row: readonly NumberValue[]): void {
  const f = toNumber(factor);
  row.forEach((value, i) => {
    const n = toNumber(value);
    if (n !== 0) sum[i] += f * n;
  });
}

/** The formula of one operator, asked with a gradient of one at each element of its result. */
export function local(node: Node, facts: NodeFacts, wanted: Part | undefined): Answer {
  const output = node.outputs.findIndex((meta) => meta.dtype.kind === "float");
  const meta = node.outputs[output];
  if (meta === undefined) return refused("It has no result that a gradient could come to.");
  const rows = meta.sizes.reduce((product, size) => product * size, 1);
  const inputs = facts.edges.map(({ place, input, argument }) => {
    const to = node.edges[place];
    const sizes = to?.node.outputs[to.inputNr]?.sizes ?? [];
    const columns = sizes.reduce((product, size) => product * size, 1);
    return { place, input, argument, columns, shape: [...sizes] };
  });
  // One decision for all inputs, since a row serves all of them.
  const widest = Math.max(...inputs.map(({ columns }) => columns), 0);
  const band = partOf(rows, widest, wanted);
  const parts = inputs.map((each) => ({
    ...each,
    part: { ...band, columns: Math.max(0, Math.min(band.columns, each.columns - band.column)) },
    values: [] as NumberValue[],
  }));
  if (band.rows * band.columns > MOST_CELLS)
    return refused(
      `${band.rows} rows of ${band.columns} are too many at once: up to ${MOST_CELLS} numbers are told.`,
    );
  for (let row = band.row; row < band.row + band.rows; row++) {
    const incoming: Gradients = node.outputs.map(() => null);
    incoming[output] = oneHot(meta, row);
    const outgoing = shaped(node, node.apply(incoming));
    for (const { place, columns, part, values } of parts) {
      const gradient = outgoing[place];
      const all = gradient ? numbers(gradient) : zeros(columns);
      values.push(...all.slice(part.column, part.column + part.columns));
    }
  }
  return {
    kind: "local",
    rows,
    resultShape: [...meta.sizes],
    plain: plainArgumentsOf(node),
    parts: parts.map(({ input, argument, columns, shape, part, values }) => ({
      input,
      argument,
      shape,
      columns,
      part,
      matrix: { rows: part.rows, columns: part.columns, values },
    })),
  };
}
