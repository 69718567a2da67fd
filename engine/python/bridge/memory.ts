// Numbers that cross in bulk: a few through small shared buffers, many through an address in Python's memory.
import { cast, elementsOf } from "../../kernels/strided";
import { type Data, type DType, dtypeOfCode } from "../../tensor/dtype";
import { fromData, type Tensor } from "../../tensor/tensor";

/** The lengths of the shared arrays, which _engine.py makes and never resizes. */
const INTS = 4096;
const DOUBLES = 64;

export class SharedMemory {
  private intsAt = 0;
  private doubleAt = 0;
  private view: Int32Array | null = null;
  private doubleView: Float64Array | null = null;

  /** `heap`: WASM memory as it is now; growing replaces it. */
  constructor(private readonly heap: () => Uint8Array) {}

  /** Addresses of Python's shared `array("i")` and of its `array("d")`. */
  place(ints: number, double: number): void {
    this.intsAt = ints;
    this.doubleAt = double;
    this.view = null;
    this.doubleView = null;
  }

  ints(): Int32Array {
    const { buffer } = this.heap();
    if (this.view === null || this.view.buffer !== buffer) {
      this.view = new Int32Array(buffer as ArrayBuffer, this.intsAt, INTS);
    }
    return this.view;
  }

  doubles(): Float64Array {
    const { buffer } = this.heap();
    if (this.doubleView === null || this.doubleView.buffer !== buffer) {
      this.doubleView = new Float64Array(buffer as ArrayBuffer, this.doubleAt, DOUBLES);
    }
    return this.doubleView;
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
    this.doubles()[0] = value;
  }

  /** Numbers of an `array("i")`. */
  readInts(address: number, count: number): Int32Array {
    return new Int32Array(this.heap().slice(address, address + count * 4).buffer);
  }

  writeBytes(address: number, bytes: Uint8Array): void {
    this.heap().set(bytes, address);
  }

  readBytes(address: number, count: number): Uint8Array {
    return this.heap().slice(address, address + count);
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
