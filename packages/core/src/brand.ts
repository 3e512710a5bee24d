import type { Tensor } from './tensor';

/** Marks this copy of the core's tensors: dispatch must know them without importing the class, which imports every op. */
export const TENSOR: unique symbol = Symbol('paperzoo tensor');

export const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && (value as { [TENSOR]?: true })[TENSOR] === true;
