import { ModelError, type Executor, type Model } from '@paperzoo/core';

/** What the command needs of a model of the task `text-generation`, whichever plugin made it. */
export interface TextModel extends Model {
  generate(prompt: string, options: TextOptions): AsyncIterable<{ readonly text: string }>;
  /** The same on an executor; absent where the plugin cannot. */
  runOn?(
    executor: Executor,
    options: { readonly signal: AbortSignal },
  ): Promise<Pick<TextModel, 'generate'> & { dispose(): Promise<void> }>;
}

export interface TextOptions {
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

export const TEXT_TASK = 'text-generation';

/** @throws ModelError when the model does not offer what its card says */
export function asTextModel(model: Model): TextModel {
  if ('generate' in model) return model as TextModel;
  throw new ModelError(`${model.name} has no generate, which models of the task ${TEXT_TASK} have.`, {
    argument: 'name',
    expected: 'generate',
  });
}
