import type { Spec, Tensor, Zoo } from '@paperzoo/core';
import { demand } from '../check';
import type { CardContext, CheckableModel } from '../conform-models';
import { sizeOf } from '../host';
import { Random } from '../random';

/** Loads a card's model with fresh weights and makes sure that these checks can use it. */
export async function loadFresh(zoo: Zoo, { card, load }: CardContext): Promise<CheckableModel> {
  const model = await zoo.load<CheckableModel>(card.name, load);
  const usable = typeof model.forward === 'function' && typeof model.module?.namedParameters === 'function';
  if (!usable) model.dispose();
  demand(usable, `${card.name}: a loaded model must have forward(…) and module.`);
  return model;
}

/** Normal numbers for every input; the first images of a batch are those of a smaller one. */
export function modelInputs(zoo: Zoo, specs: readonly Spec[], seed: string): Tensor[] {
  return specs.map(({ shape, dtype }, i) => {
    const random = new Random(`${seed}/${i}`);
    const values = Array.from({ length: sizeOf(shape) }, () => (dtype === 'f32' ? random.normal() : random.below(10)));
    return zoo.tensor(values, { shape, dtype });
  });
}

export const listed = (outs: Tensor | readonly Tensor[]): readonly Tensor[] =>
  Array.isArray(outs) ? (outs as readonly Tensor[]) : [outs as Tensor];
