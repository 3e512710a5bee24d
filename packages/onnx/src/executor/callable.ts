import { type CompiledGraph, type GraphFn, type GraphValue, type Tensor, type Zoo } from '@paperzoo/core';
import type { Lease } from './sessions';

/** A session as a function of tensors. */
export function callable<F extends GraphFn>(
  zoo: Zoo,
  { session, release }: Lease,
  held: ReadonlySet<string>,
  single: boolean,
): CompiledGraph<F> {
  const run = (inputs: readonly GraphValue[]) => session.run(zoo, inputs, held);
  const call = async (...inputs: GraphValue[]): Promise<Tensor | Tensor[]> => {
    // Called as the source is, it gives what the source gives: tensors, whatever `run` would hold.
    const outs = await session.run(zoo, inputs, new Set());
    return single ? (outs[0] as Tensor) : (outs as Tensor[]);
  };
  return Object.assign(call, { run, dispose: release }) as unknown as CompiledGraph<F>;
}
