// Random bits as PyTorch's CPU generator makes them: MT19937 (Matsumoto & Nishimura 1998), and the normal
// number that is kept for next time. Distributions are in kernels/distributions.ts.
import { log, sinCos } from "./doubleDouble";

const SIZE = 624;
const SHIFT = 397;
/** Bytes of PyTorch's legacy state: the engine's, then what normal numbers keep. */
export const STATE_BYTES = 5056;
const DEFAULT_SEED = 67280421310721n;

export class RandomGenerator {
  private state = new Uint32Array(SIZE);
  private left = 1;
  private next = 0;
  seedValue = DEFAULT_SEED;
  /** The second number of a Box-Muller pair, for the next call. */
  keptNormal: number | null = null;

  constructor() {
    this.seed(DEFAULT_SEED);
  }

  seed(seed: bigint): void {
    this.seedValue = seed;
    this.keptNormal = null;
    const { state } = this;
    state[0] = Number(seed & 0xffffffffn);
    for (let i = 1; i < SIZE; i++) {
      const before = state[i - 1] ^ (state[i - 1] >>> 30);
      state[i] = (Math.imul(before, 1812433253) + i) >>> 0;
    }
    this.left = 1;
    this.next = 0;
  }

  private refill(): void {
    const { state } = this;
    const mix = (upper: number, lower: number): number => {
      const joined = (upper & 0x80000000) | (lower & 0x7fffffff);
      return (joined >>> 1) ^ (lower & 1 ? 0x9908b0df : 0);
    };
    let i = 0;
    for (; i < SIZE - SHIFT; i++) state[i] = state[i + SHIFT] ^ mix(state[i], state[i + 1]);
    for (; i < SIZE - 1; i++) state[i] = state[i + SHIFT - SIZE] ^ mix(state[i], state[i + 1]);
    state[SIZE - 1] = state[SHIFT - 1] ^ mix(state[SIZE - 1], state[0]);
    this.left = SIZE;
    this.next = 0;
  }

  /** 32 random bits. */
  random32(): number {
    if (--this.left === 0) this.refill();
    let y = this.state[this.next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** 64 random bits: the first 32 are the upper half. */
  random64(): bigint {
    const upper = this.random32();
    const lower = this.random32();
    return (BigInt(upper) << 32n) | BigInt(lower);
  }

  /** Uniform in [0, 1) with 24 bits. */
  uniform24(): number {
    return (this.random32() & 0xffffff) / 0x1000000;
  }

  /** Uniform in [0, 1) with 53 bits. */
  uniform53(): number {
    const upper = this.random32() & 0x1fffff;
    const lower = this.random32();
    return (upper * 0x100000000 + lower) / 0x20000000000000;
  }

  /** Normal with mean 0 and deviation 1: Box and Muller's pair, the second kept for the next call. */
  normal(): number {
    if (this.keptNormal !== null) {
      const kept = this.keptNormal;
      this.keptNormal = null;
      return kept;
    }
    const u1 = this.uniform53();
    const u2 = this.uniform53();
    const radius = Math.sqrt(-2 * log(1 - u2));
    const [sin, cos] = sinCos(2 * Math.PI * u1);
    this.keptNormal = radius * sin;
    return radius * cos;
  }

  /** PyTorch's layout: seed, left, seeded, next, 624 words of 64 bits, and the kept normal number. */
  save(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, STATE_BYTES);
    view.setBigUint64(0, this.seedValue, true);
    view.setInt32(8, this.left, true);
    view.setInt32(12, 1, true);
    view.setBigUint64(16, BigInt(this.next), true);
    for (let i = 0; i < SIZE; i++) view.setBigUint64(24 + 8 * i, BigInt(this.state[i]), true);
    const after = 24 + 8 * SIZE;
    view.setFloat64(after + 8, this.keptNormal ?? 0, true);
    view.setInt32(after + 24, this.keptNormal === null ? 0 : 1, true);
  }

  restore(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, STATE_BYTES);
    this.seedValue = view.getBigUint64(0, true);
    this.left = view.getInt32(8, true);
    this.next = Number(view.getBigUint64(16, true));
    for (let i = 0; i < SIZE; i++) this.state[i] = Number(view.getBigUint64(24 + 8 * i, true) & 0xffffffffn);
    const after = 24 + 8 * SIZE;
    this.keptNormal = view.getInt32(after + 24, true) === 0 ? null : view.getFloat64(after + 8, true);
  }
}

/** The generator of `torch.manual_seed`. */
export const globalGenerator = new RandomGenerator();

/** The generator that operators draw from: `generator=` puts another in for one call. */
export const drawing: { generator: RandomGenerator } = { generator: globalGenerator };
