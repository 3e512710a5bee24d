// What the lanes of a workgroup find out together. Every lane must call these, and gets the answer.
import { wgslFunction } from './functions';
import { maximum } from './special';

export const LANES = 64;

const PARTS = `var<workgroup> parts: array<f32, ${LANES}>;`;
const meet = (name: string, join: string) => `
fn ${name}(lane: u32, value: f32) -> f32 {
  parts[lane] = value;
  workgroupBarrier();
  for (var s = ${LANES / 2}u; s > 0u; s = s >> 1u) {
    if (lane < s) { let a = parts[lane]; let b = parts[lane + s]; parts[lane] = ${join}; }
    workgroupBarrier();
  }
  let result = parts[0];
  workgroupBarrier();
  return result;
}`;
/** Sum of every lane's value, for all lanes; the order is fixed. */
export const laneSum = wgslFunction(PARTS + meet('laneSum', 'a + b'));
/** `laneSum` and `laneTop`, the largest. */
export const laneBoth = wgslFunction(PARTS + meet('laneSum', 'a + b') + meet('laneTop', 'maximum(a, b)'), maximum);
