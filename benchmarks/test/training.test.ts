import { describe, expect, test } from '@jest/globals';
import type { Trainer } from '../src/training/problem';
import { jaxImage } from '../src/training/image/jax';
import { ourImage } from '../src/training/image/ours';
import { tfjsImage } from '../src/training/image/tfjs';
import { jaxLanguage } from '../src/training/language/jax';
import { ourLanguage } from '../src/training/language/ours';
import { tfjsLanguage } from '../src/training/language/tfjs';

/** Losses of the first steps: the second and later ones tell whether the gradients agree as well. */
async function losses(trainer: Trainer, steps = 3): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < steps; i++) all.push(await trainer.step());
  await trainer.dispose();
  return all;
}

const close = (got: readonly number[], wanted: readonly number[]) => {
  expect(wanted[0]! - wanted.at(-1)!).toBeGreaterThan(0.1);
  got.forEach((loss, i) => expect(Math.abs(loss - wanted[i]!)).toBeLessThan(1e-4 * wanted[0]!));
};

describe('the peers train what we train', () => {
  test('a language model', async () => {
    const { problem, trainer } = await ourLanguage(2, 128);
    const ours = await losses(trainer);
    close(await losses(await tfjsLanguage(problem)), ours);
    close(await losses(await jaxLanguage(problem)), ours);
    // jax-js compiles for seconds.
  }, 180_000);

  test('a convolutional network', async () => {
    const { problem, trainer } = await ourImage(3);
    const ours = await losses(trainer);
    close(await losses(await tfjsImage(problem)), ours);
    close(await losses(await jaxImage(problem)), ours);
  });
});
