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

/**
 * Two barriers where halving takes eight. Which lanes make a subgroup is the adapter's affair, and so is the order, the same every time: the
 * lane that it elects leaves its subgroup's sum, the others nothing, and then each subgroup shares out all of that among its lanes.
 */
const SUM_BY_SUBGROUP = `${PARTS}
fn laneSum(lane: u32, value: f32) -> f32 {
  let own = subgroupAdd(value);
  parts[lane] = select(0.0, own, subgroupElect());
  workgroupBarrier();
  var part = 0.0;
  let size = subgroupAdd(1u);
  for (var i = subgroupExclusiveAdd(1u); i < ${LANES}u; i += size) { part += parts[i]; }
  let result = subgroupAdd(part);
  workgroupBarrier();
  return result;
}`;

/** Sum of every lane's value, for all lanes; the order is fixed. */
export const laneSum = { ...wgslFunction(PARTS + meet('laneSum', 'a + b')), bySubgroup: SUM_BY_SUBGROUP };
/** `laneSum` and `laneTop`, the largest. */
const TOP = meet('laneTop', 'maximum(a, b)');
export const laneBoth = {
  ...wgslFunction(PARTS + meet('laneSum', 'a + b') + TOP, maximum),
  bySubgroup: SUM_BY_SUBGROUP + TOP,
};
