import { ModelError, type Model, type Tensor } from '@paperzoo/core';
import type { AnyModule } from '@paperzoo/nn';

/** What training and measuring need of a model of the task `text-generation`, whichever plugin made it. */
export interface LanguageModel extends Model {
  readonly module: AnyModule & { loss(ids: Tensor, labels: Tensor): Tensor };
  generate(prompt: readonly number[], options: object): AsyncIterable<{ readonly token: number }>;
}

/** @throws ModelError when the model does not offer what training needs */
export function asLanguageModel(model: Model): LanguageModel {
  const { module, generate } = model as Partial<LanguageModel>;
  if (typeof module?.loss === 'function' && typeof generate === 'function') return model as LanguageModel;
  const details = { argument: 'name', expected: ['module.loss', 'generate'] };
  throw new ModelError(`${model.name} has no module.loss or no generate, which training needs.`, details);
}
