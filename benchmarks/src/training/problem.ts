/** A parameter's first value, row-major. */
export interface Initial {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Parameters by our names; every library begins from the same values. */
export type Initials = Readonly<Record<string, Initial>>;

/** Adam as everybody runs it here (arXiv 1412.6980): no weight decay, bias corrected, eps outside of the root. */
export const ADAM = { lr: 1e-3, beta1: 0.9, beta2: 0.95, eps: 1e-8 } as const;

/** A training run of one library: one step computes loss, gradients and new parameters, and resolves to the loss. */
export interface Trainer {
  step(): Promise<number>;
  dispose(): Promise<void> | void;
}
