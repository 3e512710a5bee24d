import { ModelError } from '@paperzoo/core';

/** Which layers of a hybrid model are softmax attention, and of which shape: upstream's `attn` in this library's spelling. */
export interface SoftmaxLayers {
  /** Indices of the layers. */
  readonly layers: readonly number[];
  readonly numHeads: number;
  /** Heads of keys and values, each shared by numHeads / numKvHeads query heads; default numHeads. */
  readonly numKvHeads?: number;
  /** Whether the projections to queries, keys and values have a bias; default false. */
  readonly qkvBias?: boolean;
  /** A token sees so many, itself included; null, the default, is all before it. */
  readonly windowSize?: number | null;
  /** Base of the rotary embedding's wavelengths; default 10,000. */
  readonly ropeTheta?: number;
}

/** @throws ModelError for layers that are not there or named twice, and for sizes that do not fit together */
export function checkSoftmaxLayers(all: readonly SoftmaxLayers[], hiddenSize: number, numHiddenLayers: number): void {
  const seen = new Set<number>();
  const refuse = (problem: string, argument: string, got: unknown): never => {
    throw new ModelError(`Softmax attention layers: ${problem}.`, { argument: `attn.${argument}`, got });
  };
  const positive = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;
  for (const { layers, numHeads, numKvHeads = numHeads, windowSize = null, ropeTheta = 1e4 } of all) {
    for (const layer of layers) {
      if (!Number.isInteger(layer) || layer < 0 || layer >= numHiddenLayers) {
        refuse(`there is no layer ${String(layer)} among ${numHiddenLayers}`, 'layers', layer);
      }
      if (seen.has(layer)) refuse(`layer ${layer} is named twice`, 'layers', layer);
      seen.add(layer);
    }
    if (!positive(numHeads) || hiddenSize % numHeads !== 0) {
      refuse(`${hiddenSize} channels cannot be cut into ${String(numHeads)} heads`, 'numHeads', numHeads);
    }
    if ((hiddenSize / numHeads) % 2 !== 0) {
      refuse(`the rotary embedding needs heads of even width, got ${hiddenSize / numHeads}`, 'numHeads', numHeads);
    }
    if (!positive(numKvHeads) || numHeads % numKvHeads !== 0) {
      refuse(`${numHeads} heads cannot share ${String(numKvHeads)} key heads evenly`, 'numKvHeads', numKvHeads);
    }
    if (windowSize !== null && !positive(windowSize)) {
      refuse(`a window must hold at least one token, got ${String(windowSize)}`, 'windowSize', windowSize);
    }
    if (!(ropeTheta > 0) || !Number.isFinite(ropeTheta)) {
      refuse(`ropeTheta must be a positive number, got ${String(ropeTheta)}`, 'ropeTheta', ropeTheta);
    }
  }
}
