import type { Op } from '../op';
import { mul } from './binary';
import { sum } from './reduce';
import type { Tensor } from '../tensor';

/**
 * Runs `fn` without keeping what its gradient needs, and runs it again when the gradient is asked for: memory for time. `fn` must depend
 * on nothing that changes, and every tensor that wants a gradient must be among `inputs`.
 */
export function checkpoint(fn: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]): Tensor {
  const { zoo } = inputs[0]!;
  const { tape } = zoo;
  if (zoo.tracer || !tape?.tracks(inputs)) return fn(...inputs);
  const out = zoo.noGrad(() => zoo.scope(() => fn(...inputs)));
  tape.push(rerun(fn), inputs, [out], {});
  return out;
}

/** A stand-in for an op: all that a tape asks of an entry is its gradient. */
function rerun(fn: (...inputs: Tensor[]) => Tensor): Op {
  const vjp: Op['implementation']['vjp'] = ({ ins, grads: [dy], needs }) => {
    const { zoo } = dy!;
    const wanted = ins.flatMap((x, i) => (x && needs[i] ? [[String(i), x] as const] : []));
    const { grads } = zoo.valueAndGrad(
      (params) => sum(mul(fn(...ins.map((x, i) => params[i] ?? x!)), dy!)),
      Object.fromEntries(wanted),
    );
    return ins.map((_, i) => grads[i]);
  };
  return { name: 'checkpoint', version: 1, inputs: [], attrs: {}, shape: () => [], implementation: { vjp } };
}
