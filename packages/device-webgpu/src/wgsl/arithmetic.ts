// Products and quotients with subnormal numbers. An adapter may take these for 0, and then 0 / x and x · infinity are not what they should
// be; they are computed with the number times 2^149, which is an ordinary one.
import { wgslFunction } from './functions';

const isSubnormal = wgslFunction(`
fn isSubnormal(x: f32) -> bool { let bits = bitcast<u32>(x) & 0x7fffffffu; return bits != 0u && bits < 0x800000u; }`);

/** x · 2^149 of a subnormal x. */
const lifted = wgslFunction(`
fn lifted(x: f32) -> f32 { let m = f32(bitcast<u32>(x) & 0x7fffffu); return select(m, -m, (bitcast<u32>(x) >> 31u) != 0u); }`);

export const mulf = wgslFunction(
  `
fn mulf(a: f32, b: f32) -> f32 {
  if (isSubnormal(a)) { return ((b * 2.6469780e-23) * lifted(a)) * 5.2939559e-23; }
  if (isSubnormal(b)) { return ((a * 2.6469780e-23) * lifted(b)) * 5.2939559e-23; }
  return a * b;
}`,
  isSubnormal,
  lifted,
);

export const divf = wgslFunction(
  `
fn divf(a: f32, b: f32) -> f32 {
  let small = isSubnormal(b);
  if (isSubnormal(a)) {
    if (small) { return lifted(a) / lifted(b); }
    return ((lifted(a) * 2.6469780e-23) / b) * 5.2939559e-23;
  }
  if (small) { return ((a * 3.7778932e22) / lifted(b)) * 1.8889466e22; }
  return a / b;
}`,
  isSubnormal,
  lifted,
);
