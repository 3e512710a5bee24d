import { ModelError } from '@paperzoo/core';

/** What defines an EfficientViT, in upstream's terms. */
export interface EfficientViTConfig {
  /** Side of the square input in pixels, a multiple of 16; null for detection: any size, and full windows in every stage. */
  readonly imgSize: number | null;
  readonly inChans: number;
  /** 0 leaves the classifier out. */
  readonly numClasses: number;
  /** Channels per stage. */
  readonly embedDim: readonly number[];
  /** Width of queries and keys per stage. */
  readonly keyDim: readonly number[];
  /** Blocks per stage. */
  readonly depth: readonly number[];
  readonly numHeads: readonly number[];
  readonly windowSize: readonly number[];
  /** Side of the query's depthwise kernel per head; a stage with h heads uses the first h. */
  readonly kernels: readonly number[];
  /** `avg` pools the last map; `''`, without a classifier only, returns it. */
  readonly globalPool: 'avg' | '';
  /** A second classifier, `head_dist`, as in Cream's distilled models; eval mode returns the mean of both. */
  readonly distillation: boolean;
}

/** Sides of the stages' maps, by upstream's arithmetic. */
export function stageResolutions(imgSize: number, stages: number): number[] {
  const sides = [Math.floor(imgSize / 16)];
  while (sides.length < stages) sides.push(Math.floor((sides.at(-1)! - 1) / 2) + 1);
  return sides;
}

const positive = (n: unknown) => Number.isSafeInteger(n) && (n as number) > 0;

function refuse(option: string, expected: string, got: unknown): never {
  const shown = typeof got === 'object' ? JSON.stringify(got) : String(got);
  throw new ModelError(`EfficientViT: ${option} must be ${expected}, got ${shown}.`, {
    argument: option,
    expected,
    got,
  });
}

/** Refuses configurations that upstream refuses, and those that it would silently truncate into another model. */
export function checkConfig(config: EfficientViTConfig): void {
  const { imgSize, inChans, numClasses, embedDim, kernels, globalPool } = config;
  if (imgSize !== null && !(positive(imgSize) && imgSize % 16 === 0)) {
    refuse('imgSize', 'a positive multiple of 16 (one number: inputs are square)', imgSize);
  }
  if (!positive(inChans)) refuse('inChans', 'a positive integer', inChans);
  if (numClasses !== 0 && !positive(numClasses)) refuse('numClasses', 'a non-negative integer', numClasses);
  if (globalPool !== 'avg' && globalPool !== '') refuse('globalPool', "'avg' or ''", globalPool);
  if (globalPool === '' && numClasses > 0) refuse('globalPool', "'avg' when numClasses is not 0", "''");
  if (embedDim.length === 0 || !embedDim.every(positive)) refuse('embedDim', 'positive integers', embedDim);
  if (embedDim[0]! % 8) refuse('embedDim[0]', 'divisible by 8', embedDim[0]);
  for (const option of ['keyDim', 'depth', 'numHeads', 'windowSize'] as const) {
    const list = config[option];
    if (list.length !== embedDim.length) refuse(option, `a list of ${embedDim.length} numbers, as embedDim`, list);
    if (!list.every(positive)) refuse(option, 'positive integers', list);
  }
  if (!kernels.every((k) => positive(k) && k % 2 === 1)) refuse('kernels', 'odd positive integers', kernels);
  config.numHeads.forEach((heads, i) => {
    if (heads > kernels.length) refuse('kernels', `at least ${heads} numbers, one per head of stage ${i}`, kernels);
    if (embedDim[i]! % heads) refuse(`embedDim[${i}]`, `divisible by its ${heads} heads`, embedDim[i]);
  });
}
