/**
 * Element types of the format, in the order of the reference implementation (by alignment); the writer sorts by it.
 * `bits` counts one element: F4 and F6 are packed without gaps.
 */
export const SAFETENSORS_BITS = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

export type SafetensorsDType = keyof typeof SAFETENSORS_BITS;

export const SAFETENSORS_DTYPES = Object.keys(SAFETENSORS_BITS) as readonly SafetensorsDType[];

const KNOWN: ReadonlySet<string> = new Set(SAFETENSORS_DTYPES);

export function isSafetensorsDType(name: string): name is SafetensorsDType {
  return KNOWN.has(name);
}

/** Bytes of a tensor, or a sentence part that says why there is no such number. */
export function tensorBytes(dtype: SafetensorsDType, shape: readonly number[]): number | string {
  let elements = 1;
  // Zero-sized axes come last here, so that they cannot hide an overflow of the others.
  for (const n of shape) {
    if (n > 0 && elements > Number.MAX_SAFE_INTEGER / n) return 'its element count overflows';
    elements *= n || 1;
  }
  if (elements > Number.MAX_SAFE_INTEGER / SAFETENSORS_BITS[dtype]) return 'its byte count overflows';
  const bits = shape.includes(0) ? 0 : elements * SAFETENSORS_BITS[dtype];
  return bits % 8 === 0 ? bits / 8 : 'its bits do not fill whole bytes';
}
