import { ZooError, type Op, type Sample, type Spec } from '@paperzoo/core';
import { demand } from '../check';
import { DEFAULT_TOLERANCE, extremeObjection } from '../compare';
import { callOp, hostInputs, upload } from '../host';
import { ways, type Lab } from '../lab';
import type { Oracle } from '../oracle';

/** Where formulas break: not a number, infinities, both zeros, halves, the ends of exp's range, subnormals, the largest numbers. */
const VALUES = [
  ...[NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, -3, 1e-3, -1e-3],
  ...[1e-45, -1e-40, 1e-20, 20, -20, 88.5, 89, -87.5, -104, 1e4, -1e4, 3.4e38, -3.4e38],
];

/** True for ops that work element by element: no attributes, and the result is as long as the inputs. */
export function isElementwise(op: Op): boolean {
  if (Object.keys(op.attrs).length > 0 || op.inputs.some(({ kind }) => kind === 'list' || kind === 'optional'))
    return false;
  try {
    const outs = op.shape(specs(op), {});
    return !Array.isArray(outs) && String((outs as Spec).shape) === String([VALUES.length]);
  } catch (error) {
    if (error instanceof ZooError) return false;
    throw error;
  }
}

const typeOf = ({ dtypes }: Op['inputs'][number]) => (dtypes === 'any' || dtypes.includes('f32') ? 'f32' : dtypes[0]!);
const specs = (op: Op): Spec[] => op.inputs.map((slot) => ({ shape: [VALUES.length], dtype: typeOf(slot) }));

/** Below the smallest normal float32. */
const isSubnormal = (x: number) => Math.abs(x) < 2 ** -126;
const flushed = (x: number) => (isSubnormal(x) ? x * 0 : x);

/**
 * Every pair of the values above (or each alone), every element judged by itself. A device whose facts say `subnormals: 'zero'` may take such
 * inputs for 0, as graphics cards do: its answer may be the op's at 0 there.
 */
export async function checkExtremes(lab: Lab, oracle: Oracle, op: Op): Promise<void> {
  const float = specs(op).map((spec) => spec.dtype === 'f32');
  const last = float.lastIndexOf(true);
  const n = VALUES.length;
  const pairs = float.filter(Boolean).length > 1;
  const size = pairs ? n * n : n;
  const fill = (i: number) => Array.from({ length: size }, (_, k) => VALUES[i === last ? k % n : Math.floor(k / n)]!);
  const ins = op.inputs.map((slot, i) => ({
    shape: [size],
    dtype: typeOf(slot),
    ...(float[i] ? { fill: fill(i) } : { fill: 'index' as const, below: 2 }),
  }));
  const sample: Sample = { name: 'extremes', ins };
  const zoo = await lab.zoo();
  const truths = [(await oracle.truth(op, sample))[0]!];
  if (zoo.device.caps.info.subnormals === 'zero') {
    const zeros = ins.map((x) => (typeof x.fill === 'string' ? x : { ...x, fill: x.fill.map(flushed) }));
    truths.push((await oracle.truth(op, { name: 'extremes, subnormals as 0', ins: zeros }))[0]!);
  }
  for (const way of ways(zoo, op, sample).fits) {
    zoo.pin({ [op.name]: way });
    const tensors = upload(zoo, hostInputs(op, sample));
    const [out] = callOp(op, tensors, undefined);
    const got = await out!.data();
    for (const t of [...tensors, out]) t?.dispose();
    zoo.pin(null);
    const { abs } = op.implementation.tolerance ?? DEFAULT_TOLERANCE;
    for (let k = 0; k < size; k++) {
      const wrongs = truths.map(({ values, dtype }) => extremeObjection(got[k]!, values[k]!, dtype, abs));
      const wrong = wrongs.includes(undefined) ? undefined : wrongs[0];
      const given = ins.map((x) => (typeof x.fill === 'string' ? 'mask' : x.fill[k])).join(', ');
      demand(
        wrong === undefined,
        () => `${lab.name}: ${way} of (${given}) ${wrong}.`,
        () => ({ expected: truths[0]!.values[k], got: got[k] }),
      );
    }
  }
}
