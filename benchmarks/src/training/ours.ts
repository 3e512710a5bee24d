import type { Tensor, Zoo } from '@paperzoo/core';
import { adam, type AnyModule, type Tensors } from '@paperzoo/nn';
import { ADAM, type Initials, type Trainer } from './problem';

/** Every parameter's value as it stands. */
export async function initialsOf(module: AnyModule): Promise<Initials> {
  const state = await module.stateDict();
  return Object.fromEntries([...state].map(([name, { shape, ...rest }]) => [name, { shape, data: rest.toF32() }]));
}

/** Our own step, as `train` of @paperzoo/nn makes it. Disposing it disposes the zoo. */
export function ourTrainer(zoo: Zoo, module: AnyModule, loss: () => Tensor): Trainer {
  const optimizer = adam({ betas: [ADAM.beta1, ADAM.beta2], eps: ADAM.eps });
  let state = zoo.scope(() => optimizer.init(module.parameters(zoo)));
  return {
    async step() {
      const params: Tensors = module.parameters(zoo);
      const { value, grads } = zoo.valueAndGrad(loss, params);
      const next = zoo.scope(() => optimizer.update({ params, grads, state, lr: ADAM.lr }));
      for (const [name, parameter] of module.namedParameters()) parameter.set(next.params[name]!);
      for (const tensors of [next.params, grads, ...Object.values(state.slots)])
        for (const tensor of Object.values(tensors)) tensor.dispose();
      state = next.state;
      const number = await value.item();
      value.dispose();
      return number;
    },
    dispose: () => zoo.dispose(),
  };
}
