// Between element types. Codes, which src/kernels/dtype-codes.ts passes: 0 f32, 1 i32, 2 u32, 3 u8, 4 bool.
const F32 = 0, I32 = 1, U32 = 2, U8 = 3;

/** Any element as the double that equals it. */
@inline
export function loadNumber(kind: i32, p: usize): f64 {
  if (kind == F32) return <f64>load<f32>(p);
  if (kind == I32) return <f64>load<i32>(p);
  if (kind == U32) return <f64>load<u32>(p);
  return <f64>load<u8>(p);
}

/** Towards zero and saturating; NaN has no integer and gives 0. */
export function cast(begin: usize, end: usize, from: i32, to: i32, x: usize, y: usize): void {
  const step: usize = from < U8 ? 4 : 1;
  for (let i = begin; i < end; i++) {
    const v = loadNumber(from, x + i * step);
    if (to == F32) store<f32>(y + (i << 2), <f32>v);
    else if (to == I32) store<i32>(y + (i << 2), i32_trunc_sat(v));
    else if (to == U32) store<u32>(y + (i << 2), u32_trunc_sat(v));
    else if (to == U8) store<u8>(y + i, <u8>min<u32>(u32_trunc_sat(v), 255));
    else store<u8>(y + i, <u8>(v != 0));
  }
}

@inline
function i32_trunc_sat(v: f64): i32 {
  return v >= 2147483647 ? i32.MAX_VALUE : v <= -2147483648 ? i32.MIN_VALUE : v == v ? <i32>v : 0;
}

@inline
function u32_trunc_sat(v: f64): u32 {
  return v >= 4294967295 ? u32.MAX_VALUE : v > 0 ? <u32>v : 0;
}
