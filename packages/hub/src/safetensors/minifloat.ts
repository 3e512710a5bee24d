/** How the exponent's highest value is read: IEEE (infinities and NaN), `fn` (one NaN only), `fnuz` (NaN is minus zero). */
export type MiniFloatKind = 'ieee' | 'fn' | 'fnuz';

/**
 * The 256 values of an eight-bit float with sign, `exponentBits` and `7 - exponentBits` mantissa bits: every conversion is
 * one look-up.
 */
export function miniFloatTable(exponentBits: number, bias: number, kind: MiniFloatKind): Float32Array {
  const mantissaBits = 7 - exponentBits;
  const steps = 2 ** mantissaBits;
  const highest = 2 ** exponentBits - 1;
  return Float32Array.from({ length: 256 }, (_, code) => {
    const sign = code & 0x80 ? -1 : 1;
    const exponent = (code & 0x7f) >> mantissaBits;
    const mantissa = code & (steps - 1);
    if (kind === 'fnuz' && code === 0x80) return NaN;
    if (kind === 'fn' && (code & 0x7f) === 0x7f) return NaN;
    if (kind === 'ieee' && exponent === highest) return mantissa ? NaN : sign * Infinity;
    // Exponent 0 holds the subnormals: no implicit one, and the exponent of 1.
    return sign * (exponent ? 1 + mantissa / steps : mantissa / steps) * 2 ** (Math.max(exponent, 1) - bias);
  });
}

/** The 256 values of F8_E8M0: powers of two, no sign, one NaN. */
export function powerTable(): Float32Array {
  return Float32Array.from({ length: 256 }, (_, code) => (code === 255 ? NaN : 2 ** (code - 127)));
}
