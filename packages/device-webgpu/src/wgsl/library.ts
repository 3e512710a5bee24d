// The functions that kernels of other packages may call by name, so that they need nothing of this package when they run.
import { geluf, hardsigmoidf, hardswishf, reluf, siluf } from './activations';
import { sinef } from './angle';
import { divf, mulf } from './arithmetic';
import type { WgslFunction } from './functions';
import { laneSum } from './lanes';
import { erff, expf, expm1f, log1pf, logf, rootf, rsqrtf, sigmoidf, sqrtf, tanhf } from './math';
import { powf } from './power';
import { infinity, isNan, maximum, minimum, nan } from './special';

const FUNCTIONS = [
  ...[expf, expm1f, logf, log1pf, sqrtf, rsqrtf, rootf, sinef, powf, erff, sigmoidf, tanhf],
  ...[reluf, geluf, siluf, hardsigmoidf, hardswishf, isNan, infinity, nan, maximum, minimum, laneSum, mulf, divf],
];

const byName: ReadonlyMap<string, WgslFunction> = new Map(FUNCTIONS.map((f) => [f.name, f]));

/** A function as it is, or the library's of that name. Throws for a name that it does not have. */
export function found(f: WgslFunction | string): WgslFunction {
  const known = typeof f === 'string' ? byName.get(f) : f;
  if (!known)
    throw new RangeError(`There is no WGSL function "${String(f)}"; there are ${[...byName.keys()].join(', ')}.`);
  return known;
}
