import { miniFloatTable, powerTable } from './minifloat';
import type { SafetensorsDType } from './dtypes';

type Numbers =
  Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;
type BigInts = BigInt64Array | BigUint64Array;
type ArrayClass<T> = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => T;

/** Element types that a typed array of the language can show as they are. */
const PLAIN: Readonly<Partial<Record<SafetensorsDType, { bytes: number; array: ArrayClass<Numbers> }>>> = {
  F64: { bytes: 8, array: Float64Array },
  F32: { bytes: 4, array: Float32Array },
  I32: { bytes: 4, array: Int32Array },
  U32: { bytes: 4, array: Uint32Array },
  I16: { bytes: 2, array: Int16Array },
  U16: { bytes: 2, array: Uint16Array },
  I8: { bytes: 1, array: Int8Array },
  U8: { bytes: 1, array: Uint8Array },
  BOOL: { bytes: 1, array: Uint8Array },
};

const EIGHT_BITS: Readonly<Partial<Record<SafetensorsDType, () => Float32Array>>> = {
  F8_E4M3: () => miniFloatTable(4, 7, 'fn'),
  F8_E5M2: () => miniFloatTable(5, 15, 'ieee'),
  F8_E4M3FNUZ: () => miniFloatTable(4, 8, 'fnuz'),
  F8_E5M2FNUZ: () => miniFloatTable(5, 16, 'fnuz'),
  F8_E8M0: powerTable,
};

/** A typed array on `bytes`; a copy only when they are not aligned for it. */
function viewAs<T>(array: ArrayClass<T>, bytes: Uint8Array, width: number): T {
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  return new array(aligned.buffer, aligned.byteOffset, aligned.byteLength / width);
}

/** The elements as JavaScript holds them without conversion; undefined for the dtypes that have no such array. */
export function plainView(dtype: SafetensorsDType, bytes: Uint8Array): Numbers | BigInts | undefined {
  if (dtype === 'I64') return viewAs(BigInt64Array, bytes, 8);
  if (dtype === 'U64') return viewAs(BigUint64Array, bytes, 8);
  const plain = PLAIN[dtype];
  return plain && viewAs(plain.array, bytes, plain.bytes);
}

/**
 * Every element rounded to float32; undefined for dtypes that are handed out as bytes only. F32 is not copied when aligned.
 * F16 and BF16 are written to the start of `into` when it is given and long enough.
 */
export function widenToF32(dtype: SafetensorsDType, bytes: Uint8Array, into?: Float32Array): Float32Array | undefined {
  if (dtype === 'F16' || dtype === 'BF16') {
    const halves = viewAs(Uint16Array, bytes, 2);
    const out =
      into && into.length >= halves.length ? into.subarray(0, halves.length) : new Float32Array(halves.length);
    return dtype === 'F16' ? widenF16(halves, out) : widenBF16(halves, out);
  }
  const table = EIGHT_BITS[dtype]?.();
  if (table) return Float32Array.from(bytes, (code) => table[code]!);
  const plain = plainView(dtype, bytes);
  if (!plain || plain instanceof Float32Array) return plain;
  if (plain instanceof BigInt64Array || plain instanceof BigUint64Array) {
    const out = new Float32Array(plain.length);
    for (let i = 0; i < plain.length; i++) out[i] = Number(plain[i]!);
    return out;
  }
  return dtype === 'BOOL' ? Float32Array.from(plain, (x) => (x ? 1 : 0)) : new Float32Array(plain);
}

/**
 * Half precision has 5 exponent bits with bias 15, single 8 with bias 127: the fields are shifted into place and the bias
 * is corrected in integers; subnormals and the highest exponent go their own ways.
 */
function widenF16(halves: Uint16Array, out: Float32Array): Float32Array {
  const bits = new Int32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < halves.length; i++) {
    const h = halves[i]!;
    const sign = (h & 0x8000) << 16;
    const exponent = h & 0x7c00;
    if (exponent !== 0 && exponent !== 0x7c00) bits[i] = sign | (((h & 0x7fff) << 13) + 0x38000000);
    else if (exponent === 0) out[i] = (h & 0x3ff) * (sign ? -(2 ** -24) : 2 ** -24);
    else bits[i] = sign | 0x7f800000 | ((h & 0x3ff) << 13);
  }
  return out;
}

/** bfloat16 is the upper half of a float32. */
function widenBF16(halves: Uint16Array, out: Float32Array): Float32Array {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  return out;
}
