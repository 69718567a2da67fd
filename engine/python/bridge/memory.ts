// Numbers that cross in bulk: a few through small shared buffers, many through an address in Python's memory.
import { cast, elementsOf } from "../../kernels/strided";
import { type Data, type DType, dtypeOfCode } from "../../tensor/dtype";
import { fromData, type Tensor } from "../../tensor/tensor";

/** The lengths of the shared arrays, which _engine.py makes and never resizes. */
const INTS = 4096;

export class SharedMemory {
  private intsAt = 0;
  private doubleAt = 0;
  private view: Int32Array | null = null;

  /** `heap`: WASM memory as it is now; growing replaces it. */
  constructor(private readonly heap: () => Uint8Array) {}

  /** Addresses of Python's shared `array("i")` and of its `array("d")` of one number. */
  place(ints: number, double: number): void {
    this.intsAt = ints;
    this.doubleAt = double;
    this.view = null;
  }

  private ints(): Int32Array {
    const { buffer } = this.heap();
    if (this.view === null || this.view.buffer !== buffer) {
      this.view = new Int32Array(buffer as ArrayBuffer, this.intsAt, INTS);
    }
    return this.view;
  }

  /** A view of `count` numbers of an `array("i")` that is never resized; made anew only when memory has grown. */
  window(address: number, count: number): () => Int32Array {
    let view: Int32Array | null = null;
    return () => {
      const { buffer } = this.heap();
      if (view === null || view.buffer !== buffer)
        view = new Int32Array(buffer as ArrayBuffer, address, count);
      return view;
    };
  }

  /** Answers how many. */
  write(numbers: readonly number[]): number {
    if (numbers.length > INTS) throw new RangeError(`${numbers.length} numbers do not fit`);
    this.ints().set(numbers);
    return numbers.length;
  }

  read(count: number): number[] {
    return Array.from(this.ints().subarray(0, count));
  }

  writeDouble(value: number): void {
    new Float64Array(this.heap().buffer as ArrayBuffer, this.doubleAt, 1)[0] = value;
  }

  /** Numbers of an `array("i")`. */
  readInts(address: number, count: number): Int32Array {
    return new Int32Array(this.heap().slice(address, address + count * 4).buffer);
  }

  /** Copies a tensor's elements, row-major, to `address`, in its own dtype. */
  copyOut(tensor: Tensor, address: number): void {
    const data = elementsOf(tensor);
    this.heap().set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), address);
  }

  /** A tensor of `sizes` and `dtype` from `count` numbers of the dtype with the code `from` at `address`. */
  copyIn(address: number, count: number, from: number, sizes: readonly number[], dtype: DType): Tensor {
    const source = dtypeOfCode(from);
    const { buffer } = this.heap().slice(address, address + count * source.bytes);
    const make = source.allocate(0).constructor as new (buffer: ArrayBufferLike) => Data;
    return fromData(cast(new make(buffer), source, dtype), [...sizes], dtype);
  }
}
