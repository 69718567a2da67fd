// The numbers that float16 and bfloat16 have: float32 numbers rounded to them, and their bits. Ties go to the even
// neighbour, what is too large becomes infinite.

const bitsOf = (data: Float32Array) => new Int32Array(data.buffer, data.byteOffset, data.length);

const INFINITY = 0x7f800000;
const MAGNITUDE = 0x7fffffff;
/** Halfway between the largest float16 (65504) and what would be the next one. */
const TOO_LARGE = 0x477ff000;
/** 2^-14: below it the steps of float16 stay at 2^-24. */
const NORMAL = 0x38800000;

export function roundToFloat16(data: Float32Array): void {
  const bits = bitsOf(data);
  for (let i = 0; i < bits.length; i++) {
    const whole = bits[i];
    if ((whole & 0x1fff) === 0 && (whole & MAGNITUDE) >= NORMAL && (whole & MAGNITUDE) < TOO_LARGE) continue;
    const size = whole & MAGNITUDE;
    if (size >= INFINITY) continue;
    const sign = whole & ~MAGNITUDE;
    if (size >= TOO_LARGE) bits[i] = sign | INFINITY;
    else if (size >= NORMAL) bits[i] = sign | ((size + 0xfff + ((size >> 13) & 1)) & ~0x1fff);
    else {
      // Between 0.5 and 1 the steps of float32 are 2^-24.
      const value = Math.fround(Math.abs(data[i]) + 0.5) - 0.5;
      data[i] = sign === 0 ? value : -value;
    }
  }
}

export function roundToBfloat16(data: Float32Array): void {
  const bits = bitsOf(data);
  for (let i = 0; i < bits.length; i++) {
    const whole = bits[i];
    if ((whole & 0xffff) === 0 || (whole & MAGNITUDE) > INFINITY) continue;
    bits[i] = (whole + 0x7fff + ((whole >> 16) & 1)) & ~0xffff;
  }
}

/** The 16 bits of each element; all of `data` are numbers that float16 has. */
export function bitsOfFloat16(data: Float32Array): Uint16Array {
  const out = new Uint16Array(data.length);
  const bits = bitsOf(data);
  for (let i = 0; i < out.length; i++) {
    const sign = (bits[i] >>> 16) & 0x8000;
    const size = bits[i] & MAGNITUDE;
    if (size >= INFINITY) out[i] = sign | (size > INFINITY ? 0x7e00 : 0x7c00);
    else if (size >= NORMAL) out[i] = sign | ((size - 0x38000000) >> 13);
    else out[i] = sign | (Math.abs(data[i]) * 2 ** 24);
  }
  return out;
}

export function float16OfBits(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < out.length; i++) {
    const sign = bits[i] & 0x8000 ? -1 : 1;
    const exponent = (bits[i] >> 10) & 31;
    const fraction = bits[i] & 1023;
    if (exponent === 31) out[i] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else if (exponent === 0) out[i] = sign * fraction * 2 ** -24;
    else out[i] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return out;
}

export function bitsOfBfloat16(data: Float32Array): Uint16Array {
  const out = new Uint16Array(data.length);
  const bits = bitsOf(data);
  for (let i = 0; i < out.length; i++) {
    // A NaN whose upper half says nothing of it must not become infinite.
    out[i] = (bits[i] & MAGNITUDE) > INFINITY ? (bits[i] >>> 16) | 0x40 : bits[i] >>> 16;
  }
  return out;
}

export function bfloat16OfBits(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  const whole = bitsOf(out);
  for (let i = 0; i < out.length; i++) whole[i] = bits[i] << 16;
  return out;
}
