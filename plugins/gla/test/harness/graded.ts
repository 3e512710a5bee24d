import type { Tensor, Zoo } from '@paperzoo/core';
import { det, type DetRecipe } from './det';

/** Outputs by name of a function of named tensors. */
export type Outputs = Readonly<Record<string, Tensor>>;

/**
 * Outputs of `run`, and as `d_name` the gradients of the weighted sum Σ output · weight with respect to each input, all in ordinary memory.
 * Without weights there are no gradients.
 */
export async function graded(
  zoo: Zoo,
  inputs: Readonly<Record<string, Tensor>>,
  run: (inputs: Readonly<Record<string, Tensor>>) => Outputs,
  loss: Readonly<Record<string, { readonly det: DetRecipe }>> = {},
): Promise<Record<string, ArrayLike<number>>> {
  const results: [string, Tensor][] = Object.entries(zoo.scope(() => run(inputs)));
  if (Object.keys(loss).length > 0) {
    const weights = Object.entries(loss).map(([name, { det: recipe }]) => {
      return [name, zoo.tensor(det(recipe), { shape: recipe[1] })] as const;
    });
    const { value, grads } = zoo.valueAndGrad((given) => {
      const outputs = run(given);
      return weights.map(([name, weight]) => outputs[name]!.mul(weight).sum()).reduce((a, b) => a.add(b));
    }, inputs);
    value.dispose();
    for (const [, weight] of weights) weight.dispose();
    for (const [name, grad] of Object.entries(grads)) results.push([`d_${name}`, grad]);
  }
  const read: Record<string, ArrayLike<number>> = {};
  for (const [name, tensor] of results) {
    read[name] = await tensor.data();
    tensor.dispose();
  }
  return read;
}
