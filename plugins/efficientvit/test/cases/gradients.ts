import { add, mul, sum, type Tensor } from '@paperzoo/core';
import type { AnyModule } from '@paperzoo/nn';
import type { Check } from '../harness/check';
import { det } from '../harness/det';
import type { Case } from '../harness/fixtures';
import type { Env } from '../harness/runner';
import { check } from './modules';

/** The manifest's scalar over all outputs: Σ out · det('loss_w', shape, 1, 0). */
export function weightedSum(outs: readonly Tensor[]): Tensor {
  const sums = outs.map((out) => {
    const weights = det(['loss_w', out.shape, 1, 0]);
    return sum(mul(out, out.zoo.tensor(weights, { shape: out.shape })));
  });
  return sums.reduce((total, each) => add(total, each));
}

/** Gradients that a case lists as `grad/<input>` and `grad/<parameter>`, of the weighted sum of what `run` returns. */
export async function gradients(
  { zoo, fixtures }: Env,
  entry: Case,
  module: AnyModule,
  inputs: Readonly<Record<string, Tensor>>,
  run: () => readonly Tensor[],
): Promise<Check[]> {
  const listed = Object.keys(entry.outputs).filter((output) => output.startsWith('grad/'));
  if (listed.length === 0) return [];
  const { value, grads } = zoo.valueAndGrad(() => weightedSum(run()), { ...module.parameters(zoo), ...inputs });
  const checks: Check[] = [];
  for (const output of listed) {
    const grad = grads[output.slice('grad/'.length)]!;
    checks.push(check(fixtures, entry, output, grad.shape, await grad.data()));
  }
  for (const tensor of [value, ...Object.values(grads)]) tensor.dispose();
  return checks;
}
