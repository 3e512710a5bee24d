import { ModelError } from '@paperzoo/core';

export interface HeadSizes {
  /** Widths of all query heads and of all value heads. */
  readonly Dk: number;
  readonly Dv: number;
  /** Widths of all stored key and value heads. */
  readonly kvK: number;
  readonly kvV: number;
}

/**
 * Widths of the projections.
 * @throws ModelError when heads do not divide a width, or groups do not divide the heads
 */
export function headSizes({
  hiddenSize,
  expandK = 0.5,
  expandV = 1,
  numHeads,
  numKvHeads,
}: {
  readonly hiddenSize: number;
  readonly expandK?: number;
  readonly expandV?: number;
  readonly numHeads: number;
  readonly numKvHeads: number;
}): HeadSizes {
  const Dk = Math.floor(hiddenSize * expandK);
  const Dv = Math.floor(hiddenSize * expandV);
  const refuse = (argument: string, problem: string, got: unknown): never => {
    throw new ModelError(`Gated linear attention: ${problem}.`, { argument, got });
  };
  if (!(numHeads >= 1) || !(numKvHeads >= 1)) refuse('numHeads', 'at least one head is needed', [numHeads, numKvHeads]);
  if (Dk < 1 || Dv < 1) refuse('expandK', `keys and values need a width, got ${Dk} and ${Dv}`, [expandK, expandV]);
  if (numHeads % numKvHeads !== 0) {
    refuse('numKvHeads', `${numHeads} heads cannot share ${numKvHeads} key heads evenly`, numKvHeads);
  }
  for (const [name, width] of [
    ['keys', Dk],
    ['values', Dv],
  ] as const) {
    if (width % numHeads !== 0)
      refuse('numHeads', `${width} channels of ${name} cannot be cut into ${numHeads} heads`, numHeads);
  }
  const groups = numHeads / numKvHeads;
  return { Dk, Dv, kvK: Dk / groups, kvV: Dv / groups };
}
