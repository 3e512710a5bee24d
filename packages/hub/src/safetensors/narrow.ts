const bits = new DataView(new ArrayBuffer(4));

/** float32 values as half precision, in their bits: rounded to nearest, ties to even; what is too large becomes infinite. */
export function narrowToF16(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = half(values[i]!);
  return halves;
}

function half(value: number): number {
  bits.setFloat32(0, value);
  const word = bits.getUint32(0);
  const sign = (word >>> 16) & 0x8000;
  const exponent = ((word >>> 23) & 0xff) - 127;
  const fraction = word & 0x7fffff;
  if (exponent === 128) return sign | 0x7c00 | (fraction ? 0x200 | (fraction >>> 13) : 0);
  if (exponent > 15) return sign | 0x7c00;
  if (exponent < -25) return sign;
  // Below 2^-14 the leading one is written out and moves right; a carry out of the fraction is the next exponent.
  const shift = exponent < -14 ? -1 - exponent : 13;
  const whole = exponent < -14 ? fraction | 0x800000 : ((exponent + 15) << 23) | fraction;
  const down = whole >>> shift;
  const rest = whole & ((1 << shift) - 1);
  const tie = 1 << (shift - 1);
  return sign | (down + Number(rest > tie || (rest === tie && (down & 1) === 1)));
}
