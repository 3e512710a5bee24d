import type { Tensor } from './tensor';

/** Marks this copy of the core's tensors: dispatch must know them without importing the class, which imports every op. */
export const TENSOR: unique symbol = Symbol('paperzoo tensor');

export const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && (value as { [TENSOR]?: true })[TENSOR] === true;

/** The remedy where two copies of the core meet. */
export const ONE_CORE = 'Make sure that only one version of @paperzoo/core is installed (npm ls @paperzoo/core).';
