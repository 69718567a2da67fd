// Elementwise changes that read memory which they write, as `x[:, 1:] -= x[:, :-1]` and `x /= x[:, :1]` do.
// PyTorch refuses them only where both windows are dense. Elsewhere what comes out depends on the order of its
// loops, which is repeated here: row by row, each row in blocks of 64 bytes, then what is left of it one by one. A
// number that is the same for a whole row is read once for its blocks, and again for each single element.
import { extent, type Sizes } from "../tensor/shape";
import { sameMemory } from "../tensor/slabs";
import { allocate } from "../tensor/storage";
import { Tensor } from "../tensor/tensor";

const BLOCK_BYTES = 64;

/** Whether `read`, broadcast to self's shape, has places in memory where self is at another index. */
export function readsElsewhere(self: Tensor, read: Tensor): boolean {
  if (read === self || read.dtype !== self.dtype) return false;
  if (!sameMemory(read.storage.data, self.storage.data)) return false;
  const strides = broadcastStrides(read, self.sizes);
  if (strides === null) return false;
  const distance = self.offset - read.offset;
  const alike = self.sizes.every((size, d) => size === 1 || strides[d] === self.strides[d]);
  // What lies ahead is read before it is written.
  if (alike && distance <= 0) return false;
  return (
    self.offset < read.offset + extent(read.sizes, read.strides) &&
    read.offset < self.offset + extent(self.sizes, self.strides)
  );
}

function broadcastStrides(read: Tensor, sizes: Sizes): number[] | null {
  const missing = sizes.length - read.sizes.length;
  if (missing < 0) return null;
  const strides = new Array<number>(sizes.length).fill(0);
  for (let d = 0; d < read.sizes.length; d++) {
    if (read.sizes[d] === sizes[missing + d]) strides[missing + d] = read.strides[d];
    else if (read.sizes[d] !== 1) return null;
  }
  return strides;
}

interface Dimension {
  size: number;
  /** Of self, then of what is read. */
  strides: number[];
}

/** Innermost first, dimensions that can be walked as one joined. */
function dimensionsOf(self: Tensor, reads: readonly Tensor[]): Dimension[] {
  const all = [self.strides, ...reads.map((read) => broadcastStrides(read, self.sizes) ?? [])];
  const dims = self.sizes
    .map((size, d) => ({ size, strides: all.map((strides) => strides[d]) }))
    .filter(({ size }) => size !== 1)
    .reverse()
    .sort((a, b) => a.strides[0] - b.strides[0]);
  const joined: Dimension[] = [];
  for (const dim of dims) {
    const inner = joined.at(-1);
    if (inner?.strides.every((stride, i) => stride * inner.size === dim.strides[i])) inner.size *= dim.size;
    else joined.push(dim);
  }
  return joined.length > 0 ? joined : [{ size: 1, strides: all.map(() => 0) }];
}

/** One dimension of a tensor's memory, which is moved along. */
function slider({ storage, dtype }: Tensor, size: number, stride: number): Tensor {
  return new Tensor(storage, dtype, [size], [stride]);
}

/** Calls `change` with window after window of self and of what is read (which broadcasts to self's shape). */
export function inOrder(
  self: Tensor,
  reads: readonly Tensor[],
  change: (self: Tensor, reads: Tensor[]) => void,
): void {
  const [inner, ...outer] = dimensionsOf(self, reads);
  const operands = [self, ...reads];
  const repeated = inner.strides.flatMap((stride, i) => (stride === 0 && i > 0 ? [i] : []));
  const vector = inner.strides.every((stride, i) => stride === 1 || repeated[0] === i) && repeated.length < 2;
  const block = vector ? BLOCK_BYTES / self.dtype.bytes : inner.size + 1;
  const blocks = operands.map((operand, i) => slider(operand, block, inner.strides[i]));
  const singles = operands.map((operand) => slider(operand, 1, 1));
  for (const i of repeated) {
    if (vector) blocks[i] = new Tensor(allocate(operands[i].dtype, 1), operands[i].dtype, [block], [0]);
  }

  const row = (offsets: number[]): void => {
    for (const i of repeated) {
      if (vector) blocks[i].storage.data[0] = operands[i].storage.data[offsets[i]];
    }
    let at = 0;
    for (; at + block <= inner.size; at += block) {
      for (let i = 0; i < operands.length; i++) {
        if (repeated[0] !== i) blocks[i].offset = offsets[i] + at * inner.strides[i];
      }
      change(blocks[0], blocks.slice(1));
    }
    for (; at < inner.size; at++) {
      for (let i = 0; i < operands.length; i++) singles[i].offset = offsets[i] + at * inner.strides[i];
      change(singles[0], singles.slice(1));
    }
  };
  const walk = (level: number, offsets: number[]): void => {
    if (level < 0) {
      row(offsets);
      return;
    }
    const { size, strides } = outer[level];
    for (let n = 0; n < size; n++)
      walk(
        level - 1,
        offsets.map((offset, i) => offset + n * strides[i]),
      );
  };
  if (self.numel > 0)
    walk(
      outer.length - 1,
      operands.map((operand) => operand.offset),
    );
}
