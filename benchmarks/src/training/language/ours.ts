import type { GLALanguageModel } from '@paperzoo/gla';
import { openZoo } from '../../peers/paperzoo';
import { initialsOf, ourTrainer } from '../ours';
import type { Trainer } from '../problem';
import { sentences, type LanguageProblem } from './problem';

/** `gla_tiny` with fresh weights: the problem for everybody, and our own run of it. */
export async function ourLanguage(
  batch: number,
  length: number,
): Promise<{ problem: LanguageProblem; trainer: Trainer }> {
  const { default: gla } = await import('@paperzoo/gla');
  const zoo = await openZoo(1, [gla]);
  const { module } = await zoo.load<GLALanguageModel>('gla_tiny', { weights: false, seed: 1 });
  const ids = sentences(batch, length);
  const problem = { batch, length, ids, initials: await initialsOf(module) };
  const tokens = zoo.tensor(ids, { shape: [batch, length] });
  return { problem, trainer: ourTrainer(zoo, module, () => module.loss(tokens, tokens)) };
}
