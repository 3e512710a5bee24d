import { ModelError } from '@paperzoo/core';
import type { ClassLabel } from './image-model';

/** Names of the classes: the caller's own, ImageNet's for a thousand classes, otherwise none. */
export function classLabels(
  model: string,
  numClasses: number,
  given: unknown,
): (() => Promise<readonly ClassLabel[]>) | undefined {
  if (given === undefined) {
    return numClasses === 1000 ? async () => (await import('../labels')).imagenetLabels() : undefined;
  }
  if (!Array.isArray(given) || given.length !== numClasses || !given.every((name) => typeof name === 'string')) {
    const got = Array.isArray(given) ? `a list of ${given.length}` : typeof given;
    throw new ModelError(`${model}: labels must be a list of ${numClasses} strings, got ${got}.`, {
      argument: 'labels',
      expected: numClasses,
      got,
    });
  }
  const names = given.map((name: string): ClassLabel => ({ name }));
  return async () => names;
}
